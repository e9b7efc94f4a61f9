"""Everything that one partition remembers: rows of bytes under (space, key), and the timers that rows imply.

Once a day all spaces are visited, so that those to which nothing is written any more age, too.

Rows are the only source of truth: timers are rebuilt from them, so a dump of the rows is a snapshot. With `changed`
set, the names of written and deleted rows are collected, so that a store can write them behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from groundrules.engine.state.held import Codec, HeldSpace
from groundrules.engine.state.recent_ids import PACKS, RECENT, RecentIds
from groundrules.engine.state.space import FOREVER, RowName, Space
from groundrules.engine.state.timers import Timers
from groundrules.time_units import DAY

META = "meta"
LOOK = DAY
MOST_MOVED = 4096


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

    `recent_ids` holds the ids of the events of the last day. `moved` has, for a space whose rows somebody keeps
    decoded, the keys written or deleted since the last look; a space that is not in it must be looked at as a whole.
    `moves` counts them all.
    """

    def __init__(self, id: str, track: bool = False) -> None:
        self.id = id
        self.meta: Meta | None = None
        self.spaces: dict[str, Space] = {}
        self.timers = Timers()
        self.changed: dict[RowName, None] | None = {} if track else None
        self.look = -FOREVER
        self.moved: dict[str, set[str]] = {}
        self.moves = 0
        self.recent_ids = RecentIds(track)
        self.spaces[RECENT] = self.recent_ids
        self._drained_meta = b""

    @property
    def now(self) -> int:
        """The clock, in ms; only to be asked once the first event has come."""
        assert self.meta is not None
        return self.meta.clock

    def space(self, name: str, lifetime: int = FOREVER) -> Space:
        """Return the space `name`, made at its first use. Whoever uses a space must always give the same lifetime."""
        space = self.spaces.get(name)
        if space is None:
            space = self.spaces[name] = Space(name, lifetime, self.changed)
        elif space.lifetime != lifetime:
            space.live(lifetime)
        return space

    def held(self, name: str, lifetime: int, codec: Codec) -> HeldSpace:
        """Return the space `name` with its values held decoded. Whoever uses it must always give the same codec."""
        space = self.space(name, lifetime)
        if not isinstance(space, HeldSpace):
            space = self.spaces[name] = HeldSpace(space, codec)
        return space

    def note_move(self, space: str, key: str) -> None:
        """Note that a row was written or deleted, for those who keep it decoded."""
        self.moves += 1
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

    def clear(self, *kept: str) -> None:
        """Forget everything but the ids of events and the rows of the spaces to be kept."""
        for name, space in self.spaces.items():
            if name not in (RECENT, *kept):
                for key in space.names():
                    space.drop(key)
                space.turn = -FOREVER
        self.timers = Timers()
        self.look = -FOREVER
        self.moved.clear()
        self.moves += 1

    def rows(self, packed: bool = False) -> Iterator[tuple[str, str, bytes]]:
        """Yield (space, key, row) of everything remembered, sorted; the partition's own facts first.

        If they are `packed`, the ids of events are as a store has them after `drain`.
        """
        if self.meta is not None:
            yield META, "", self.meta.row()
        for name in sorted(self.spaces):
            if packed and name == RECENT:
                yield from ((PACKS, key, row) for key, row in self.recent_ids.packs())
                continue
            for key, row in sorted(self.spaces[name].items()):
                yield name, key, row

    def load(self, space: str, key: str, row: bytes) -> None:
        """Take a row that `rows` or `drain` gave."""
        if space == META:
            self.meta, self._drained_meta = Meta(*_facts.decode(row)), row
        elif space == PACKS:
            self.recent_ids.load_pack(key, row)
        else:
            self.space(space).load(key, row)

    def drain(self) -> Iterator[tuple[str, str, bytes | None]]:
        """Yield (space, key, row) of what changed since the last time, None for deleted rows; needs `track`."""
        changed = {} if self.changed is None else self.changed
        meta_row = b"" if self.meta is None else self.meta.row()
        if meta_row != self._drained_meta:
            yield META, "", meta_row
        if self.meta is not None:
            yield from ((PACKS, key, row) for key, row in self.recent_ids.drain(self.meta.seq, self.now))
        for space, key in changed:
            yield space, key, self.spaces[space].get(key)
        changed.clear()
        self._drained_meta = meta_row
