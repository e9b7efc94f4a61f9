"""What it does: finds a rule whose condition implies that of another rule with the same effects, so everything it does
is already done.

Why: it can be removed, or (more often) was meant to do something stronger.

Example:

```yaml
rules:
  - {id: many-links, on: message, when: length(links) >= 3, then: [delete]}
  - {id: far-too-many-links, on: message, when: length(links) >= 10, then: [delete]}   # `many-links` deletes it anyway
```

Rules that change ledgers are left out, because two of them count twice, as are those of a group (`first_of`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from groundrules.checker.constructs import Delta, Rule
from groundrules.diagnostics.codes.lints import IMPLIED_RULE
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.lint.linted import Linted, effects_of
from groundrules.plan.codec import definition_hash

MOST = 60  # rules with the same effects that are compared in pairs


def implied_rule(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each rule that another one makes needless."""
    alike: dict[str, list[Rule]] = {}
    for rule in linted.own_rules:
        counts = any(isinstance(effect, Delta) for effect in effects_of(rule))
        if rule.source.mode == "enforce" and rule.source.first_of is None and not counts:
            alike.setdefault(_doing(linted, rule), []).append(rule)
    for rules in alike.values():
        reported: set[int] = set()
        for rule, other in permutations(rules[:MOST], 2):
            if id(rule) not in reported and id(other) not in reported and _needless(linted, rule, other):
                reported.add(id(rule))
                yield _finding(rule, other)


def _doing(linted: Linted, rule: Rule) -> str:
    """Return what a rule does, how often and for whom, as a hash; its condition left out."""
    lowered = linted.lowered_rule(rule)
    limits = [lowered.once, lowered.times, lowered.approval, lowered.rollout, lowered.ends]
    return definition_hash([lowered.effects, limits, lowered.starts])


def _needless(linted: Linted, rule: Rule, other: Rule) -> bool:
    when, wider = linted.condition(rule), linted.condition(other)
    if not set(rule.context.types) <= set(other.context.types) or when is None or not linted.satisfiable((when, True)):
        return False
    if wider is not None and (not linted.implies(when, wider) or linted.implies(wider, when)):
        return False
    return _same_unless(linted, rule, other)


def _same_unless(linted: Linted, rule: Rule, other: Rule) -> bool:
    blocked = linted.lowered_rule(other).unless
    return blocked is None or definition_hash(blocked) == definition_hash(linted.lowered_rule(rule).unless)


def _finding(rule: Rule, other: Rule) -> Diagnostic:
    message = f"`{rule.source.id.value}` adds nothing: `{other.source.id.value}` does the same whenever it fires"
    label = Label(other.source.id.span, "does the same on more events")
    return IMPLIED_RULE.at(rule.source.id.span, message, "remove it, or let it do something else", (label,))
