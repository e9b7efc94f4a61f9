"""Rows kept decoded while in use, and written behind.

Rows that are more than a ring of stamps take longer to decode and encode than to change. A `HeldSpace` keeps the
decoded values of recently used keys; changes are encoded when somebody needs bytes: a store, a snapshot, the turn of a
generation, or the next key when too many are held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from groundrules.engine.state.space import FOREVER, Space


class Codec(NamedTuple):
    """From the row of a key to the value that is held, and back; with the most values that are held."""

    decode: Callable[[bytes], Any]
    encode: Callable[[Any], bytes]
    most: int = 1024


class HeldSpace(Space):
    """A space whose values are held decoded. Whoever changes a value that `held` gave hands it to `hold`.

    `version` grows with every change, whether reported through `hold` or not. Whoever sets `followed` to a dictionary
    gets the keys of these changes in it; it becomes None again once more has changed than keys can say. `latest` is
    there for callers to keep what a held value was last made from, so that the same again need not be taken in; it is
    dropped with the value.
    """

    __slots__ = ("_behind", "_codec", "_held", "followed", "latest", "version")

    def __init__(self, space: Space, codec: Codec) -> None:
        super().__init__(space.name, space.lifetime, space.changed)
        self.young, self.old, self.turn = space.young, space.old, space.turn
        self._codec = codec
        self._held: dict[str, Any] = {}
        self._behind: dict[str, None] = {}
        self.latest: dict[str, Any] = {}
        self.followed: dict[str, None] | None = None
        self.version = 0

    def held(self, key: str) -> Any:
        """Return the value of a key; None where there is none."""
        value = self._held.get(key)
        if value is None:
            row = super().get(key)
            if row is None:
                return None
            value = self._codec.decode(row)
            self._make_room()
            self._held[key] = value
        return value

    def hold(self, key: str, value: Any, now: int, changed: bool = True) -> None:
        """Store a value; not `changed`: nothing that `version` counts has changed."""
        if changed:
            self._note(key)
        if now >= self.turn:
            self.age(now)
        self._make_room()
        self._held[key] = value
        self._behind[key] = None
        if self.changed is not None:
            self.changed[self.name, key] = None

    def opened(self, key: str, now: int, make: Callable[[], Any]) -> Any:
        """Return the value of a key, or what `make` returns if it has none, for the caller to change at once."""
        values = self._held
        value = values.get(key)
        if value is None:
            value = self.held(key)
            if value is None:
                value = make()
        self.version += 1
        if self.followed is not None:
            self.followed[key] = None
        if now >= self.turn:
            self.age(now)
        if len(values) >= self._codec.most:
            self._let_go()
        values[key] = value
        self._behind[key] = None
        if self.changed is not None:
            self.changed[self.name, key] = None
        return value

    def recorder(self, record: Callable[[Any, Any], Any]) -> Callable[[str, Any, int], None]:
        """Return a function that stores what `record` makes of the value of a key and a further argument.

        That is `held` and `hold` in one call, because the windows of a group take in ten things per message.
        """
        values, behind, most = self._held, self._behind, self._codec.most

        def take(key: str, more: Any, now: int) -> None:
            value = record(values.get(key) or self.held(key), more)
            self.version += 1
            if self.followed is not None:
                self.followed[key] = None
            if now >= self.turn:
                self.age(now)
            if len(values) >= most:
                self._let_go()
            values[key] = value
            behind[key] = None
            if self.changed is not None:
                self.changed[self.name, key] = None

        return take

    def get(self, key: str) -> bytes | None:
        if key in self._behind:
            self._write()
        return super().get(key)

    def put(self, key: str, row: bytes, now: int) -> None:
        self._forget(key)
        super().put(key, row, now)

    def load(self, key: str, row: bytes) -> None:
        self._forget(key)
        super().load(key, row)

    def drop(self, key: str) -> None:
        self._forget(key)
        super().drop(key)

    def items(self) -> Iterator[tuple[str, bytes]]:
        self._write()
        return super().items()

    def names(self) -> list[str]:
        self._write()
        return super().names()

    def __len__(self) -> int:
        self._write()
        return super().__len__()

    def live(self, lifetime: int) -> None:
        self.latest.clear()  # another plan may read more of the same objects
        super().live(lifetime)

    def age(self, now: int) -> None:
        if now >= self.turn:
            if self.turn > -FOREVER and now >= self.turn + self.lifetime:
                self._behind.clear()  # all of it is dropped, so none of it need be written
            self._let_go()
            self.version += 1
            self.followed = None
        super().age(now)

    def _make_room(self) -> None:
        if len(self._held) >= self._codec.most:
            self._let_go()

    def _let_go(self) -> None:
        self._write()
        self._held.clear()
        self.latest.clear()

    def _write(self) -> None:
        encode = self._codec.encode
        for key in self._behind:
            self.young[key] = encode(self._held[key])
        self._behind.clear()

    def _note(self, key: str) -> None:
        self.version += 1
        if self.followed is not None:
            self.followed[key] = None

    def _forget(self, key: str) -> None:
        self._note(key)
        self._held.pop(key, None)
        self._behind.pop(key, None)
        self.latest.pop(key, None)
