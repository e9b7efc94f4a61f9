"""Windows: what was counted, per key, as rows of bytes.

A time of 0 stands for the plan's `retain`, for nothing is remembered longer. All five kinds answer the same questions
about a row:

- `record`: the row after one more counted event;
- `number`: what the window holds within some time, its bounds being (now − within, now];
- `test`: that number compared with a bound;
- `changes`: when, if nothing further is counted, that comparison may next come out differently;
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
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import msgspec

from groundrules.calendar.periods import period_end
from groundrules.calendar.zones import local_day
from groundrules.engine.state import keys, stamps
from groundrules.plan import ir

DAY = 86_400_000
STREAK_LIFETIME = 4 * DAY

_W = stamps.SIZE
_encode = msgspec.msgpack.encode
_marks = msgspec.msgpack.Decoder(list[tuple[int, int, str]])
_values = msgspec.msgpack.Decoder(list[tuple[str, int]])
_marked_values = msgspec.msgpack.Decoder(list[tuple[str, int, int, str]])
_marked_panes = msgspec.msgpack.Decoder(tuple[bytes, bytes])
_panes = msgspec.msgpack.Decoder(list[tuple[int, int | float]])
_streak = msgspec.msgpack.Decoder(tuple[int, int])


class Counted(NamedTuple):
    """The event being counted: the clock, its number and id, and the value that `distinct` and `sum` take from it."""

    now: int
    seq: int
    id: str
    value: Any = None


class WindowCell(Protocol):
    """The questions that every kind of window answers; `row` is None where nothing was counted yet."""

    lifetime: int

    def record(self, row: bytes | None, event: Counted) -> bytes: ...

    def number(self, row: bytes | None, now: int, within: int) -> int | float | None: ...

    def test(self, row: bytes | None, now: int, within: int, operator: str, bound: int) -> bool | None: ...

    def changes(self, row: bytes | None, now: int, within: int, bound: int | None) -> int | None: ...

    def ids(self, row: bytes | None, now: int, within: int) -> list[tuple[int, str]]: ...


def compare(number: int | float, operator: str, bound: int) -> bool:
    """Compare two numbers."""
    match operator:
        case "==":
            return number == bound
        case "!=":
            return number != bound
        case "<":
            return number < bound
        case "<=":
            return number <= bound
        case ">":
            return number > bound
        case _:
            return number >= bound


class _Base:
    """What most kinds share: a comparison is a comparison of the number, and no ids are kept."""

    def __init__(self, window: ir.Window, retain: int) -> None:
        self.keep = window.keep
        self.retain = retain
        self.lifetime = window.within or retain

    def number(self, row: bytes | None, now: int, within: int) -> int | float | None:
        raise NotImplementedError

    def test(self, row: bytes | None, now: int, within: int, operator: str, bound: int) -> bool | None:
        number = self.number(row, now, within)
        return None if number is None else compare(number, operator, bound)

    def ids(self, row: bytes | None, now: int, within: int) -> list[tuple[int, str]]:
        return []


class CountWindow(_Base):
    """A ring of stamps, oldest first."""

    def record(self, row: bytes | None, event: Counted) -> bytes:
        return ((row or b"") + stamps.write(event.now))[-_W * self.keep :]

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

    def test(self, row: bytes | None, now: int, within: int, operator: str, bound: int) -> bool:
        within = within or self.retain
        match operator:
            case ">=":
                return _holds(row, bound, now, within)
            case ">":
                return _holds(row, bound + 1, now, within)
            case "<":
                return not _holds(row, bound, now, within)
            case "<=":
                return not _holds(row, bound + 1, now, within)
            case "==":
                return _holds(row, bound, now, within) and not _holds(row, bound + 1, now, within)
            case _:
                return not _holds(row, bound, now, within) or _holds(row, bound + 1, now, within)

    def changes(self, row: bytes | None, now: int, within: int, bound: int | None) -> int | None:
        times = [stamps.read(row[at : at + _W]) for at in range(0, len(row), _W)] if row else []
        return _leaving(times, now, within or self.retain, bound)


class MarkedWindow(_Base):
    """A ring that also keeps the numbers and ids of its events."""

    def record(self, row: bytes | None, event: Counted) -> bytes:
        return _encode([*_read(_marks, row), (event.now, event.seq, event.id)][-self.keep :])

    def number(self, row: bytes | None, now: int, within: int) -> int:
        return len(self.ids(row, now, within))

    def changes(self, row: bytes | None, now: int, within: int, bound: int | None) -> int | None:
        return _leaving([time for time, _, _ in _read(_marks, row)], now, within or self.retain, bound)

    def ids(self, row: bytes | None, now: int, within: int) -> list[tuple[int, str]]:
        limit = now - (within or self.retain)
        return [(seq, id) for time, seq, id in reversed(_read(_marks, row)) if time > limit]


class DistinctWindow(_Base):
    """The values seen last, each with its last time, the latest last."""

    _decoder: msgspec.msgpack.Decoder[Any] = _values

    def record(self, row: bytes | None, event: Counted) -> bytes:
        value = keys.component(event.value)
        others = [held for held in _read(self._decoder, row) if held[0] != value]
        return _encode([*others, self._entry(value, event)][-self.keep :])

    def _entry(self, value: str, event: Counted) -> tuple[Any, ...]:
        return value, event.now

    def number(self, row: bytes | None, now: int, within: int) -> int:
        limit = now - (within or self.retain)
        return sum(held[1] > limit for held in _read(self._decoder, row))

    def without(self, row: bytes, value: str) -> bytes:
        """Return the row without one of its values."""
        return _encode([held for held in _read(self._decoder, row) if held[0] != keys.component(value)])

    def changes(self, row: bytes | None, now: int, within: int, bound: int | None) -> int | None:
        return _leaving([held[1] for held in _read(self._decoder, row)], now, within or self.retain, bound)


class MarkedDistinctWindow(DistinctWindow):
    """The values seen last, each with the time, number and id of the event that brought it last."""

    _decoder: msgspec.msgpack.Decoder[Any] = _marked_values

    def _entry(self, value: str, event: Counted) -> tuple[Any, ...]:
        return value, event.now, event.seq, event.id

    def ids(self, row: bytes | None, now: int, within: int) -> list[tuple[int, str]]:
        limit = now - (within or self.retain)
        return [(seq, id) for _, time, seq, id in reversed(_read(self._decoder, row)) if time > limit]


class SumWindow(_Base):
    """Totals per pane, panes being aligned to the epoch; a pane leaves as a whole once its end is `within` ago."""

    def __init__(self, window: ir.Window, retain: int) -> None:
        super().__init__(window, retain)
        self.pane = max(window.pane, 1)
        self.within = window.within
        self.lifetime += self.pane

    def record(self, row: bytes | None, event: Counted) -> bytes:
        index = event.now // self.pane
        held = [pane for pane in self._within(row, event.now, self.within) if pane[0] != index]
        return _encode([*held, (index, _finite(self._total(row, index) + event.value))])

    def number(self, row: bytes | None, now: int, within: int) -> int | float | None:
        total = _finite(sum(total for _, total in self._within(row, now, within)))
        return total if math.isfinite(total) else None

    def changes(self, row: bytes | None, now: int, within: int, bound: int | None) -> int | None:
        ends = [(index + 1) * self.pane for index, _ in _read(_panes, row)]
        return _leaving(ends, now, within or self.retain, None)

    def _within(self, row: bytes | None, now: int, within: int) -> list[tuple[int, int | float]]:
        limit = now - (within or self.retain)
        return [pane for pane in _read(_panes, row) if (pane[0] + 1) * self.pane > limit]

    def _total(self, row: bytes | None, index: int) -> int | float:
        return next((total for pane, total in _read(_panes, row) if pane == index), 0)


class MarkedSumWindow(SumWindow):
    """Totals per pane, and beside them a ring of the events that added something."""

    def __init__(self, window: ir.Window, retain: int) -> None:
        super().__init__(window, retain)
        self._ring = MarkedWindow(window, retain)

    def record(self, row: bytes | None, event: Counted) -> bytes:
        panes, ring = _marked_panes.decode(row) if row else (None, b"")
        return _encode((super().record(panes, event), self._ring.record(ring, event) if event.value else ring))

    def number(self, row: bytes | None, now: int, within: int) -> int | float | None:
        return super().number(_marked_panes.decode(row)[0] if row else None, now, within)

    def changes(self, row: bytes | None, now: int, within: int, bound: int | None) -> int | None:
        return super().changes(_marked_panes.decode(row)[0] if row else None, now, within, bound)

    def ids(self, row: bytes | None, now: int, within: int) -> list[tuple[int, str]]:
        return self._ring.ids(_marked_panes.decode(row)[1] if row else None, now, within)


class StreakWindow(_Base):
    """The last local day with a counted event, and how many days in a row end there."""

    def __init__(self, window: ir.Window, retain: int, zone: str) -> None:
        super().__init__(window, retain)
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

    It is kept for `retain`, longer if somebody asks for more. Where nothing was counted, or what was is forgotten, the
    caller asks from the first observation.
    """

    def __init__(self, window: ir.Window, retain: int) -> None:
        super().__init__(window, retain)
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


def cell(window: ir.Window, retain: int, zone: str) -> WindowCell:
    """Return the cell of a window."""
    match window.kind:
        case "count":
            return MarkedWindow(window, retain) if window.ids else CountWindow(window, retain)
        case "distinct":
            return MarkedDistinctWindow(window, retain) if window.ids else DistinctWindow(window, retain)
        case "sum":
            return MarkedSumWindow(window, retain) if window.ids else SumWindow(window, retain)
        case "streak":
            return StreakWindow(window, retain, zone)
        case _:
            return QuietWindow(window, retain)


@lru_cache(maxsize=4)
def _today(zone: str, now: int) -> int:
    """The local day, which many rules ask for at the same instant."""
    return local_day(zone, now)


def _holds(row: bytes | None, number: int, now: int, within: int) -> bool:
    """Whether the ring's `number`-th newest entry is younger than `within`; most rings are too short to have it."""
    if number <= 0 or row is None:
        return number <= 0
    at = len(row) - _W * number
    return at >= 0 and row[at : at + _W] > stamps.oldest(now, within)


def _leaving(times: list[int], now: int, within: int, bound: int | None) -> int | None:
    """When the next entry leaves that a comparison with `bound` can depend on (None: any entry)."""
    watched = times if bound is None else [times[-n] for n in (bound + 1, bound) if 0 < n <= len(times)]
    return next((time + within for time in watched if time + within > now), None)


def _read(decoder: msgspec.msgpack.Decoder[Any], row: bytes | None) -> list[Any]:
    held: list[Any] = decoder.decode(row) if row else []
    return held


def _finite(total: int | float) -> int | float:
    """A total that fits a row: an integer beyond 64 bits becomes a float."""
    try:
        return total if isinstance(total, float) or -(2**63) <= total < 2**63 else float(total)
    except OverflowError:
        return math.inf
