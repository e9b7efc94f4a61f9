"""Lists that change: how a partition's own entries change them.

A list with `changes` begins as it is declared. A rule or a `list.changed` event adds an entry or removes one; adding
one that the list has, or removing one that it lacks, changes nothing. White space around an entry is not part of it.
Within one decision, entries are added before others are removed. A list takes no more than `MOST` changes to what is
declared: the next entry is refused, with a note.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from groundrules.decisions import Note
from groundrules.plan import ir
from groundrules.reference.scope import Json

if TYPE_CHECKING:
    from groundrules.reference.partition import Partition

LIST_CHANGED = "list.changed"
MOST = 10_000
LONGEST = 200


@dataclass(frozen=True)
class EntryAsk:
    """An entry to add to a list, or to remove."""

    list: str
    entry: str
    remove: bool


def change(partition: Partition, asks: Iterable[EntryAsk]) -> list[Note]:
    """Change lists; the notes about it."""
    notes = []
    for ask in sorted(asks, key=lambda ask: (ask.list, ask.remove, ask.entry)):
        kind = apply(partition, ask)
        if kind is not None:
            notes.append(Note(kind=kind, subject=ask.list, detail={"entry": ask.entry.strip()}))
    return notes


def apply(partition: Partition, ask: EntryAsk) -> str | None:
    """Change one list; the kind of the note, None if nothing has changed."""
    words, entry = partition.lists[ask.list], ask.entry.strip()
    if not entry or len(entry) > LONGEST or (entry in words.items) is not ask.remove:
        return None
    items = {*words.items} - {entry} if ask.remove else {*words.items, entry}
    declared = next(item.items for item in partition.plan.lists if item.id == ask.list)
    if len(items ^ {*declared}) > MOST:
        return "list_full"
    partition.lists[ask.list] = replace(words, items=tuple(sorted(items)))
    return "list_removed" if ask.remove else "list_added"


def hear(partition: Partition, event: Json) -> list[Note]:
    """Apply what an event says about a list that changes; the notes about it."""
    if event["type"] != LIST_CHANGED or not changes(partition.plan, event["list"]):
        return []
    asks = [EntryAsk(event["list"], entry, False) for entry in event.get("add") or ()]
    asks += [EntryAsk(event["list"], entry, True) for entry in event.get("remove") or ()]
    return change(partition, asks)


def changes(plan: ir.Plan, name: Any) -> bool:
    return any(words.id == name and words.changes for words in plan.lists)
