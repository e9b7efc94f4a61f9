"""What it does: works out how often per day one member alone can earn a reward, and finds rewards where that is
unbounded, or more than once a minute.

Why: somebody who finds out will write a script. A cap costs honest members nothing.

Example:

```yaml
rewards:
  - id: chatting
    on: message
    grant: {reputation: 1}
    cap: 5 per day                 # without this line: one point for every message
  - id: liked
    on: reaction.added             # without `when`, members like their own messages
    when: actor.id != message.author.id
    grant: {reputation: 5, to: message.author}
    once_per: actor, message
```

The lint considers events that members can cause alone: writing, reacting, voting, checking in and the like.
`groundrules lint --cost` lists the remaining bounds.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.constructs import Delta, Rule
from groundrules.diagnostics.codes.lints import FARMABLE_REWARD
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.linted import Linted
from groundrules.lint.rewards import Bound, daily_bound, is_earned_alone

_MANY = 1440  # times a day: once a minute is what many groups choose


def farmable_reward(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each reward without a sensible bound per day."""
    for rule in linted.own_rules:
        deltas = [effect for effect in rule.effects if isinstance(effect, Delta) and effect.sign > 0]
        if rule.source.kind == "reward" and deltas and is_earned_alone(linted, rule, deltas[0]):
            yield from _judged(rule, daily_bound(linted, rule, deltas[0]))


def _judged(rule: Rule, bound: Bound) -> Iterator[Diagnostic]:
    name, help = rule.source.id.value, "write `cap: 50 per day`, or `once_per: actor per day`"
    if bound.times is None and bound.amount is None:
        message = f"one member can earn `{name}` as often as they like"
        yield FARMABLE_REWARD.at(rule.source.id.span, message, help)
    elif bound.times is not None and bound.times > _MANY and not bound.capped:
        amount = "" if bound.amount is None else f", {bound.amount:,} in all"
        message = f"one member can earn `{name}` {bound.times:,} times a day{amount}"
        yield FARMABLE_REWARD.at(rule.source.id.span, message, help)
