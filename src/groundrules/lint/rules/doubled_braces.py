"""What it does: finds names in doubled braces in messages: `{{author}}`.

Why: `{{` and `}}` are literal braces. Members would read `{author}` instead of a name. Other bots use doubled braces
for placeholders, so they slip in when rules are migrated.

Example:

```yaml
then:
  - reply: "Hello {{actor.name}}"     # write "Hello {actor.name ?? actor.id}"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundrules.checker.constructs import Act, Texts
from groundrules.diagnostics.codes.lints import DOUBLED_BRACES
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.linted import Linted

_DOUBLED = re.compile(r"\{\{\s*([^\W\d][\w.]*)\s*\}\}")


def doubled_braces(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each name in doubled braces."""
    for effect in linted.all_effects():
        if isinstance(effect, Act):
            for given in effect.parameters.values():
                for parsed in given.texts.values() if isinstance(given, Texts) else ():
                    span = parsed.fragment.whole
                    for match in _DOUBLED.finditer(span.text):
                        place = span.file.span(span.start + match.start(), span.start + match.end())
                        message = f"members read `{{{match[1]}}}`: doubled braces are text"
                        yield DOUBLED_BRACES.at(place, message, f"for the value write `{{{match[1]}}}`")
