"""Stored checksums, compared on reading: damage is reported, never trusted."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from groundrules.stores import DamagedError
from groundrules.stores.records import Events, Head, Logged, Outgoing, Row


def row_sum(community: str, space: str, key: str, row: bytes) -> int:
    """Return the CRC-32 of a row and its name."""
    return crc32(row, crc32(f"{community}\x1f{space}\x1f{key}".encode()))


def entry_sum(community: str, at: int, body: bytes) -> int:
    """Return the CRC-32 of a decision in the log."""
    return crc32(body, crc32(f"{community}\x1f{at}".encode()))


def events_sum(events: Events) -> int:
    """Return the CRC-32 of a segment."""
    return crc32(events.body, crc32("\x1f".join(map(str, events[:5])).encode()))


def action_sum(action: Outgoing) -> int:
    """Return the CRC-32 of an action in its current state."""
    community, number, key, body, *rest = action
    return crc32(body, crc32("\x1f".join(map(str, (community, number, key, *rest))).encode()))


def head_sum(head: Head) -> int:
    """Return the CRC-32 of a head."""
    return crc32(head.settings, crc32("\x1f".join(map(str, head[:8])).encode()))


def whole_row(community: str, space: Any, key: Any, row: Any, sum: Any) -> Row:
    """Return a row as it was written. Raises DamagedError if it is something else."""
    if not _same(row_sum, sum, community, space, key, row):
        raise DamagedError(f"the state of {community} is damaged: a row of `{space}` is not what was written")
    return Row(community, space, key, row)


def whole_action(action: Outgoing, sum: Any) -> Outgoing:
    """Return an action as it was written. Raises DamagedError if it is something else."""
    if not _same(action_sum, sum, action):
        raise DamagedError(f"the actions of {action.community} are damaged: number {action.number} is not as written")
    return action


def whole_events(events: Events, sum: Any) -> Events:
    """Return a segment as it was written. Raises DamagedError if it is something else."""
    if not _same(events_sum, sum, events):
        of = f"the recorded events of {events.community}"
        raise DamagedError(f"{of} are damaged: those from number {events.first} are not what was written")
    return events


def listed_action(action: Outgoing, sum: Any) -> Outgoing:
    """Return an action as it was written, or a replacement that says it is not."""
    try:
        return whole_action(action, sum)
    except DamagedError as error:
        community, number, key = action[:3]
        return Outgoing(str(community), _int(number), str(key), b"", _int(action.at), "damaged", reason=str(error))


def listed_entry(position: int, community: str, at: Any, body: Any, sum: Any) -> Logged:
    """Return a decision as it was written, or a replacement that says it is not."""
    if _same(entry_sum, sum, community, at, body):
        return Logged(position, community, at, body)
    damage = f"the log of {community} is damaged: the decision at {position} is not what was written"
    return Logged(position, str(community), _int(at), b"", damage)


def _int(value: Any) -> int:
    return value if isinstance(value, int) else 0


def whole_head(head: Head, sum: Any) -> bool:
    """Whether a head is as it was written."""
    return _same(head_sum, sum, head)


def _same(summed: Any, sum: Any, *what: Any) -> bool:
    """Whether that is the sum; a value of another type than was written has none."""
    try:
        return bool(summed(*what) == sum)
    except (AttributeError, TypeError, ValueError):
        return False
