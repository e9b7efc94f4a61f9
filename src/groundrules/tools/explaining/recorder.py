"""What every rule saw at the moment it was evaluated.

A settlement changes balances and what rules remember, so everything that explains a guard is worked out before it is
answered: the tree of its conditions, its memory of earlier firings, its share of members.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from groundrules.calendar.instants import format_ms
from groundrules.calendar.periods import period_end, period_index
from groundrules.plan import ir
from groundrules.reference import clauses, guards
from groundrules.reference.firings import key_of
from groundrules.reference.scope import Scope
from groundrules.reference.values import evaluate
from groundrules.time_units import format_duration
from groundrules.tools.explaining.model import Condition, Once, Times
from groundrules.tools.explaining.tree import Events, condition


@dataclass
class Asking:
    """One evaluation of a rule: its guard as it was then, and what it remembered."""

    rule: ir.Rule
    scope: Scope
    when: Condition
    unless: Condition | None
    lane: guards.Lane
    share: float | None
    missing: tuple[str, ...]
    once: Once | None
    times: Times | None

    @property
    def blocked(self) -> bool:
        """Whether `once_per` keeps it from firing again."""
        return self.once is not None and self.once.again is not None


class Recorder:
    """Watches the interpreter and records its evaluations in order; `states` holds the guards of states, by id and
    whether it is that of entering."""

    def __init__(self, plan: ir.Plan, events: Events) -> None:
        self.events = events
        self.asked: list[Asking] = []
        self.states: dict[tuple[str, bool], Condition] = {}
        self._rules = {rule.id: rule for rule in plan.rules}
        self._states = {state.id: state for state in plan.states}

    def __call__(self, owner: str, guard: Any, scope: Scope) -> None:
        rule = self._rules.get(owner)
        if rule is not None and guard is rule.when:
            self.asked.append(self._ask(rule, scope))
        state = self._states.get(owner)
        if state is not None and (guard is state.enter or guard is state.leave):
            self.states[owner, guard is state.enter] = condition(guard, scope, self.events)

    def _ask(self, rule: ir.Rule, scope: Scope) -> Asking:
        lane = guards.lane_of(rule, scope)
        missing = guards.missing_keys(rule, scope)
        return Asking(
            rule=rule,
            scope=scope,
            when=condition(rule.when, scope, self.events),
            unless=None if rule.unless is None else condition(rule.unless, scope, self.events),
            lane=lane,
            share=guards.share(rule, scope) if rule.rollout < 1 else None,
            missing=missing,
            once=None if rule.once is None or missing else once(rule, rule.once, lane, scope),
            times=None if rule.times is None or missing else times(rule, rule.times, lane, scope),
        )


def key(parts: tuple[Any, ...], scope: Scope) -> dict[str, Any]:
    """A key's components under the author's names."""
    return {
        clauses.text_of(part, scope) or ".".join(getattr(part, "path", ())): evaluate(part, scope) for part in parts
    }


def once(rule: ir.Rule, clause: ir.Once, lane: str, scope: Scope) -> Once:
    """What `once_per` remembers for the current key."""
    firings, own = scope.partition.firings, key_of(clause.key, scope)
    live = lane == "live"
    earlier = [
        firing.at for firing in firings.history if (firing.rule, firing.live, firing.once) == (rule.id, live, own)
    ]
    blocked = firings.fired_already(rule, lane, scope)
    return Once(
        key=key(clause.key, scope),
        within=None if clause.per else format_duration(clause.within or ir.REMEMBERED),
        per=clause.per,
        fired_at=format_ms(earlier[-1]) if earlier else None,
        again=format_ms(_again(clause, earlier[-1], scope)) if blocked else None,
    )


def _again(clause: ir.Once, fired: int, scope: Scope) -> int:
    """When a rule may fire again after it fired at `fired`."""
    if clause.per is None:
        return fired + (clause.within or ir.REMEMBERED)
    zone = scope.plan.timezone
    same = period_index(zone, fired, clause.per) == period_index(zone, scope.now, clause.per)
    return period_end(zone, fired if same else scope.now, clause.per)


def times(rule: ir.Rule, clause: ir.Times, lane: str, scope: Scope) -> Times:
    """The number of the current firing, or of one that would happen now."""
    return Times(
        key=key(clause.key, scope),
        within=format_duration(clause.within),
        number=scope.partition.firings.number(rule, lane, scope) + 1,
        steps=tuple(sorted(number for number, _ in clause.steps)),
    )
