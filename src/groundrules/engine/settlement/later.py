"""Delayed actions: a row for each that waits, with its time and the action.

The action that ends something given for a time waits once for each action, target and distinguishing parameters, and
the later end holds; any other waits together with equal actions of the same decision for the same time.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from groundrules.engine.evaluation.actions import Wish, waiting_key
from groundrules.engine.evaluation.effects import LaterAsk
from groundrules.engine.program import Program
from groundrules.engine.state.partition import Partition

LATER = "later"


class Held(msgspec.Struct, array_like=True):
    """An action that waits until `due` (ms)."""

    due: int
    wish: Wish


_held = msgspec.msgpack.Decoder(Held)


def put(program: Program, partition: Partition, ask: LaterAsk, occurrence: str) -> None:
    """Let an action wait."""
    space, apart = partition.space(LATER), program.combiner.apart(ask.wish)
    held = Held(partition.now + ask.after, ask.wish)
    key = waiting_key("" if ask.extends else f"{occurrence}@{held.due}", ask.wish, apart)
    row = space.get(key)
    if row is not None:
        before = _held.decode(row)
        partition.timers.arm(LATER, before.wish.rules[0], key, None)
        held = Held(max(held.due, before.due), program.combiner.both(before.wish, ask.wish))
    space.put(key, msgspec.msgpack.encode(held), partition.now)
    partition.timers.arm(LATER, held.wish.rules[0], key, held.due)


def take(partition: Partition, key: str) -> Wish:
    """Return an action whose time has come; it waits no longer."""
    space = partition.space(LATER)
    row = space.get(key)
    assert row is not None
    space.drop(key)
    return _held.decode(row).wish


def waiting(partition: Partition) -> Iterator[tuple[str, Held]]:
    """Yield all actions that wait, by key."""
    for key, row in partition.space(LATER).items():
        yield key, _held.decode(row)
