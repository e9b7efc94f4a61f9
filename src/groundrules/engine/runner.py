"""One partition, one event after another; and what falls due before each.

An event is turned away, or handled before, or gets its number; one far ahead of the clock waits for what comes next
(`intake.ahead`). Then everything that falls due by its time is decided, in the order of due time, id and key, each with
the clock at its due time. Then windows count the event, paths are ended or replanned, its rules are asked and take
effect, and the roster notes what the event said. After the event's own decision come the ladder steps that it crossed,
then those that these crossed in turn; whatever its approval released; the states that it entered or left; and whatever
it made due at once. A decision in which nothing happened and nothing stayed undecided is left out, except the event's
own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Cause, Decision, Note, Rejection
from groundrules.engine.cases import answers, appeals, due, undoing
from groundrules.engine.cells import entries, sanctions, states
from groundrules.engine.cells.states import Look
from groundrules.engine.compiled_rules import StateCode
from groundrules.engine.evaluation.effects import Ask
from groundrules.engine.index.counts import WATCHED
from groundrules.engine.index.lookup import UNKNOWN
from groundrules.engine.index.presence import UNDECIDED
from groundrules.engine.intake import ahead, clock, cutting
from groundrules.engine.intake.cutting import cut_of
from groundrules.engine.intake.decode import milliseconds
from groundrules.engine.program import Asked, Program
from groundrules.engine.readings import PartitionReadings
from groundrules.engine.routes import Route, Routes
from groundrules.engine.settlement import fallbacks, guards, paths
from groundrules.engine.settlement.decide import Occasion, Room, decide
from groundrules.engine.settlement.guards import Answer
from groundrules.engine.settlement.ladders import crossing
from groundrules.engine.settlement.ledgers import Crossed, take_back
from groundrules.engine.settlement.open_paths import OpenPaths, Turn
from groundrules.engine.settlement.roster import Learning, labels_by_hand
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.scope import Scope
from groundrules.engine.state.timers import Timer
from groundrules.engine.stats import Stats
from groundrules.plan import ir

NO_EVENT = -1  # while an event waits, this `ahead` makes the clock treat no event as ordinary


class Runner:
    """Handles the events of one partition under one program."""

    def __init__(self, program: Program, partition: Partition, stats: Stats) -> None:
        self.program = program
        self.partition = partition
        self.readings = PartitionReadings(program, partition)
        self.room = Room(program, partition, self.readings, stats)
        self.stats = stats
        self._waiting = ahead.load(partition, program.decoder)
        self._ahead = program.plan.ahead if self._waiting is None else NO_EVENT
        self._paths = OpenPaths(program, partition)
        self._routes = Routes(program, partition)
        self._learning = Learning(program, partition)
        self._unrested = {code.id for code in program.states}  # states to be looked at whatever comes
        self._turning = Scope(0, self.readings)  # for checking whether an event turns a state
        self._glance = Scope(0, self.readings)  # for the one look that most events get

    # --- coming in ------------------------------------------------------------------------------

    def feed(self, e: Any) -> list[Decision]:
        """Handle a decoded event; return what was decided, the event's own decision among it."""
        decisions = self.take(e, full=True)
        return [self.quiet(e)] if decisions is None else decisions

    def take(self, e: Any, full: bool = False) -> list[Decision] | None:
        """Handle a decoded event; return None if nothing came of it but its own decision, which says nothing.

        Without `full`, a decision that only says that rules stayed undecided is counted, not made.
        """
        time = clock.step(self.partition, self._ahead, e) if cut_of(e) is None else None
        if time is None:
            return self._take_otherwise(e, milliseconds(e.time))
        self.stats.events += 1
        decisions = self._decide_event(e, time, False, (), full)
        if decisions is not None and self.partition.timers.soonest <= time:
            decisions += self._fall_due(time, self._cause(e))
        return decisions

    def _take_otherwise(self, e: Any, time: int) -> list[Decision] | None:
        """Handle any other event: turned away, waiting, late, or with something due at or before it."""
        shows_wrong = clock.shows_wrong(self.partition, time, e.id) and self.waiting != e.id
        notes = self._begin_again(e, time) if shows_wrong else ()
        turned_away = self._turned_away(e, time)
        if turned_away is not None:
            return [turned_away]
        before = self._resolve(time)
        if ahead.lies_ahead(self.partition, self.program.plan.ahead, e, time):
            self._wait(e)
            return before
        decisions = self._handle(e, time, *notes)
        return decisions if not before else [*before, *([self.quiet(e)] if decisions is None else decisions)]

    def _handle(self, e: Any, time: int, *notes: Note) -> list[Decision] | None:
        """Number an event, let time pass up to it, and decide it."""
        partition = self.partition
        fresh = partition.meta is None
        at = clock.admit(partition, time, e.id)
        if fresh:
            due.rearm(self.room)
        self.stats.events += 1
        timers = partition.timers
        before = self._fall_due(at, self._cause(e)) if timers.soonest <= at else []
        clock.move(partition, at)
        cut = cut_of(e)
        if cut is not None:
            notes = (*notes, cutting.note(cut, self.program.plan.longest_text))
        decisions = self._decide_event(e, at, time < at, notes)
        if decisions is None:
            return [*before, self.quiet(e)] if before else None
        behind = self._fall_due(at, self._cause(e)) if timers.soonest <= at else []
        return [*before, *decisions, *behind]

    def _begin_again(self, e: Any, time: int) -> tuple[Note]:
        """Forget what the first event left, because its time was wrong; return the note about it."""
        note = Note(kind="began_again", subject=e.id, detail={"time": format_ms(self.partition.now)})
        clock.begin_again(self.partition, time)
        due.rearm(self.room)
        return (note,)

    def _turned_away(self, e: Any, time: int) -> Decision | None:
        """Say that an event changes nothing: it is too old, or was handled before, or is the one that waits."""
        if self.partition.meta is None:
            return None
        refused = clock.refuse(self.partition, time)
        if refused is not None:
            return self._rejected(e, refused)
        if self.waiting != e.id and not clock.is_duplicate(self.partition, self.program.plan.ahead, time, e.id):
            return None
        self.stats.duplicates += 1
        return self.room.decision(Cause("duplicate", event=e.id, type=e.type))

    # --- far ahead ------------------------------------------------------------------------------

    def _wait(self, e: Any) -> None:
        ahead.keep(self.partition, e)
        self._waiting, self._ahead = e, NO_EVENT

    def _resolve(self, time: int | None) -> list[Decision]:
        """Decide the event that waits, now that the stream is at `time` (None: at its end): at its own time or not."""
        e = self._waiting
        if e is None:
            return []
        ahead.release(self.partition, e)
        self._waiting, self._ahead = None, self.program.plan.ahead
        own = milliseconds(e.time)
        if time is None or ahead.confirmed(self.partition, self._ahead, own, time):
            decisions = self._handle(e, own)
        else:
            note = Note(kind="time_ahead", subject=e.id, detail={"time": format_ms(own)})
            decisions = self._handle(e, self.partition.now, note)
        return [self.quiet(e)] if decisions is None else decisions

    def finish(self) -> list[Decision]:
        """Decide the waiting event, if there is one, at its own time: nothing follows that could contradict it."""
        return self._resolve(None)

    @property
    def waiting(self) -> str | None:
        """The id of the event that waits."""
        return None if self._waiting is None else self._waiting.id

    def next_due(self) -> int | None:
        """Return when something next falls due; now, if an event waits for confirmation of the time."""
        return self.partition.timers.next() if self._waiting is None else self.partition.now

    def quiet(self, e: Any) -> Decision:
        """The decision on the event just taken in which nothing happens."""
        return self.room.decision(self._cause(e))

    def _cause(self, e: Any, late: bool = False) -> Cause:
        meta = self.partition.meta
        return Cause("event", 0 if meta is None else meta.seq, e.id, e.type, late=late)

    def advance(self, now: int) -> list[Decision]:
        """Let time pass; an instant before the clock moves nothing, and a partition without events has no time."""
        if self.partition.meta is None:
            return []
        decisions = self._resolve(now)
        if now > self.partition.now:
            decisions += self._fall_due(now, Cause("timer", self.partition.meta.seq))
            clock.move(self.partition, now)
        return decisions

    def _rejected(self, e: Any, rejection: Rejection) -> Decision:
        self.stats.rejected += 1
        return self.room.decision(Cause("rejected", event=e.id, type=e.type), rejected=rejection)

    # --- the event ------------------------------------------------------------------------------

    def _decide_event(
        self, e: Any, now: int, late: bool, notes: Sequence[Note] = (), full: bool = True
    ) -> list[Decision] | None:
        """Decide on an event; None if nothing came of it. One that concerns no rule costs only a glance."""
        x = self._glance
        x.now = now
        if x.kept:
            x.kept = {}
        route = self._routes[e.type]
        if route.windows is not None:
            route.windows.count(e, x)
        turns = () if route.paths is None else self._paths.turns(e, x)
        if turns or route.speaks or late or notes:
            return self._decided(route, turns, None, e, x, late, notes)
        numbers = () if route.asking is None else route.asking(e, x)
        if UNDECIDED in x.kept:
            if full or numbers:
                return self._decided(route, (), numbers, e, x)
            self._count_undecided(route, e, x)
        if numbers:
            heard = () if full else self._hear(route, numbers, e, x)
            if full or heard:
                return self._decided(route, (), numbers, e, x, heard=heard)
        return None if route.quiet else self._pass_by(route, e)

    def _hear(self, route: Route, numbers: Sequence[int], e: Any, x: Scope) -> Sequence[Answer]:
        """Ask rules; if none of them fires, count those that stay undecided and return nothing."""
        assert route.rules is not None
        asked = route.rules.asked(numbers)
        if all(known == UNKNOWN for _, known in asked):
            undecided = guards.in_force((code for code, _ in asked), e, x)
        else:
            heard = guards.ask([(asked, x)], e, self.partition, self.program.zone)
            if any(answer.fires or answer.missing for answer in heard):
                return heard
            undecided = (answer.code for answer in heard if answer.undecided)
        for code in undecided:
            self.stats.leave(code, e, x)
        return ()

    def _decided(
        self,
        route: Route,
        turns: Sequence[Turn],
        numbers: Sequence[int] | None,
        e: Any,
        x: Scope,
        late: bool = False,
        notes: Sequence[Note] = (),
        heard: Sequence[Answer] = (),
    ) -> list[Decision]:
        """Decide on an event and what it crosses, releases and changes; rules not asked yet are asked here."""
        self.stats.late += late
        occasion = Occasion([], e, e.id, self._cause(e, late), answers=heard, notes=[*notes])
        for turn in turns:
            self._turn_path(turn, e, x, occasion)
        if route.undoes:
            occasion.asks += self._reversals(e, x)
        released = self._built_in(e, occasion) if route.built_in else ()
        if route.rules is not None and route.asking is not None and not heard:
            self._ask(occasion, route, route.asking(e, x) if numbers is None else numbers, e, x)
        decision, crossed = decide(self.room, occasion)
        if route.learns:
            self._learning.learn(e)
        decisions = [decision]
        if crossed:
            decisions += self._crossings(crossed, occasion)
        for follow_up in released:
            decisions += self._settled(follow_up)
        return decisions + self._look_at_states(e.type, occasion.cause, e=e) if self.program.states else decisions

    def _count_undecided(self, route: Route, e: Any, x: Scope) -> None:
        """Count the rules that stay undecided without having been asked individually."""
        groups = x.kept.get(UNDECIDED)
        if groups is not None and route.rules is not None:
            self.stats.lack(route.rules, groups, e, x)

    def _ask(self, occasion: Occasion, route: Route, numbers: Sequence[int], e: Any, x: Scope) -> None:
        """Let an occasion ask the rules on the event's type that have something to say."""
        assert route.rules is not None
        if UNDECIDED in x.kept:
            self._count_undecided(route, e, x)
            numbers, occasion.more_unknown = route.rules.with_undecided(numbers, x.kept[UNDECIDED], e)
        occasion.groups.insert(0, (route.rules.asked(numbers), x))

    def _pass_by(self, route: Route, e: Any) -> list[Decision] | None:
        """Pass an event that concerns no rule: the roster learns from it, and it may change states."""
        if route.learns:
            self._learning.learn(e)
        if not self.program.states:
            return None
        further = self._look_at_states(e.type, None, e=e)
        return [self.quiet(e), *further] if further else None

    def _turn_path(self, turn: Turn, e: Any, x: Scope, occasion: Occasion) -> None:
        """Apply the event to an open path; the rules on its end are asked with the event's own."""
        occasion.notes += paths.take(self.program, self.partition, turn, e, x)
        if turn.completes:
            ended = self.room.scope(turn.start)
            ended.done = turn.done
            occasion.groups.append((self._rules(ir.OnStep(turn.code.id, -1)), ended))

    def _reversals(self, e: Any, x: Scope) -> list[Ask]:
        asks: list[Ask] = []
        for code, key in self.program.undo_of[e.type]:
            parts = [value(e, x) for value in key]
            if None not in parts:
                asks += take_back(self.program, self.partition, code, parts)
        return asks

    def _built_in(self, e: Any, occasion: Occasion) -> list[Occasion]:
        """Handle the event types addressed to the engine itself; return what they release."""
        occasion.labels += labels_by_hand(self.program, self.partition, e)
        actions, notes = fallbacks.of_result(self.partition, e)
        occasion.actions += actions
        occasion.notes += notes
        occasion.notes += entries.hear(self.partition, self.program.lists, e)
        sanctions.hear(self.program.sanctions, self.partition, e)
        for asks, notes in (
            appeals.hear(self.program, self.partition, self.readings, e),
            undoing.hear(self.program, self.partition, e),
        ):
            occasion.asks += asks
            occasion.notes += notes
        return answers.answered(self.room, e, occasion)

    # --- crossings ------------------------------------------------------------------------------

    def _crossings(self, crossed: Iterable[Crossed], behind: Occasion) -> list[Decision]:
        """Decide the steps that an occasion crossed, then those that they crossed in turn."""
        decisions, cause = [], behind.cause.then(trigger="crossing")
        waiting = [(step, behind.occurrence) for step in crossed]
        while waiting:
            step, occurrence = waiting.pop(0)
            occasion = crossing(self.room, step, behind.e, occurrence, cause)
            decision, further = decide(self.room, occasion)
            appeals.remember(self.partition, step, decision)
            waiting += [(another, occasion.occurrence) for another in further]
            decisions.append(decision)
        return [decision for decision in decisions if decision.notable or decision.unknown]

    def _settled(self, occasion: Occasion) -> list[Decision]:
        """Decide something that is not the event's own, and what it crosses."""
        decision, crossed = decide(self.room, occasion)
        behind = self._crossings(crossed, occasion)
        return [decision, *behind] if decision.notable or decision.unknown else behind

    def _rules(self, trigger: ir.Trigger) -> list[Asked]:
        return self.program.on.get(trigger, [])

    # --- time -----------------------------------------------------------------------------------

    def _fall_due(self, until: int, cause: Cause) -> list[Decision]:
        """Decide everything that falls due by `until`, each at its time; the event in `cause` moved the clock."""
        cause = Cause("timer", cause.seq, cause.event)
        decisions: list[Decision] = []
        while (timer := self.partition.timers.pop(until)) is not None:
            if not due.is_put_off(self.room, timer, until):
                clock.move(self.partition, timer.due)
                decisions += self._fire(timer, cause)
        return decisions

    def _fire(self, timer: Timer, cause: Cause) -> list[Decision]:
        occasions = due.occasions(self.room, timer, cause)
        decisions = [decision for occasion in occasions for decision in self._settled(occasion)]
        return decisions + self._look_at_states(None, cause, timer)

    # --- states ---------------------------------------------------------------------------------

    def _look_at_states(
        self, type: str | None, cause: Cause | None, timer: Timer | None = None, e: Any = None
    ) -> list[Decision]:
        """Enter and leave states until none changes; each at most once. All that change together change at once.

        The cause is the event's own if it is None.
        """
        looks = [look for code in self.program.states for look in self._looks(code, type, timer, e)]
        if not looks:
            return []
        decisions: list[Decision] = []
        changed: set[tuple[str, str]] = set()
        states.look_again(self.partition, looks, self._about)
        while moving := [look for look in looks if look.name not in changed and self._moves(look)]:
            changed |= {look.name for look in moving}
            states.change(self.partition, moving, self._about)
            for look in moving:
                decisions += self._settled(self._moved(look, cause or self._cause(e)))
        for look in looks:
            states.watch(self.program, self.partition, look, self._about(look.of))
            self._unrested.discard(look.code.id)
        self._unrested |= {id for id, _ in changed}
        return decisions

    def _looks(self, code: StateCode, type: str | None, timer: Timer | None, e: Any) -> Iterable[Look]:
        """Return the checks of a state that an event or a timer requires."""
        own = timer is not None and timer.kind == states.STATE and timer.id == code.id
        if not code.per:
            return [Look(code, None, e)] if own or self._may_move(code, type, e) else ()
        if timer is not None:
            return [Look(code, timer.key)] if own else []
        x, at_hand = self.room.scope(), dict[str, bool]()
        for who, is_at_hand in code.about.get(type or "", ()):
            of = who(e, x)
            if of is not None:
                at_hand[of] = at_hand.get(of, False) or is_at_hand
        return [Look(code, of, e if at_hand[of] else None) for of in sorted(at_hand)]

    def _may_move(self, code: StateCode, type: str | None, e: Any) -> bool:
        """Whether what has happened may change a state of the partition, apart from its timer."""
        if code.types is None or code.id in self._unrested:
            return True
        if type not in code.types:
            return False
        if not code.by_windows or WATCHED in self._glance.kept:
            return True
        x = self._turning
        x.now, x.kept = self.partition.now, {}
        return states.is_turned(self.partition, code, None, e, x)

    def _about(self, of: str | None) -> Scope:
        return self.room.scope(subject=of)

    def _moves(self, look: Look) -> bool:
        return states.moves(self.partition, look, self._about(look.of))

    def _moved(self, look: Look, cause: Cause) -> Occasion:
        code, of = look.code, look.of
        entered = states.is_in(self.partition, code.id, of)
        rules = self._rules(ir.OnState(code.id, entered))
        cause = cause.then(rules[0][0].id if rules else code.id, "crossing" if cause.trigger == "event" else None)
        detail = {} if of is None else {code.per: of}
        name = code.id if of is None else f"{code.id}({of})"
        notes = [Note(kind="state_entered" if entered else "state_left", subject=name, detail=detail)]
        occurrence = f"{code.id}{'+' if entered else '-'}@{self.partition.now}{'' if of is None else ':' + of}"
        return Occasion([(rules, self._about(of))], None, occurrence, cause, notes=notes)
