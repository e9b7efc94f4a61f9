"""Events replayed on the reference interpreter, and what every rule saw when it was asked about one of them.

The reference keeps whole histories, so windows can be shown with the events in them. Only the last event fed with
`note` is watched: the interpreter says of each guard that it is about to be asked, and the guard is turned into a tree
on the spot, for a moment later the settlement changes what it read. `before` is a copy of everything as it was before
that event: what decides again begins there.

The reference forgets nothing and looks through everything, which is too slow for a long stream; `shelves` says what is
done about that.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from groundrules.decisions import Decision
from groundrules.plan import ir
from groundrules.reference.events import Invalid
from groundrules.reference.interpreter import Interpreter
from groundrules.reference.memory import Memory
from groundrules.reference.partition import Partition
from groundrules.reference.scope import Json, Scope
from groundrules.reference.windows import Entry
from groundrules.tools.explaining.shelves import lighten, shelve

LIGHTEN = 500
Watch = Callable[[str, Any, Scope], None]


@dataclass
class Moment:
    """One event, the state before it, and what came of it."""

    event: Json
    partition: str | None
    before: Partition | None
    decisions: list[Decision] = field(default_factory=list)


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
        """Handle an event that nobody asks about."""
        self.events[str(event.get("id"))] = event
        self._fed += 1
        if self._fed % LIGHTEN == 0:
            self._lighten()
        decisions = self._interpreter.feed(event)
        for partition in self._interpreter.partitions.values():
            if partition.memory is not None:
                shelve(partition.memory)
        return decisions

    def note(self, event: Json, watch: Watch) -> Moment:
        """Handle an event; `watch` is told of every guard that is asked, before it is."""
        id = self.partition_of(event)
        known = self._interpreter.partitions.get(id or "")
        moment = Moment(event, id, fork(known) if known is not None else None)
        self._watch = watch
        try:
            moment.decisions = self.feed(event)
        finally:
            self._watch = None
        return moment

    def partition_of(self, event: Json) -> str | None:
        """Where an event belongs, None if it can't be told."""
        with suppress(Invalid):
            return self._interpreter.partition_of(event)
        return None

    def decide(self, partition: Partition, event: Json) -> list[Decision]:
        """Feed an event to a partition that stands apart, checked as every event is."""
        apart = Interpreter(self.plan)
        apart.partitions = {partition.id: partition}
        return apart.feed(event)

    def memory(self, partition: str | None) -> Memory | None:
        """What a partition remembers now."""
        found = self._interpreter.partitions.get(partition or "")
        return None if found is None else found.memory

    def empty(self, partition: str) -> Partition:
        """A partition that has seen nothing."""
        return Partition(self.plan, self._interpreter.name, partition)

    def _lighten(self) -> None:
        for partition in self._interpreter.partitions.values():
            if partition.memory is not None:
                lighten(partition.memory)
        held = {entry.event for one in self._interpreter.partitions.values() for entry in _history(one)}
        self.events = {id: event for id, event in self.events.items() if id in held}


def _history(partition: Partition) -> Iterable[Entry]:
    return partition.memory.windows.history if partition.memory is not None else ()


def fork(partition: Partition) -> Partition:
    """A copy that goes its own way; what never changes (the plan, entries, lists) is shared."""
    plan = partition.plan
    memo: dict[int, Any] = {id(plan): plan, id(partition.watch): None}
    cells = (plan.rules, plan.windows, plan.ledgers, plan.caps, plan.ladders, plan.processes, plan.states, plan.lists)
    for thing in (thing for group in cells for thing in group):
        memo[id(thing)] = thing
    for entry in _history(partition):
        memo[id(entry)] = entry
    return copy.deepcopy(partition, memo)
