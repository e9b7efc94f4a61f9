r"""What it does: finds `\b`, `\w`, `\d` and `\s` in patterns that search for non-ASCII letters.

Why: in RE2 they are ASCII-only. `т` and `ğ` are not word characters, so `/\bтест\b/` can't match a word between spaces,
and `/\blan\b/` matches inside `bağlan`.

Example:

```yaml
when: text matches /\bтест\b/        # write `text contains word "тест"`
when: text matches /привет\s+\w+/    # write `[\s\p{Z}]+[\p{L}\p{N}]+`
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import ASCII_CLASS
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.conditions import leaves
from groundrules.lint.linted import Linted
from groundrules.plan import ir

_CLASS = re.compile(r"(?<!\\)(?:\\\\)*(\\[bBwWdDsS])")
_BESIDE = re.compile(r"\\[bB]\(?(?:\?:)?[^\W\d_a-zA-Z]|[^\W\d_a-zA-Z]\)?\\[bB]")
_MENDS = {"b": "`contains word`, or `(^|[^\\p{L}])`", "w": "`[\\p{L}\\p{N}_]`", "d": "`\\p{Nd}`", "s": "`[\\s\\p{Z}]`"}


def ascii_class(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each pattern with letters beyond ASCII and a class that does not know them."""
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            if isinstance(leaf.expression, ir.Matches) and (escape := unaware(leaf.expression.pattern)):
                message = f"`{escape}` only knows ASCII letters, and this pattern has others"
                yield ASCII_CLASS.at(leaf.span, message, f"write {_MENDS[escape[1].lower()]}")


def unaware(pattern: str) -> str | None:
    """Return the class of a pattern that does not know the letters beside it: a border touching one, or `\\w`."""
    if not any(char.isalpha() and not char.isascii() for char in pattern):
        return None
    if _BESIDE.search(pattern):
        return "\\b"
    return next((escape for escape in _CLASS.findall(pattern) if escape[1] in "wW"), None)
