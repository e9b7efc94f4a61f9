"""States: what a partition is in, and when its guards must be looked at again.

Guards of states read windows, ledgers and the clock, never an event. They are looked at after every event and every
timer (those that read nothing but windows only after events of these windows' types, which comes to the same), and
whenever time alone can change them: when an entry that a comparison depends on leaves its window, when a quiet
time is long enough, when a balance fades, when a time of day begins or ends, and at local midnight where anything
else is computed from the clock.

A state that is left while `enter` still holds is *spent*: it is not entered by `enter` again before that has ceased to
hold. So what an admin lifts stays lifted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from groundrules.calendar.periods import period_end
from groundrules.calendar.zones import instant_of, local_day
from groundrules.engine.cells.windows import space_of
from groundrules.engine.codegen.total import reach
from groundrules.engine.compiled_rules import StateCode, UntilCode, Watched
from groundrules.engine.program import Program
from groundrules.engine.state import keys
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir

STATE = "state"

_IN, _SPENT = b"\x01", b"\x02"


def is_in(partition: Partition, state: str) -> bool:
    """Tell whether the partition is in a state."""
    return partition.space(STATE).get(state) == _IN


def change(partition: Partition, codes: Sequence[StateCode], x: Scope) -> None:
    """Enter or leave all of these states at once."""
    held = [bool(code.enter.true(None, x)) for code in codes]
    space = partition.space(STATE)
    for code, spent in zip(codes, held, strict=True):
        if not is_in(partition, code.id):
            space.put(code.id, _IN, partition.now)
        elif spent:
            space.put(code.id, _SPENT, partition.now)
        else:
            space.drop(code.id)


def look(partition: Partition, codes: Iterable[StateCode], x: Scope) -> None:
    """Let the spent states count again whose `enter` has ceased to hold."""
    space = partition.space(STATE)
    for code in codes:
        if space.get(code.id) == _SPENT and not code.enter.true(None, x):
            space.drop(code.id)


def moves(partition: Partition, code: StateCode, e: Any, x: Scope) -> bool:
    """Tell whether a state is to be entered or left; `e` is the event at hand, None where only time has passed."""
    row = partition.space(STATE).get(code.id)
    turns, guard = (code.leave_on, code.leave) if row == _IN else (code.enter_on, code.enter)
    if e is not None and any(_happens(turn, e, x) for turn in turns):
        return True
    return row != _SPENT and bool(guard.true(None, x))


def _happens(turn: UntilCode, e: Any, x: Scope) -> bool:
    """Tell whether an event begins or ends a state; what the bot itself did does only where `when` speaks of it."""
    if e.type not in turn.types or (reach(e, ("actor", "self")) is True and not turn.speaks_of_self):
        return False
    return bool(turn.when.true(e, x))


def watch(program: Program, partition: Partition, code: StateCode, x: Scope) -> None:
    """Set the timer at which the state's next guard may come out differently by time alone."""
    watched = code.on_leave if is_in(partition, code.id) else code.on_enter
    instants = [instant for code in watched for instant in _changes(program, partition, code, x)]
    partition.timers.arm(STATE, code.id, "", min(instants, default=None))


def _changes(program: Program, partition: Partition, watched: Watched, x: Scope) -> Iterator[int]:
    """Yield instants after now at which a node's value may change."""
    soonest: int | None = None
    match watched.node:
        case ir.WindowTest(window=window, within=within, bound=bound):
            soonest = _window(program, partition, window, _key(watched, x), within, bound)
        case ir.WindowValue(window=window, within=within):
            soonest = _window(program, partition, window, _key(watched, x), within, None)
        case ir.LedgerValue(ledger=ledger):
            cell, (value,) = program.ledgers[ledger], _key(watched, x)
            soonest = None if value is None else cell.changes(cell.space(partition).get(value), partition.now)
        case ir.CalendarPeriod(period=period):
            soonest = period_end(program.zone, partition.now, period)
        case ir.Now():
            soonest = period_end(program.zone, partition.now, "day")
        case ir.InClock(start=start, end=end):
            today = local_day(program.zone, partition.now)
            ends = [instant_of(program.zone, day, time) for day in (today, today + 1) for time in (start, end)]
            soonest = min((instant for instant in ends if instant > partition.now), default=None)
    if soonest is not None:
        yield soonest


def _key(watched: Watched, x: Scope) -> list[Any]:
    return [value(None, x) for value in watched.key]


def _window(
    program: Program, partition: Partition, window: str, key: list[Any], within: int, bound: int | None
) -> int | None:
    if None in key:
        return None
    code = program.windows[window]
    _, value_of = space_of(partition, code.space, code.cell)
    held = value_of(keys.encode(key))
    if code.cell.number(held, partition.now, within) is None:
        first = partition.meta.first if partition.meta is not None else partition.now
        ends = () if bound is None else (first + bound, first + bound + 1)
        return next((at for at in ends if at > partition.now), None)
    return code.cell.changes(held, partition.now, within, bound)
