"""What it does: finds full-width commas in a one-line YAML list, `[加微信，兼职]`: between the words of a list, and
before an action in `then`.

Why: only the ASCII comma separates items in YAML. The words become one entry, which hardly any text contains; the
action becomes the end of the text before it, and never happens.

Example:

```yaml
lists:
  adverts: [加微信，兼职, 日结代购]       # two entries, not three
```

Write `, ` between items. Quote an entry that contains such a comma: `["你好，世界"]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import WIDE_COMMA
from groundrules.diagnostics.model import Diagnostic, Fix
from groundrules.diagnostics.source import Span
from groundrules.display.columns import excerpt
from groundrules.lint.linted import Linted

_BETWEEN = re.compile(r"(?<=\w)\s*[，、]\s*(?=\w)")
_BEFORE_LAST = re.compile(r"\s*[，、]\s*(?=(\w+)$)")


def wide_comma(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each plain item in brackets that a full-width comma holds together."""
    for declaration in linted.lists:
        for item in declaration.items:
            if (
                item.span.file is declaration.span.file
                and _is_plain_item(item.span)
                and _BETWEEN.search(item.span.text)
            ):
                message = f"`{excerpt(item.span.text)}` is one entry: a full-width comma does not separate entries"
                yield _finding(item.span, _BETWEEN, message, "write `, ` between entries, or put the entry in quotes")
    for span in dict.fromkeys(effect.span for effect in linted.all_effects()):
        action = _BEFORE_LAST.search(span.text)
        if action and action[1] in linted.actions and _is_plain_item(span):
            message = f"`{action[1]}` is part of the text: a full-width comma does not separate items"
            yield _finding(span, _BEFORE_LAST, message, "write `, ` between effects, or put the text in quotes")


def _is_plain_item(span: Span) -> bool:
    """Whether something without quotes is an item of a YAML list in brackets."""
    return span.file.text[: span.start].rstrip()[-1:] in ("[", ",") and span.text[:1] not in ("'", '"')


def _finding(span: Span, comma: re.Pattern[str], message: str, help: str) -> Diagnostic:
    fix = Fix(span, comma.sub(", ", span.text), "write an ASCII comma")
    return WIDE_COMMA.at(span, message, help, fixes=(fix,))
