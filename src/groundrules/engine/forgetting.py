"""Erasing a person: every row under their id, and every row that speaks of them.

Rows are found by their key's components. Paths, requests, grants, measures and fallbacks that speak of somebody go as a
whole; of the values that a window counts as distinct, only theirs goes. Counts that others share stay: they hold
times, not people.
"""

from __future__ import annotations

from typing import Any

import msgspec

from groundrules.engine import keys
from groundrules.engine.cells.windows import DistinctWindow
from groundrules.engine.partition import Partition
from groundrules.engine.program import Program
from groundrules.engine.timers import Timers

SPEAKING = ("process/", "approval", "grants/", "appeal/", "fallback")


def forget(program: Program, partition: Partition, member: str) -> dict[str, int]:
    """Erase a person from a partition; return how many rows of which space went. Timers must be armed again."""
    erased = {name: _forget_in(program, partition, name, member) for name in sorted(partition.spaces)}
    partition.timers = Timers()
    return {name: count for name, count in erased.items() if count}


def _forget_in(program: Program, partition: Partition, name: str, member: str) -> int:
    space = partition.spaces[name]
    distinct = [code.cell for code in program.windows.values() if code.space == name]
    count = 0
    for key, row in space.items():
        if keys.mentions(key, member) or (name.startswith(SPEAKING) and speaks_of(msgspec.msgpack.decode(row), member)):
            space.drop(key)
            count += 1
        elif distinct and isinstance(distinct[0], DistinctWindow):
            less = distinct[0].without(row, member)
            if less != row:
                space.put(key, less, partition.now)
                count += 1
    return count


def speaks_of(value: Any, member: str) -> bool:
    """Tell whether a text in plain data, JSON inside it included, is a member's id."""
    if isinstance(value, str):
        return value == member
    if isinstance(value, bytes):
        return speaks_of(msgspec.json.decode(value), member)
    if isinstance(value, dict):
        return any(speaks_of(inner, member) for inner in value.values())
    return isinstance(value, list | tuple) and any(speaks_of(inner, member) for inner in value)
