"""An event far ahead of the clock, which waits until something confirms that time has moved.

A partition has at most one, as a row: whatever comes next decides whether its time was true. `confirmed` says which it
is; the runner then decides it, at its own time or at the clock.
"""

from __future__ import annotations

from typing import Any

import msgspec

from groundrules.engine.intake.cutting import Cut, cut_of, marked
from groundrules.engine.intake.decode import Decoder, InvalidEventError, to_plain
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.recent_ids import KEPT

AHEAD = "ahead"
TICK = "tick"

_row = msgspec.msgpack.Decoder(tuple[bytes, Cut] | bytes)


def lies_ahead(partition: Partition, ahead: int, e: Any, time: int) -> bool:
    """Tell whether an event has to wait. A tick never does: the host sends it, and knows what time it is."""
    return partition.meta is not None and time > partition.meta.clock + ahead and e.type != TICK


def confirmed(partition: Partition, ahead: int, waiting: int, time: int) -> bool:
    """Tell whether something at `time` confirms that an event with the time `waiting` was right.

    It does if time has moved for it too, and the one that waits lies neither far ahead of it nor so far that it would
    come too late.
    """
    return partition.now + ahead < time and waiting <= time + min(ahead, KEPT)


def keep(partition: Partition, e: Any) -> None:
    """Let an event wait."""
    event, cut = msgspec.json.encode(to_plain(e)), cut_of(e)
    row = msgspec.msgpack.encode(event if cut is None else (event, cut))
    partition.space(AHEAD).put(e.id, row, partition.now)


def load(partition: Partition, decoder: Decoder) -> Any | None:
    """Return the event that waits, None if none does; one that can't be read any more is dropped."""
    space = partition.spaces.get(AHEAD)
    for id, row in [] if space is None else list(space.items()):
        try:
            kept = _row.decode(row)
            return decoder.decode(kept) if isinstance(kept, bytes) else marked(decoder.decode(kept[0]), kept[1])
        except (InvalidEventError, msgspec.MsgspecError):
            partition.space(AHEAD).drop(id)
    return None


def release(partition: Partition, e: Any) -> None:
    """Stop an event from waiting."""
    partition.space(AHEAD).drop(e.id)
