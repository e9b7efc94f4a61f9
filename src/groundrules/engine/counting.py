"""Counting an event: the windows that listen to its type take it in before anything is asked.

Windows with the same key share its text, which is worked out when the first of them counts the event. An event that
lacks a component of the key, or the value that a window takes, is not counted by it; nor is what the bot did itself,
unless the window's filter speaks of that.
"""

from __future__ import annotations

from typing import Any

from groundrules.engine import keys
from groundrules.engine.cells.windows import Counted
from groundrules.engine.codegen.total import reach
from groundrules.engine.partition import Partition
from groundrules.engine.program import WindowCode, WindowsOnType
from groundrules.engine.scope import Scope


def count(windows: WindowsOnType, partition: Partition, e: Any, x: Scope) -> None:
    """Let the windows of an event's type count it."""
    own_act = reach(e, ("actor", "self")) is True
    assert partition.meta is not None
    event = Counted(partition.meta.clock, partition.meta.seq, e.id)
    known: dict[int, str | None] = {}
    for number in windows.numbers(e, x):
        code, group = windows.codes[number], windows.groups[number]
        if (own_act and not code.speaks_of_self) or (code.where is not None and not code.where.true(e, x)):
            continue
        if group not in known:
            known[group] = _key(code, e, x)
        key = known[group]
        if key is not None:
            _record(code, key, partition, event, e, x)


def _key(code: WindowCode, e: Any, x: Scope) -> str | None:
    parts = [part(e, x) for part in code.key]
    return None if None in parts else keys.encode(parts)


def _record(code: WindowCode, key: str, partition: Partition, event: Counted, e: Any, x: Scope) -> None:
    if code.value is not None:
        value = code.value(e, x)
        if value is None:
            return
        event = event._replace(value=value)
    space = partition.space(code.space, code.lifetime)
    space.put(key, code.cell.record(space.get(key), event), event.now)
