"""Histories for the reference interpreter that are quicker to query and don't grow without bound.

The reference writes everything down in one list and reads the whole of it for every question. Here the entries of a
window are kept by key, and entries that no question can concern any more are thrown away now and then. The answers are
the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from groundrules.calendar.zones import local_day
from groundrules.plan import ir
from groundrules.reference.firings import Firing
from groundrules.reference.partition import Partition
from groundrules.reference.windows import Entry, Windows, encoded
from groundrules.time_units import DAY
from groundrules.window_kinds import KINDS

LONGEST_PERIOD = 32 * DAY


class KeyedHistory(list[Entry]):
    """A history that knows the entries of each key."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        super().__init__()
        self.of: dict[tuple[str, tuple[str, ...]], list[Entry]] = {}
        for entry in entries:
            self.append(entry)

    def append(self, entry: Entry) -> None:
        super().append(entry)
        self.of.setdefault((entry.window, entry.key), []).append(entry)

    def __deepcopy__(self, memo: Any) -> KeyedHistory:
        """A copy with the same entries, which never change."""
        return KeyedHistory(self)


class KeyedWindows(Windows):
    """Windows whose history is kept by key."""

    @property
    def history(self) -> list[Entry]:
        return self._entries

    @history.setter
    def history(self, entries: Iterable[Entry]) -> None:
        self._entries = KeyedHistory(entries)

    def all(self, window: str, key: list[Any]) -> list[Entry]:
        return self._entries.of.get((window, tuple(map(encoded, key))), [])


def key_histories(partition: Partition) -> None:
    """Keep the histories of a partition's windows by key."""
    if not isinstance(partition.windows, KeyedWindows):
        windows = KeyedWindows(partition.plan, partition.windows.first)
        windows.history = partition.windows.history
        partition.windows = windows


def lighten(partition: Partition) -> None:
    """Drop what no question can concern any more."""
    partition.windows.history = list(_entries(partition))
    partition.firings.history = list(_firings(partition))


def _entries(partition: Partition) -> Iterator[Entry]:
    """The entries of windows that a question may still concern, oldest first."""
    definitions = partition.windows.definitions
    last: dict[Any, Entry] = {}
    for entry in partition.windows.history:
        window = definitions[entry.window]
        kind = KINDS[window.kind]
        if not kind.looks_back:
            day = local_day(partition.plan.timezone, entry.at) if kind.daily else None
            last[entry.window, entry.key, day] = entry
    kept = {id(entry) for entry in last.values()} | set(_last_events(partition))
    for entry in partition.windows.history:
        if id(entry) in kept or _is_within(definitions[entry.window], entry, partition):
            yield entry


def _is_within(window: ir.Window, entry: Entry, partition: Partition) -> bool:
    """Whether an entry is still within its window's time."""
    limit = partition.now - (window.within or partition.plan.retain) - window.pane
    return KINDS[window.kind].looks_back and not window.by_events and entry.at > limit


def _last_events(partition: Partition) -> Iterator[int]:
    """The identities of the entries that are among the last under their keys, of windows that go by events."""
    windows, newer = partition.windows, Counter[tuple[str, Any]]()
    for entry in reversed(windows.history):
        window = windows.definitions[entry.window]
        if window.by_events and newer[entry.window, entry.key] < window.within:
            newer[entry.window, entry.key] += 1
            yield id(entry)


def _firings(partition: Partition) -> Iterator[Firing]:
    """The firings that `once_per` and `times` may still ask for: of each key the last, and those within the time."""
    rules = {rule.id: rule for rule in partition.plan.rules if rule.once is not None or rule.times is not None}
    last = {
        (firing.rule, firing.live, firing.once): firing for firing in partition.firings.history if firing.rule in rules
    }
    for firing in partition.firings.history:
        rule = rules.get(firing.rule)
        if rule is None:
            continue
        counted = rule.times is not None and partition.now - firing.at < rule.times.within
        if counted or (
            last[firing.rule, firing.live, firing.once] is firing and partition.now - firing.at <= _remembered(rule)
        ):
            yield firing


def _remembered(rule: ir.Rule) -> int:
    if rule.once is None:
        return 0
    return LONGEST_PERIOD if rule.once.per else rule.once.within or ir.REMEMBERED
