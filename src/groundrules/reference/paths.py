"""Paths: opened by an event, stepped by time, ended by an event.

A rule with the effect `open` opens its path under the path's key, unless one is open there already; with a missing key
component it opens none. Opening plans every step: `after` counts from now, `due` is an instant that the start event
names; a step taken several times is planned `every` so often. A step whose instant is missing or lies before now is
left out, with a note. Outside the path's hours a step waits for the next time that they begin, and later steps counted
from the start are delayed by as much. A path without steps to come is over, and its key free.

An event ends the open paths of its partition whose `until` names its type and is true of it and the start event; the
rules on its end (step -1) are asked then. If a `restart` is true and no `until` is, the path is replanned and begins
now: the event's values replace those of the start event, the rest stays. An event ends and restarts only what was open
before it.

The items of `until_all` may happen in any order and any number of times; the event after which none remains ends the
path, and only on that event are the rules on its end asked. Items that have happened stay so when the path is
replanned, which the same event may do. If an `until` is true, nothing else is done about the path.

At most `limit` paths of one kind are open in a partition; opening one more gives up the one opened first, with a note.
Steps due at the same instant go in their order, paths in the order of their ids and keys.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from groundrules.calendar.clock import wait_for_hours
from groundrules.decisions import Note
from groundrules.plan import ir
from groundrules.reference.scope import Json, Scope
from groundrules.reference.selfmade import is_own_act, mentions_self
from groundrules.reference.values import evaluate
from groundrules.reference.windows import encoded

Key = tuple[str, ...]


@dataclass
class Path:
    """An open path; `turns` are the steps to come, as (due, step, for which time), sorted; `done` the items that have
    happened."""

    process: str
    key: Key
    number: int  # of the event that opened it
    opened: int
    start: Json
    turns: list[tuple[int, int, int]]
    done: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The key as one text, by which paths are sorted: components joined by U+001F, escaped inside by U+001E."""
        return "\x1f".join(part.replace("\x1e", "\x1ee").replace("\x1f", "\x1es") for part in self.key)


@dataclass(frozen=True)
class Turn:
    """An open path that the event at hand ends, replans, or advances: `items` are those that the event satisfies."""

    path: Path
    ends: bool
    restarts: bool = False
    items: tuple[str, ...] = ()
    completes: bool = False  # it ends, and not before all items have happened, if it has any

    @property
    def done(self) -> tuple[str, ...]:
        return (*self.path.done, *self.items)


class Processes:
    """The open paths of one partition."""

    def __init__(self, plan: ir.Plan) -> None:
        self.plan = plan
        self.definitions = {process.id: process for process in plan.processes}
        self.paths: list[Path] = []

    def find(self, process: str, key: Key) -> Path | None:
        return next((path for path in self.paths if (path.process, path.key) == (process, key)), None)

    def named(self, process: str, name: str) -> Path:
        """The open path whose key has this name."""
        return next(path for path in self.paths if (path.process, path.name) == (process, name))

    # --- opening ----------------------------------------------------------------------------------

    def open(self, process: str, scope: Scope, number: int) -> list[Note]:
        """Open a path for the event at hand; the notes about it."""
        parts = [evaluate(part, scope) for part in self.definitions[process].key]
        if scope.event is None or None in parts:
            return []
        key = tuple(encoded(part) for part in parts)
        return [] if self.find(process, key) else self.begin(process, key, scope.event, scope, number)

    def begin(
        self, process: str, key: Key, start: Json, scope: Scope, number: int, done: tuple[str, ...] = ()
    ) -> list[Note]:
        """Plan the steps of a path that begins now."""
        definition = self.definitions[process]
        first = [(step, first_turn(due, scope)) for step, due in enumerate(definition.steps)]
        notes = [
            note("step_left_out", process, key, step=step + 1) for step, at in first if at is None or at < scope.now
        ]
        turns = [
            (at + turn * definition.steps[step].every, step, turn)
            for step, at in first
            if at is not None and at >= scope.now
            for turn in range(definition.steps[step].repeat)
        ]
        if turns:
            notes += self.make_room(definition)
            planned = self.in_hours(definition, sorted(turns))
            self.paths.append(Path(process, key, number, scope.now, start, planned, done))
        return notes

    def in_hours(self, definition: ir.Process, turns: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        """The turns, each at its instant or when the path's hours next begin.

        When a step counted from the start has to wait, later steps counted from the start are delayed by as much.
        """
        if definition.hours is None:
            return turns
        waited, moved = 0, []
        for due, step, turn in turns:
            later = waited if definition.steps[step].after is not None else 0
            at = wait_for_hours(self.plan.timezone, due + later, *definition.hours)
            if definition.steps[step].after is not None:
                waited = at - due
            moved.append((at, step, turn))
        return sorted(moved)

    def make_room(self, definition: ir.Process) -> list[Note]:
        """Give up the path opened first if the limit is reached."""
        held = [path for path in self.paths if path.process == definition.id]
        if len(held) < definition.limit:
            return []
        oldest = min(held, key=lambda path: (path.number, path.name))
        self.paths.remove(oldest)
        return [note("path_evicted", definition.id, oldest.key)]

    # --- ending -----------------------------------------------------------------------------------

    def happenings(self, scope: Scope) -> list[Turn]:
        """The open paths to which the event at hand does something, by path and key."""
        turns = [self.turn(path, scope) for path in sorted(self.paths, key=lambda path: (path.process, path.name))]
        return [turn for turn in turns if turn.ends or turn.restarts or turn.items]

    def turn(self, path: Path, scope: Scope) -> Turn:
        """What the event at hand does to an open path."""
        definition, inside = self.definitions[path.process], replace(scope, start=path.start)
        if any(holds(until, inside, path.process) for until in definition.until):
            return Turn(path, ends=True, completes=not definition.until_all)
        lacking = [item for item in definition.until_all if item.id not in path.done]
        items = tuple(item.id for item in lacking if holds(item.event, inside, path.process))
        ends = bool(items) and len(items) == len(lacking)
        restarts = any(holds(until, inside, path.process) for until in definition.restart)
        return Turn(path, ends, restarts and not ends, items, completes=ends)

    def take(self, turn: Turn, scope: Scope, number: int) -> list[Note]:
        """Let an event do what it does to an open path; the notes about it."""
        path = turn.path
        path.done = turn.done
        notes = [note("path_item_done", path.process, path.key, item=item) for item in turn.items]
        if turn.ends:
            self.paths.remove(path)
            notes.append(note("path_ended", path.process, path.key))
        if turn.restarts:
            self.paths.remove(path)
            start = over(path.start, scope.event)
            notes.append(note("path_restarted", path.process, path.key))
            notes += self.begin(path.process, path.key, start, replace(scope, event=start), number, path.done)
        return notes

    # --- stepping ---------------------------------------------------------------------------------

    def step(self, path: Path) -> tuple[int, int]:
        """Take the next turn; (step, for which time). A path without turns to come is over."""
        _, step, turn = path.turns.pop(0)
        if not path.turns:
            self.paths.remove(path)
        return step, turn


def first_turn(due: ir.Due, scope: Scope) -> int | None:
    """When a step is due first; it reads the start event as the event at hand."""
    if due.after is not None:
        return scope.now + due.after
    at = evaluate(due.at, scope)
    return None if at is None else int(at)


def holds(until: ir.Until, scope: Scope, process: str) -> bool:
    assert scope.event is not None
    if scope.event["type"] not in until.types or (is_own_act(scope.event) and not mentions_self(until.when)):
        return False
    return evaluate(until.when, scope.watched(process, until.when)) is True


def over(before: Any, after: Any) -> Any:
    """The value of `after`; objects keep the members of `before` that `after` lacks."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return after
    return before | {name: over(before.get(name), value) for name, value in after.items()}


def note(kind: str, process: str, key: Key, **detail: Any) -> Note:
    return Note(kind=kind, subject=process, detail={"key": list(key), **detail})
