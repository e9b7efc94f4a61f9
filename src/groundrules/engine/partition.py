"""Everything that one partition remembers: rows of bytes under (space, key), and the timers that rows imply.

A **space** is all rows of one cell: the rings of a window, the balances of a ledger. Rows are immutable bytes and keys
are text, so a million of them cost the garbage collector nothing. What is idle leaves by two generations: a row is
written into the young one; after the space's lifetime the old one is dropped and the young one grows old. A row is
thus kept for at least the lifetime after it was last written; how much longer can never be seen, because every cell
judges its rows by the times inside them.

Nothing here is a second truth: timers are rebuilt from rows, so that a dump of the rows is a snapshot. With `changed`
set, the names of written and deleted rows are collected, so that a store can write them behind.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from groundrules.engine.timers import Timers

FOREVER = 1 << 62
META = "meta"

RowName = tuple[str, str]


class Space:
    """The rows of one cell. `lifetime` is how long, in ms, a row that nobody writes is of any use."""

    __slots__ = ("_changed", "_name", "_old", "_turn", "_young", "lifetime")

    def __init__(self, name: str, lifetime: int, changed: dict[RowName, None] | None) -> None:
        self._name = name
        self.lifetime = lifetime
        self._young: dict[str, bytes] = {}
        self._old: dict[str, bytes] = {}
        self._turn = -FOREVER
        self._changed = changed

    def get(self, key: str) -> bytes | None:
        row = self._young.get(key)
        return self._old.get(key) if row is None else row

    def put(self, key: str, row: bytes, now: int) -> None:
        if now >= self._turn:
            self._age(now)
        self._young[key] = row
        if self._changed is not None:
            self._changed[self._name, key] = None

    def load(self, key: str, row: bytes) -> None:
        """Take a row that was stored; it is no change."""
        self._young[key] = row

    def drop(self, key: str) -> None:
        self._young.pop(key, None)
        self._old.pop(key, None)
        if self._changed is not None:
            self._changed[self._name, key] = None

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Yield all rows, those written last winning; the caller may write while it iterates."""
        yield from ({**self._old, **self._young}).items()

    def names(self) -> list[str]:
        """Return the keys of all rows, sorted."""
        return sorted(self._old.keys() | self._young.keys())

    def __len__(self) -> int:
        return len(self._young) + sum(key not in self._young for key in self._old)

    def _age(self, now: int) -> None:
        if self._turn > -FOREVER and self.lifetime < FOREVER:
            if self._changed is not None:
                self._changed.update(((self._name, key), None) for key in self._old.keys() - self._young.keys())
            self._old, self._young = self._young, {}
        self._turn = now + self.lifetime


class Meta(msgspec.Struct, array_like=True):
    """The partition's own facts: clock (ms), number of the last event, time of the first one, events handled."""

    clock: int
    seq: int = 0
    first: int = 0


_meta = msgspec.msgpack.Decoder(Meta)


class Partition:
    """The state of one community. `meta` is None until its first event."""

    def __init__(self, id: str, track: bool = False) -> None:
        self.id = id
        self.meta: Meta | None = None
        self.spaces: dict[str, Space] = {}
        self.timers = Timers()
        self.changed: dict[RowName, None] | None = {} if track else None
        self._told = b""

    @property
    def now(self) -> int:
        """The clock, in ms; only to be asked once the first event has come."""
        assert self.meta is not None
        return self.meta.clock

    def space(self, name: str, lifetime: int = FOREVER) -> Space:
        """Return the space `name`, made at its first use. Whoever uses a space must always give the same lifetime."""
        found = self.spaces.get(name)
        if found is None:
            found = self.spaces[name] = Space(name, lifetime, self.changed)
        elif found.lifetime != lifetime:
            found.lifetime = lifetime
        return found

    def rows(self) -> Iterator[tuple[str, str, bytes]]:
        """Yield (space, key, row) of everything remembered, sorted; the partition's own facts first."""
        if self.meta is not None:
            yield META, "", msgspec.msgpack.encode(self.meta)
        for name in sorted(self.spaces):
            for key, row in sorted(self.spaces[name].items()):
                yield name, key, row

    def load(self, space: str, key: str, row: bytes) -> None:
        """Take a row that `rows` or `drain` gave."""
        if space == META:
            self.meta, self._told = _meta.decode(row), row
        else:
            self.space(space).load(key, row)

    def drain(self) -> Iterator[tuple[str, str, bytes | None]]:
        """Yield (space, key, row) of what changed since the last time, None for deleted rows; needs `track`."""
        changed = {} if self.changed is None else self.changed
        told = b"" if self.meta is None else msgspec.msgpack.encode(self.meta)
        if told != self._told:
            yield META, "", told
        for space, key in changed:
            yield space, key, self.spaces[space].get(key)
        changed.clear()
        self._told = told
