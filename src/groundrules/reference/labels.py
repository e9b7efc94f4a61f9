"""Labels on members, channels and whatever else has an id.

Rules set a label, for good or for a time, and take it off; people do so too, and the platform reports that by
`label.set` and `label.removed`. A person outranks a rule: as long as the person's setting lasts, a rule neither sets
nor takes off that label. Members and channels keep a label for good unless it says how long it lasts; messages, tasks
and whatever else comes and goes keep none for longer than the plan's `retain`. A rule never shortens the time of a
label that is already set. A label set for a time lasts until just before that time has passed.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.decisions import Note
from groundrules.reference.scope import Json, walk

TYPES = ("label.set", "label.removed")
BEARERS = {"message": "message", "task": "task", "target": "member"}


@dataclass(frozen=True)
class Mark:
    """The state of a label: whether it is on, until when (None: for good), and whether a person set it."""

    borne: bool
    until: int | None
    by_hand: bool


class Labels:
    """All labels of one partition."""

    def __init__(self, retain: int) -> None:
        self.retain = retain
        self.marks: dict[tuple[str, str, str], Mark] = {}

    def mark(self, entity: str, bearer: str, label: str, now: int) -> Mark | None:
        """The mark in force at `now`, or None."""
        mark = self.marks.get((entity, bearer, label))
        return None if mark is None or (mark.until is not None and mark.until <= now) else mark

    def bears(self, entity: str, bearer: str, label: str, now: int) -> bool:
        mark = self.mark(entity, bearer, label, now)
        return mark is not None and mark.borne

    def until(self, entity: str, lasts: int | None, now: int) -> int | None:
        """Until when an entity bears a label; None: for good."""
        if entity not in ("member", "channel"):
            lasts = self.retain if lasts is None else min(lasts, self.retain)
        return None if lasts is None else now + lasts

    def hear(self, event: Json, now: int) -> list[Note]:
        """Apply the labels that people set or removed; the notes about it."""
        if event["type"] not in TYPES or walk(event, ("actor", "self")) is True:
            return []
        borne = event["type"] == "label.set"
        notes = []
        for field, entity in BEARERS.items():
            bearer = walk(event, (field, "id"))
            if bearer is not None:
                self.marks[entity, bearer, event["label"]] = Mark(borne, self.until(entity, None, now), by_hand=True)
                detail = {"label": event["label"], "by": walk(event, ("actor", "id"))}
                notes.append(Note(kind="label_set" if borne else "label_removed", subject=bearer, detail=detail))
        return notes

    def by_rule(self, entity: str, bearer: str, label: str, borne: bool, lasts: int | None, now: int) -> bool:
        """Set or remove a label for a rule; whether that changed anything."""
        mark = self.mark(entity, bearer, label, now)
        until = self.until(entity, lasts, now)
        if mark is None and not borne:
            return False
        if mark is not None and (mark.by_hand or (borne and not is_longer(until, mark.until))):
            return False
        self.marks[entity, bearer, label] = Mark(borne, until, by_hand=False)
        if not borne:
            del self.marks[entity, bearer, label]
        return True


def is_longer(until: int | None, than: int | None) -> bool:
    """Whether a label borne until one instant is borne longer than until another; None is for good."""
    return than is not None and (until is None or until > than)
