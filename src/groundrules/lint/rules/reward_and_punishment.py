"""What it does: finds a reward all of whose events a rule punishes: the same member earns something and gets a strike,
a mute or worse for the same thing.

Why: one of the two is a mistake, or the group sends a strange message.

Example:

```yaml
rules:
  - {id: quiet-please, on: message, when: caps(text) > 70%, then: [strike: 1]}
rewards:
  - {id: enthusiasm, on: message, when: caps(text) > 90%, grant: {reputation: 1}}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from groundrules.checker.constructs import Act, Constant, Default, Delta, Rule, Value, Whom
from groundrules.diagnostics.codes.lints import REWARD_AND_PUNISHMENT
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.lint.conditions import Condition
from groundrules.lint.linted import Linted, effects_of
from groundrules.logic.solver import Name

MOST = 20_000  # pairs that are compared

_Read = frozenset[Name]
_Guarded = tuple[Rule, Condition | None]  # a rule and its `when`
_Alike = dict[tuple[frozenset[str], frozenset[str], _Read], list[_Guarded]]  # event types, members, what is read


def reward_and_punishment(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each reward whose every event is punished."""
    for (reward, earned), (rule, when) in islice(_pairs(linted), MOST):
        if rule is not reward and _covers(linted, when, earned):
            message = f"members who earn `{reward.source.id.value}` are punished by `{rule.source.id.value}` for it"
            label = Label(rule.source.id.span, "punishes the same event")
            yield REWARD_AND_PUNISHMENT.at(reward.source.id.span, message, None, (label,))


def _pairs(linted: Linted) -> Iterator[tuple[_Guarded, _Guarded]]:
    """Yield a reward with a punishment that could cover it: of the same member, and reading no more than it does."""
    rewards, punishments = _Alike(), _Alike()
    for rule in linted.own_rules:
        if rule.source.mode != "enforce":
            continue
        when = linted.condition(rule)
        read = linted.reads(when) if when else _Read()
        if rule.source.kind == "reward" and (earners := _earners(linted, rule)):
            rewards.setdefault((frozenset(rule.context.types), frozenset(earners), read), []).append((rule, when))
        if rule.source.unless is None and (punished := _punished(linted, rule)):
            punishments.setdefault((frozenset(rule.context.types), frozenset(punished), read), []).append((rule, when))
    for (types, who, there), earned in rewards.items():
        for (others, whom, here), group in punishments.items():
            if types <= others and who & whom and here <= there:
                yield from product(earned, group)


def _covers(linted: Linted, when: Condition | None, earned: Condition | None) -> bool:
    """Tell whether a rule fires on every event that a reward is given for."""
    if when is None:
        return True
    return earned is not None and linted.satisfiable((earned, True)) and linted.implies(earned, when)


def _earners(linted: Linted, rule: Rule) -> set[str]:
    return {
        _whom(effect.who)
        for effect in effects_of(rule)
        if isinstance(effect, Delta) and effect.sign > 0 and effect.ledger.name != "strikes"
    }


def _punished(linted: Linted, rule: Rule) -> set[str]:
    return {
        _whom(effect.who)
        for effect in effects_of(rule)
        if isinstance(effect, Delta | Act) and effect.who is not None and _hurts(linted, effect)
    }


def _hurts(linted: Linted, effect: Delta | Act) -> bool:
    if isinstance(effect, Delta):
        return effect.sign < 0 or effect.ledger.name == "strikes"
    return effect.do in linted.sanctions


def _whom(whom: Whom) -> str:
    """Return the path of whoever is meant, as text that tells two of them apart."""
    match whom:
        case Constant(value=value):
            return str(value)
        case Default(root=root, paths=paths):
            return ".".join((root, *paths[0])).removesuffix(".id")
        case Value(parsed=parsed):
            start, end = parsed.root.at
            return f"event.{parsed.fragment.text[start:end].strip()}"
