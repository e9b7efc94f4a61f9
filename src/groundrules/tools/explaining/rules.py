"""One rule explained: its verdict on the current event, and the reasons for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from groundrules.calendar.days import date_of
from groundrules.calendar.instants import format_ms
from groundrules.calendar.recurrence import next_after
from groundrules.calendar.zones import local
from groundrules.decisions import Decision
from groundrules.plan import ir
from groundrules.reference.partition import Partition
from groundrules.reference.scope import Scope
from groundrules.reference.selfmade import is_own_act, mentions_self
from groundrules.tools.explaining.event_lines import Json
from groundrules.tools.explaining.model import Condition, DatedValue, Ladder, PathItems, RuleExplained, Verdict
from groundrules.tools.explaining.recorder import Asking, Recorder
from groundrules.tools.explaining.tree import condition

MOST_SUBJECTS = 5


class Rules:
    """Explains rules of one moment: what was asked, what was decided, and what is remembered after it."""

    def __init__(
        self, plan: ir.Plan, event: Json, decisions: Sequence[Decision], recorder: Recorder, partition: Partition | None
    ) -> None:
        self.plan = plan
        self.event = event
        self.decisions = decisions
        self.recorder = recorder
        self.partition = partition
        self._asked: dict[str, list[Asking]] = {}
        for asking in recorder.asked:
            self._asked.setdefault(asking.rule.id, []).append(asking)

    # --- which rules ------------------------------------------------------------------------------

    def named(self, name: str) -> list[ir.Rule]:
        """The rules that an author calls by a name: the rule itself, or the steps of a ladder, path or state."""
        exact = [rule for rule in self.plan.rules if rule.id == name]
        below = [rule for rule in self.plan.rules if rule.id.startswith(f"{name}#")]
        return exact + below

    def listening(self) -> list[ir.Rule]:
        """The rules that listen to the event's type."""
        return [
            rule
            for rule in self.plan.rules
            if isinstance(rule.trigger, ir.OnEvent) and self.event.get("type") in rule.trigger.types
        ]

    # --- one rule ---------------------------------------------------------------------------------

    def explain(self, rule: ir.Rule) -> list[RuleExplained]:
        """What there is to say of a rule: once, or for each member that a schedule asked about, fired ones first."""
        askings = self._asked.get(rule.id, [])
        if not askings:
            return [self._not_asked(rule)]
        explained = [self._asked_once(asking) for asking in _once_each(askings)]
        return sorted(explained, key=lambda explained: explained.verdict != "fired")[:MOST_SUBJECTS]

    def fired(self) -> list[tuple[RuleExplained, ...]]:
        """For each decision, why each of the rules that it says fired did, in its order.

        A rule may fire several times: for each member that a schedule is about, for each path that takes a step.
        """
        left = {rule: self._firing(askings) for rule, askings in self._asked.items()}
        return [
            tuple(self._fired(fired.rule, decision.at, left.get(fired.rule, [])) for fired in decision.fired)
            for decision in self.decisions
        ]

    def _firing(self, askings: list[Asking]) -> list[Asking]:
        """Of the askings of a rule those after which it fired, in order."""
        return [asking for asking in _once_each(askings) if self._verdict(asking) == "fired"]

    def _fired(self, name: str, at: str | None, left: list[Asking]) -> RuleExplained:
        """The next firing of a rule at an instant, which is taken out of those that are left."""
        for index, asking in enumerate(left):
            if format_ms(asking.scope.now) == at:
                return self._asked_once(left.pop(index))
        rule = next(rule for rule in self.plan.rules if rule.id == name)
        return self.explain(rule)[0]

    def asked(self, rule: str) -> Asking | None:
        """What a rule saw when it was asked first."""
        return next(iter(self._asked.get(rule, [])), None)

    def _asked_once(self, asking: Asking) -> RuleExplained:
        return self._explained(
            asking.rule,
            verdict=self._verdict(asking),
            when=None if isinstance(asking.rule.when, ir.Const) else asking.when,
            unless=asking.unless,
            share=asking.share,
            subject=asking.scope.subject,
            once=asking.once,
            times=asking.times,
            missing=asking.when.missing_all if asking.when.outcome is None else asking.missing,
            exempted_by=self._exempted_by(asking.rule.id),
            ladder=self._ladder(asking.rule) if isinstance(asking.rule.trigger, ir.OnCrossing) else None,
        )

    def _explained(self, rule: ir.Rule, **more: Any) -> RuleExplained:
        source = self.plan.sources[rule.src] if rule.src >= 0 else None
        return RuleExplained(
            rule=rule.id,
            kind=rule.kind,
            title=rule.title,
            because=rule.because,
            source=rule.source,
            dated=tuple(self._dated(rule)),
            file=source.file if source else "",
            line=source.line if source else 0,
            partition=self.partition.id if self.partition else "",
            mode=rule.mode,
            rollout=rule.rollout,
            listens=rule.trigger.types if isinstance(rule.trigger, ir.OnEvent) else (),
            heard=str(self.event.get("type")),
            approval=rule.approval.by if rule.approval else (),
            **more,
        )

    def _dated(self, rule: ir.Rule) -> Iterator[DatedValue]:
        """Why the dated values that a rule reads are what they are now."""
        now = self.partition.now if self.partition else 0
        held: dict[str, ir.Decided] = {}
        for value in rule.decided:
            if value.since <= now or value.parameter not in held:
                held[value.parameter] = value
        for value in held.values():
            if value.because or value.source:
                year, month, day = date_of(local(self.plan.timezone, value.since)[0])
                since = f"{year:04}-{month:02}-{day:02}"
                yield DatedValue(parameter=value.parameter, since=since, because=value.because, source=value.source)

    def _verdict(self, asking: Asking) -> Verdict:
        if asking.when.outcome is False:
            return "false"
        if asking.unless is not None and asking.unless.outcome is True:
            return "unless"
        if asking.when.outcome is None or asking.missing:
            return "unknown"
        if asking.scope.passed_over or asking.blocked:
            return "behind" if asking.scope.passed_over else "once"
        if self._exempted_by(asking.rule.id):
            return "exempted"
        return "fired" if asking.lane == "live" else asking.lane

    def _exempted_by(self, rule: str) -> tuple[str, ...]:
        exemptions = (
            exemption.by for decision in self.decisions for exemption in decision.exempted if exemption.rule == rule
        )
        return next(exemptions, ())

    # --- rules that were not asked ------------------------------------------------------------------

    def _not_asked(self, rule: ir.Rule) -> RuleExplained:
        passed_over = self._passed_over(rule)
        if passed_over is not None:
            begins = format_ms(rule.starts) if passed_over == "early" and rule.starts is not None else None
            return self._explained(rule, verdict=passed_over, begins=begins)
        items = tuple(self._items(rule))
        return self._explained(rule, verdict="item" if items else "elsewhere", items=items, **self._waiting(rule))

    def _items(self, rule: ir.Rule) -> Iterator[PathItems]:
        """What the event was on the open paths that a rule opens."""
        processes = {effect.process for effect in rule.effects if isinstance(effect, ir.Open)}
        done: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for note in (note for decision in self.decisions for note in decision.notes):
            if note.kind == "path_item_done" and note.subject in processes:
                done.setdefault((note.subject, tuple(note.detail["key"])), []).append(note.detail["item"])
        for (process, key), items in done.items():
            path = self.partition.processes.find(process, key) if self.partition else None
            definition = next(defined for defined in self.plan.processes if defined.id == process)
            remaining = [item.id for item in definition.until_all if path is not None and item.id not in path.done]
            yield PathItems(path=process, key=key, done=tuple(items), remaining=tuple(remaining))

    def _waiting(self, rule: ir.Rule) -> dict[str, Any]:
        """What a rule waits for when it does not listen to the event, and how far along that is."""
        match rule.trigger:
            case ir.OnCrossing():
                return {"waits": "ladder", "ladder": self._ladder(rule)}
            case ir.OnStep(process=process, step=-1):
                return {"waits": "path_end", "due": None}
            case ir.OnStep(process=process, step=step):
                return {"waits": "path", "due": self._next_turn(process, step)}
            case ir.OnState(state=state):
                return {"waits": "state", "when": self._state(state, rule.trigger.entering)}
            case ir.OnSchedule(schedule=schedule):
                return {"waits": "schedule", "due": self._next_run(schedule)}
        return {"waits": "refusal" if isinstance(rule.trigger, ir.OnRefusal) else "event"}

    def _state(self, id: str, entering: bool) -> Condition | None:
        """The guard by which a state is entered or left, as it was asked, else as it stands behind the event."""
        recorded = self.recorder.states.get((id, entering))
        if recorded is not None or self.partition is None:
            return recorded
        state = next(state for state in self.plan.states if state.id == id)
        guard = state.enter if entering else state.leave
        scope = Scope(self.partition, self.partition.now, subject=self.partition.states.subject(state, self.event))
        return condition(guard, scope, self.recorder.events)

    def _passed_over(self, rule: ir.Rule) -> Verdict | None:
        """Why a rule is not asked now, whatever it waits for; None if it only waits."""
        if rule.mode == "off":
            return "off"
        listens = isinstance(rule.trigger, ir.OnEvent) and self.event.get("type") in rule.trigger.types
        if listens and any(decision.trigger in ("rejected", "duplicate") for decision in self.decisions):
            return "turned_away"
        now = self.partition.now if self.partition else 0
        if rule.ends is not None and now > rule.ends:
            return "ended"
        if rule.starts is not None and now < rule.starts:
            return "early"
        return "own" if listens and is_own_act(self.event) and not mentions_self(rule.when) else None

    def _ladder(self, rule: ir.Rule) -> Ladder | None:
        """How far a balance is below the step: one that the event changed, else the actor's."""
        trigger = rule.trigger
        assert isinstance(trigger, ir.OnCrossing)
        ladder = next(ladder for ladder in self.plan.ladders if ladder.id == trigger.ladder)
        step = ladder.steps[trigger.step]
        mark = step.falls_below if trigger.back and step.falls_below is not None else step.reaches
        for who, before, after in self._balances(ladder.ledger):
            return Ladder(ledger=ladder.ledger, who=who, before=before, after=after, reaches=mark, back=trigger.back)
        return None

    def _balances(self, ledger: str) -> Iterator[tuple[str, int, int]]:
        for decision in self.decisions:
            for change in decision.ledgers:
                if change.ledger == ledger:
                    yield change.who, change.before, change.after
        actor = (self.event.get("actor") or {}).get("id")
        definition = next(kept for kept in self.plan.ledgers if kept.id == ledger)
        if self.partition is not None and actor and definition.per == "member":
            balance = self.partition.ledgers.balance(ledger, actor, self.partition.now)
            yield actor, balance, balance

    def _next_turn(self, process: str, step: int) -> str | None:
        """When a step falls due next on a path that is open."""
        paths = self.partition.processes.paths if self.partition else []
        dues = [due for path in paths if path.process == process for due, of_step, _ in path.turns if of_step == step]
        return format_ms(min(dues)) if dues else None

    def _next_run(self, schedule: str) -> str | None:
        if self.partition is None:
            return None
        definition = next(row for row in self.plan.schedules if row.id == schedule)
        due = next_after(definition.at, self.plan.timezone, self.partition.schedules[schedule])
        return None if due is None else format_ms(due)


def _once_each(askings: list[Asking]) -> list[Asking]:
    """The askings of a rule without those that came twice: a schedule asks of each member, and once more to know for
    whom it acts together."""
    if not isinstance(askings[0].rule.trigger, ir.OnSchedule):
        return askings
    return [*{(asking.scope.subject, asking.scope.now): asking for asking in askings}.values()]
