"""What it does: finds rules of a group (`first_of`) with the same priority that may both hold.

Why: if both would fire, the one whose id comes first acts, which nobody expects of a name.

Example:

```yaml
rules:
  - {id: price, on: message, when: text contains "price", then: [{reply: See above}], first_of: faq, priority: 1}
  - {id: any-question, on: message, when: text contains "?", then: [{reply: Ask away}], first_of: faq, priority: 1}
```

Here `any-question` answers a question about the price. One pair is reported per priority of a group.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from groundrules.checker.constructs import Rule
from groundrules.diagnostics.codes.lints import TIED_PRIORITIES
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.lint.linted import Linted

MOST = 40  # rules of one priority that are compared in pairs


def tied_priorities(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each priority of a group that several rules have."""
    tied: dict[tuple[str, int], list[Rule]] = {}
    for rule in linted.own_rules:
        lowered = linted.lowered_rule(rule)
        if lowered.first_of and lowered.mode == "enforce":
            tied.setdefault((lowered.first_of, lowered.priority), []).append(rule)
    for (group, priority), rules in tied.items():
        pairs = combinations(sorted(rules, key=lambda rule: str(rule.source.id.value))[:MOST], 2)
        first, second = next((pair for pair in pairs if _meet(linted, *pair)), (None, None))
        if first is not None and second is not None:
            message = f"`{first.source.id.value}` and `{second.source.id.value}` have the same priority in `{group}`"
            help = f"where both would fire, `{first.source.id.value}` acts by its name; write another `priority`"
            place = (second.source.priority or second.source.id).span
            label = Label((first.source.priority or first.source.id).span, f"{priority} here, too")
            yield TIED_PRIORITIES.at(place, message, help, (label,))


def _meet(linted: Linted, first: Rule, second: Rule) -> bool:
    """Tell whether nothing keeps two rules from firing on one event."""
    if not set(first.context.types) & set(second.context.types):
        return False
    claims = [(condition, True) for rule in (first, second) if (condition := linted.condition(rule))]
    return not claims or linted.satisfiable(*claims)
