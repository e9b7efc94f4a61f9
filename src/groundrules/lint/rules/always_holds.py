"""What it does: finds conditions that are true of every event whose fields are known: alternatives that leave nothing
out, and comparisons that no value can fail.

Why: the rule acts on everybody. Most often an `or` between two `!=` should be an `and`.

Example:

```yaml
when: channel.name != "help" or channel.name != "general"   # every channel differs from one of the two
when: length(links) >= 0
```

A plain `when: true` is taken to be meant, and values of parameters are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from groundrules.diagnostics.codes.lints import ALWAYS_HOLDS
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import Both, Condition, Opposite
from groundrules.lint.linted import Linted
from groundrules.logic.solver import satisfiable
from groundrules.syntax import nodes

MOST = 40  # operands of one `or` that are compared in pairs


def always_holds(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each smallest condition that is never false."""
    for guard in linted.guards:
        yield from _inside(guard.condition)


def _inside(condition: Condition) -> Iterator[Diagnostic]:
    if isinstance(condition.node, nodes.Boolean):
        return
    if isinstance(condition, Both):
        found = [finding for operand in condition.operands for finding in _inside(operand)]
        yield from found
        if not found and condition.either:
            yield from _exhaustion(condition)
    elif isinstance(condition, Opposite):
        yield from _inside(condition.operand)
    elif not satisfiable((condition, False)):
        yield ALWAYS_HOLDS.at(condition.span, f"`{excerpt(condition.text)}` always holds")
    else:
        for part in condition.parts:
            yield from _inside(part)


def _exhaustion(condition: Both) -> Iterator[Diagnostic]:
    if satisfiable((condition, False)):
        return
    for one, other in combinations(condition.operands[:MOST], 2):
        if not satisfiable((one, False), (other, False)):
            message = f"one of `{excerpt(one.text)}` and `{excerpt(other.text)}` always holds"
            help = "if both are needed, write `and`"
            yield ALWAYS_HOLDS.at(other.span, message, help, (Label(one.span, "holds wherever the other does not"),))
            return
    yield ALWAYS_HOLDS.at(condition.span, "one of these conditions always holds")
