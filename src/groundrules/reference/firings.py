"""What rules remember about their own firings.

`once_per` asks whether a rule fired under the same key less than its time ago (90 days unless it says), or in the same
calendar period of the rulebook's zone. `times` counts the firings under its key in (now - within, now], the one at hand
included, and takes the effects of the step with that number; beyond the last step the last one repeats. Rules in shadow
or outside their share remember separately.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from groundrules.calendar.periods import period_index
from groundrules.plan import ir
from groundrules.reference.values import evaluate
from groundrules.reference.windows import encoded

if TYPE_CHECKING:
    from groundrules.reference.scope import Scope


@dataclass(frozen=True)
class Firing:
    """One firing of a rule, under the keys of its `once_per` and `times`; `undone` if its grant was taken back."""

    rule: str
    live: bool
    at: int
    once: tuple[str, ...]
    times: tuple[str, ...]
    undone: bool = False


class Firings:
    """Every firing of every rule of one partition."""

    def __init__(self) -> None:
        self.history: list[Firing] = []

    def fired_already(self, rule: ir.Rule, lane: str, scope: Scope) -> bool:
        """Whether `once_per` keeps the rule from firing again."""
        if rule.once is None:
            return False
        key = key_of(rule.once.key, scope)
        of_key = [f for f in self.history if (f.rule, f.live, f.once) == (rule.id, lane == "live", key)]
        times = [f.at for f in of_key if not f.undone]
        if rule.once.per is not None:
            return any(same_period(at, scope.now, rule.once.per, scope) for at in times)
        return any(scope.now - at < (rule.once.within or ir.REMEMBERED) for at in times)

    def undo(self, rule: ir.Rule, once: tuple[str, ...], at: int) -> None:
        """Let a rule fire again after its firing at `at` was taken back; `times` still counts it."""
        self.history = [
            replace(f, undone=True) if (f.rule, f.live, f.once, f.at) == (rule.id, True, once, at) else f
            for f in self.history
        ]

    def record(self, rule: ir.Rule, lane: str, scope: Scope) -> None:
        """Record a firing."""
        once = key_of(rule.once.key, scope) if rule.once else ()
        times = key_of(rule.times.key, scope) if rule.times else ()
        self.history.append(Firing(rule.id, lane == "live", scope.now, once, times))

    def number(self, rule: ir.Rule, lane: str, scope: Scope) -> int:
        """How many recorded firings of the rule lie within the time of its `times`."""
        assert rule.times is not None
        key = key_of(rule.times.key, scope)
        held = [f.at for f in self.history if (f.rule, f.live, f.times) == (rule.id, lane == "live", key)]
        return sum(scope.now - at < rule.times.within for at in held)

    def nth(self, rule: ir.Rule, lane: str, scope: Scope) -> int:
        """The number of the step of `times` that the last recorded firing takes; 0 without `times`."""
        if rule.times is None:
            return 0
        return min(self.number(rule, lane, scope), max(number for number, _ in rule.times.steps))

    def effects(self, rule: ir.Rule, lane: str, scope: Scope) -> tuple[Any, ...]:
        """The effects of the last recorded firing: the rule's own and those of its step of `times`."""
        if rule.times is None:
            return rule.effects
        steps, number = dict(rule.times.steps), self.nth(rule, lane, scope)
        scope.watched(f"{rule.id}@{number}", ir.Const(value=True))
        return rule.effects + steps.get(number, ())


def same_period(first: int, other: int, per: Any, scope: Scope) -> bool:
    """Whether two instants lie in the same calendar period of the rulebook's zone."""
    zone = scope.plan.timezone
    return period_index(zone, first, per) == period_index(zone, other, per)


def key_of(parts: tuple[Any, ...], scope: Scope) -> tuple[str, ...]:
    """A key, none of whose components is missing, as text."""
    return tuple(encoded(evaluate(part, scope)) for part in parts)
