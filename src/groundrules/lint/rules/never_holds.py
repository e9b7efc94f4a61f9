"""What it does: finds conditions that can never be true: thresholds that exclude each other, one thing required to have
two values, a value that a field can't have, the same test required and excluded.

Why: the rule looks active but never fires. Usually an `and` should be an `or`, or a comparison is reversed.

Example:

```yaml
when: length(mentions) > 10 and length(mentions) < 5        # no number is both
when: channel.name == "help" and channel.name == "general"  # write `or`, or `channel.name in [...]`
```

Parameter values are not considered: a bot may set them to something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from groundrules.diagnostics.codes.lints import NEVER_HOLDS
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import Condition
from groundrules.lint.linted import Linted
from groundrules.lint.one_way import never
from groundrules.logic.clashes import clash

MOST = 40  # operands of one `and` that are compared in pairs


def never_holds(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each smallest condition that is never true."""
    for guard in linted.guards:
        yield from never(True, linted, guard.condition, _alone, _conflict)
    for rule in linted.own_rules:
        when, unless = linted.condition(rule), linted.condition(rule, "unless")
        if when and unless and linted.satisfiable((when, True)) and linted.implies(when, unless):
            message = f"`unless` blocks whenever `when` holds, so `{rule.source.id.value}` never fires"
            yield NEVER_HOLDS.at(when.span, message, None, (Label(unless.span, "this also holds"),))
        required = linted.condition(rule, "requires")
        if when and required and _excluded(linted, when, required):
            message = f"`{excerpt(required.text)}` never holds where `{excerpt(when.text)}` does"
            yield NEVER_HOLDS.at(required.span, message, None, (Label(when.span, "excluded by this"),))


def _excluded(linted: Linted, when: Condition, required: Condition) -> bool:
    alone = linted.satisfiable((when, True)) and linted.satisfiable((required, True))
    return alone and not linted.satisfiable((when, True), (required, True))


def _alone(condition: Condition) -> Diagnostic:
    return NEVER_HOLDS.at(condition.span, f"`{excerpt(condition.text)}` never holds")


def _conflict(linted: Linted, condition: Condition) -> Iterator[Diagnostic]:
    possible = linted.satisfiable((condition, True))
    for part, other in combinations(condition.parts[:MOST], 2):
        if _clash(linted, part, other) or not (possible or linted.satisfiable((part, True), (other, True))):
            message = f"`{excerpt(other.text)}` never holds where `{excerpt(part.text)}` does"
            help = "if either is enough, write `or`"
            yield NEVER_HOLDS.at(other.span, message, help, (Label(part.span, "excluded by this"),))
            return
    if not possible:
        yield NEVER_HOLDS.at(condition.span, "these conditions never all hold at once")


def _clash(linted: Linted, condition: Condition, other: Condition) -> bool:
    """Whether two parts ask of one text what no text fulfils, whatever the parameters."""
    settled = not any(linted.solver.hangs_on_settings(part.expression) for part in (condition, other))
    return settled and clash(condition.expression, other.expression)
