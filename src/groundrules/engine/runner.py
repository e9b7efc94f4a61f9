"""One partition, one event after another; and what time does before each.

An event is turned away, or handled before, or gets its number. Then everything that falls due until its time is
decided, in the order of due time, id and key, each with the clock at its due time. Then windows count the event, paths
are ended or planned anew, its rules are asked and take effect, and the roster takes note of what it said. Behind its
own decision come the ladder steps that it crossed, then those that these crossed in turn; what its approval released;
and the states that it entered or left. A decision in which nothing happened is left out, but for the event's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from groundrules.calendar.instants import format_ms
from groundrules.calendar.recurrence import next_after, occurrences_between
from groundrules.decisions import Decision, Note, Rejection
from groundrules.engine import appeals, approvals, clock, fallbacks, keys, opening, stamps
from groundrules.engine.approvals import APPROVAL, Case, Request
from groundrules.engine.cells import processes, roster, states
from groundrules.engine.cells.processes import PROCESS
from groundrules.engine.cells.windows import Counted
from groundrules.engine.codegen.total import reach
from groundrules.engine.decide import Group, Occasion, Room, decide
from groundrules.engine.decode import milliseconds
from groundrules.engine.learning import labels_by_hand, learn
from groundrules.engine.memory import PartitionMemory
from groundrules.engine.partition import Partition
from groundrules.engine.program import Program, RuleCode, StateCode, WindowCode
from groundrules.engine.settle import Crossed, cross_ladder, take_back, watch
from groundrules.engine.stats import Stats
from groundrules.engine.timers import Timer
from groundrules.plan import ir

SCHEDULE = "schedule"


def _without_type(header: dict[str, Any]) -> dict[str, Any]:
    """A timer is no event of any type; it only names the event that brought time forward."""
    return {name: value for name, value in header.items() if name != "type"}


class Runner:
    """Handles the events of one partition under one program."""

    def __init__(self, program: Program, partition: Partition, stats: Stats) -> None:
        self.program = program
        self.partition = partition
        self.memory = PartitionMemory(program, partition)
        self.room = Room(program, partition, self.memory, stats)
        self.stats = stats

    # --- coming in ------------------------------------------------------------------------------

    def feed(self, e: Any) -> list[Decision]:
        """Handle a decoded event."""
        time = milliseconds(e.time)
        refused = clock.refuse(self.partition, time, e.id)
        if refused is not None:
            return [self._rejected(e, refused)]
        if clock.duplicate(self.partition, time, e.id):
            self.stats.duplicates += 1
            return [Decision(trigger="duplicate", at=self._at(), **self._of(e), rulebook=self.program.name)]
        return self._handle(e, time)

    def advance(self, now: int) -> list[Decision]:
        """Let time pass; an instant before the clock changes nothing, and a partition without events has no time."""
        if self.partition.meta is None or now <= self.partition.now:
            return []
        refused = clock.refuse(self.partition, now)
        if refused is not None:
            self.stats.rejected += 1
            return [
                Decision(
                    trigger="rejected",
                    at=self._at(),
                    partition=self.partition.id,
                    rulebook=self.program.name,
                    rejected=refused,
                )
            ]
        decisions = self._fall_due(now, {"seq": self.partition.meta.seq})
        clock.move(self.partition, now)
        return decisions

    def _rejected(self, e: Any, rejection: Rejection) -> Decision:
        self.stats.rejected += 1
        return Decision(
            trigger="rejected", at=self._at(), **self._of(e), rulebook=self.program.name, rejected=rejection
        )

    def _of(self, e: Any) -> dict[str, Any]:
        return {"event": e.id, "type": e.type, "partition": self.partition.id}

    def _at(self) -> str:
        return format_ms(self.partition.now)

    def _handle(self, e: Any, time: int) -> list[Decision]:
        fresh = self.partition.meta is None
        stamp = clock.stamp(self.partition, time, e.id)
        if fresh:
            self.rearm()
        self.stats.events += 1
        self.stats.late += stamp.late
        header = {"seq": stamp.seq, "event": e.id, "type": e.type}
        decisions = self._fall_due(stamp.at, header)
        clock.move(self.partition, stamp.at)
        return decisions + self._decide_event(e, stamp.late, header)

    # --- the event ------------------------------------------------------------------------------

    def _decide_event(self, e: Any, late: bool, header: dict[str, Any]) -> list[Decision]:
        self._count(e)
        x = self.room.scope()
        endings = opening.endings(self.program, self.partition, e, x)
        ended = [note for one in endings for note in opening.end(self.program, self.partition, one, e, x)]
        groups: list[Group] = [(self.program.on_event.get(e.type, ()), x)]
        for one in endings:
            if not one.restarts:
                groups.append((self._rules(ir.OnStep(one.code.id, -1)), self.room.scope(one.start)))
        occasion = Occasion(groups, e, e.id, {"trigger": "event", "late": late, **header}, notes=ended)
        if e.type in self.program.undo_of:
            occasion.asks += self._reversals(e, x)
        released = self._built_in(e, occasion)
        decision, crossed = decide(self.room, occasion)
        learn(self.program, self.partition, e)
        decisions = [decision, *self._crossings(crossed, e, e.id, header)]
        for follow_up in released:
            decisions += self._settled(follow_up)
        return decisions + self._look_at_states(e.type, header)

    def _count(self, e: Any) -> None:
        """Let the windows of the event's type count it."""
        windows = self.program.windows_of.get(e.type)
        if windows is None:
            return
        own_act = reach(e, ("actor", "self")) is True
        x = self.room.scope()
        for code in windows:
            if not own_act or code.speaks_of_self:
                self._count_in(code, e, x)

    def _count_in(self, code: WindowCode, e: Any, x: Any) -> None:
        if code.where is not None and not code.where.true(e, x):
            return
        key = [part(e, x) for part in code.key]
        value = None if code.value is None else code.value(e, x)
        if None in key or (value is None and code.value is not None):
            return
        meta = self.partition.meta
        assert meta is not None
        space = self.partition.space(code.space, code.lifetime)
        row = keys.encode(key)
        space.put(row, code.cell.record(space.get(row), Counted(meta.clock, meta.seq, e.id, value)), meta.clock)

    def _reversals(self, e: Any, x: Any) -> list[Any]:
        asks = []
        for code, key in self.program.undo_of[e.type]:
            parts = [value(e, x) for value in key]
            if None not in parts:
                asks += take_back(self.partition, code, parts)
        return asks

    def _built_in(self, e: Any, occasion: Occasion) -> list[Occasion]:
        """Let the event types that speak to the engine itself have their say; return what they release."""
        occasion.labels += labels_by_hand(self.partition, e)
        actions, notes = fallbacks.of_result(self.partition, e)
        occasion.actions += actions
        occasion.notes += notes
        asks, notes = appeals.hear(self.program, self.partition, self.memory, e)
        occasion.asks += asks
        occasion.notes += notes
        if e.type in ("approval.given", "approval.refused"):
            return self._answered(e, occasion)
        return []

    # --- crossings ------------------------------------------------------------------------------

    def _crossings(self, crossed: Iterable[Crossed], e: Any, cause: str, header: dict[str, Any]) -> list[Decision]:
        """Decide the steps crossed, then those that they crossed in turn."""
        decisions = []
        waiting = [(one, cause) for one in crossed]
        while waiting:
            one, behind = waiting.pop(0)
            occasion = self._crossing(one, e, behind, {"trigger": "crossing", **header})
            decision, further = decide(self.room, occasion)
            appeals.remember(self.partition, one, decision)
            waiting += [(crossing, occasion.occurrence) for crossing in further]
            decisions.append(decision)
        return [decision for decision in decisions if decision.notable]

    def _crossing(self, one: Crossed, e: Any, behind: str, header: dict[str, Any]) -> Occasion:
        ladder, (step, back, cooling) = one.ladder, one.crossing
        name = f"{ladder.id}#{step + 1}"
        rules = self._rules(ir.OnCrossing(ladder.id, step, back))
        cause = rules[0].id if rules else name
        occurrence = f"{behind}/{name}{'-' if back else ''}:{one.who}"
        notes = [Note(kind="cooling_down", subject=name, detail={"who": one.who})] if cooling else []
        groups: list[Group] = [] if cooling else [(rules, self.room.scope(subject=one.who))]
        return Occasion(groups, e, occurrence, {**header, "cause": cause}, ladder.ladder.ledger, notes=notes)

    def _settled(self, occasion: Occasion) -> list[Decision]:
        """Decide something that is not the event's own, and what it crosses."""
        decision, crossed = decide(self.room, occasion)
        header: dict[str, Any] = {
            name: occasion.header[name] for name in ("seq", "event", "type") if name in occasion.header
        }
        behind = self._crossings(crossed, occasion.e, occasion.occurrence, header)
        return [decision, *behind] if decision.notable else behind

    def _rules(self, trigger: ir.Trigger) -> list[RuleCode]:
        return self.program.on.get(trigger, [])

    # --- time -----------------------------------------------------------------------------------

    def _fall_due(self, until: int, header: dict[str, Any]) -> list[Decision]:
        """Decide everything that falls due until `until`, each at its time."""
        decisions: list[Decision] = []
        while (timer := self.partition.timers.pop(until)) is not None:
            clock.move(self.partition, timer.due)
            decisions += self._fire(timer, until, {"trigger": "timer", **_without_type(header)})
        return decisions

    def _fire(self, timer: Timer, until: int, header: dict[str, Any]) -> list[Decision]:
        match timer.kind:
            case "process":
                decisions = self._step(timer, header)
            case "ladder":
                decisions = self._faded(timer, header)
            case "schedule":
                decisions = self._schedule(timer, until, header)
            case "approval":
                decisions = self._expired(timer, header)
            case _:
                return self._look_at_states(None, header, timer.id)
        return decisions + self._look_at_states(None, header)

    def _step(self, timer: Timer, header: dict[str, Any]) -> list[Decision]:
        """Take the next step of a path."""
        code = self.program.processes[timer.id]
        row = self.partition.space(code.space).get(timer.key)
        assert row is not None
        process = processes.read(row)
        (_, step, turn), *process.turns = process.turns
        processes.store(self.partition, code, timer.key, process)
        rules = self._rules(ir.OnStep(code.id, step))
        name = f"{code.id}#{step + 1}"
        groups: list[Group] = [(rules, self.room.scope(self.program.decoder.decode(process.start)))]
        occurrence = f"{name}.{turn}@{timer.due}:{timer.key}"
        cause = rules[0].id if rules else name
        return self._settled(Occasion(groups, None, occurrence, {**header, "cause": cause}))

    def _faded(self, timer: Timer, header: dict[str, Any]) -> list[Decision]:
        """Give up the levels that fade alone has brought a balance below."""
        ladder = self.program.ladders[timer.id]
        balance = self.memory.ledger(ladder.ladder.ledger, timer.key)
        crossed = cross_ladder(self.program, self.partition, ladder, timer.key, balance, balance, up=False)
        decisions: list[Decision] = []
        for one in crossed:
            decisions += self._settled(self._crossing(one, None, f"fade@{timer.due}", header))
        return decisions

    # --- schedules ------------------------------------------------------------------------------

    def arm_schedules(self) -> None:
        """Set the timers of all schedules, each from its last occurrence on, or from now."""
        space = self.partition.space(SCHEDULE)
        for schedule in self.program.schedules.values():
            row = space.get(schedule.id)
            since = stamps.read(row) if row else self.partition.now
            if row is None:
                space.put(schedule.id, stamps.write(since), since)
            due = next_after(schedule.at, self.program.zone, since)
            self.partition.timers.arm(SCHEDULE, schedule.id, "", due)

    def _schedule(self, timer: Timer, until: int, header: dict[str, Any]) -> list[Decision]:
        """Fire a schedule; of several occurrences that time has passed over, the last one."""
        schedule = self.program.schedules[timer.id]
        space = self.partition.space(SCHEDULE)
        since = stamps.read(space.get(timer.id) or stamps.write(timer.due - 1))
        last = occurrences_between(schedule.at, self.program.zone, timer.due, until).last
        if last is not None:
            self.partition.timers.arm(SCHEDULE, timer.id, "", last)
            return []
        missed = occurrences_between(schedule.at, self.program.zone, since, timer.due - 1).count
        space.put(timer.id, stamps.write(timer.due), timer.due)
        following = next_after(schedule.at, self.program.zone, timer.due)
        self.partition.timers.arm(SCHEDULE, timer.id, "", following)
        notes = [Note(kind="schedule_missed", subject=timer.id, detail={"count": missed})] if missed else []
        return self._settled(self._run(schedule, timer.due, header, notes))

    def _run(self, schedule: ir.Schedule, due: int, header: dict[str, Any], notes: list[Note]) -> Occasion:
        rules = self._rules(ir.OnSchedule(schedule.id))
        groups: list[Group] = [(rules, self.room.scope())]
        if schedule.for_each is not None:
            retain = self.program.plan.retain
            space = self.partition.space(roster.name(schedule.for_each), retain)
            subjects = roster.known(space, self.partition.now, retain)
            groups = [(rules, self.room.scope(subject=subject)) for subject in subjects]
        cause = rules[0].id if rules else schedule.id
        return Occasion(groups, None, f"{schedule.id}@{due}", {**header, "cause": cause}, notes=notes)

    # --- states ---------------------------------------------------------------------------------

    def _look_at_states(self, type: str | None, header: dict[str, Any], timer: str | None = None) -> list[Decision]:
        """Enter and leave states until none changes; each at most once. All that change together change at once."""
        codes = [code for code in self.program.states if code.types is None or type in code.types or code.id == timer]
        decisions: list[Decision] = []
        changed: set[str] = set()
        while moving := [code for code in codes if code.id not in changed and self._moves(code)]:
            for code in moving:
                changed.add(code.id)
                (states.leave if states.is_in(self.partition, code.id) else states.enter)(self.partition, code.id)
            for code in moving:
                decisions += self._settled(self._moved(code, header))
        for code in codes:
            states.watch(self.program, self.partition, code, self.room.scope())
        return decisions

    def _moves(self, code: StateCode) -> bool:
        guard = code.leave if states.is_in(self.partition, code.id) else code.enter
        return bool(guard.true(None, self.room.scope()))

    def _moved(self, code: StateCode, header: dict[str, Any]) -> Occasion:
        entered = states.is_in(self.partition, code.id)
        rules = self._rules(ir.OnState(code.id, entered))
        cause = rules[0].id if rules else code.id
        header = {"trigger": "crossing", **header, "cause": cause}
        notes = [Note(kind="state_entered" if entered else "state_left", subject=code.id)]
        occurrence = f"{code.id}{'+' if entered else '-'}@{self.partition.now}"
        return Occasion([(rules, self.room.scope())], None, occurrence, header, notes=notes)

    # --- approvals ------------------------------------------------------------------------------

    def _answered(self, e: Any, occasion: Occasion) -> list[Occasion]:
        """Count an answer to a request; return the decision that it releases, if it does."""
        request = approvals.find(self.partition, e.request)
        if request is None or request.rule not in self.program.rules:
            occasion.notes.append(Note(kind="approval_unknown", subject=e.request))
            return []
        objection = approvals.objection(self.program, self.memory, request, e)
        if objection is not None:
            occasion.notes.append(approvals.told("approval_not_counted", request, why=objection))
            return []
        header: dict[str, Any] = {name: occasion.header[name] for name in ("trigger", "seq", "event", "type")}
        if e.type == "approval.refused":
            approvals.close(self.partition, request)
            occasion.notes.append(approvals.told("approval_refused", request, by=e.actor.id))
            return [self._refused(request, header)]
        enough = approvals.approve(self.program, self.partition, request, e.actor.id)
        approved = ", ".join(request.approved)
        occasion.notes.append(approvals.told("approval_given", request, by=e.actor.id, count=len(request.approved)))
        return [self._released(request, header, approved)] if enough else []

    def _released(self, request: Request, header: dict[str, Any], approved: str) -> Occasion:
        code = self.program.rules[request.rule]
        approval = code.rule.approval
        held = request.cases
        if approval is not None and approval.recheck:
            held = [case for case in held if self._still_holds(code, case)]
        notes = [approvals.told("approval_granted", request, by=approved)]
        notes += [
            approvals.told("approval_overtaken", request, subject=case.subject)
            for case in request.cases
            if case not in held
        ]
        e = self._scene(request)[0]
        return Occasion(
            [], e, request.id, {**header, "cause": code.id}, outcomes=[case.outcome for case in held], notes=notes
        )

    def _still_holds(self, code: RuleCode, case: Case) -> bool:
        return approvals.still_holds(self.program, self.memory, code, case, self.partition.now)

    def _refused(self, request: Request, header: dict[str, Any], notes: tuple[Note, ...] = ()) -> Occasion:
        """Ask the rules on refusal, for each case of the request."""
        rules = self._rules(ir.OnRefusal(request.rule))
        scenes = [approvals.scene(self.program, self.memory, case, self.partition.now) for case in request.cases]
        groups: list[Group] = [(rules, x) for _, x in scenes]
        e = self._scene(request)[0]
        return Occasion(groups, e, f"{request.id}/refused", {**header, "cause": request.rule}, notes=list(notes))

    def _scene(self, request: Request) -> tuple[Any, Any]:
        return approvals.scene(self.program, self.memory, request.cases[0], self.partition.now)

    def _expired(self, timer: Timer, header: dict[str, Any]) -> list[Decision]:
        request = approvals.find(self.partition, timer.key)
        assert request is not None
        approvals.close(self.partition, request)
        return self._settled(self._refused(request, header, (approvals.told("approval_expired", request),)))

    # --- after a restore or a swap --------------------------------------------------------------

    def rearm(self) -> None:
        """Set all timers again from the rows."""
        if self.partition.meta is None:
            return
        self.arm_schedules()
        for code in self.program.processes.values():
            for key, process in processes.opened(self.partition, code):
                self.partition.timers.arm(PROCESS, code.id, key, process.turns[0][0])
        for ladder in self.program.ladders.values():
            if ladder.remembers:
                for who in self.partition.space(ladder.name).names():
                    watch(self.program, self.partition, ladder, who)
        for request in approvals.standing(self.partition):
            self.partition.timers.arm(APPROVAL, request.rule, request.id, request.expires)
        for state in self.program.states:
            states.watch(self.program, self.partition, state, self.room.scope())
