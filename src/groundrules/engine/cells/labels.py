"""Labels on entities, with expiry. What a person set outranks what a rule sets.

A row under (entity, id, label) says whether the label is on, until when (None: for good), and whether a person set it.
As long as a person's setting lasts, no rule sets or removes that label. Members and channels keep a label for good
unless it says how long it lasts; things that come and go, like messages and tasks, keep none for longer than facts are
kept.
"""

from __future__ import annotations

import msgspec

from groundrules.engine.state import keys
from groundrules.engine.state.space import Space

NAME = "label"
TYPES = ("label.set", "label.removed")
LASTING = ("member", "channel")


class Mark(msgspec.Struct, array_like=True):
    """The state of one label of one entity; `until` in ms."""

    on: bool
    until: int | None = None
    by_hand: bool = False

    def holds(self, now: int) -> bool:
        return self.until is None or now < self.until


_mark = msgspec.msgpack.Decoder(Mark)


def key(entity: str, id: str, label: str) -> str:
    """Return the key of a label's row."""
    return keys.encode((entity, id, label))


def lasting(entity: str, lasts: int | None, retain: int) -> int | None:
    """Return how long (ms) an entity keeps a label; None: for good."""
    if entity in LASTING:
        return lasts
    return retain if lasts is None else min(lasts, retain)


def read(row: bytes | None, now: int) -> Mark | None:
    """Return the mark in force at `now`, or None."""
    mark = _mark.decode(row) if row else None
    return mark if mark is not None and mark.holds(now) else None


def set_by_rule(row: bytes | None, on: bool, lasts: int | None, now: int) -> Mark | None:
    """Return the mark that a rule's label effect leaves; None if it changes nothing or a person's setting lasts."""
    mark = read(row, now)
    until = None if lasts is None or not on else now + lasts
    if mark is None:
        return Mark(True, until) if on else None
    if mark.by_hand or (not on and not mark.on):
        return None
    if on and (mark.until is None or (until is not None and until <= mark.until)):
        return None
    return Mark(on, until)


def store(space: Space, key: str, mark: Mark, now: int) -> None:
    """Store a mark; one that is off and not set by hand is forgotten."""
    if mark.on or mark.by_hand:
        space.put(key, msgspec.msgpack.encode(mark), now)
        if space.crowded:
            space.sweep(lambda row: read(row, now) is None)
    else:
        space.drop(key)
