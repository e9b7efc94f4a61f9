"""Paths: opened by a firing rule, ended or replanned by a later event.

A rule opens its path under the path's key unless one is open there; with a missing key component it opens none. At most
`limit` paths of one kind are open in a partition; opening one more gives up the one opened first. An event ends or
replans only what was open before it, so that nothing is ended by what opened it. A replanned path begins now: the
event's values of the captured fields replace those of the start event. Items of `until_all` that have happened stay so;
an event may be an item and also replan the path.
"""

from __future__ import annotations

from typing import Any

import msgspec

from groundrules.decisions import Note
from groundrules.engine.cells import paths
from groundrules.engine.cells.paths import Process
from groundrules.engine.compiled_rules import ProcessCode
from groundrules.engine.program import Program
from groundrules.engine.settlement.guards import ACTOR
from groundrules.engine.settlement.open_paths import Turn
from groundrules.engine.state import keys
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.scope import Scope


def open_process(program: Program, partition: Partition, id: str, e: Any, x: Scope) -> list[Note]:
    """Open a path under its key; return what to report about it."""
    code = program.processes[id]
    parts = [value(e, x) for value in code.key]
    if e is None or None in parts:
        return []
    key = keys.encode(parts)
    if partition.space(code.space).get(key) is not None:
        return []
    return _begin(program, partition, code, key, _captured(program, code, e), (), e, x)


def _begin(
    program: Program,
    partition: Partition,
    code: ProcessCode,
    key: str,
    start: bytes,
    done: tuple[str, ...],
    e: Any,
    x: Scope,
) -> list[Note]:
    turns, past = paths.plan(code, e, x, program.zone)
    notes = [note("step_left_out", code.id, key, step=index + 1) for index in past]
    if turns:
        notes += _make_room(partition, code)
    seq = partition.meta.seq if partition.meta is not None else 0
    paths.store(partition, code, key, Process(seq, partition.now, start, turns, done))
    return notes


def _make_room(partition: Partition, code: ProcessCode) -> list[Note]:
    space = partition.space(code.space)
    if len(space) < code.process.limit:
        return []
    key, _ = min(paths.opened(partition, code), key=lambda item: (item[1].seq, item[0]))
    paths.close(partition, code, key)
    return [note("path_evicted", code.id, key)]


def take(program: Program, partition: Partition, turn: Turn, e: Any, x: Scope) -> list[Note]:
    """Let an event do what it does to an open path; return what to report about it."""
    code, key, process = turn.code, turn.key, turn.process
    notes = [note("path_item_done", code.id, key, item=id) for id, _ in code.until_all if id in turn.items]
    if not turn.ends and not turn.restarts:
        process.done = turn.done
        paths.store(partition, code, key, process)
        return notes
    paths.close(partition, code, key)
    if turn.ends:
        return [*notes, note("path_ended", code.id, key)]
    start = _merged(process.start, _captured(program, code, e))
    began = program.decoder.decode(start)
    notes.append(note("path_restarted", code.id, key))
    return notes + _begin(program, partition, code, key, start, turn.done, began, x)


def _merged(before: bytes, after: bytes) -> bytes:
    """Return the JSON of an event over that of another; what the later one does not say stays."""
    return msgspec.json.encode(_over(msgspec.json.decode(before), msgspec.json.decode(after)))


def _over(before: Any, after: Any) -> Any:
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return after
    return before | {name: _over(before.get(name), value) for name, value in after.items()}


def _captured(program: Program, code: ProcessCode, e: Any) -> bytes:
    return program.decoder.prune(e, (*code.process.capture, ACTOR))


def note(kind: str, path: str, key: str, **detail: Any) -> Note:
    """Return a note about a path under a key."""
    return Note(kind=kind, subject=path, detail={"key": keys.decode(key), **detail})
