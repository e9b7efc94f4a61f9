"""One step of one community: rows, events and the time go in; decisions, changed rows and a deadline come out.

Nothing is kept between two steps: whatever holds rows of bytes under (space, key), and wakes a community at its
deadline, can run a rulebook. What falls due by an event's time is decided before the event, so that a deadline that is
brought late changes nothing but when its decisions come out. A row of the step's own says how the others are laid out;
under another version of the rulebook they are carried over as `Engine.swap` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from groundrules.decisions import Decision
from groundrules.engine.engine import Engine, HasPlan
from groundrules.plan import ir

LAYOUT = ("step", "layout")
"""The space and the key of the row that says how the others are laid out."""

Key = tuple[str, str]
"""(space, key)"""

_shapes = msgspec.msgpack.Decoder(dict[str, str])
_encode = msgspec.msgpack.Encoder(order="deterministic").encode


class Stepped(NamedTuple):
    """What a step came to. `rows`: those that changed, None where one is deleted. `due`: when (ms) to come again."""

    decisions: list[Decision]
    rows: dict[Key, bytes | None]
    due: int | None


class Step:
    """Runs one rulebook, a plan or what `load_plan` gives, without the front end. Not for several threads at once."""

    def __init__(self, plan: ir.Plan | HasPlan) -> None:
        self._engine = Engine(plan, track=True)
        self._layout = _encode(self._engine.shapes)

    def __call__(
        self,
        community: str,
        rows: Mapping[Key, bytes],
        events: Iterable[bytes],
        now: int | None = None,
        end: bool = False,
    ) -> Stepped:
        """Decide on events of a community, in order, then let time pass until `now` (ms), or let the input `end`.

        `rows` is everything that the steps before left. An event that can't be handled is answered by a decision that
        says why. Raises ValueError for an event of another community, and for rows that no step has written.
        """
        engine = self._engine
        layout = rows.get(LAYOUT)
        if layout is not None:
            held = [(space, key, row) for (space, key), row in rows.items() if (space, key) != LAYOUT]
            engine.adopt(community, held, _shapes.decode(layout))
        try:
            decisions = [decision for event in events for decision in self._fed(community, event)]
            if now is not None:
                decisions += engine.advance(now, community)
            if end:
                decisions += engine.finish(community)
            changed: dict[Key, bytes | None] = {(space, key): row for _, space, key, row in engine.drain(community)}
            if changed and layout != self._layout:
                changed[LAYOUT] = self._layout
            return Stepped(decisions, changed, engine.next_due(community) if community in engine.partitions else None)
        finally:
            for other in engine.partitions:
                engine.release(other)

    def _fed(self, community: str, event: bytes) -> list[Decision]:
        owner = self._engine.partition_of(event)
        if owner not in (None, community):
            raise ValueError(f"an event of {owner} came to {community}")
        return self._engine.feed(event)
