"""Events replayed on the reference interpreter, and what every rule saw when it was asked about one of them.

The reference keeps whole histories, so windows can be shown with the events in them. Only the last event fed with
`note` is watched: the interpreter announces each guard before it is asked, and the guard is turned into a tree on the
spot, because a moment later the settlement changes what it read. `before` is a copy of everything as it was before that
event: deciding again begins there.

The reference forgets nothing and looks through everything, which is too slow for a long stream; `histories` says what
is done about that.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from groundrules.decisions import Decision
from groundrules.plan import ir
from groundrules.reference.intake import InvalidEventError
from groundrules.reference.interpreter import Interpreter
from groundrules.reference.partition import Partition
from groundrules.reference.runner import Runner
from groundrules.reference.scope import Json, Scope
from groundrules.reference.windows import Entry
from groundrules.tools.explaining.histories import key_histories, lighten

LIGHTEN = 500
Watch = Callable[[str, Any, Scope], None]


@dataclass
class Moment:
    """One event, the state before it, and its outcome. `lone`: its time lay far ahead, and nothing confirmed it."""

    event: Json
    partition: str | None
    before: Runner | None
    decisions: list[Decision] = field(default_factory=list)
    lone: bool = False


class Witness:
    """Follows a stream. `events` holds what windows may still show, by id."""

    def __init__(self, plan: ir.Plan) -> None:
        self.plan = plan
        self.events: dict[str, Json] = {}
        self._watch: Watch | None = None
        self._interpreter = Interpreter(plan, self._watched)
        self._fed = 0

    def _watched(self, owner: str, guard: Any, scope: Scope) -> None:
        if self._watch is not None:
            self._watch(owner, guard, scope)

    def feed(self, event: Json) -> list[Decision]:
        """Handle an event that needs no explanation."""
        self.events[str(event.get("id"))] = event
        self._fed += 1
        if self._fed % LIGHTEN == 0:
            self._lighten()
        decisions = self._interpreter.feed(event)
        for runner in self._interpreter.runners.values():
            if runner.partition is not None:
                key_histories(runner.partition)
        return decisions

    def note(self, event: Json, watch: Watch, behind: Iterable[Json] = ()) -> Moment:
        """Handle an event; `watch` is called with every guard just before it is evaluated.

        Where it lies far ahead of the clock, what comes `behind` it in its partition says whether its time is true.
        """
        id = self.partition_of(event)
        known = self._interpreter.runners.get(id or "")
        if known is not None:
            self._settle(known, event)
        moment = Moment(event, id, fork(known) if known is not None else None)
        self._watch = watch
        try:
            moment.decisions = self.feed(event)
            if known is not None and not moment.decisions:
                moment.lone = self._is_lone(known, behind)
                moment.decisions = decided(known, moment.lone)
        finally:
            self._watch = None
        return moment

    def _settle(self, runner: Runner, event: Json) -> None:
        """Decide an event that still waits before the one that settles what time it has."""
        lone = self._settled(fork(runner), event)
        if lone is not None:
            decided(runner, lone)

    def _is_lone(self, runner: Runner, behind: Iterable[Json]) -> bool:
        """Whether what comes behind an event that waits does not confirm its time."""
        ahead = fork(runner)
        settled = (self._settled(ahead, event) for event in behind)
        return next((lone for lone in settled if lone is not None), False)

    def _settled(self, ahead: Runner, event: Json) -> bool | None:
        """Feed an event to a copy; whether what waited there turns out to be alone, None where it waits on."""
        waiting = waiting_in(ahead)
        apart = self._apart(ahead, event)
        return None if waiting is waiting_in(ahead) else is_noted(apart, waiting)

    def partition_of(self, event: Json) -> str | None:
        """The partition an event belongs to; None if that is unknown."""
        with suppress(InvalidEventError):
            return self._interpreter.partition_of(event)
        return None

    def decide(self, runner: Runner, event: Json, lone: bool) -> list[Decision]:
        """Feed an event to a partition that stands apart, checked as every event is."""
        return self._apart(runner, event) or decided(runner, lone)

    def _apart(self, runner: Runner, event: Json) -> list[Decision]:
        apart = Interpreter(self.plan)
        apart.runners = {runner.id: runner}
        return apart.feed(event)

    def remembered(self, id: str | None) -> Partition | None:
        """What a partition remembers now."""
        runner = self._interpreter.runners.get(id or "")
        return None if runner is None else runner.partition

    def empty(self, partition: str) -> Runner:
        """A partition that has seen nothing."""
        return Runner(self.plan, self._interpreter.name, partition)

    def _lighten(self) -> None:
        for runner in self._interpreter.runners.values():
            if runner.partition is not None:
                lighten(runner.partition)
        referenced = {entry.event for runner in self._interpreter.runners.values() for entry in _history(runner)}
        self.events = {id: event for id, event in self.events.items() if id in referenced}


def _history(runner: Runner) -> Iterable[Entry]:
    return runner.partition.windows.history if runner.partition is not None else ()


def decided(runner: Runner, lone: bool) -> list[Decision]:
    """Decide the event that waits: at the clock if it is alone with its time, else at its own."""
    assert runner.partition is not None
    return runner.advance(runner.partition.now) if lone else runner.finish()


def waiting_in(runner: Runner) -> Json | None:
    """The event that waits in a partition."""
    waiting = None if runner.partition is None else runner.partition.waiting
    return None if waiting is None else waiting[0]


def is_noted(decisions: Iterable[Decision], event: Json | None) -> bool:
    """Whether an event was decided as one whose time lay far ahead of all others."""
    notes = (note for decision in decisions for note in decision.notes)
    return event is not None and any(note.kind == "time_ahead" and note.subject == event["id"] for note in notes)


def fork(runner: Runner) -> Runner:
    """A copy that goes its own way; what never changes (the plan, entries, lists) is shared."""
    plan = runner.plan
    memo: dict[int, Any] = {id(plan): plan, id(runner.watch): None}
    cells = (plan.rules, plan.windows, plan.ledgers, plan.caps, plan.ladders, plan.processes, plan.states, plan.lists)
    for cell in (cell for group in cells for cell in group):
        memo[id(cell)] = cell
    for entry in _history(runner):
        memo[id(entry)] = entry
    return copy.deepcopy(runner, memo)
