"""The first stage: every event is numbered, timed and marked if late, or is turned away.

Nothing after this stage reads a clock. A partition's clock is the latest event time seen; it never runs back. An event
older than the clock is *late*: it is handled at the clock. An event older than the ids that are kept is turned away, so
that nothing can be handled twice. Ids are kept for 24 hours. An event far ahead of the clock has to wait (`ahead`). A
partition's first event sets the clock freely; while it is the only one, a second event from long before it shows that
its time was wrong, and the partition begins again.
"""

from __future__ import annotations

from typing import Any

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Rejection
from groundrules.diagnostics.codes import events as codes
from groundrules.engine.intake.ahead import AHEAD
from groundrules.engine.intake.decode import EPOCH
from groundrules.engine.state.partition import Meta, Partition
from groundrules.engine.state.recent_ids import KEPT
from groundrules.time_units import DAY, SECOND


def refuse(partition: Partition, time: int) -> Rejection | None:
    """Say why an event at `time` can't be handled by this partition, or None if it can."""
    if partition.meta is None or time >= partition.meta.clock - KEPT:
        return None
    reason = f"its time is more than 24 hours before the latest event seen ({format_ms(partition.meta.clock)})"
    return Rejection(code=codes.EVENT_TOO_OLD.code, reason=reason, path="time")


def shows_wrong(partition: Partition, time: int, id: str) -> bool:
    """Tell whether a new event at `time` shows that the only event so far set the clock wrong."""
    meta = partition.meta
    if meta is None or meta.seq != 1 or meta.clock != meta.first:
        return False
    return time < meta.clock - KEPT and partition.recent_ids.at(id) is None


def begin_again(partition: Partition, time: int) -> None:
    """Forget all but the id and number of the only event, and set the clock to `time`. Timers must be armed again.

    Another event may wait; it is decided at the new clock.
    """
    assert partition.meta is not None
    partition.clear(AHEAD)
    partition.meta = Meta(time, partition.meta.seq, time)
    partition.recent_ids.restamp(time)


def is_duplicate(partition: Partition, ahead: int, time: int, id: str) -> bool:
    """Tell whether an event with this id was handled within the last day.

    The day ends at the event's own time, or now if its time lies so far ahead that it may be wrong.
    """
    before, now = partition.recent_ids.at(id), partition.now
    return before is not None and (time if now < time <= now + ahead else now) - before <= KEPT


def step(partition: Partition, ahead: int, e: Any) -> int | None:
    """Number an ordinary event (in order, new, nothing due before it); advance the clock to its time and return that.

    For any other event, change nothing and return None: `admit` and `move` handle it. Their steps are inlined here
    because every event comes through. With a negative `ahead` no event counts as ordinary.
    """
    meta, recent, id, passed = partition.meta, partition.recent_ids, e.id, e.time - EPOCH
    time: int = passed.days * DAY + passed.seconds * SECOND + passed.microseconds // 1000
    if (
        meta is None
        or not meta.clock <= time <= meta.clock + ahead
        or time >= recent.turn
        or time >= partition.look
        or time >= partition.timers.soonest
        or id in recent.young
        or id in recent.old
    ):
        return None
    meta.seq += 1
    meta.clock = recent.young[id] = time
    if recent.fresh is not None:
        recent.fresh[id] = time
    return time


def admit(partition: Partition, time: int, id: str) -> int:
    """Number an event that is not turned away, remember its id and return its clock time.

    The clock itself moves on with `move`, timer by timer. An event whose clock time is not its own came late.
    """
    meta = partition.meta
    if meta is None:
        meta = partition.meta = Meta(time, 0, time)
    at = max(time, meta.clock)
    meta.seq += 1
    partition.recent_ids.see(id, at)
    return at


def move(partition: Partition, now: int) -> None:
    """Move the clock on to `now`, never back."""
    meta = partition.meta
    assert meta is not None
    if now > meta.clock:
        meta.clock = now
    if now >= partition.look:
        partition.age()
