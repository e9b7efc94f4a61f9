"""The first stage: every event gets its number, its clock time and whether it came late, or is turned away.

Nothing behind this stage reads a clock. A partition's clock is the latest event time seen; it never runs back. An
event older than the clock is *late*: it is handled at the clock. Turned away is an event further ahead of the clock
than the rulebook allows, or older than the ids that are kept, so that nothing can be handled twice. Ids are kept for
24 hours. The first event of a partition sets the clock freely.
"""

from __future__ import annotations

from typing import NamedTuple

from groundrules.calendar.instants import format_duration, format_ms
from groundrules.decisions import Rejection
from groundrules.diagnostics.codes import events as codes
from groundrules.engine import stamps
from groundrules.engine.partition import Meta, Partition

DAY = 86_400_000
KEPT = DAY
SEEN = "seen"


class Stamp(NamedTuple):
    """What the first stage says of an event; `at` in ms."""

    seq: int
    at: int
    late: bool


def refuse(partition: Partition, ahead: int, time: int, id: str | None = None) -> Rejection | None:
    """Say why something at `time` can't be handled by this partition, or None if it can."""
    if partition.meta is None:
        return None
    clock = partition.meta.clock
    if time > clock + ahead:
        reason = f"its time lies more than {format_duration(ahead)} after the latest event seen ({format_ms(clock)})"
        return Rejection(code=codes.EVENT_TOO_FAR_AHEAD.code, reason=reason, path="time")
    if id is not None and time < clock - KEPT:
        reason = f"its time lies more than 24 hours before the latest event seen ({format_ms(clock)})"
        return Rejection(code=codes.EVENT_TOO_OLD.code, reason=reason, path="time")
    return None


def duplicate(partition: Partition, time: int, id: str) -> bool:
    """Tell whether an event with this id was handled within the last 24 hours of the partition's clock."""
    row = partition.space(SEEN, KEPT).get(id)
    if row is None or partition.meta is None:
        return False
    return max(partition.meta.clock, time) - stamps.read(row) <= KEPT


def stamp(partition: Partition, time: int, id: str) -> Stamp:
    """Number an event and remember its id. The clock itself moves on with `move`, timer by timer."""
    if partition.meta is None:
        partition.meta = Meta(time, 0, time)
    meta = partition.meta
    meta.seq += 1
    at = max(meta.clock, time)
    partition.space(SEEN, KEPT).put(id, stamps.write(at), at)
    return Stamp(meta.seq, at, time < meta.clock)


def move(partition: Partition, now: int) -> None:
    """Move the clock on to `now`, never back."""
    assert partition.meta is not None
    partition.meta.clock = max(partition.meta.clock, now)
