"""One event, one settlement; and what falls due before it.

An event of a partition is answered in this order:

1. An event that was handled before (the same id, within the last 24 hours) changes nothing. One from long ago (more
   than 24 hours behind the clock) is turned away. A partition's first event sets the clock freely; if the second is
   that far behind it, the first was wrong, and the partition begins again, with a note. An event further ahead of the
   clock than the rulebook allows (a day by default) waits for whatever comes next, unless it is a tick: whoever sends
   a tick knows what time it is. If time has moved for what comes next, too, and the waiting event is not far ahead of
   that, it is decided at its own time; otherwise at the clock, with a note, and it does not move the clock.
2. The event gets its number. If its time lies before the clock it is late, and handled at the clock; otherwise the
   clock is to move on to its time.
3. Everything that falls due by then is decided first, in the order of due time, id and key, each with the clock at
   its due time (`timers`).
4. Windows count the event. Paths are ended or replanned. Then its rules are asked (`decide`).
5. Each ladder step that the settlement crossed is a separate decision, right afterwards: first those of the event,
   then those that they crossed in turn. A step's effect on a balance further down may cross again; the ledger graph
   has no cycle.
6. The roster notes what the event said, and states are checked.
7. Whatever the event made due at once (a path's step `after: 0s`) is decided after it.

A decision in which nothing happened and nothing stayed undecided is left out, except the event's own, which is always
there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from groundrules.calendar.instants import format_ms, parse_rfc3339
from groundrules.calendar.recurrence import occurrences_between
from groundrules.decisions import Cause, Decision, Note, Rejection
from groundrules.diagnostics.codes import events as codes
from groundrules.plan import ir
from groundrules.reference import entries, guards, requests, undoing
from groundrules.reference.decide import Occasion, decide, reversals
from groundrules.reference.effects import Outcome
from groundrules.reference.ladders import Crossing
from groundrules.reference.partition import Partition
from groundrules.reference.requests import Request
from groundrules.reference.scope import Json, Scope, Watch
from groundrules.reference.states import Look, Name
from groundrules.reference.timers import Timer, next_timer
from groundrules.reference.values import evaluate
from groundrules.time_units import DAY

KEPT = DAY


class Runner:
    """One partition of an interpreter; `partition` is None until its first event."""

    def __init__(self, plan: ir.Plan, name: str, id: str, watch: Watch | None = None) -> None:
        self.plan = plan
        self.name = name
        self.id = id
        self.watch = watch
        self.partition: Partition | None = None

    # --- coming in --------------------------------------------------------------------------------

    def feed(self, event: Json, notes: Sequence[Note] = ()) -> list[Decision]:
        """Handle a valid event; `notes` are what its decision says of how it came in."""
        time = parse_rfc3339(event["time"])
        partition = self.partition
        if partition is None:
            partition = self.partition = Partition(self.plan, self.name, self.id, time, self.watch)
            return self.handle(event, time, partition, notes)
        if self.shows_wrong(event["id"], time, partition):
            note = Note(kind="began_again", subject=event["id"], detail={"time": format_ms(partition.now)})
            partition, notes = self.begin_again(time, partition), [note, *notes]
        if time < partition.now - KEPT:
            reason = f"its time is more than 24 hours before the latest event seen ({format_ms(partition.now)})"
            refused = Rejection(code=codes.EVENT_TOO_OLD.code, reason=reason, path="time")
            return [partition.decision(Cause("rejected", event=event["id"], type=event["type"]), rejected=refused)]
        if self.is_duplicate(event["id"], time, partition):
            return [partition.decision(Cause("duplicate", event=event["id"], type=event["type"]))]
        decisions = self.resolve(time, partition)
        if time > partition.now + self.plan.ahead and event["type"] != "tick":
            partition.waiting = event, notes
            return decisions
        return decisions + self.handle(event, time, partition, notes)

    def shows_wrong(self, id: str, time: int, partition: Partition) -> bool:
        """Tell whether a new event shows that the only event so far set the clock wrong."""
        alone = partition.number == 1 and partition.now == partition.first
        waits = partition.waiting is not None and partition.waiting[0]["id"] == id
        return alone and time < partition.now - KEPT and id not in partition.recent_ids and not waits

    def begin_again(self, time: int, before: Partition) -> Partition:
        """Forget what the first event left, except its id and number: its time was wrong."""
        partition = self.partition = Partition(self.plan, self.name, self.id, time, self.watch)
        partition.number, partition.waiting = before.number, before.waiting
        partition.recent_ids = dict.fromkeys(before.recent_ids, time)
        return partition

    def is_duplicate(self, id: str, time: int, partition: Partition) -> bool:
        if partition.waiting is not None and partition.waiting[0]["id"] == id:
            return True
        handled = partition.recent_ids.get(id)
        until = time if partition.now < time <= partition.now + self.plan.ahead else partition.now
        return handled is not None and until - handled <= KEPT

    def resolve(self, time: int, partition: Partition) -> list[Decision]:
        """Decide the event that waits, if one does, now that the stream is at `time`."""
        if partition.waiting is None:
            return []
        (event, notes), now, partition.waiting = partition.waiting, partition.now, None
        own, ahead = parse_rfc3339(event["time"]), self.plan.ahead
        if time > now + ahead and own - time <= min(ahead, KEPT):
            return self.handle(event, own, partition, notes)
        note = Note(kind="time_ahead", subject=event["id"], detail={"time": format_ms(own)})
        return self.handle(event, now, partition, [note, *notes])

    def finish(self) -> list[Decision]:
        """Decide the event that waits, if one does, at its own time: nothing more comes that could contradict it."""
        if self.partition is None or self.partition.waiting is None:
            return []
        return self.resolve(parse_rfc3339(self.partition.waiting[0]["time"]), self.partition)

    def advance(self, now: int) -> list[Decision]:
        """Let time pass; an instant before the clock moves nothing, and without events there is no time."""
        if self.partition is None:
            return []
        decisions = self.resolve(now, self.partition)
        if now > self.partition.now:
            decisions += self.fall_due(now, Cause("timer", self.partition.number), self.partition)
            self.partition.now = now
        return decisions

    def next_due(self) -> int | None:
        """When something falls due next; now, if an event waits."""
        if self.partition is None:
            return None
        if self.partition.waiting is not None:
            return self.partition.now
        timer = next_timer(self.partition, None)
        return None if timer is None else timer.due

    # --- the event --------------------------------------------------------------------------------

    def handle(self, event: Json, time: int, partition: Partition, notes: Sequence[Note] = ()) -> list[Decision]:
        """Number an event, let time pass up to it, and decide it."""
        partition.number += 1
        late = time < partition.now
        at = max(partition.now, time)
        partition.recent_ids[event["id"]] = at
        cause = Cause("event", partition.number, event["id"], event["type"], late=late)
        decisions = self.fall_due(at, cause, partition)
        partition.now = at
        decisions += self.decide_event(event, cause, partition, notes)
        return decisions + self.fall_due(at, cause, partition)

    def decide_event(self, event: Json, cause: Cause, partition: Partition, notes: Sequence[Note]) -> list[Decision]:
        """The event's own decision, and those that follow from it."""
        scope = Scope(partition, partition.now, event)
        partition.windows.count(scope)
        turns = partition.processes.happenings(scope)
        notes = [*notes]
        notes += [note for turn in turns for note in partition.processes.take(turn, scope, partition.number)]
        groups = [(self.rules_on(event["type"]), scope)]
        for turn in turns:
            ended = self.rules(ir.OnStep(turn.path.process, -1))
            groups += [(ended, replace(scope, start=turn.path.start, done=turn.done))] if turn.completes else []
        occasion = Occasion(groups, event["id"], cause, event=event, notes=notes)
        occasion.asks += reversals(scope)
        released = self.built_in(event, occasion, partition)
        decision, crossed = decide(partition, occasion)
        partition.roster.learn(event, partition.now)
        decisions = [decision, *self.crossings(crossed, occasion, partition)]
        for follow_up in released:
            decisions += self.settled(follow_up, partition)
        return decisions + self.look_at_states(partition.states.touched_by_event(event), cause, partition)

    def built_in(self, event: Json, occasion: Occasion, partition: Partition) -> list[Occasion]:
        """Handle the event types addressed to the engine itself; what they release."""
        occasion.labels += partition.labels.hear(event, partition.now)
        actions, notes = partition.fallbacks.of_result(event, partition.now)
        occasion.actions += actions
        occasion.notes += notes
        occasion.notes += entries.hear(partition, event)
        partition.sanctions.hear(event, partition.now)
        for asks, notes in (partition.appeals.hear(partition, event), undoing.hear(partition, event)):
            occasion.asks += asks
            occasion.notes += notes
        return self.answered(event, occasion, partition) if event["type"] in requests.ANSWERS else []

    def rules_on(self, type: str) -> list[ir.Rule]:
        """The rules that an event of a type triggers."""
        return [rule for rule in self.plan.rules if isinstance(rule.trigger, ir.OnEvent) and type in rule.trigger.types]

    def rules(self, trigger: ir.Trigger) -> list[ir.Rule]:
        """The rules that anything else triggers."""
        return [rule for rule in self.plan.rules if rule.trigger == trigger and rule.mode != "off"]

    # --- crossings --------------------------------------------------------------------------------

    def crossings(self, crossed: list[Crossing], behind: Occasion, partition: Partition) -> list[Decision]:
        """Decide the steps that an occasion crossed, then those that they crossed in turn."""
        decisions, cause = [], behind.cause.then(trigger="crossing")
        waiting = [(crossing, behind.occurrence) for crossing in crossed]
        while waiting:
            step, occurrence = waiting.pop(0)
            occasion = self.crossing(step, behind.event, occurrence, cause, partition)
            decision, further = decide(partition, occasion)
            partition.appeals.remember(step, decision, partition.now)
            waiting += [(crossing, occasion.occurrence) for crossing in further]
            decisions.append(decision)
        return [decision for decision in decisions if decision.notable or decision.unknown]

    def crossing(
        self, crossed: Crossing, event: Json | None, behind: str, cause: Cause, partition: Partition
    ) -> Occasion:
        """The occasion of a crossed step; the rules see the event at hand, and the holder as the subject."""
        name = f"{crossed.ladder}#{crossed.step + 1}"
        rules = self.rules(ir.OnCrossing(crossed.ladder, crossed.step, crossed.back))
        cause = cause.then(rules[0].id if rules else name)
        occurrence = f"{behind}/{name}{'-' if crossed.back else ''}:{crossed.who}"
        scope = Scope(partition, partition.now, event, subject=crossed.who)
        ledger = next(ladder.ledger for ladder in self.plan.ladders if ladder.id == crossed.ladder)
        notes = [Note(kind="cooling_down", subject=name, detail={"who": crossed.who})] if crossed.cooling else []
        groups = [] if crossed.cooling else [(rules, scope)]
        return Occasion(groups, occurrence, cause, ledger, event, notes=notes)

    def settled(self, occasion: Occasion, partition: Partition) -> list[Decision]:
        """Decide something that is not the event's own, and what it crosses."""
        decision, crossed = decide(partition, occasion)
        behind = self.crossings(crossed, occasion, partition)
        return [decision, *behind] if decision.notable or decision.unknown else behind

    # --- time -------------------------------------------------------------------------------------

    def fall_due(self, until: int, cause: Cause, partition: Partition) -> list[Decision]:
        """Decide everything that falls due by `until`, each at its time; the event in `cause` moved the clock."""
        cause = Cause("timer", cause.seq, cause.event)
        decisions: list[Decision] = []
        while (timer := next_timer(partition, until)) is not None:
            partition.now = max(partition.now, timer.due)
            decisions += self.fire(timer, cause, partition)
            decisions += self.look_at_states(partition.states.touched_by_timer(timer), cause, partition)
        return decisions

    def fire(self, timer: Timer, cause: Cause, partition: Partition) -> list[Decision]:
        match timer.kind:
            case "process":
                return self.step(timer, cause, partition)
            case "ladder":
                return self.faded(timer, cause, partition)
            case "schedule":
                return self.scheduled(timer, cause, partition)
            case "approval":
                return self.expired(timer, cause, partition)
            case "later":
                return self.waited(timer, cause, partition)
        return []

    def waited(self, timer: Timer, cause: Cause, partition: Partition) -> list[Decision]:
        """Do a delayed action."""
        _, wish = partition.waiting_actions.held.pop(timer.key)
        occurrence = f"later@{timer.due}:{timer.key}"
        return self.settled(Occasion([], occurrence, cause.then(timer.id), outcomes=[Outcome([wish])]), partition)

    def step(self, timer: Timer, cause: Cause, partition: Partition) -> list[Decision]:
        """Take the next step of a path."""
        path = partition.processes.named(timer.id, timer.key)
        step, turn = partition.processes.step(path)
        rules = self.rules(ir.OnStep(timer.id, step))
        name = f"{timer.id}#{step + 1}"
        scope = Scope(partition, partition.now, start=path.start, done=path.done)
        cause = cause.then(rules[0].id if rules else name)
        occurrence = f"{name}.{turn}@{timer.due}:{timer.key}"
        return self.settled(Occasion([(rules, scope)], occurrence, cause), partition)

    def faded(self, timer: Timer, cause: Cause, partition: Partition) -> list[Decision]:
        """Give up the levels that fade alone has brought a balance below."""
        ladder = next(ladder for ladder in self.plan.ladders if ladder.id == timer.id)
        balance = partition.ledgers.balance(ladder.ledger, timer.key, partition.now)
        crossed = partition.ladders.cross(ladder, timer.key, balance, balance, partition.now, up_too=False, moved=False)
        occasions = [self.crossing(step, None, f"fade@{timer.due}", cause, partition) for step in crossed]
        return [decision for occasion in occasions for decision in self.settled(occasion, partition)]

    def scheduled(self, timer: Timer, cause: Cause, partition: Partition) -> list[Decision]:
        """Run a schedule; if several of its times have passed, only for the last of them."""
        schedule = next(schedule for schedule in self.plan.schedules if schedule.id == timer.id)
        since = partition.schedules[schedule.id]
        missed = occurrences_between(schedule.at, self.plan.timezone, since, timer.due - 1).count
        partition.schedules[schedule.id] = timer.due
        notes = [Note(kind="schedule_missed", subject=timer.id, detail={"count": missed})] if missed else []
        rules = self.rules(ir.OnSchedule(schedule.id))
        scope = Scope(partition, partition.now)
        subjects: list[str | None] = [None]
        if schedule.for_each is not None:
            subjects = [*partition.roster.known(schedule.for_each, partition.now, schedule.with_self)]
        groups = [(rules, replace(scope, subject=subject)) for subject in subjects]
        groups, figures = self.ranked(groups)
        groups += self.together(schedule, groups, figures)
        cause = cause.then(rules[0].id if rules else schedule.id)
        occurrence = f"{schedule.id}@{timer.due}"
        return self.settled(Occasion(groups, occurrence, cause, notes=notes), partition)

    def ranked(
        self, groups: list[tuple[list[ir.Rule], Scope]]
    ) -> tuple[list[tuple[list[ir.Rule], Scope]], dict[str, Any] | None]:
        """Pass over all but the first of those for whom the schedule's rule is true; the first, with their numbers."""
        ranking = next((rule.ranking for rules, _ in groups for rule in rules if rule.ranking is not None), None)
        if ranking is None:
            return groups, None
        meant = [scope for rules, scope in groups if any(evaluate(rule.when, scope) is True for rule in rules)]
        figures = {str(scope.subject): evaluate(ranking.by, scope) for scope in meant}
        known = [who for who, figure in figures.items() if figure is not None]
        order = sorted(known, key=lambda who: (figures[who] if ranking.least else -figures[who], who))
        first = order[: ranking.limit] if ranking.limit else order
        groups = [(rules, replace(scope, passed_over=scope.subject not in first)) for rules, scope in groups]
        return groups, {who: figures[who] for who in first}

    def together(
        self,
        schedule: ir.Schedule,
        groups: list[tuple[list[ir.Rule], Scope]],
        figures: dict[str, Any] | None,
    ) -> list[tuple[list[ir.Rule], Scope]]:
        """The rules on everybody for whom the schedule's own rule is true, if there are any."""
        rules = self.rules(ir.OnSchedule(schedule.id, together=True))
        answers = [guards.answer(rule, scope) for own, scope in groups for rule in own if guards.applies(rule, scope)]
        those = [answer.scope.subject for answer in answers if answer.fires and answer.lane != "rollout"]
        named = tuple(sorted(who for who in those if who is not None))
        if figures is not None:
            named = tuple(who for who in figures if who in named)
        numbers = tuple((figures or {}).get(who) for who in named)
        scope = replace(groups[0][1], subject=None, passed_over=False, those=named, figures=numbers) if groups else None
        return [(rules, scope)] if named and scope is not None else []

    # --- states -----------------------------------------------------------------------------------

    def look_at_states(self, looks: list[Look], cause: Cause, partition: Partition) -> list[Decision]:
        """Enter and leave states until none changes, each at most once; all that change together change at once."""
        decisions: list[Decision] = []
        changed: set[Name] = set()
        partition.states.look(looks)
        while moving := [look for look in looks if look.name not in changed and partition.states.moves(look)]:
            changed |= {look.name for look in moving}
            partition.states.change(moving)
            for look in moving:
                decisions += self.settled(self.moved(look, cause, partition), partition)
        partition.states.looked |= {look.name: partition.now for look in looks}
        return decisions

    def moved(self, look: Look, cause: Cause, partition: Partition) -> Occasion:
        """The occasion of a state that was entered or left."""
        state, of = look.state, look.of
        entered = look.name in partition.states.held
        rules = self.rules(ir.OnState(state.id, entered))
        detail = {} if of is None else {state.per: of}
        name = state.id if of is None else f"{state.id}({of})"
        notes = [Note(kind="state_entered" if entered else "state_left", subject=name, detail=detail)]
        by = rules[0].id if rules else state.id
        cause = cause.then(by, "crossing" if cause.trigger == "event" else None)
        occurrence = f"{state.id}{'+' if entered else '-'}@{partition.now}{'' if of is None else ':' + of}"
        return Occasion([(rules, Scope(partition, partition.now, subject=of))], occurrence, cause, notes=notes)

    # --- approvals --------------------------------------------------------------------------------

    def answered(self, event: Json, occasion: Occasion, partition: Partition) -> list[Occasion]:
        """Count an answer to a request; the decision that it releases, if it does."""
        request = partition.approvals.standing.get(event["request"])
        if request is None:
            occasion.notes.append(Note(kind="approval_unknown", subject=event["request"]))
            return []
        objection = requests.objection(partition, request, event)
        if objection is not None:
            occasion.notes.append(requests.note("approval_not_counted", request, why=objection))
            return []
        member = event["actor"]["id"]
        if event["type"] == "approval.refused":
            del partition.approvals.standing[request.id]
            occasion.notes.append(requests.note("approval_refused", request, by=member))
            return [self.refused(request, occasion.cause, partition)]
        enough = partition.approvals.approve(request, member)
        occasion.notes.append(requests.note("approval_given", request, by=member, count=len(request.approved)))
        return [self.released(request, occasion.cause, partition)] if enough else []

    def released(self, request: Request, cause: Cause, partition: Partition) -> Occasion:
        """The occasion of a request that was granted: what was held takes effect."""
        approval = request.rule.approval
        assert approval is not None
        overtaken = [case for case in request.cases if approval.recheck and not case.holds(request.rule, partition.now)]
        cases = [case for case in request.cases if case not in overtaken]
        notes = [requests.note("approval_granted", request, by=", ".join(sorted(request.approved)))]
        notes += [requests.note("approval_overtaken", request, subject=case.scope.subject) for case in overtaken]
        outcomes = [case.outcome for case in cases]
        cause = cause.then(request.rule.id)
        event = request.cases[0].scope.event
        return Occasion([], request.id, cause, event=event, outcomes=outcomes, notes=notes, released=True)

    def refused(self, request: Request, cause: Cause, partition: Partition, notes: tuple[Note, ...] = ()) -> Occasion:
        """The occasion of a request that was refused or has expired: the rules on refusal, for each case."""
        rules = self.rules(ir.OnRefusal(request.rule.id))
        groups = [(rules, case.scene(partition.now)) for case in request.cases]
        cause, event = cause.then(request.rule.id), request.cases[0].scope.event
        return Occasion(groups, f"{request.id}/refused", cause, event=event, notes=list(notes))

    def expired(self, timer: Timer, cause: Cause, partition: Partition) -> list[Decision]:
        request = partition.approvals.standing.pop(timer.key)
        notes = (requests.note("approval_expired", request),)
        return self.settled(self.refused(request, cause, partition, notes), partition)
