"""What falls due: steps of paths, levels lost by fading, schedules, requests that expire.

A schedule that fell due several times since the last event runs once, for the latest due time, and reports how many it
missed. Its row holds when it last ran or, before its first run, when the partition began.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from groundrules.calendar.recurrence import last_until, next_after, occurrences_between
from groundrules.decisions import Cause, Note
from groundrules.engine.cases.answers import refused
from groundrules.engine.cells import paths, states
from groundrules.engine.cells.paths import PROCESS
from groundrules.engine.evaluation.effects import Outcome
from groundrules.engine.index.lookup import TRUE
from groundrules.engine.program import Asked
from groundrules.engine.settlement import guards, later, requests
from groundrules.engine.settlement.decide import Occasion, Room
from groundrules.engine.settlement.guards import Group
from groundrules.engine.settlement.ladders import crossing
from groundrules.engine.settlement.later import LATER
from groundrules.engine.settlement.ledgers import LADDER, cross_ladder, watch
from groundrules.engine.settlement.ranking import ranked
from groundrules.engine.settlement.requests import APPROVAL
from groundrules.engine.state import stamps
from groundrules.engine.state.timers import Timer
from groundrules.plan import ir

SCHEDULE = "schedule"


def is_put_off(room: Room, timer: Timer, until: int) -> bool:
    """Postpone a schedule that is due several times by `until` to the last of them; tell whether it was postponed."""
    if timer.kind != SCHEDULE:
        return False
    at, zone = room.program.schedules[timer.id].at, room.program.zone
    following = next_after(at, zone, timer.due)
    if following is None or following > until:
        return False
    room.partition.timers.arm(SCHEDULE, timer.id, "", last_until(at, zone, until))
    return True


def occasions(room: Room, timer: Timer, cause: Cause) -> list[Occasion]:
    """Return what must be decided because a timer fired. States are handled elsewhere."""
    if timer.kind == PROCESS:
        return [_step(room, timer, cause)]
    if timer.kind == LADDER:
        return _faded(room, timer, cause)
    if timer.kind == SCHEDULE:
        return _scheduled(room, timer, cause)
    if timer.kind == APPROVAL:
        return [_expired(room, timer, cause)]
    if timer.kind == LATER:
        wish = later.take(room.partition, timer.key)
        occurrence, outcome = f"later@{timer.due}:{timer.key}", Outcome([wish])
        return [Occasion([], None, occurrence, cause.then(timer.id), outcomes=[outcome])]
    return []


def _step(room: Room, timer: Timer, cause: Cause) -> Occasion:
    """Take the next turn of a path."""
    code = room.program.processes[timer.id]
    row = room.partition.space(code.space).get(timer.key)
    assert row is not None
    process = paths.read(row)
    (_, step, turn), *process.turns = process.turns
    paths.store(room.partition, code, timer.key, process)
    rules = room.program.on.get(ir.OnStep(code.id, step), ())
    name = f"{code.id}#{step + 1}"
    x = room.scope(room.program.decoder.decode(process.start))
    x.done = process.done
    groups: list[Group] = [(rules, x)]
    cause = cause.then(rules[0][0].id if rules else name)
    return Occasion(groups, None, f"{name}.{turn}@{timer.due}:{timer.key}", cause)


def _faded(room: Room, timer: Timer, cause: Cause) -> list[Occasion]:
    """Give up the levels that a balance has dropped below by fading alone."""
    ladder = room.program.ladders[timer.id]
    balance = room.readings.ledger(ladder.ladder.ledger, timer.key)
    crossed = cross_ladder(room.program, room.partition, ladder, timer.key, balance, balance, up=False, moved=False)
    return [crossing(room, step, None, f"fade@{timer.due}", cause) for step in crossed]


def _scheduled(room: Room, timer: Timer, cause: Cause) -> list[Occasion]:
    schedule, zone = room.program.schedules[timer.id], room.program.zone
    space = room.partition.space(SCHEDULE)
    since = stamps.read(space.get(timer.id) or stamps.write(timer.due - 1))
    on_time = next_after(schedule.at, zone, since) == timer.due
    missed = 0 if on_time else occurrences_between(schedule.at, zone, since, timer.due - 1).count
    space.put(timer.id, stamps.write(timer.due), timer.due)
    room.partition.timers.arm(SCHEDULE, timer.id, "", next_after(schedule.at, zone, timer.due))
    notes = [Note(kind="schedule_missed", subject=timer.id, detail={"count": missed})] if missed else []
    rules = room.program.on.get(ir.OnSchedule(schedule.id), ())
    groups: list[Group] = [(asked, room.scope(subject=subject)) for subject, asked in _asked(room, schedule, rules)]
    figures = ranked(rules, groups)
    if figures is not None:
        groups = [(asked, own) for asked, own in groups if own.subject in figures or not _is_true(asked)]
    groups += _together(room, schedule, groups, figures)
    if not groups and not notes:
        return []
    cause = cause.then(rules[0][0].id if rules else schedule.id)
    return [Occasion(groups, None, f"{schedule.id}@{timer.due}", cause, notes=notes)]


def _together(
    room: Room, schedule: ir.Schedule, groups: Sequence[Group], figures: Mapping[str, float] | None
) -> list[Group]:
    """Return the rules on everybody for whom the schedule's own rule holds, with their scope, if there are any."""
    rules = room.program.on.get(ir.OnSchedule(schedule.id, together=True), ())
    if not rules:
        return []
    x = room.scope()
    those = {
        own.subject
        for asked, own in groups
        for code, known in asked
        if own.subject is not None
        and known == TRUE
        and not guards.is_out(code, False, own)
        and guards.lane_of(code, None, own) != "rollout"
    }
    x.those = sorted(those) if figures is None else [who for who in figures if who in those]
    x.figures = () if figures is None else [figures[who] for who in x.those]
    return [(rules, x)] if x.those else []


def _is_true(asked: Sequence[Asked]) -> bool:
    return any(known == TRUE for _, known in asked)


def _asked(room: Room, schedule: ir.Schedule, rules: Sequence[Asked]) -> Iterator[tuple[str | None, list[Asked]]]:
    """Ask rules about each subject, or about nobody in particular; yield the subjects with the rules that answered."""
    x = room.scope()
    codes = [code for code, _ in rules]
    subjects = (
        [None]
        if schedule.for_each is None
        else room.subjects(schedule.for_each).of(codes, schedule.with_self, room.scope())
    )
    for x.subject in subjects:
        if x.kept:
            x.kept = {}
        asked = [(code, outcome) for code in codes if (outcome := guards.outcome(code, None, x)) is not None]
        if asked:
            yield x.subject, asked


def _expired(room: Room, timer: Timer, cause: Cause) -> Occasion:
    request = requests.find(room.partition, timer.key)
    assert request is not None
    requests.close(room.partition, request)
    return refused(room, request, cause, [requests.note("approval_expired", request)])


# --- setting timers -----------------------------------------------------------------------------


def arm_schedules(room: Room) -> None:
    """Set the timers of all schedules, counting from each one's last run, or from now."""
    space = room.partition.space(SCHEDULE)
    for schedule in room.program.schedules.values():
        row = space.get(schedule.id)
        since = stamps.read(row) if row else room.partition.now
        if row is None:
            space.put(schedule.id, stamps.write(since), since)
        room.partition.timers.arm(SCHEDULE, schedule.id, "", next_after(schedule.at, room.program.zone, since))


def rearm(room: Room) -> None:
    """Set all timers again from the rows, after a restore or a swap."""
    if room.partition.meta is None:
        return
    arm_schedules(room)
    for code in room.program.processes.values():
        for key, process in paths.opened(room.partition, code):
            room.partition.timers.arm(PROCESS, code.id, key, process.turns[0][0])
    for ladder in room.program.ladders.values():
        for who in ladder.space(room.partition).names() if ladder.remembers else ():
            watch(room.program, room.partition, ladder, who)
    for request in requests.standing(room.partition):
        room.partition.timers.arm(APPROVAL, request.rule, request.id, request.expires)
    for key, held in later.waiting(room.partition):
        room.partition.timers.arm(LATER, held.wish.rules[0], key, held.due)
    for state in room.program.states:
        for look in states.rows(room.partition, state):
            states.watch(room.program, room.partition, look, room.scope(subject=look.of))
