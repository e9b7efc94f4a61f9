"""What it does: finds conditions that can never be true: thresholds that exclude each other, one thing said to have
two values, a value outside of what a field can have, the same test asked for and ruled out.

Why: the rule looks alive and never fires. Most often an `and` should be an `or`, or a comparison is turned round.

Example:

```yaml
when: length(mentions) > 10 and length(mentions) < 5        # no number is both
when: channel.name == "help" and channel.name == "general"  # write `or`, or `channel.name in [...]`
```

Values of parameters are not looked at: a bot may set them to something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from groundrules.diagnostics.codes.lints import NEVER_HOLDS
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import Both, Condition, Opposite
from groundrules.lint.linted import Linted
from groundrules.logic.solver import implies, satisfiable
from groundrules.syntax import nodes

MOST = 40  # operands of one `and` that are compared in pairs


def never_holds(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each smallest condition that is never true."""
    for guard in linted.guards:
        yield from _inside(guard.condition)
    for rule in linted.own_rules:
        when, unless = linted.condition(rule), linted.condition(rule, "unless")
        if when and unless and satisfiable((when, True)) and implies(when, unless):
            message = f"`unless` blocks whenever `when` holds, so `{rule.source.id.value}` never fires"
            yield NEVER_HOLDS.at(when.span, message, None, (Label(unless.span, "this holds, too"),))


def _inside(condition: Condition) -> Iterator[Diagnostic]:
    if isinstance(condition.node, nodes.Boolean):
        return
    if isinstance(condition, Both):
        found = [finding for operand in condition.operands for finding in _inside(operand)]
        yield from found
        if not found and not condition.either:
            yield from _conflict(condition)
    elif isinstance(condition, Opposite):
        yield from _inside(condition.operand)
    elif not satisfiable((condition, True)):
        yield NEVER_HOLDS.at(condition.span, f"`{excerpt(condition.text)}` never holds")
    else:
        for part in condition.parts:
            yield from _inside(part)


def _conflict(condition: Both) -> Iterator[Diagnostic]:
    if satisfiable((condition, True)):
        return
    for one, other in combinations(condition.operands[:MOST], 2):
        if not satisfiable((one, True), (other, True)):
            message = f"`{excerpt(other.text)}` never holds where `{excerpt(one.text)}` does"
            help = "if either is enough, write `or`"
            yield NEVER_HOLDS.at(other.span, message, help, (Label(one.span, "excluded by this"),))
            return
    yield NEVER_HOLDS.at(condition.span, "these conditions never hold all at once")
