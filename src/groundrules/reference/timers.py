"""What falls due, and when.

Six things come with time: the next step of a path; a level given up by fade alone; the next run of a schedule; the end
of a request for approval; a delayed action; and a state whose guard has a new outcome though nothing happened. All
are found by asking everything that could fall due. They are taken by due time, then by id (of the path, ladder,
schedule, rule or state), then by key (of the path, the member, the request), each with the clock at its due time.

A schedule that fell due several times since the last event runs once, for the last time due.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from groundrules.calendar.periods import period_end
from groundrules.calendar.recurrence import last_until, next_after
from groundrules.calendar.zones import instant_of, local_day
from groundrules.plan import ir
from groundrules.plan.walk import walk
from groundrules.reference.ladders import falls_below
from groundrules.reference.partition import Partition
from groundrules.reference.scope import Scope
from groundrules.reference.values import evaluate


@dataclass(frozen=True, order=True)
class Timer:
    """Something that falls due: what kind of thing, its id and its key."""

    due: int
    id: str
    key: str
    kind: str


def next_timer(partition: Partition, until: int | None) -> Timer | None:
    """The first thing due, no later than `until` if that is given."""
    timers = [
        *paths(partition),
        *levels(partition),
        *schedules(partition, until),
        *requests(partition),
        *later(partition),
        *states(partition),
    ]
    return min((timer for timer in timers if until is None or timer.due <= until), default=None)


def paths(partition: Partition) -> Iterator[Timer]:
    for path in partition.processes.paths:
        yield Timer(path.turns[0][0], path.process, path.name, "process")


def levels(partition: Partition) -> Iterator[Timer]:
    """When fade alone brings somebody's balance below a level that they hold."""
    for ladder in partition.plan.ladders:
        for who in sorted({who for name, who, _ in partition.ladders.held if name == ladder.id}):
            marks = [falls_below(ladder, step) for step in partition.ladders.levels(ladder, who)]
            due = partition.ledgers.falls(ladder.ledger, who, max(marks), partition.now)
            if due is not None:
                yield Timer(due, ladder.id, who, "ladder")


def schedules(partition: Partition, until: int | None) -> Iterator[Timer]:
    """The next run of each schedule; if several are due by `until`, the last of them."""
    for schedule in partition.plan.schedules:
        due = next_after(schedule.at, partition.plan.timezone, partition.schedules[schedule.id])
        if due is not None and until is not None and due <= until:
            due = last_until(schedule.at, partition.plan.timezone, until)
        if due is not None:
            yield Timer(due, schedule.id, "", "schedule")


def requests(partition: Partition) -> Iterator[Timer]:
    for request in partition.approvals.standing.values():
        yield Timer(request.expires, request.rule.id, request.id, "approval")


def later(partition: Partition) -> Iterator[Timer]:
    for key, (due, wish) in partition.waiting_actions.held.items():
        yield Timer(due, wish.rules[0], key, "later")


# --- states ---------------------------------------------------------------------------------------


def states(partition: Partition) -> Iterator[Timer]:
    """When time alone may change the outcome of a state's next guard."""
    for look in (look for state in partition.plan.states for look in partition.states.by_time(state)):
        guard = look.state.leave if look.name in partition.states.held else look.state.enter
        scope, end = partition.states.scope(look), partition.states.ends(look)
        instants = {at for node in walk(guard) for at in changes(node, scope) if partition.states.is_to_come(look, at)}
        instants |= {end} if end is not None else set()
        if instants:
            yield Timer(min(instants), look.state.id, look.of or "", "state")


def changes(node: Any, scope: Scope) -> Iterator[int]:
    """Instants at which time alone may change the value of a part of a guard."""
    partition, zone = scope.partition, scope.plan.timezone
    match node:
        case ir.WindowTest() | ir.WindowValue():
            bound = node.bound if isinstance(node, ir.WindowTest) else None
            yield from partition.windows.changes(
                node.window, [evaluate(part, scope) for part in node.key], node.within, bound, scope.now
            )
        case ir.LedgerValue():
            yield from partition.ledgers.changes(node.ledger, evaluate(node.key, scope), scope.now)
        case ir.InClock():
            today = local_day(zone, scope.now)
            yield from (instant_of(zone, day, time) for day in (today, today + 1) for time in (node.start, node.end))
        case ir.CalendarPeriod():
            yield period_end(zone, scope.now, node.period)
        case ir.Now() | ir.Silence() | ir.LedgerRank() | ir.LedgerTop():
            yield period_end(zone, scope.now, "day")
        case ir.ByDate():
            yield from node.dates
        case ir.InForce() | ir.InForceUntil():
            ends = partition.sanctions.ends(evaluate(node.member, scope), node.does, scope.now)
            yield from (int(max(ends)) for _ in ends[:1] if math.inf not in ends)
        case ir.HasLabel():
            mark = partition.labels.mark(node.entity, evaluate(node.id, scope), node.label, scope.now)
            yield from () if mark is None or mark.until is None else (mark.until,)
