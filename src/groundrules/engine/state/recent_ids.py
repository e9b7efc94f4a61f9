"""The ids of the events of the last day.

Every event adds one, so this is the largest space and the one that is written most. Clock times are held as the numbers
that they are, not as stamps of bytes: that is a third less memory to touch for each event. To stores and snapshots the
rows are stamps, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.engine.state import stamps
from groundrules.engine.state.space import Space
from groundrules.time_units import DAY

SEEN = "seen"
KEPT = DAY


class RecentIds(Space):
    """Event id → the clock time (ms) at which it was handled. The clock writes `young` without a call."""

    def at(self, id: str) -> int | None:
        """Return when an event was handled, as far as it is remembered."""
        found: int | None = self.young.get(id)
        return self.old.get(id) if found is None else found

    def see(self, id: str, at: int) -> None:
        """Remember that an event was handled."""
        if at >= self.turn:
            self.age(at)
        self.young[id] = at
        if self.changed is not None:
            self.changed[self.name, id] = None

    def get(self, key: str) -> bytes | None:
        at = self.at(key)
        return None if at is None else stamps.write(at)

    def put(self, key: str, row: bytes, now: int) -> None:
        self.see(key, stamps.read(row))

    def load(self, key: str, row: bytes) -> None:
        self.young[key] = stamps.read(row)

    def items(self) -> Iterator[tuple[str, bytes]]:
        for key, at in {**self.old, **self.young}.items():
            yield key, stamps.write(at)
