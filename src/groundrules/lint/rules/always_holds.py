"""What it does: finds conditions that are true for every event whose fields are known: alternatives that cover
everything, and comparisons that no value can fail.

Why: the rule acts on everybody. Usually an `or` between two `!=` should be an `and`.

Example:

```yaml
when: channel.name != "help" or channel.name != "general"   # every channel differs from one of the two
when: length(links) >= 0
```

A plain `when: true` is taken to be intended, and parameter values are not considered.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from groundrules.diagnostics.codes.lints import ALWAYS_HOLDS
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import Condition
from groundrules.lint.linted import Linted
from groundrules.lint.one_way import never

MOST = 40  # operands of one `or` that are compared in pairs


def always_holds(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each smallest condition that is never false."""
    for guard in linted.guards:
        yield from never(False, linted, guard.condition, _alone, _exhaustion)


def _alone(condition: Condition) -> Diagnostic:
    return ALWAYS_HOLDS.at(condition.span, f"`{excerpt(condition.text)}` always holds")


def _exhaustion(linted: Linted, condition: Condition) -> Iterator[Diagnostic]:
    if linted.satisfiable((condition, False)):
        return
    for condition_a, other in combinations(condition.parts[:MOST], 2):
        if not linted.satisfiable((condition_a, False), (other, False)):
            message = f"one of `{excerpt(condition_a.text)}` and `{excerpt(other.text)}` always holds"
            help = "if both are needed, write `and`"
            yield ALWAYS_HOLDS.at(
                other.span, message, help, (Label(condition_a.span, "holds wherever the other does not"),)
            )
            return
    yield ALWAYS_HOLDS.at(condition.span, "one of these conditions always holds")
