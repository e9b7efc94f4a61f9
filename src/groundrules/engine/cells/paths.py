"""Processes: paths that an event opened, stepped by time, ended by an event.

Planning turns a path's steps into a list of (due, step, turn), a repeated step into as many turns. A step counts from
the start, or is due at an instant that the start event names; one whose instant is missing, or lies before the start,
is left out. Outside the path's hours a step waits for the next time that they begin. Steps due at the same instant go
in their order.

A row holds those parts of the start event that anything later reads, the event's number, the turns still to be taken,
and the ids of the items that have happened, so that the row can still be understood when the rulebook has changed.
"""

from __future__ import annotations

from typing import Any

import msgspec

from groundrules.calendar.clock import wait_for_hours
from groundrules.engine.compiled_rules import ProcessCode
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.scope import Scope

PROCESS = "process"

Turn = tuple[int, int, int]
"""When a step is due (ms), which step (from 0), and for which time (from 0)."""


class Process(msgspec.Struct, array_like=True):
    """An open process; `start` is the JSON of its start event."""

    seq: int
    opened: int
    start: bytes
    turns: list[Turn]
    done: tuple[str, ...] = ()


_process = msgspec.msgpack.Decoder(Process)


def read(row: bytes) -> Process:
    """Return the process that a row holds."""
    return _process.decode(row)


def plan(code: ProcessCode, start: Any, x: Scope, zone: str) -> tuple[list[Turn], list[int]]:
    """Return the turns of a process that begins now with `start`, and the steps left out because they are past."""
    turns: list[Turn] = []
    past: list[int] = []
    for index, step in enumerate(code.steps):
        first = x.now + step.due.after if step.due.after is not None else _instant(step.at, start, x)
        if first is None or first < x.now:
            past.append(index)
            continue
        turns += [(first + turn * step.due.every, index, turn) for turn in range(step.due.repeat)]
    return _in_hours(code, sorted(turns), zone), past


def _instant(at: Any, start: Any, x: Scope) -> int | None:
    value = None if at is None else at(start, x)
    return None if value is None else int(value)


def _in_hours(code: ProcessCode, turns: list[Turn], zone: str) -> list[Turn]:
    """Let turns wait for the path's hours; those counted from the start wait behind one another, as far apart."""
    hours = code.process.hours
    if hours is None:
        return turns
    waited = 0
    moved: list[Turn] = []
    for due, index, turn in turns:
        counted = code.steps[index].due.after is not None
        at = due + waited if counted else due
        due = wait_for_hours(zone, at, *hours)
        waited += due - at if counted else 0
        moved.append((due, index, turn))
    return sorted(moved)


def store(partition: Partition, code: ProcessCode, key: str, process: Process) -> None:
    """Store a process and set the timer of its next turn; one without turns is over."""
    if not process.turns:
        close(partition, code, key)
        return
    partition.space(code.space).put(key, msgspec.msgpack.encode(process), partition.now)
    partition.note_move(code.space, key)
    partition.timers.arm(PROCESS, code.id, key, process.turns[0][0])


def close(partition: Partition, code: ProcessCode, key: str) -> None:
    """Forget a process and its timer."""
    partition.space(code.space).drop(key)
    partition.note_move(code.space, key)
    partition.timers.arm(PROCESS, code.id, key, None)


def completed(partition: Partition, code: ProcessCode) -> list[str]:
    """Return the keys of the open processes whose items have all happened."""
    items = {id for id, _ in code.until_all}
    return [key for key, process in opened(partition, code) if items and items <= {*process.done}]


def opened(partition: Partition, code: ProcessCode) -> list[tuple[str, Process]]:
    """Return all open processes of a path, by key."""
    space = partition.spaces.get(code.space)
    return [] if space is None else [(key, read(row)) for key, row in sorted(space.items())]
