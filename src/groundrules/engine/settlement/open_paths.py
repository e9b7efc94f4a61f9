"""The open paths of one partition, decoded, and found by what may end them.

A row is decoded once, at the first look after it was written: `Partition.moved` says which were. Beside the
decoded paths are dictionaries from a value of the start event to the paths that have it (`index.equalities`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from groundrules.engine.cells import paths
from groundrules.engine.cells.paths import Process
from groundrules.engine.codegen.total import own_act
from groundrules.engine.compiled_rules import EqualityCode, ProcessCode, UntilCode
from groundrules.engine.program import Part, Program
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.scope import Scope


class Turn(NamedTuple):
    """An open path that the event at hand ends, replans, or advances: `items` are those that the event satisfies."""

    code: ProcessCode
    key: str
    process: Process
    start: Any
    ends: bool = False
    restarts: bool = False
    items: tuple[str, ...] = ()

    @property
    def done(self) -> tuple[str, ...]:
        """The items that have happened, those of the event included, in their order."""
        happened = {*self.process.done, *self.items}
        return tuple(id for id, _ in self.code.until_all if id in happened)

    @property
    def completes(self) -> bool:
        """Whether the path is completed rather than broken off by an `until` before all of `until_all`."""
        return self.ends and len(self.done) == len(self.code.until_all)

    def also(self, part: Part) -> Turn:
        """Return what becomes of the path if the event does this, too."""
        if part.item is None:
            return self._replace(restarts=True) if part.restarts else self._replace(ends=True)
        items = self.items if part.item in self.process.done else (*self.items, part.item)
        turn = self._replace(items=items)
        return turn._replace(ends=len(turn.done) == len(self.code.until_all))


class OpenPaths:
    """Finds the open paths to which an event does something."""

    def __init__(self, program: Program, partition: Partition) -> None:
        self._program = program
        self._partition = partition
        self._of: dict[str, OpenPath] = {}
        self._open_on: dict[str, bool] = {}
        self._moves = -1

    def turns(self, e: Any, x: Scope) -> list[Turn]:
        """Return the open paths to which the event does something, by path and key; what an `until` ends is ended."""
        on_type = self._program.paths_on[e.type]
        if not self._any_open(e.type):
            return []
        turns: dict[tuple[str, str], Turn] = {}
        own = own_act(e)
        for code, until, part in on_type.asked(e, x):
            if own and not until.speaks_of_self:
                continue
            for key, process, start in self._opened(code).asked(until, e, x):
                turn = turns.get((code.id, key))
                if part.item in process.done or (turn is not None and turn.ends):
                    continue
                at_start = Scope(x.now, x.readings, start)
                at_start.kept = x.kept
                if until.when.true(e, at_start):
                    turns[code.id, key] = (turn or Turn(code, key, process, start)).also(part)
        return [turns[name] for name in sorted(turns)]

    def _any_open(self, type: str) -> bool:
        """Whether a path that events of a type may end is open; looked up anew only when some path has moved."""
        if self._moves != self._partition.moves:
            self._moves, self._open_on = self._partition.moves, {}
        is_open = self._open_on.get(type)
        if is_open is None:
            codes = self._program.paths_on[type].codes
            is_open = self._open_on[type] = any(self._opened(code).is_open() for code in codes)
        return is_open

    def _opened(self, code: ProcessCode) -> OpenPath:
        open_path = self._of.get(code.id)
        if open_path is None:
            open_path = self._of[code.id] = OpenPath(self._program, self._partition, code)
        return open_path


class OpenPath:
    """All open processes of one path, by key, and by the values of their start events that `until`s compare."""

    def __init__(self, program: Program, partition: Partition, code: ProcessCode) -> None:
        self._decoder = program.decoder
        self._indexed = program.index.enabled
        self._partition = partition
        self._code = code
        self._open: dict[str, tuple[Process, Any]] = {}
        self._with: dict[tuple[str, Any], dict[str, None]] = {}
        self._values: dict[str, list[tuple[str, Any]]] = {}
        partition.moved.pop(code.space, None)

    def is_open(self) -> bool:
        """Whether a process of the path is open."""
        self._catch_up()
        return bool(self._open)

    def asked(self, until: UntilCode, e: Any, x: Scope) -> Iterator[tuple[str, Process, Any]]:
        """Yield those that an event may concern, with their start events."""
        self._catch_up()
        for key in tuple(self._candidates(until, e, x)) if self._open else ():
            yield key, *self._open[key]

    def _candidates(self, until: UntilCode, e: Any, x: Scope) -> Iterable[str]:
        if not self._indexed:
            return self._open
        candidates: dict[str, None] = {}
        for conditions, equality in until.ways:
            if all(condition.true(e, x) for condition in conditions):
                if equality is None:
                    return self._open
                candidates.update(self._with.get((equality.number, equality.of_event(e, x)), {}))
        return candidates

    def _catch_up(self) -> None:
        """Take note of what was opened, closed or written since the last look."""
        moved = self._partition.moved.get(self._code.space)
        if moved is not None and not moved:
            return
        space = self._partition.space(self._code.space)
        if moved is None:
            self._open, self._with, self._values = {}, {}, {}
            self._partition.moved[self._code.space] = set()
            moved = set(space.names())
        for key in moved:
            self._leave(key)
            row = space.get(key)
            if row is not None:
                self._enter(key, row)
        self._partition.moved[self._code.space].clear()

    def _enter(self, key: str, row: bytes) -> None:
        process = paths.read(row)
        start = self._decoder.decode(process.start)
        self._open[key] = process, start
        starts = [(equality.number, equality.of_start(start)) for equality in self._equalities()]
        values = [(number, value) for number, value in starts if value is not None]
        self._values[key] = values
        for value in values:
            self._with.setdefault(value, {})[key] = None

    def _leave(self, key: str) -> None:
        self._open.pop(key, None)
        for value in self._values.pop(key, ()):
            others = self._with[value]
            del others[key]
            if not others:
                del self._with[value]

    def _equalities(self) -> Iterable[EqualityCode]:
        return self._code.equalities if self._indexed else ()
