"""Counting an event: the windows that listen to its type count it before any rule is asked.

Windows that no look-up finds are counted by one generated function (`index.counts`), the others one by one. An event
that lacks a component of the key, or the value that a window takes, is not counted by it; nor is anything the bot did
itself, unless the window's filter mentions that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from groundrules.engine.cells.windows import Counted, CountWindow, space_of
from groundrules.engine.codegen.total import own_act
from groundrules.engine.compiled_rules import TakerCode, WindowCode
from groundrules.engine.index.counts import WATCHED
from groundrules.engine.program import WindowsOnType
from groundrules.engine.state import stamps
from groundrules.engine.state.held import HeldSpace
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.scope import Scope
from groundrules.engine.state.space import Space
from groundrules.plan import ir
from groundrules.window_kinds import KINDS

Taker = Callable[[str, Any, Any, Scope], None]
"""`take(key, value, e, x)`; for a window by events, the value None means an event that is not counted."""


class Counter:
    """The windows of one event type in one partition; each is made ready at the first event that it may count."""

    def __init__(self, windows: WindowsOnType, partition: Partition) -> None:
        self._codes = windows.codes
        self._partition = partition
        self._at_once = windows.at_once
        self._numbers = windows.others
        self._spaces = Spaces(windows, partition)
        self._takers = Takers(windows, partition)
        self._taking_back = [TakingBack(code, partition) for code in windows.takers]

    def count(self, e: Any, x: Scope) -> None:
        """Let the windows count an event, after it has taken back what it takes back."""
        for taking in self._taking_back:
            taking.take_back(e, x)
        if self._at_once is not None:
            meta = self._partition.meta
            assert meta is not None
            self._at_once(e, x, self._spaces, self._takers, (x.now, meta.seq, e.id))
        if self._numbers is not None:
            self._count_others(self._numbers(e, x), e, x)

    def _count_others(self, numbers: Sequence[int], e: Any, x: Scope) -> None:
        own, keys = own_act(e), x.kept
        for number in numbers:
            code = self._codes[number]
            counted = code.where is None or code.where.true(e, x)
            if not (counted or code.window.by_events) or (own and not code.speaks_of_self):
                continue
            number_of_key = code.key.number
            key = None if number_of_key is None else keys.get(number_of_key)
            if key is None:
                key = code.key.text(e, x)
            value = None if code.value is None else code.value(e, x)
            counted = counted and (code.value is None or adds(code.window, value))
            if key is not None and (counted or code.window.by_events):
                taken = (True if code.value is None else value) if counted else None
                self._takers[number](key, taken, e, x)
                if code.watched:
                    keys[WATCHED] = True


class TakingBack:
    """Takes back what a window has counted."""

    def __init__(self, code: TakerCode, partition: Partition) -> None:
        self._code = code
        self._space, self._held = space_of(partition, code.window.space, code.window.cell)

    def take_back(self, e: Any, x: Scope) -> None:
        code = self._code
        if (code.where is not None and not code.where.true(e, x)) or (own_act(e) and not code.speaks_of_self):
            return
        key, value = code.key.text(e, x), None if code.value is None else code.value(e, x)
        held = None if key is None or (value is None and code.value is not None) else self._held(key)
        if key is None or not held:
            return
        if code.window.watched:
            x.kept[WATCHED] = True
        left = code.window.cell.less(held, value)
        if left is None:
            self._space.drop(key)
        elif isinstance(self._space, HeldSpace):
            self._space.hold(key, left, x.now)
        else:
            self._space.put(key, left, x.now)


class Spaces(dict[int, Space]):
    """The rows of each window, by its number."""

    def __init__(self, windows: WindowsOnType, partition: Partition) -> None:
        super().__init__()
        self._windows = windows
        self._partition = partition

    def __missing__(self, number: int) -> Space:
        code = self._windows.codes[number]
        space = self[number] = space_of(self._partition, code.space, code.cell)[0]
        return space


class Takers(dict[int, Taker]):
    """For each window, by its number, the function that counts an event under a key, with the window's value."""

    def __init__(self, windows: WindowsOnType, partition: Partition) -> None:
        super().__init__()
        self._windows = windows
        self._partition = partition

    def __missing__(self, number: int) -> Taker:
        code = self._windows.codes[number]
        taker = self[number] = self._taker(code)
        return taker

    def _taker(self, code: WindowCode) -> Taker:
        space, _ = space_of(self._partition, code.space, code.cell)
        if isinstance(code.cell, CountWindow):
            return partial(_push, code, space)
        return _recorder(code, space, self._partition)


def _push(code: WindowCode, space: Space, key: str, value: Any, e: Any, x: Scope) -> None:
    space.put(key, (space.ring(key) + stamps.write(x.now))[-stamps.SIZE * code.window.keep :], x.now)


def _recorder(code: WindowCode, space: Space, partition: Partition) -> Taker:
    """Return the function that enters an event in a window that keeps more than times."""
    record = code.cell.record
    if isinstance(space, HeldSpace):
        take_in = space.recorder(record)

        def take(key: str, value: Any, e: Any, x: Scope) -> None:
            assert partition.meta is not None
            take_in(key, Counted(x.now, partition.meta.seq, e.id, value), x.now)

        return take

    def put(key: str, value: Any, e: Any, x: Scope) -> None:
        assert partition.meta is not None
        space.put(key, record(space.get(key), Counted(x.now, partition.meta.seq, e.id, value)), x.now)

    return put


def adds(window: ir.Window, value: Any) -> bool:
    """Tell whether a value is one that a window takes in; a sum does not keep what adds nothing."""
    return value is not None and not (value == 0 and KINDS[window.kind].takes == "number")
