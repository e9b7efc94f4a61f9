"""Erasing a person: every row under their id, and every row that mentions them.

Rows are found by their key or its components, whatever else may have the same id. Paths, requests, grants, measures,
fallbacks and the waiting event go as a whole if they mention the person; from the roster entries of others, and from
the values that a window counts as distinct, only the person's own data goes. Counts shared with others stay: they hold
times, not people.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from groundrules.engine.cells import roster, sanctions
from groundrules.engine.cells.last_events import LastEventsWindow
from groundrules.engine.cells.windows import DistinctWindow
from groundrules.engine.intake.ahead import AHEAD
from groundrules.engine.program import Program
from groundrules.engine.state import keys
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.timers import Timers

SPEAKING = ("process/", "approval", "grants/", "appeal/", "fallback", "later", sanctions.KEYS, AHEAD)


def forget(program: Program, partition: Partition, member: str) -> dict[str, int]:
    """Erase a person from a partition; return how many rows of which space went. Timers must be armed again."""
    erased = {name: _forget_in(program, partition, name, member) for name in sorted(partition.spaces)}
    partition.timers = Timers()
    return {name: count for name, count in erased.items() if count}


def _forget_in(program: Program, partition: Partition, name: str, member: str) -> int:
    space, count = partition.spaces[name], 0
    less_of = _lessening(program, name, member)
    for key, row in space.items():
        if key == member or keys.mentions(key, member) or (name.startswith(SPEAKING) and _speaks(row, member)):
            space.drop(key)
            count += 1
        elif less_of is not None and (less := less_of(row)) != row:
            space.put(key, less, partition.now)
            count += 1
    return count


def _lessening(program: Program, name: str, member: str) -> Callable[[bytes], bytes] | None:
    """Return the function that takes a person out of rows of a space that they share with others, or None."""
    if name.startswith(roster.name("")):
        return lambda row: roster.without(row, member)
    cell = next((code.cell for code in program.windows.values() if code.space == name), None)
    return (lambda row: cell.without(row, member)) if isinstance(cell, DistinctWindow | LastEventsWindow) else None


def _speaks(row: bytes, member: str) -> bool:
    return speaks_of(msgspec.msgpack.decode(row), member)


def speaks_of(value: Any, member: str) -> bool:
    """Tell whether a text in plain data, JSON inside it included, is a member's id."""
    if isinstance(value, str):
        return value == member
    if isinstance(value, bytes):
        return speaks_of(msgspec.json.decode(value), member)
    if isinstance(value, dict):
        return any(speaks_of(inner, member) for inner in value.values())
    return isinstance(value, list | tuple) and any(speaks_of(inner, member) for inner in value)
