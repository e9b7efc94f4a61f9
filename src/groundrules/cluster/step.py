"""One step of one community: rows, events and the time go in; decisions, changed rows and a deadline come out.

Nothing is kept between two steps: anything that holds rows of bytes under (space, key), and wakes a community at its
deadline, can run a rulebook. What falls due by an event's time is decided before the event, so a late deadline only
delays when its decisions come out. One row of the step's own says how the others are laid out; under another version of
the rulebook they are carried over as `Engine.swap` does.

If one process runs most steps of a community, `Lasting` saves reading the rows each time.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import NamedTuple

import msgspec

from groundrules.decisions import Decision
from groundrules.engine.engine import Engine, HasPlan
from groundrules.plan import ir

LAYOUT = ("step", "layout")
"""The space and key of the row that says how the others are laid out."""

Key = tuple[str, str]
"""(space, key)"""

_shapes = msgspec.msgpack.Decoder(dict[str, str])
_encode = msgspec.msgpack.Encoder(order="deterministic").encode


class Stepped(NamedTuple):
    """The result of a step. `rows`: those that changed, None if deleted. `due`: when (ms) to come again.

    `counts`: how many decisions each event caused, in order; the others came from the time or the end.
    """

    decisions: list[Decision]
    rows: dict[Key, bytes | None]
    due: int | None
    counts: list[int]


class Step:
    """Runs one rulebook, a plan or what `load_plan` returns, without the front end. Not thread-safe."""

    def __init__(self, plan: ir.Plan | HasPlan, everything: bool = True) -> None:
        """Without `everything`, decisions in which nothing happened are left out, as a log does."""
        self._engine = Engine(plan, track=True)
        self._everything = everything
        self._layout = _encode(self._engine.shapes)

    @property
    def partition(self) -> tuple[str, ...]:
        """The path by which an event names its community."""
        return tuple(self._engine.plan.partition)

    def __call__(
        self,
        community: str,
        rows: Mapping[Key, bytes],
        events: Iterable[bytes],
        now: int | None = None,
        end: bool = False,
    ) -> Stepped:
        """Decide on events of a community, in order, then let time pass until `now` (ms), or let the input `end`.

        `rows` is everything that earlier steps left. An event that can't be handled is answered by a decision that says
        why. Raises ValueError for an event of another community, and for rows that no step wrote.
        """
        try:
            return self._decided(community, self._adopted(community, rows), events, now, end)
        finally:
            self._release()

    def _adopted(self, community: str, rows: Mapping[Key, bytes]) -> bytes | None:
        """Load rows; return how they are laid out, None if there are none."""
        layout = rows.get(LAYOUT)
        if layout is not None:
            held = [(space, key, row) for (space, key), row in rows.items() if (space, key) != LAYOUT]
            self._engine.adopt(community, held, _shapes.decode(layout))
        return layout

    def _decided(
        self, community: str, layout: bytes | None, events: Iterable[bytes], now: int | None, end: bool
    ) -> Stepped:
        engine, everything = self._engine, self._everything
        answers = [engine.feed_one(community, event, everything) for event in events]
        decisions = list(chain.from_iterable(answers))
        if now is not None:
            decisions += self._numbered(engine.advance(now, community))
        if end:
            decisions += self._numbered(engine.finish(community))
        changed: dict[Key, bytes | None] = {(space, key): row for _, space, key, row in engine.drain(community)}
        if changed and layout != self._layout:
            changed[LAYOUT] = self._layout
        known = engine.clock(community) is not None
        due = engine.next_due(community) if known or engine.waiting(community) is not None else None
        return Stepped(decisions, changed, due, list(map(len, answers)))

    def _numbered(self, decisions: list[Decision]) -> list[Decision]:
        return decisions if self._everything else [decision for decision in decisions if decision.notable]

    def _release(self) -> None:
        for community in self._engine.partitions:
            self._engine.release(community)


class _Held(NamedTuple):
    """A community in memory: the token of its rows, their bytes, and how the stored ones are laid out."""

    token: bytes = b""
    size: int = 0
    layout: bytes | None = None


class Lasting(Step):
    """Steps whose communities stay in memory, each until others have taken `room` bytes of rows.

    A token is stored with the rows, new with each step: memory is valid only if its token is that of the rows, so a
    step that was decided but not stored is forgotten.
    """

    def __init__(self, plan: ir.Plan | HasPlan, everything: bool = True, room: int = 256 << 20) -> None:
        super().__init__(plan, everything)
        self._room = room
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._size = 0

    def lasting(
        self,
        community: str,
        token: bytes,
        rows: Callable[[], Mapping[Key, bytes]],
        events: Iterable[bytes],
        now: int | None = None,
        end: bool = False,
    ) -> tuple[Stepped, bytes]:
        """Decide as a step does; return the result, and the token to store with its rows. Raises as a step does.

        `rows` is called if they are not in memory. `token` is what the previous step returned, empty if there was none.
        """
        held = self._held.pop(community, _Held())
        self._size -= held.size
        try:
            if held.token != token or not token:
                self._engine.release(community)
                adopted = rows()
                held = _Held(token, sum(map(len, adopted.values())), self._adopted(community, adopted))
            stepped = self._decided(community, held.layout, events, now, end)
        except BaseException:
            self._engine.release(community)
            raise
        if stepped.rows:
            size = held.size + sum(len(row) for row in stepped.rows.values() if row is not None)
            held = _Held(uuid.uuid4().bytes, size, self._layout)
        self._held[community] = held
        self._size += held.size
        self._make_room()
        return stepped, held.token

    def _make_room(self) -> None:
        while self._size > self._room and len(self._held) > 1:
            oldest, held = self._held.popitem(last=False)
            self._engine.release(oldest)
            self._size -= held.size

    def waits(self, community: str) -> bool:
        """Whether an event of a community in memory is so far ahead that it waits for what comes next."""
        return self._engine.waiting(community) is not None

    def everything(self, community: str) -> dict[Key, bytes]:
        """Return all rows of a community that had a step before and is still in memory."""
        rows = {(space, key): row for space, key, row in self._engine.rows(community)}
        return {**rows, LAYOUT: self._layout} if rows else {}
