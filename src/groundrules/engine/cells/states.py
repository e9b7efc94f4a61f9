"""States: what a partition, or a thing, is in, and when its guards must be looked at again.

Guards of states read windows, ledgers and the clock, never an event. They are looked at after every event and every
timer (those that read nothing but windows only after one of these has counted, which comes to the same), and
whenever time alone can change them: when an entry that a comparison depends on leaves its window, when a quiet
time is long enough, when a balance fades, when a time of day begins or ends, when a sanction or a label ends, when a
value by date changes, and at local midnight where anything else is computed from the clock.

A state that is left while `enter` still holds is *spent*: `enter` has to stop holding before it can enter the state
again. So what an admin lifts stays lifted.

A state that each thing is in separately has a row for each thing that is in it or has spent it, and for no other. Its
guards are checked for the things that an event is about and, as time passes, for those that have a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from groundrules.calendar.periods import period_end
from groundrules.calendar.zones import instant_of, local_day
from groundrules.engine.cells import labels, sanctions
from groundrules.engine.cells.windows import space_of
from groundrules.engine.codegen.total import own_act
from groundrules.engine.compiled_rules import StateCode, UntilCode, Watched
from groundrules.engine.program import Program
from groundrules.engine.state import keys, stamps
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir

STATE = "state"

_IN, _SPENT = b"\x01", b"\x02"


class Look(NamedTuple):
    """A state to check, of the partition or of the thing `of`; `e` is the event that concerns it, if any."""

    code: StateCode
    of: str | None
    e: Any = None

    @property
    def key(self) -> str:
        """What distinguishes its row and its timer from others of the same state."""
        return self.of or ""

    @property
    def name(self) -> tuple[str, str]:
        return self.code.id, self.key


def space_name(state: str) -> str:
    """Return the space of a state that each thing is in separately."""
    return f"{STATE}/{state}"


def is_in(partition: Partition, state: str, of: str | None) -> bool:
    """Tell whether the partition, or the thing `of`, is in a state."""
    row = partition.space(STATE).get(state) if of is None else partition.space(space_name(state)).get(of)
    return row is not None and row[:1] == _IN


def things_in(partition: Partition, state: str) -> list[str]:
    """Return the things that are in a state, sorted."""
    return [of for of in partition.space(space_name(state)).names() if is_in(partition, state, of)]


def rows(partition: Partition, code: StateCode) -> Iterator[Look]:
    """Yield the checks of a state that time alone may require: of the partition, or of the things with a row."""
    if not code.per:
        yield Look(code, None)
    else:
        yield from (Look(code, of) for of in partition.space(space_name(code.id)).names())


def change(partition: Partition, looks: Sequence[Look], scope: Callable[[str | None], Scope]) -> None:
    """Enter or leave all of these states at once; `scope` gives the scope for a thing."""
    held = [bool(look.code.enter.true(None, scope(look.of))) for look in looks]
    for look, spent in zip(looks, held, strict=True):
        if not is_in(partition, look.code.id, look.of):
            _put(partition, look, _IN)
        elif spent:
            _put(partition, look, _SPENT)
        else:
            _drop(partition, look)


def _row(partition: Partition, look: Look) -> bytes | None:
    code, of = look.code, look.of
    return partition.space(STATE).get(code.id) if of is None else partition.space(space_name(code.id)).get(of)


def _put(partition: Partition, look: Look, row: bytes) -> None:
    """Store a row; for a thing, it also records since when."""
    code, of, now = look.code, look.of, partition.now
    if of is None:
        partition.space(STATE).put(code.id, row, now)
    else:
        partition.space(space_name(code.id)).put(of, row + stamps.write(now), now)


def _drop(partition: Partition, look: Look) -> None:
    if look.of is None:
        partition.space(STATE).drop(look.code.id)
    else:
        partition.space(space_name(look.code.id)).drop(look.of)


def look_again(partition: Partition, looks: Iterable[Look], scope: Callable[[str | None], Scope]) -> None:
    """Make spent states available again once their `enter` no longer holds, or they are no longer kept."""
    for look in looks:
        row = _row(partition, look)
        if row is not None and row[:1] == _SPENT:
            over = _ends(look, row)
            if (over is not None and partition.now >= over) or not look.code.enter.true(None, scope(look.of)):
                _drop(partition, look)


def is_turned(partition: Partition, code: StateCode, of: str | None, e: Any, x: Scope) -> bool:
    """Tell whether an event by itself ends an active state, or begins an inactive one."""
    turns = (code.leave_on if is_in(partition, code.id, of) else code.enter_on).get(e.type, ())
    return any(_happens(turn, e, x) for turn in turns) if turns else False


def moves(partition: Partition, look: Look, x: Scope) -> bool:
    """Tell whether a state has to be entered or left."""
    code, row = look.code, _row(partition, look)
    if look.e is not None and is_turned(partition, code, look.of, look.e, x):
        return True
    inside = row is not None and row[:1] == _IN
    guard = code.leave if inside else code.enter
    over = _ends(look, row) if inside else None
    if over is not None and partition.now >= over:
        return True
    return (row is None or inside) and bool(guard.true(None, x))


def _ends(look: Look, row: bytes | None) -> int | None:
    """Return when a thing that comes and goes leaves a state whatever holds; None: never."""
    lifetime = look.code.lifetime
    return None if row is None or look.of is None or lifetime is None else stamps.read(row[1:]) + lifetime + 1


def _happens(turn: UntilCode, e: Any, x: Scope) -> bool:
    """Tell whether an event begins or ends a state; the bot's own acts do so only if `when` mentions them."""
    return bool(turn.when.true(e, x)) and (turn.speaks_of_self or not own_act(e))


def watch(program: Program, partition: Partition, look: Look, x: Scope) -> None:
    """Set the timer for when time alone may change the outcome of the state's next guard.

    A thing that is not in the state, and has not just left it, is checked when an event is about it.
    """
    code, row = look.code, _row(partition, look)
    watched = code.on_leave if row is not None and row[:1] == _IN else code.on_enter
    waits = look.of is None or row is not None
    instants = [at for node in watched for at in _changes(program, partition, node, x)] if waits else []
    over = _ends(look, row)
    instants += [over] if over is not None else []
    partition.timers.arm(STATE, code.id, look.key, min(instants, default=None))


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
        case ir.Now() | ir.Silence() | ir.LedgerRank() | ir.LedgerTop():
            soonest = period_end(program.zone, partition.now, "day")
        case ir.ByDate(dates=dates):
            soonest = next((date for date in dates if date > partition.now), None)
        case ir.InForce(does=does) | ir.InForceUntil(does=does):
            (who,) = _key(watched, x)
            soonest = None if who is None else sanctions.until(program.sanctions, partition, who, does)[1]
        case ir.HasLabel(entity=entity, label=label):
            (bearer,) = _key(watched, x)
            row = None if bearer is None else partition.space(labels.NAME).get(labels.key(entity, bearer, label))
            mark = labels.read(row, partition.now)
            soonest = None if mark is None else mark.until
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
