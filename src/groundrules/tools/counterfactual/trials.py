"""Deciding again with something changed: only a change with which the rule then fires is called a way to make it fire.

Proposals are made in a copy of the partition as it was before the event, at the moment when the rule is asked. Each is
then tried in a copy of its own: the changed event is fed, or the partition is changed at that moment, and the rule is
asked as it always is, with `unless`, `once_per`, exemptions and all.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from groundrules.calendar.instants import parse_rfc3339
from groundrules.plan import ir
from groundrules.reference.runner import Runner
from groundrules.reference.scope import Scope
from groundrules.tools.counterfactual import altering
from groundrules.tools.counterfactual.altering import Alteration
from groundrules.tools.counterfactual.reaching import Site
from groundrules.tools.counterfactual.solving import Way, turn
from groundrules.tools.explaining.event_lines import Json
from groundrules.tools.explaining.model import Change, RuleExplained, WouldFire
from groundrules.tools.explaining.recorder import Recorder
from groundrules.tools.explaining.rules import Rules
from groundrules.tools.explaining.witness import Moment, Witness, fork

FIRED = ("fired", "shadow", "rollout")
MOST_TRIALS = 16
RANKS = {"field": 0, "window": 0, "ledger": 1, "fact": 1, "label": 2, "sanction": 2, "state": 2, "time": 3, "once": 4}


class Trials:
    """Tries changes of one moment."""

    def __init__(self, witness: Witness, moment: Moment, rules: Rules) -> None:
        self._witness = witness
        self._moment = moment
        self._rules = rules

    def ways(self, explained: RuleExplained, most: int) -> list[WouldFire]:
        """The smallest changes that would have made a rule fire; untried ones only if none could be tried."""
        rule = next(rule for rule in self._rules.plan.rules if rule.id == explained.rule)
        if self._moment.partition is None or explained.verdict in (*FIRED, "off", "ended", "own"):
            return []
        proposals = sorted(
            self._proposals(rule, explained), key=lambda way: (_leaves_unknown(way, explained), _size(way))
        )
        tried: list[WouldFire] = []
        for way in [way for way in proposals if all(alteration.possible for alteration in way)][:MOST_TRIALS]:
            if len(tried) < most and self._fires(rule, explained.subject, way):
                tried.append(WouldFire(changes=tuple(alteration.change for alteration in way), tried=True))
        untried = [
            WouldFire(changes=tuple(alteration.change for alteration in way)) for way in proposals if _untried(way)
        ]
        return tried or untried[:most]

    # --- proposing --------------------------------------------------------------------------------

    def _proposals(self, rule: ir.Rule, explained: RuleExplained) -> list[Way]:
        if isinstance(rule.trigger, ir.OnCrossing):
            return list(self._on_ladder(explained))
        ways: list[Way] = []

        def propose(owner: str, guard: Any, scope: Scope) -> None:
            if not ways and _is_asked(rule, self._rules.plan, explained.subject, owner, guard, scope):
                ways.extend(self._at(rule, explained, guard, scope))

        self._run(self._moment.event, propose)
        return ways or self._not_asked(rule)

    def _not_asked(self, rule: ir.Rule) -> list[Way]:
        """Ways through the guard of a state that was not evaluated this time; these can only be described."""
        partition = self._witness.remembered(self._moment.partition)
        if not isinstance(rule.trigger, ir.OnState) or partition is None:
            return []
        state = next(state for state in self._rules.plan.states if state.id == rule.trigger.state)
        subject = partition.states.subject(state, self._moment.event)
        guard = _guard(rule.trigger, self._rules.plan)
        ways = turn(guard, True, Site(Scope(partition, partition.now, subject=subject)))
        return [tuple(Alteration(alteration.change) for alteration in way) for way in ways if way]

    def _at(self, rule: ir.Rule, explained: RuleExplained, guard: Any, scope: Scope) -> list[Way]:
        """Ways through `when`, `unless` and what the rule remembers, at the moment when it is asked."""
        site = Site(scope)
        ways = turn(guard, True, site)
        if rule.unless is not None and guard is rule.when and site.value(rule.unless) is True:
            ways = [(*way, *other) for way in ways for other in turn(rule.unless, False, site)]
        if explained.once is not None and explained.once.again is not None:
            alterations = [altering.not_fired_yet(rule.id, explained.once.fired_at)]
            alterations.insert(0, altering.later(parse_rfc3339(explained.once.again), scope))
            ways = [(*way, alteration) for alteration in alterations for way in ways]
        if explained.exempted_by:
            ways = [(*way, *other) for way in ways for other in self._not_exempted(explained.exempted_by, site)]
        return [way for way in ways if way]

    def _not_exempted(self, by: tuple[str, ...], site: Site) -> list[Way]:
        rules = [rule for rule in self._rules.plan.rules if rule.id in by]
        return turn(ir.Or(operands=tuple(rule.when for rule in rules)), False, site)

    def _on_ladder(self, explained: RuleExplained) -> Iterator[Way]:
        """A balance that would have crossed the step with what this event did to it."""
        stands = explained.ladder
        if stands is None or stands.back or stands.after >= stands.reaches:
            return
        gained, short = stands.after - stands.before, stands.reaches - stands.after
        if gained > 0:
            before = stands.before
            yield (altering.balance(stands.ledger, stands.who, stands.reaches - gained, 0, before),)
        else:
            yield (
                Alteration(
                    Change(kind="ledger", what=stands.ledger, who=stands.who, before=stands.before, count=short)
                ),
            )

    # --- trying -----------------------------------------------------------------------------------

    def _fires(self, rule: ir.Rule, subject: str | None, way: Way) -> bool:
        event = copy.deepcopy(self._moment.event)
        for alteration in way:
            if alteration.to_event is not None:
                alteration.to_event(event)
        recorder = Recorder(self._rules.plan, {})
        waiting = [alteration for alteration in way if alteration.to_partition is not None]

        def alter(owner: str, guard: Any, scope: Scope) -> None:
            if waiting and _begins(rule, self._rules.plan, subject, owner, guard, scope):
                for alteration in waiting:
                    assert alteration.to_partition is not None
                    alteration.to_partition(scope.partition)
                waiting.clear()
            if owner == rule.id:
                recorder(owner, guard, scope)

        runner, decisions = self._run(event, alter)
        replayed = Rules(self._rules.plan, event, decisions, recorder, runner.partition)
        return any(
            explained.verdict in FIRED and subject in (None, explained.subject) for explained in replayed.explain(rule)
        )

    def _run(self, event: Json, watch: Any) -> tuple[Runner, list[Any]]:
        before = self._moment.before
        assert self._moment.partition is not None
        runner = fork(before) if before is not None else self._witness.empty(self._moment.partition)
        runner.watch = watch
        if runner.partition is not None:
            runner.partition.watch = watch
        return runner, self._witness.decide(runner, event, self._moment.lone)


def _is_asked(rule: ir.Rule, plan: ir.Plan, subject: str | None, owner: str, guard: Any, scope: Scope) -> bool:
    """Whether a rule's firing depends on this guard: its own, or that of the state it belongs to."""
    if isinstance(rule.trigger, ir.OnState):
        return owner == rule.trigger.state and guard is _guard(rule.trigger, plan)
    return owner == rule.id and guard is rule.when and scope.subject == subject


def _guard(trigger: ir.OnState, plan: ir.Plan) -> ir.AnyExpr:
    """The guard by which a state is entered or left."""
    state = next(state for state in plan.states if state.id == trigger.state)
    return state.enter if trigger.entering else state.leave


def _begins(rule: ir.Rule, plan: ir.Plan, subject: str | None, owner: str, guard: Any, scope: Scope) -> bool:
    """Whether what is remembered is to be changed now: when the first rule is asked about the event itself."""
    if isinstance(rule.trigger, ir.OnEvent | ir.OnCrossing):
        return scope.event is not None and any(owner == other.id for other in plan.rules)
    return _is_asked(rule, plan, subject, owner, guard, scope)


def _size(way: Way) -> tuple[int, int, int]:
    return (
        len(way),
        sum(RANKS[alteration.change.kind] for alteration in way),
        sum(abs(alteration.change.count) for alteration in way),
    )


def _leaves_unknown(way: Way, explained: RuleExplained) -> bool:
    """Whether a way goes around the facts for lack of which the rule could not be decided."""
    return bool(explained.missing) and not any(alteration.change.what in explained.missing for alteration in way)


def _untried(way: Way) -> bool:
    return not all(alteration.possible for alteration in way)
