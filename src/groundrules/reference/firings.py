"""What rules remember of their own firings.

`once_per` asks whether a rule fired under the same key less than its time ago (90 days unless it says), or in the same
calendar period of the rulebook's zone. `times` counts the firings under its key in (now - within, now], the one at hand
included, and takes the effects of the step with that number; beyond the last step the last one repeats. Rules in shadow
or outside their share remember apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundrules.calendar.periods import period_index
from groundrules.plan import ir
from groundrules.reference.values import evaluate
from groundrules.reference.windows import encoded

if TYPE_CHECKING:
    from groundrules.reference.scope import Scope


@dataclass(frozen=True)
class Firing:
    """One firing of a rule, under the keys of its `once_per` and `times`."""

    rule: str
    live: bool
    at: int
    once: tuple[str, ...]
    times: tuple[str, ...]


class Firings:
    """Every firing of every rule of one partition."""

    def __init__(self) -> None:
        self.history: list[Firing] = []

    def fired_already(self, rule: ir.Rule, lane: str, scope: Scope) -> bool:
        """Whether `once_per` keeps the rule from firing again."""
        if rule.once is None:
            return False
        key = key_of(rule.once.key, scope)
        times = [f.at for f in self.history if (f.rule, f.live, f.once) == (rule.id, lane == "live", key)]
        if rule.once.per is not None:
            zone = scope.plan.timezone
            period = period_index(zone, scope.now, rule.once.per)
            return any(period_index(zone, at, rule.once.per) == period for at in times)
        return any(scope.now - at < (rule.once.within or ir.REMEMBERED) for at in times)

    def record(self, rule: ir.Rule, lane: str, scope: Scope) -> None:
        """Write a firing down."""
        once = key_of(rule.once.key, scope) if rule.once else ()
        times = key_of(rule.times.key, scope) if rule.times else ()
        self.history.append(Firing(rule.id, lane == "live", scope.now, once, times))

    def number(self, rule: ir.Rule, lane: str, scope: Scope) -> int:
        """How often the rule has fired within the time of its `times`, as far as written down."""
        assert rule.times is not None
        key = key_of(rule.times.key, scope)
        held = [f.at for f in self.history if (f.rule, f.live, f.times) == (rule.id, lane == "live", key)]
        return sum(scope.now - at < rule.times.within for at in held)

    def effects(self, rule: ir.Rule, lane: str, scope: Scope) -> tuple[Any, ...]:
        """The effects of the firing that was written down last: the rule's own and those of its step of `times`."""
        if rule.times is None:
            return rule.effects
        steps = dict(rule.times.steps)
        number = min(self.number(rule, lane, scope), max(steps))
        scope.watched(f"{rule.id}@{number}", ir.Const(value=True))
        return rule.effects + steps.get(number, ())


def key_of(parts: tuple[Any, ...], scope: Scope) -> tuple[str, ...]:
    """A key, none of whose components is missing, as text."""
    return tuple(encoded(evaluate(part, scope)) for part in parts)
