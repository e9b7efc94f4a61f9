r"""What it does: finds patterns that are slow to compile and large to keep: more than 10,000 steps.

Why: matching takes time linear in the text whatever the pattern, but every start of an engine compiles it, which may
take 50 ms for 20,000 steps, and going through a text may be slower. Mostly a class of many letters is repeated.

Example:

```yaml
when: text matches /(?:\p{L}\p{N}){10}/       # 14,394 steps; write /(?:\p{L}\p{N})+/ if more than ten are fine too
```
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import COSTLY_PATTERN
from groundrules.diagnostics.model import Diagnostic
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import leaves
from groundrules.lint.linted import Linted
from groundrules.plan import ir
from groundrules.text.patterns import Pattern

MOST = 10_000


def costly_pattern(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each pattern whose program is large."""
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            found = leaf.expression
            if isinstance(found, ir.Matches) and (size := Pattern(found.pattern, found.flags).size) > MOST:
                message = f"`{excerpt(leaf.text)}` compiles to {size:,} steps, which takes tens of milliseconds"
                yield COSTLY_PATTERN.at(leaf.span, message, "repeat less often, or use `+` or `*` in place of a count")
