"""What it does: finds a `chance` that leaves nothing to chance: of 0 % or less, of 100 % or more.

Why: it never comes out, or always. A number without `%` is a share, so that `chance(10)` is ten times certain.

Example:

```yaml
when: chance(10)      # write `chance(10%)`
```

Values of parameters are not looked at: a bot may set them to something else.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import CERTAIN_LOT
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.conditions import leaves
from groundrules.lint.linted import Linted
from groundrules.syntax import nodes


def certain_lot(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each chance that always comes out alike."""
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            share = _share(leaf.node)
            if share is not None and not 0 < share < 1:
                message = f"`{leaf.text}` {'always' if share >= 1 else 'never'} comes out"
                percent = share > 1 and isinstance(leaf.node, nodes.Call) and share <= 100
                help = f"write `chance({share:.15g}%)`" if percent else "remove it, or write a share such as `10%`"
                yield CERTAIN_LOT.at(leaf.span, message, help)


def _share(node: nodes.Node) -> float | None:
    """Return the share of a chance that is written out."""
    if not isinstance(node, nodes.Call) or node.function != "chance" or not node.arguments:
        return None
    share = node.arguments[0]
    return share.value if isinstance(share, nodes.Number | nodes.Percent) else None
