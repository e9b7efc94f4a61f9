"""Windows: what was counted, per key, as rows of bytes.

A time of 0 stands for the plan's `retain`, because nothing is remembered longer. All five kinds answer the same
questions about what they hold for a key, which is a row or, where the kind has a `codec`, a row decoded:

- `record`: what is held after one more counted event; what was held before is used up;
- `number`: what the window holds within some time, its bounds being (now − within, now];
- `test`: that number compared with a bound;
- `changes`: when, if nothing further is counted, that comparison may next come out differently;
- `less`: what is held after an event has taken back, None if that is nothing (counts and distinct values only);
- `ids`: which events it still holds, newest first, where the plan asks for ids.

A *count* is a ring of stamps, newest last, as long as the largest bound that anyone asks for. "At least k within d" is
one comparison of the k-th newest stamp with the limit. *distinct* keeps the values seen last with their last times.
*sum* adds up in panes of time. *streak* keeps the last local day and the length of the run that ends there. *quiet*
keeps the last time.

Where the plan asks for ids, a count's ring keeps them beside the times, *distinct* the id that brought each value last,
and *sum* a ring of its own of the events that added something.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import islice, takewhile
from typing import Any, Protocol

import msgspec

from groundrules.calendar.periods import period_end
from groundrules.calendar.zones import local_day
from groundrules.engine.state import keys, stamps
from groundrules.engine.state.held import Codec
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.space import Space
from groundrules.functions import numbers
from groundrules.plan import ir
from groundrules.plan.ir import Relation
from groundrules.plan.relations import HOLDS
from groundrules.time_units import DAY

STREAK_LIFETIME = 4 * DAY

_W = stamps.SIZE
_encode = msgspec.msgpack.encode
_values = msgspec.msgpack.Decoder(list[tuple[str, int]])
_marked_values = msgspec.msgpack.Decoder(list[tuple[str, int, int, str]])
_panes = msgspec.msgpack.Decoder(list[tuple[int, int | float]])
_marked_panes = msgspec.msgpack.Decoder(tuple[bytes, bytes])
_streak = msgspec.msgpack.Decoder(tuple[int, int])

Mark = tuple[int, int, str]
"""When an event was counted, its number and its id."""


_MARKS = Codec(msgspec.msgpack.Decoder(list[Mark]).decode, _encode)
_PANES = Codec(lambda row: dict(_panes.decode(row)), lambda held: _encode(list(held.items())))


class Counted(msgspec.Struct, frozen=True, gc=False):
    """The event being counted: the clock, its number and id, and the value that `distinct` and `sum` take from it."""

    now: int
    seq: int
    id: str
    value: Any = None


class WindowCell(Protocol):
    """The questions that every kind of window answers; `held` is None where nothing was counted yet."""

    lifetime: int
    codec: Codec | None

    def record(self, held: Any, event: Counted) -> Any: ...

    def less(self, held: Any, value: Any) -> Any: ...

    def number(self, held: Any, now: int, within: int) -> int | float | None: ...

    def test(self, held: Any, now: int, within: int, operator: Relation, bound: int) -> bool | None: ...

    def changes(self, held: Any, now: int, within: int, bound: int | None) -> int | None: ...

    def ids(self, held: Any, now: int, within: int) -> list[tuple[int, str]]: ...

    def values(self, held: Any, now: int, within: int, most: int) -> list[str]: ...


class _Base:
    """Defaults that most kinds share: comparisons compare the number, and no ids are kept."""

    codec: Codec | None = None

    def __init__(self, window: ir.Window, retain: int, zone: str) -> None:
        self.keep = window.keep
        self.retain = retain
        self.lifetime = window.within or retain

    def number(self, held: Any, now: int, within: int) -> int | float | None:
        raise NotImplementedError

    def less(self, held: Any, value: Any) -> Any:
        raise NotImplementedError

    def test(self, held: Any, now: int, within: int, operator: Relation, bound: int) -> bool | None:
        number = self.number(held, now, within)
        return None if number is None else HOLDS[operator](number, bound)

    def ids(self, held: Any, now: int, within: int) -> list[tuple[int, str]]:
        return []

    def values(self, held: Any, now: int, within: int, most: int) -> list[str]:
        raise NotImplementedError


class _Ring(_Base):
    """Windows that answer by their n-th newest entry: most comparisons need only one look at it."""

    def reaches(self, held: Any, number: int, now: int, within: int) -> bool:
        """Whether there is an n-th newest entry and it is younger than `within`."""
        raise NotImplementedError

    def test(self, held: Any, now: int, within: int, operator: Relation, bound: int) -> bool:
        within = within or self.retain
        match operator:
            case ">=":
                return self.reaches(held, bound, now, within)
            case ">":
                return self.reaches(held, bound + 1, now, within)
            case "<":
                return not self.reaches(held, bound, now, within)
            case "<=":
                return not self.reaches(held, bound + 1, now, within)
        equal = self.reaches(held, bound, now, within) and not self.reaches(held, bound + 1, now, within)
        return equal if operator == "==" else not equal


class CountWindow(_Ring):
    """A ring of stamps, oldest first."""

    def record(self, row: bytes | None, event: Counted) -> bytes:
        return ((row or b"") + stamps.write(event.now))[-_W * self.keep :]

    def less(self, row: bytes, value: Any) -> bytes | None:
        return row[:-_W] or None

    def number(self, row: bytes | None, now: int, within: int) -> int:
        if not row:
            return 0
        limit = stamps.oldest(now, within or self.retain)
        low, high = 0, len(row) // _W
        while low < high:
            middle = (low + high) // 2
            if row[_W * middle : _W * middle + _W] > limit:
                high = middle
            else:
                low = middle + 1
        return len(row) // _W - low

    def reaches(self, row: bytes | None, number: int, now: int, within: int) -> bool:
        if number <= 0 or row is None:
            return number <= 0
        at = len(row) - _W * number
        return at >= 0 and row[at : at + _W] > stamps.oldest(now, within)

    def changes(self, row: bytes | None, now: int, within: int, bound: int | None) -> int | None:
        times = [stamps.read(row[at : at + _W]) for at in range(0, len(row), _W)] if row else []
        return _leaving(times, now, within or self.retain, bound)


class MarkedWindow(_Ring):
    """A ring that also keeps the numbers and ids of its events."""

    codec: Codec | None = _MARKS

    def record(self, held: list[Mark] | None, event: Counted) -> list[Mark]:
        marks = [] if held is None else held
        marks.append((event.now, event.seq, event.id))
        if len(marks) > self.keep:
            del marks[: -self.keep]
        return marks

    def less(self, held: list[Mark], value: Any) -> list[Mark] | None:
        held.pop()
        return held or None

    def number(self, held: list[Mark] | None, now: int, within: int) -> int:
        limit = now - (within or self.retain)
        return 0 if held is None else sum(1 for _ in takewhile(lambda mark: mark[0] > limit, reversed(held)))

    def reaches(self, held: list[Mark] | None, number: int, now: int, within: int) -> bool:
        if number <= 0 or held is None:
            return number <= 0
        return len(held) >= number and held[-number][0] > now - within

    def changes(self, held: list[Mark] | None, now: int, within: int, bound: int | None) -> int | None:
        return _leaving([time for time, _, _ in held or ()], now, within or self.retain, bound)

    def ids(self, held: list[Mark] | None, now: int, within: int) -> list[tuple[int, str]]:
        limit = now - (within or self.retain)
        return [(seq, id) for time, seq, id in takewhile(lambda mark: mark[0] > limit, reversed(held or ()))]


class DistinctWindow(_Base):
    """The values seen last, each with its last time, the latest last."""

    codec: Codec | None = Codec(
        lambda row: dict(_values.decode(row)),
        lambda held: _encode(list(held.items())),
    )

    def record(self, held: dict[str, Any] | None, event: Counted) -> dict[str, Any]:
        values = {} if held is None else held
        value = keys.component(event.value)
        values.pop(value, None)
        values[value] = self._last(event)
        if len(values) > self.keep:
            del values[next(iter(values))]
        return values

    def less(self, held: dict[str, Any], value: Any) -> dict[str, Any] | None:
        held.pop(keys.component(value), None)
        return held or None

    def _last(self, event: Counted) -> Any:
        return event.now

    def _times(self, held: dict[str, Any] | None) -> Iterable[int]:
        """Return when each value was seen last, the latest first."""
        return reversed(held.values()) if held else ()

    def number(self, held: dict[str, Any] | None, now: int, within: int) -> int:
        limit = now - (within or self.retain)
        return sum(1 for _ in takewhile(lambda time: time > limit, self._times(held)))

    def test(self, held: dict[str, Any] | None, now: int, within: int, operator: Relation, bound: int) -> bool:
        """Compare, looking at no more values than needed to decide, and at none where there are too few."""
        if held is None or len(held) < bound:
            return HOLDS[operator](0 if held is None else bound - 1, bound)
        limit = now - (within or self.retain)
        recent = takewhile(lambda time: time > limit, islice(self._times(held), max(bound, 0) + 1))
        return HOLDS[operator](sum(1 for _ in recent), bound)

    def values(self, held: dict[str, Any] | None, now: int, within: int, most: int) -> list[str]:
        """Return the values seen last, as text, the latest first."""
        limit = now - (within or self.retain)
        recent = takewhile(lambda pair: pair[1] > limit, zip(reversed(held or {}), self._times(held), strict=True))
        return [keys.decode(value)[0] for value, _ in islice(recent, most)]

    def without(self, row: bytes, value: str) -> bytes:
        """Return the row without one of its values."""
        assert self.codec is not None
        held = self.codec.decode(row)
        held.pop(keys.component(value), None)
        less: bytes = self.codec.encode(held)
        return less

    def changes(self, held: dict[str, Any] | None, now: int, within: int, bound: int | None) -> int | None:
        return _leaving([*self._times(held)][::-1], now, within or self.retain, bound)


class MarkedDistinctWindow(DistinctWindow):
    """The values seen last, each with the time, number and id of the event that brought it last."""

    codec: Codec | None = Codec(
        lambda row: {value: mark for value, *mark in _marked_values.decode(row)},
        lambda held: _encode([(value, *mark) for value, mark in held.items()]),
    )

    def _last(self, event: Counted) -> Any:
        return event.now, event.seq, event.id

    def _times(self, held: dict[str, Any] | None) -> Iterable[int]:
        return (time for time, _, _ in reversed(held.values())) if held else ()

    def ids(self, held: dict[str, Any] | None, now: int, within: int) -> list[tuple[int, str]]:
        limit = now - (within or self.retain)
        marks = reversed(held.values()) if held else ()
        return [(seq, id) for time, seq, id in takewhile(lambda mark: mark[0] > limit, marks)]


class SumWindow(_Base):
    """Totals per pane, panes being aligned to the epoch; a pane leaves as a whole once its end is `within` ago."""

    codec: Codec | None = _PANES

    def __init__(self, window: ir.Window, retain: int, zone: str) -> None:
        super().__init__(window, retain, zone)
        self.pane = max(window.pane, 1)
        self.within = window.within
        self.lifetime += self.pane
        self._by_events = window.by_events

    def record(self, held: Any, event: Counted) -> Any:
        panes: dict[int, int | float] = {} if held is None else held
        index = event.now // self.pane
        limit = event.now - (self.within or self.retain)
        while panes and self._end(oldest := next(iter(panes))) <= limit:
            del panes[oldest]
        panes[index] = _finite(panes.pop(index, 0) + event.value)
        return panes

    def number(self, held: Any, now: int, within: int) -> int | float | None:
        limit = now - (within or self.retain)
        inside = [total for index, total in (held or {}).items() if self._end(index) > limit]
        total = _finite(numbers.total(inside))
        return total if math.isfinite(total) else None

    def _end(self, index: int) -> int:
        """When a pane ends; for a pane that holds one event by number, that number."""
        return index if self._by_events else (index + 1) * self.pane

    def changes(self, held: Any, now: int, within: int, bound: int | None) -> int | None:
        return _leaving([self._end(index) for index in held or ()], now, within or self.retain, None)


class MarkedSumWindow(SumWindow):
    """Totals per pane, and beside them a ring of the events that added something."""

    codec: Codec | None = Codec(
        lambda row: _decode_both(*_marked_panes.decode(row)),
        lambda held: _encode((_PANES.encode(held[0]), _MARKS.encode(held[1]) if held[1] else b"")),
    )

    def __init__(self, window: ir.Window, retain: int, zone: str) -> None:
        super().__init__(window, retain, zone)
        self._ring = MarkedWindow(window, retain, zone)

    def record(self, held: Any, event: Counted) -> Any:
        panes, ring = (None, []) if held is None else held
        return super().record(panes, event), self._ring.record(ring, event) if event.value else ring

    def number(self, held: Any, now: int, within: int) -> int | float | None:
        return super().number(held and held[0], now, within)

    def changes(self, held: Any, now: int, within: int, bound: int | None) -> int | None:
        return super().changes(held and held[0], now, within, bound)

    def ids(self, held: Any, now: int, within: int) -> list[tuple[int, str]]:
        return self._ring.ids(held and held[1], now, within)


def _decode_both(panes: bytes, ring: bytes) -> tuple[Any, Any]:
    return _PANES.decode(panes), _MARKS.decode(ring) if ring else []


class StreakWindow(_Base):
    """The last local day with a counted event, and how many days in a row end there."""

    def __init__(self, window: ir.Window, retain: int, zone: str) -> None:
        super().__init__(window, retain, zone)
        self.lifetime = STREAK_LIFETIME
        self._zone = zone

    def record(self, row: bytes | None, event: Counted) -> bytes:
        today = _today(self._zone, event.now)
        last, length = _streak.decode(row) if row else (today - 2, 0)
        return _encode((today, length + (today == last + 1) if today - last in (0, 1) else 1))

    def number(self, row: bytes | None, now: int, within: int) -> int:
        last, length = _streak.decode(row) if row else (0, 0)
        return length if _today(self._zone, now) - last in (0, 1) else 0

    def changes(self, row: bytes | None, now: int, within: int, bound: int | None) -> int | None:
        return period_end(self._zone, now, "day") if row else None


class QuietWindow(_Base):
    """The last time; how long ago that is.

    It is kept for `retain`, or for the window's `within` if that is longer. Where nothing was counted, or it has been
    forgotten, the caller measures from the first observation.
    """

    def __init__(self, window: ir.Window, retain: int, zone: str) -> None:
        super().__init__(window, retain, zone)
        self.lifetime = max(window.within, retain)

    def record(self, row: bytes | None, event: Counted) -> bytes:
        return stamps.write(event.now)

    def number(self, row: bytes | None, now: int, within: int) -> int | None:
        quiet = now - stamps.read(row) if row else self.lifetime + 1
        return quiet if quiet <= self.lifetime else None

    def changes(self, row: bytes | None, now: int, within: int, bound: int | None) -> int | None:
        if row is None or bound is None:
            return None
        last = stamps.read(row)
        return min((at for at in (last + bound, last + bound + 1, last + self.lifetime + 1) if at > now), default=None)


def space_of(partition: Partition, name: str, cell: WindowCell) -> tuple[Space, Callable[[str], Any]]:
    """Return a window's space in a partition, and the function that gives what it holds for a key."""
    if cell.codec is None:
        space = partition.space(name, cell.lifetime)
        return space, space.get
    held = partition.held(name, cell.lifetime, cell.codec)
    return held, held.held


@lru_cache(maxsize=4)
def _today(zone: str, now: int) -> int:
    """The local day; many rules ask for it at the same instant."""
    return local_day(zone, now)


def _leaving(times: list[int], now: int, within: int, bound: int | None) -> int | None:
    """When the next entry on which a comparison with `bound` can depend leaves (`bound` None: any entry)."""
    watched = times if bound is None else [times[-n] for n in (bound + 1, bound) if 0 < n <= len(times)]
    return next((time + within for time in watched if time + within > now), None)


def _finite(total: int | float) -> int | float:
    """A total that fits a row: an integer beyond 64 bits becomes a float."""
    try:
        return total if isinstance(total, float) or -(2**63) <= total < 2**63 else float(total)
    except OverflowError:
        return math.inf
