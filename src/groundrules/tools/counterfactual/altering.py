"""What can be made different in a counterfactual: a field of the event, or something remembered.

An alteration is described by a `Change` and made by one of two functions: on a copy of the event
before it is fed, or on a copy of the memory just before the rule is evaluated. One without either can only be
described.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from groundrules.calendar.instants import format_ms
from groundrules.plan import ir
from groundrules.reference import scope as scopes
from groundrules.reference.labels import Mark
from groundrules.reference.ledgers import Change as Balance
from groundrules.reference.partition import Partition
from groundrules.reference.roster import Entry as Known
from groundrules.reference.sanctions import Sanction
from groundrules.reference.scope import Scope
from groundrules.reference.windows import Entry, encoded
from groundrules.time_units import DAY, format_duration
from groundrules.tools.explaining.event_lines import Json
from groundrules.tools.explaining.model import Change

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Alteration:
    """One change: how it is described, and how it is made."""

    change: Change
    to_event: Callable[[Json], None] | None = None
    to_partition: Callable[[Partition], None] | None = None

    @property
    def possible(self) -> bool:
        return self.to_event is not None or self.to_partition is not None


# --- the event --------------------------------------------------------------------------------------


def put(event: Json, place: Place, value: Any) -> None:
    """Set a field of an event, creating objects on the way; None removes it; an item after the last is appended."""
    inside: Any = event
    for name, following in pairwise(place):
        if isinstance(inside, list) and name == len(inside):
            inside.append({})
        elif isinstance(inside, dict) and name not in inside:
            inside[name] = [] if isinstance(following, int) else {}
        inside = inside[name]
    last = place[-1]
    if isinstance(inside, list) and isinstance(last, int) and last >= len(inside):
        inside.append(value)
    elif value is None and isinstance(inside, dict):
        inside.pop(last, None)
    else:
        inside[last] = value


def field(place: Place, value: Any, change: Change) -> Alteration:
    """Another value of a field of the event."""
    return Alteration(change, to_event=lambda event: put(event, place, value))


def rewrite(place: Place, before: Any, change: Callable[[Any], Any], stated: Change) -> Alteration:
    """A field of the event rewritten; `before` is used where the event does not have it.

    Several changes of one text or list are made one after the other.
    """

    def alter(event: Json) -> None:
        current = value_at(event, place)
        put(event, place, change(before if current is None else current))

    return Alteration(stated, to_event=alter)


def value_at(event: Json, place: Place) -> Any:
    """The value at a place of an event, or None."""
    inside: Any = event
    for name in place:
        try:
            inside = inside[name]
        except (KeyError, IndexError, TypeError):
            return None
    return inside


def concrete(inside: Any, path: tuple[str, ...]) -> Place:
    """Return a path with the numbers of the items that it speaks of."""
    place: list[str | int] = []
    for name in path:
        items = inside if isinstance(inside, list) else []
        place.append(max(len(items) - 1, 0) if name == ir.LAST else 0 if name == ir.FIRST else name)
        inside = scopes.walk(inside, (name,))
    return tuple(place)


def later(instant: int, scope: Scope) -> Alteration:
    """The event coming later; one from a timer cannot."""
    change = Change(kind="time", what="now", bound=format_ms(instant), within=format_duration(instant - scope.now))
    if scope.event is None:
        return Alteration(change)
    return Alteration(change, to_event=lambda event: put(event, ("time",), format_ms(instant)))


# --- what is remembered -----------------------------------------------------------------------------


def fact(entity: str, who: str, name: str, value: Any, change: Change) -> Alteration:
    """Another fact in the roster."""

    def alter(partition: Partition) -> None:
        known = partition.roster.entries.setdefault((entity, who), Known(heard=partition.now))
        known.facts[name] = value

    return Alteration(change, to_partition=alter)


def silence(who: str, length: int, change: Change) -> Alteration:
    """A member whose last message was that long ago."""

    def alter(partition: Partition) -> None:
        partition.roster.entries.setdefault(("member", who), Known(heard=partition.now)).wrote = partition.now - length

    return Alteration(change, to_partition=alter)


def balance(ledger: str, who: str, value: int, now: int, before: int) -> Alteration:
    """Another balance."""

    def alter(partition: Partition) -> None:
        partition.ledgers.history.setdefault((ledger, who), []).append(Balance(partition.now, value))

    change = Change(kind="ledger", what=ledger, who=who, value=value, before=before, count=value - before)
    return Alteration(change, to_partition=alter)


def state(id: str, of: str | None, entered: bool) -> Alteration:
    """A state that holds, of the partition or of the thing `of`, or does not."""

    def alter(partition: Partition) -> None:
        held, name = partition.states.held, (id, of)
        partition.states.held = held | {name} if entered else held - {name}
        partition.states.since.setdefault(name, partition.now)

    return Alteration(Change(kind="state", what=id, who=of, value=entered), to_partition=alter)


def label(entity: str, bearer: str, name: str, borne: bool) -> Alteration:
    """A label that stands, or does not."""

    def alter(partition: Partition) -> None:
        partition.labels.marks[entity, bearer, name] = Mark(borne, None, by_hand=False)

    return Alteration(Change(kind="label", what=name, who=bearer, value=borne), to_partition=alter)


def sanction(who: str, does: ir.Consequence, in_force: bool) -> Alteration:
    """A sanction that is in force against a member, or none."""

    def alter(partition: Partition) -> None:
        names = {name for name, spec in partition.sanctions.specs.items() if does in spec.sanctions}
        partition.sanctions.end(names, who)
        if in_force:
            partition.sanctions.add(Sanction(who, min(names), {}, math.inf, ""), partition.now)

    return Alteration(Change(kind="sanction", what=does, who=who, value=in_force), to_partition=alter)


def not_fired_yet(rule: str, fired_at: str | None) -> Alteration:
    """A rule that has not fired for this key before."""

    def alter(partition: Partition) -> None:
        partition.firings.history = [firing for firing in partition.firings.history if firing.rule != rule]

    return Alteration(Change(kind="once", what=rule, before=fired_at), to_partition=alter)


# --- windows ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InWindow:
    """A window under one key, as a guard reads it."""

    window: ir.Window
    key: list[Any]
    within: int
    scope: Scope
    details: dict[str, Any]  # what every change of it says

    @property
    def held(self) -> list[Entry]:
        return self.scope.partition.windows.entries(self.window.id, self.key, self.within, self.scope.now)

    def change(self, count: int, **more: Any) -> Change:
        return Change(kind="window", what=self.window.type, count=count, **self.details, **more)

    def needed(self, target: int) -> int:
        """Return how many more entries reach `target`; in a window over the last events, each displaces one."""
        held = {entry.number: encoded(entry.value) if self.window.value else entry.number for entry in self.held}
        missing = target - len(set(held.values()))
        if not self.window.by_events:
            return missing
        known = self.scope.partition.windows.all(self.window.id, self.key)
        for count in range(missing, self.within + 1):
            left = known[-(self.within - count) :] if count < self.within else []
            if count + len({held[entry.number] for entry in left if entry.number in held}) >= target:
                return count
        return missing

    def more(self, count: int) -> Alteration:
        """`count` more events, each with a new value where distinct ones are counted."""

        def alter(partition: Partition) -> None:
            for number in range(count):
                _add(partition, self, partition.now, f"\x1f{number}")

        return Alteration(self.change(count), to_partition=alter)

    def amount(self, value: float) -> Alteration:
        """So much more in a sum."""
        return Alteration(
            self.change(1, value=value), to_partition=lambda partition: _add(partition, self, partition.now, value)
        )

    def fewer(self, count: int) -> Iterator[Alteration]:
        """`count` fewer events, oldest first, never the current one; None if there are not enough."""
        own = self.scope.partition.number if self.scope.event is not None else -1
        oldest = [entry for entry in self.held if entry.number != own][:count]
        leave_out = _discount if self.window.by_events else _drop
        if len(oldest) == count:
            yield Alteration(self.change(-count), to_partition=lambda partition: leave_out(partition, oldest))

    def days(self, length: int) -> Alteration:
        """Entries on the days before, so that the run of days has that length."""

        def alter(partition: Partition) -> None:
            for day in range(length):
                _add(partition, self, partition.now - day * DAY, None)

        return Alteration(self.change(length), to_partition=alter)

    def still_for(self, length: int) -> Alteration:
        """No event for that long."""

        def alter(partition: Partition) -> None:
            entries = partition.windows.all(self.window.id, self.key)
            _drop(partition, [entry for entry in entries if entry.at > partition.now - length])
            partition.windows.first = min(partition.windows.first, partition.now - length)

        return Alteration(self.change(0, bound=format_duration(length)), to_partition=alter)


def _add(partition: Partition, where: InWindow, at: int, value: Any) -> None:
    entry = Entry(where.window.id, tuple(map(encoded, where.key)), at, partition.number, "", value)
    partition.windows.history = sorted([*partition.windows.history, entry], key=lambda entry: (entry.at, entry.number))


def _drop(partition: Partition, entries: list[Entry]) -> None:
    named = {(entry.window, entry.key, entry.number) for entry in entries}
    partition.windows.history = [
        entry for entry in partition.windows.history if (entry.window, entry.key, entry.number) not in named
    ]


def _discount(partition: Partition, entries: list[Entry]) -> None:
    """Let entries be of events that were not counted, so that none older comes into their place."""
    named = {(entry.window, entry.key, entry.number) for entry in entries}
    partition.windows.history = [
        replace(entry, counted=False) if (entry.window, entry.key, entry.number) in named else entry
        for entry in partition.windows.history
    ]
