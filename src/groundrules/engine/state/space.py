"""The rows of one cell: bytes under text.

A **space** is all rows of one cell: the rings of a window, the balances of a ledger. Rows are immutable bytes and keys
are text, so a million of them cost the garbage collector nothing. Idle rows leave through two generations: a row is
written into the young one; after the space's lifetime, but no sooner than `TURN`, the old one is dropped and the young
one grows old. A row is thus kept for at least the lifetime after it was last written; how much longer can never be
seen, because every cell judges its rows by the times inside them.

Where only a row itself tells whether it still says anything (balances that fade, labels that expire), its space has no
lifetime. Whoever writes there sweeps the space whenever it has grown to twice what the last sweep left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

FOREVER = 1 << 62
TURN = 600_000
SLACK = 64

RowName = tuple[str, str]


class Space:
    """The rows of one cell. `lifetime` is how long, in ms, a row that nobody writes is of any use.

    Its fields are open to counting code (`index.counts`), which writes rings without a call.
    """

    __slots__ = ("_enough", "changed", "lifetime", "name", "old", "turn", "young")

    def __init__(self, name: str, lifetime: int, changed: dict[RowName, None] | None) -> None:
        self.name = name
        self.lifetime = lifetime
        self.young: dict[str, Any] = {}  # bytes, except in a space that keeps its rows in another form
        self.old: dict[str, Any] = {}
        self.turn = -FOREVER
        self._enough = SLACK
        self.changed = changed

    def get(self, key: str) -> bytes | None:
        row: bytes | None = self.young.get(key)
        return self.old.get(key) if row is None else row

    def ring(self, key: str) -> bytes:
        """Return a row of entries; an empty one where there is none."""
        row: bytes = self.young.get(key) or self.old.get(key, b"")
        return row

    def put(self, key: str, row: bytes, now: int) -> None:
        if now >= self.turn:
            self.age(now)
        self.young[key] = row
        if self.changed is not None:
            self.changed[self.name, key] = None

    def load(self, key: str, row: bytes) -> None:
        """Take a row that was stored; it is no change."""
        self.young[key] = row

    def drop(self, key: str) -> None:
        self.young.pop(key, None)
        self.old.pop(key, None)
        if self.changed is not None:
            self.changed[self.name, key] = None

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Yield all rows, those written last winning; the caller may write while it iterates."""
        yield from ({**self.old, **self.young}).items()

    def names(self) -> list[str]:
        """Return the keys of all rows, sorted."""
        return sorted(self.old.keys() | self.young.keys())

    def __len__(self) -> int:
        return len(self.young) + sum(key not in self.young for key in self.old)

    def live(self, lifetime: int) -> None:
        """Set the lifetime; a generation that began under another one begins anew."""
        if self.lifetime != lifetime:
            self.lifetime, self.turn = lifetime, -FOREVER

    def age(self, now: int) -> None:
        """If it is time, drop the old generation and let the young one grow old; drop both if both are too old."""
        if now < self.turn:
            return
        if self.turn > -FOREVER:
            both = now >= self.turn + self.lifetime
            if self.changed is not None:
                gone = self.names() if both else self.old.keys() - self.young.keys()
                self.changed.update(((self.name, key), None) for key in gone)
            self.old, self.young = {} if both else self.young, {}
        self.turn = now + max(self.lifetime, TURN)

    @property
    def crowded(self) -> bool:
        """Whether a space without a lifetime holds twice as many rows as its last sweep left."""
        return len(self.young) > self._enough

    def sweep(self, idle: Callable[[bytes], bool]) -> None:
        """Drop the rows that say nothing any more."""
        for key in [key for key, row in self.young.items() if idle(row)]:
            self.drop(key)
        self._enough = 2 * len(self.young) + SLACK
