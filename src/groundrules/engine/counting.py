"""Counting an event: the windows that listen to its type take it in before anything is asked.

Windows with the same key share its text, which is worked out when the first of them counts the event. An event that
lacks a component of the key, or the value that a window takes, is not counted by it; nor is what the bot did itself,
unless the window's filter speaks of that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from groundrules.engine import stamps
from groundrules.engine.cells.windows import Counted
from groundrules.engine.codegen.total import own_act
from groundrules.engine.partition import Partition
from groundrules.engine.program import WindowCode, WindowsOnType
from groundrules.engine.scope import Scope

Listener = tuple[WindowCode, Callable[[Any, Scope], bool] | None, Any, Callable[[Any, Scope], str | None], Any]
"""A window, its filter, its key, and what takes the event in: the space of a plain count, else a function."""


class Counter:
    """The windows of one event type in one partition; each is made ready at the first event that it may count."""

    def __init__(self, windows: WindowsOnType, partition: Partition) -> None:
        self._windows = windows
        self._partition = partition
        self._ready: dict[int, Listener] = {}

    def count(self, e: Any, x: Scope) -> None:
        """Let the windows count an event."""
        numbers = self._windows.numbers(e, x)
        if not numbers:
            return
        own, keys, ready, now, stamp = own_act(e), x.keys, self._ready, x.now, stamps.write(x.now)
        for number in numbers:
            code, where, key_number, key_text, take_in = ready.get(number) or self._listener(number)
            if (where is not None and not where(e, x)) or (own and not code.speaks_of_self):
                continue
            key = keys.get(key_number, False)
            if key is False:
                key = key_text(e, x)
            if key is None:
                continue
            if code.is_plain:
                take_in(key, stamp, code.size, now)
            else:
                take_in(key, e, x)

    def _listener(self, number: int) -> Listener:
        code = self._windows.codes[number]
        space = self._partition.space(code.space, code.lifetime)
        where = None if code.where is None else code.where.true
        take_in = space.push if code.is_plain else partial(self._record, code)
        found = self._ready[number] = code, where, code.key.number, code.key.text, take_in
        return found

    def _record(self, code: WindowCode, key: str, e: Any, x: Scope) -> None:
        value = None if code.value is None else code.value(e, x)
        if value is None and code.value is not None:
            return
        meta, space = self._partition.meta, self._partition.space(code.space, code.lifetime)
        assert meta is not None
        space.put(key, code.cell.record(space.get(key), Counted(x.now, meta.seq, e.id, value)), x.now)
