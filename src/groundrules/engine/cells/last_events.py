"""Windows over the last N events: ordinary windows whose clock is the number of events under the key.

A key's clock advances by one with each event of the window's type under that key, whether the event is counted or not,
and the inner window looks back over a number of such ticks instead of milliseconds. The passing of time changes nothing
about such a window, except that a key is forgotten when `retain` has passed since its last event.
"""

from __future__ import annotations

from typing import Any

from groundrules.engine.cells.windows import Counted, DistinctWindow, WindowCell
from groundrules.engine.state import stamps
from groundrules.engine.state.held import Codec
from groundrules.plan.ir import Relation

_CLOCKS = 2 * stamps.SIZE

Held = tuple[int, int, Any]
"""When the last event came under a key (ms), how many have come, and what the window inside holds."""


class LastEventsWindow:
    """A window whose clock counts events. An event to be `record`ed with the value None is not counted."""

    def __init__(self, inside: WindowCell, retain: int) -> None:
        self._inside = inside
        self.lifetime = retain
        self.codec: Codec | None = Codec(self._decode, self._encode)

    def record(self, held: Held | None, event: Counted) -> Held:
        clock, inside = self._at(held, event.now)
        clock += 1
        if event.value is not None:
            inside = self._inside.record(inside, Counted(clock, event.seq, event.id, event.value))
        return event.now, clock, inside

    def less(self, held: Any, value: Any) -> Any:
        raise NotImplementedError

    def number(self, held: Held | None, now: int, within: int) -> int | float | None:
        clock, inside = self._at(held, now)
        return self._inside.number(inside, clock, within)

    def test(self, held: Held | None, now: int, within: int, operator: Relation, bound: int) -> bool | None:
        clock, inside = self._at(held, now)
        return self._inside.test(inside, clock, within, operator, bound)

    def changes(self, held: Held | None, now: int, within: int, bound: int | None) -> int | None:
        return held[0] + self.lifetime if held is not None and held[0] + self.lifetime > now else None

    def ids(self, held: Held | None, now: int, within: int) -> list[tuple[int, str]]:
        clock, inside = self._at(held, now)
        return self._inside.ids(inside, clock, within)

    def values(self, held: Held | None, now: int, within: int, most: int) -> list[str]:
        clock, inside = self._at(held, now)
        return self._inside.values(inside, clock, within, most)

    def without(self, row: bytes, value: str) -> bytes:
        """Return the row without one of its values, where the window keeps values."""
        clocks, inside = row[:_CLOCKS], row[_CLOCKS:]
        if not inside or not isinstance(self._inside, DistinctWindow):
            return row
        return clocks + self._inside.without(inside, value)

    def _at(self, held: Held | None, now: int) -> tuple[int, Any]:
        """Return the clock of a key and what is held for it; nothing if it is forgotten."""
        return (0, None) if held is None or now - held[0] >= self.lifetime else held[1:]

    def _decode(self, row: bytes) -> Held:
        inside: Any = row[_CLOCKS:] or None
        if inside is not None and self._inside.codec is not None:
            inside = self._inside.codec.decode(inside)
        return stamps.read(row), stamps.read(row[stamps.SIZE : _CLOCKS]), inside

    def _encode(self, held: Held) -> bytes:
        last, clock, inside = held
        if inside is None:
            inside = b""
        elif self._inside.codec is not None:
            inside = self._inside.codec.encode(inside)
        row: bytes = stamps.write(last) + stamps.write(clock) + inside
        return row
