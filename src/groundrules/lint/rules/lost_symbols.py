"""What it does: finds entries of `squeezed` lists whose symbols carry the meaning: squeezing drops everything but
letters and digits, so `c++` is searched for as `c`, and `$$$` not at all.

Why: the entry matches nearly everything, or nothing.

Example:

```yaml
lists:
  offtopic: {match: squeezed, items: [c++, "@all", "!!!"]}     # write `match: folded`
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import LOST_SYMBOLS
from groundrules.diagnostics.model import Diagnostic
from groundrules.display.columns import excerpt
from groundrules.lint.linted import Linted
from groundrules.text.fold import fold
from groundrules.text.views import apply

_MEANT = re.compile(r"^[@#$€¥£./+*%&=~^<>|\\]+(?=\w)|(?<=\w)[+#$€¥£%&=*^]+$")


def lost_symbols(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each squeezed entry that means something else without its symbols."""
    for declaration in linted.lists:
        for item in declaration.items if declaration.match == "squeezed" else ():
            entry = str(item.value)
            key, help = apply("squeezed", entry), "put it into a list with `match: folded`"
            if not key:
                yield LOST_SYMBOLS.at(item.span, f"nothing is left of `{excerpt(entry)}` when it is squeezed", help)
            elif _MEANT.search(fold(entry).strip()):
                yield LOST_SYMBOLS.at(item.span, f"`{excerpt(entry)}` is searched for as `{excerpt(key)}`", help)
