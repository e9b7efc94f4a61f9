"""What is to be done if an action fails.

An adapter sends the outcome of each action back as an `action.result` event. Actions that have an `or_else` are
remembered by their key for a day; if the result says that one failed, the effects under `or_else` are asked for, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from groundrules.decisions import Action, Note
from groundrules.engine.state.partition import Partition
from groundrules.time_units import DAY

FALLBACK = "fallback"
LIFETIME = DAY
TYPES = ("action.result",)

_held = msgspec.msgpack.Decoder(tuple[int, list[Action]])


def remember(partition: Partition, actions: Iterable[Action]) -> None:
    """Keep the fallbacks of actions that have some."""
    for action in actions:
        if action.or_else:
            row = msgspec.msgpack.encode((partition.now, action.or_else))
            partition.space(FALLBACK, LIFETIME).put(action.key, row, partition.now)


def of_result(partition: Partition, e: Any) -> tuple[list[Action], list[Note]]:
    """Return what an `action.result` event asks to be done, and the notes about it."""
    if e.type not in TYPES or e.ok:
        return [], []
    detail = {name: value for name in ("do", "reason") if (value := getattr(e, name, None)) is not None}
    space = partition.space(FALLBACK, LIFETIME)
    row = space.get(e.key)
    space.drop(e.key)
    at, instead = _held.decode(row) if row else (partition.now, [])
    note = Note(kind="action_failed", subject=e.key, detail=detail)
    return instead if partition.now - at <= LIFETIME else [], [note]
