"""What it does: finds list entries written as patterns: alternatives in brackets, `.*`, `\\b`, `\\d`.

Why: entries are plain text. `(great|amazing) catch` is searched for literally, brackets and bar included, and never
found.

Example:

```yaml
lists:
  fishing: {match: folded, items: ["(great|amazing) catch", "pregnant?"]}
```

Write each alternative as its own entry, or `text matches /(great|amazing) catch/` in the rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import PATTERN_IN_LIST
from groundrules.diagnostics.model import Diagnostic
from groundrules.display.columns import excerpt
from groundrules.lint.linted import Linted

_PATTERN = re.compile(
    r"\([^()\s|]*\|[^()]*\)|\(\?[:i]|\.\*|\.\+|\\[bdswBDSW]|\[[a-z0-9]-[a-z0-9]\]|\[\^|\w\)\?|^\^\w|\w\$$"
)


def pattern_in_list(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each entry that only makes sense as a pattern."""
    for declaration in linted.lists:
        if declaration.match == "pattern":
            continue
        for item in declaration.items:
            match = _PATTERN.search(str(item.value))
            if match:
                message = f"`{excerpt(str(item.value))}` is searched for literally: entries are not patterns"
                help = "write each alternative as an entry, or `matches /…/` in the rule"
                yield PATTERN_IN_LIST.at(item.span, message, help)
