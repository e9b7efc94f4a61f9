"""Lists that change: a row for each entry that a partition has added to a list, or removed from it.

`reference.entries` says what changes a list. A list is searched with a matcher of all its entries, built at its
first use after a change.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from groundrules.decisions import Note
from groundrules.engine.state.held import Codec, HeldSpace
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.space import FOREVER
from groundrules.plan import ir
from groundrules.text.lists import ListMatcher

LIST_CHANGED = "list.changed"
TYPES = (LIST_CHANGED,)
MOST = 10_000
LONGEST = 200
ADDED, REMOVED = b"+", b"-"
CODEC = Codec(lambda row: row, lambda held: held)


class EntryAsk(msgspec.Struct, array_like=True):
    """A request to add an entry to a list, or to remove one."""

    list: str
    entry: str
    remove: bool


class Words(NamedTuple):
    """A list as it stands in a partition, ready for matching."""

    items: frozenset[str]
    matcher: ListMatcher
    singles: tuple[ListMatcher, ...]


class ListChanges(NamedTuple):
    """How a list that changes differs from what its rulebook declares; both sorted."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def name(id: str) -> str:
    """Return the name of a list's space."""
    return "list/" + id


def space(partition: Partition, id: str) -> HeldSpace:
    """Return the changes of a list; its version tells whether there were more."""
    return partition.held(name(id), FOREVER, CODEC)


def changes(partition: Partition, id: str) -> ListChanges:
    """Return how a partition's list differs from its declaration."""
    rows = sorted(space(partition, id).items())
    added = tuple(entry for entry, row in rows if row == ADDED)
    return ListChanges(added, tuple(entry for entry, row in rows if row == REMOVED))


def words(partition: Partition, declared: ir.WordList) -> Words:
    """Return a list as it is now."""
    changes = dict(space(partition, declared.id).items())
    added = {entry for entry, row in changes.items() if row == ADDED}
    items = ({*declared.items} | added) - {entry for entry, row in changes.items() if row == REMOVED}
    match, options = declared.match, declared.options
    singles = tuple(ListMatcher(match, [item], options, scanner=False) for item in sorted(items))
    return Words(frozenset(items), ListMatcher(match, sorted(items), options), singles)


def change(partition: Partition, lists: dict[str, ir.WordList], asks: Iterable[EntryAsk]) -> list[Note]:
    """Change lists; return the notes about it."""
    notes = []
    for ask in sorted(asks, key=lambda ask: (ask.list, ask.remove, ask.entry)):
        entry = ask.entry.strip()
        kind = _apply(partition, lists[ask.list], entry, ask.remove)
        if kind is not None:
            notes.append(Note(kind=kind, subject=ask.list, detail={"entry": entry}))
    return notes


def _apply(partition: Partition, declared: ir.WordList, entry: str, remove: bool) -> str | None:
    rows = space(partition, declared.id)
    is_declared, row = entry in declared.items, rows.get(entry)
    is_held = row == ADDED or (is_declared and row is None)
    if not entry or len(entry) > LONGEST or is_held is not remove:
        return None
    if row is not None:
        rows.drop(entry)
    elif len(rows) >= MOST:
        return "list_full"
    else:
        rows.put(entry, REMOVED if remove else ADDED, partition.now)
    return "list_removed" if remove else "list_added"


def forget_declared(partition: Partition, lists: Iterable[ir.WordList]) -> None:
    """Drop changes that these lists now declare themselves: entries added that they have, or removed that they lack."""
    for words in lists:
        rows = partition.spaces.get(name(words.id)) if words.changes else None
        for entry, row in rows.items() if rows else ():
            if (entry in words.items) is (row == ADDED):
                partition.space(name(words.id)).drop(entry)


def hear(partition: Partition, lists: dict[str, ir.WordList], e: object) -> list[Note]:
    """Apply what an event says about a list that changes; return the notes about it."""
    id = getattr(e, "list", None)
    if getattr(e, "type", None) != LIST_CHANGED or id not in lists or not lists[id].changes:
        return []
    asks = [EntryAsk(id, entry, False) for entry in getattr(e, "add", None) or ()]
    asks += [EntryAsk(id, entry, True) for entry in getattr(e, "remove", None) or ()]
    return change(partition, lists, asks)
