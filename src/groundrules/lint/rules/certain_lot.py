"""What it does: finds draws that leave nothing to chance: a `chance` of 0 % or less, or of 100 % or more, and a `pick`
of as many items as a literal list has.

Why: it never happens, or always. A number without `%` is a share, so `chance(10)` is ten times certain.

Example:

```yaml
when: chance(10)      # write `chance(10%)`
then: [{reply: '{pick(["heads", "tails"], 2)}'}]      # both, in one order or the other
```

Parameter values are not considered: a bot may set them to something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import CERTAIN_LOT
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.conditions import leaves
from groundrules.lint.linted import Linted
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.syntax import nodes

_WRITTEN_OUT = re.compile(r"pick\(\s*\[.*\]\s*,\s*\d+\s*\)", re.S)


def certain_lot(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each chance that always comes out alike."""
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            share = _share(leaf.node)
            if share is not None and not 0 < share < 1:
                message = f"`{leaf.text}` {'always' if share >= 1 else 'never'} happens"
                percent = share > 1 and isinstance(leaf.node, nodes.Call) and share <= 100
                help = f"write `chance({share:.15g}%)`" if percent else "remove it, or write a share such as `10%`"
                yield CERTAIN_LOT.at(leaf.span, message, help)
    yield from _whole_lists(linted)


def _whole_lists(linted: Linted) -> Iterator[Diagnostic]:
    own = [rule for rule in linted.plan.rules if "." not in rule.id]
    for src, pick in {pick.src: pick for pick in within(own, ir.Pick)}.items():
        span = linted.ground.spans.get(src)
        if span is None or not _WRITTEN_OUT.fullmatch(span.text):
            continue
        match pick:
            case ir.Pick(items=ir.Const(value=[*items]), count=ir.Const(value=int(count))) if count >= len(items):
                message = f"`{span.text}` draws all of them: there are {len(items)}"
                yield CERTAIN_LOT.at(span, message, "draw fewer, or write the list itself")


def _share(node: nodes.Node) -> float | None:
    """Return the share of a chance that is written out."""
    if not isinstance(node, nodes.Call) or node.function != "chance" or not node.arguments:
        return None
    share = node.arguments[0]
    return share.value if isinstance(share, nodes.Number | nodes.Percent) else None
