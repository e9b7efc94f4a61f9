"""Everything that one partition remembers: rows of bytes under (space, key), and the timers that rows imply.

A **space** is all rows of one cell: the rings of a window, the balances of a ledger. Rows are immutable bytes and keys
are text, so a million of them cost the garbage collector nothing. What is idle leaves by two generations: a row is
written into the young one; after the space's lifetime, but no sooner than `TURN`, the old one is dropped and the young
one grows old. A row is thus kept for at least the lifetime after it was last written; how much longer can never be
seen, because every cell judges its rows by the times inside them. Once a day all spaces are looked at, so that those
where nothing is written any more grow old too.

Where only a row itself tells whether it still says anything (balances that fade, labels that expire), its space has no
lifetime. Whoever writes there sweeps the space whenever it has grown to twice of what the last sweep left.

Nothing here is a second truth: timers are rebuilt from rows, so that a dump of the rows is a snapshot. With `changed`
set, the names of written and deleted rows are collected, so that a store can write them behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from groundrules.engine.timers import Timers

FOREVER = 1 << 62
META = "meta"
SEEN = "seen"
KEPT = 86_400_000
LOOK = 86_400_000
TURN = 600_000
SLACK = 64
MOST_MOVED = 4096

RowName = tuple[str, str]


class Space:
    """The rows of one cell. `lifetime` is how long, in ms, a row that nobody writes is of any use.

    Its fields are open to counting code (`index.counts`), which writes rings without a call.
    """

    __slots__ = ("_enough", "changed", "lifetime", "name", "old", "turn", "young")

    def __init__(self, name: str, lifetime: int, changed: dict[RowName, None] | None) -> None:
        self.name = name
        self.lifetime = lifetime
        self.young: dict[str, bytes] = {}
        self.old: dict[str, bytes] = {}
        self.turn = -FOREVER
        self._enough = SLACK
        self.changed = changed

    def get(self, key: str) -> bytes | None:
        row = self.young.get(key)
        return self.old.get(key) if row is None else row

    def ring(self, key: str) -> bytes:
        """Return a row of entries; an empty one where there is none."""
        return self.young.get(key) or self.old.get(key, b"")

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
        """Let a generation grow old if its time has come, and the old one go; both, if time has passed over both."""
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


@dataclass(slots=True)
class Meta:
    """The partition's own facts: clock (ms), number of the last event, time of the first one."""

    clock: int
    seq: int = 0
    first: int = 0

    def row(self) -> bytes:
        """Return the facts as they are stored."""
        return msgspec.msgpack.encode((self.clock, self.seq, self.first))


_facts = msgspec.msgpack.Decoder(tuple[int, int, int])


class Partition:
    """The state of one community. `meta` is None until its first event; `look` is when `age` is to be called next.

    `seen` holds the ids of the events of the last day. `moved` has, for a space whose rows somebody keeps decoded, the
    keys written or deleted since the last look; a space that is not in it must be looked at as a whole.
    """

    def __init__(self, id: str, track: bool = False) -> None:
        self.id = id
        self.meta: Meta | None = None
        self.spaces: dict[str, Space] = {}
        self.timers = Timers()
        self.changed: dict[RowName, None] | None = {} if track else None
        self.look = -FOREVER
        self.moved: dict[str, set[str]] = {}
        self.seen = self.space(SEEN, KEPT)
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
            found.live(lifetime)
        return found

    def note_move(self, space: str, key: str) -> None:
        """Take note that a row was written or deleted, for those who keep it decoded."""
        moved = self.moved.get(space)
        if moved is not None:
            moved.add(key)
            if len(moved) > MOST_MOVED:
                del self.moved[space]

    def age(self) -> None:
        """Let idle rows go from spaces where nothing is written any more."""
        for space in self.spaces.values():
            space.age(self.now)
        self.look = self.now + LOOK

    def rows(self) -> Iterator[tuple[str, str, bytes]]:
        """Yield (space, key, row) of everything remembered, sorted; the partition's own facts first."""
        if self.meta is not None:
            yield META, "", self.meta.row()
        for name in sorted(self.spaces):
            for key, row in sorted(self.spaces[name].items()):
                yield name, key, row

    def load(self, space: str, key: str, row: bytes) -> None:
        """Take a row that `rows` or `drain` gave."""
        if space == META:
            self.meta, self._told = Meta(*_facts.decode(row)), row
        else:
            self.space(space).load(key, row)

    def drain(self) -> Iterator[tuple[str, str, bytes | None]]:
        """Yield (space, key, row) of what changed since the last time, None for deleted rows; needs `track`."""
        changed = {} if self.changed is None else self.changed
        told = b"" if self.meta is None else self.meta.row()
        if told != self._told:
            yield META, "", told
        for space, key in changed:
            yield space, key, self.spaces[space].get(key)
        changed.clear()
        self._told = told
