"""Sanctions in force: a row for each member who is under one, or recently was.

`reference.sanctions` says what puts one in force, what ends it, and which action is left out because it would cut one
short. A row holds an entry for each action with its distinguishing parameters, and the instants at which it ends,
latest last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Action, Note
from groundrules.engine.codegen.total import reach
from groundrules.engine.evaluation.actions import Combiner
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.space import FOREVER
from groundrules.plan import ir, sanctions
from groundrules.time_units import DAY

NAME = "sanction"
KEYS = "sanction/keys"
LIFETIME = DAY
Specs = dict[str, ir.ActionSpec]
_encoder = msgspec.json.Encoder(order="deterministic")


class Entry(msgspec.Struct, array_like=True):
    """An action against a member until an instant (ms; None: for good), under its key."""

    do: str
    apart: str
    until: int | None
    key: str

    def outlasts(self, other: Entry) -> bool:
        return other.until is not None and (self.until is None or self.until > other.until)


_entries = msgspec.msgpack.Decoder(list[Entry])
_asked = msgspec.msgpack.Decoder(tuple[int, str])


def of(partition: Partition, who: str) -> list[Entry]:
    """Return what is in force against a member, the earliest first."""
    row, now = partition.space(NAME, FOREVER).get(who), partition.now
    return [] if row is None else [entry for entry in _entries.decode(row) if entry.until is None or now < entry.until]


def until(specs: Specs, partition: Partition, who: str, does: ir.Consequence) -> tuple[bool, int | None]:
    """Return whether a member is barred from something, and until when (ms; None: for good)."""
    ends = [entry.until for entry in of(partition, who) if _keeps_from(specs, entry, does)]
    return bool(ends), None if not ends or None in ends else max(end for end in ends if end is not None)


def _keeps_from(specs: Specs, entry: Entry, does: ir.Consequence) -> bool:
    return entry.do in specs and does in specs[entry.do].sanctions


def _store(partition: Partition, who: str, entries: Sequence[Entry]) -> None:
    space = partition.space(NAME, FOREVER)
    if entries:
        space.put(who, msgspec.msgpack.encode(entries), partition.now)
        if space.crowded:
            space.sweep(lambda row: all(e.until is not None and e.until <= partition.now for e in _entries.decode(row)))
    elif space.get(who) is not None:
        space.drop(who)


# --- what the engine decides --------------------------------------------------------------------


def leave_out(
    specs: Specs, combiner: Combiner, partition: Partition, actions: tuple[Action, ...]
) -> tuple[tuple[Action, ...], list[Note]]:
    """Drop the actions that would end sooner than what is in force; return the others, and the notes."""
    asked = [(action, _entry(specs, combiner, partition, action)) for action in actions]
    kept: list[Action] = []
    notes: list[Note] = []
    for action, own in asked:
        standing = None
        if own is not None:
            beside = [entry for other, entry in asked if entry is not None and other.who == action.who]
            standing = _outlasting(combiner, own, [*of(partition, str(action.who)), *beside])
        if standing is None:
            kept.append(action)
        else:
            notes.append(_left_out(action, standing))
    return tuple(kept), notes


def _left_out(action: Action, standing: Entry) -> Note:
    detail = {"do": action.do, "because": standing.do, "rules": ", ".join(action.rules)}
    if standing.until is None:
        return Note(kind="outlasted_for_good", subject=str(action.who), detail=detail)
    return Note(kind="outlasted_until", subject=str(action.who), detail={**detail, "until": format_ms(standing.until)})


def _entry(specs: Specs, combiner: Combiner, partition: Partition, action: Action) -> Entry | None:
    """Return the sanction that an action would put in force, if any."""
    spec = specs.get(action.do)
    if spec is None or action.who is None:
        return None
    length = action.parameters.get(spec.length) if spec.length else None
    end = None if length is None else partition.now + int(length)
    return Entry(action.do, _encoder.encode(combiner.apart(action)).decode(), end, action.key)


def _outlasting(combiner: Combiner, own: Entry, others: Iterable[Entry]) -> Entry | None:
    """Return the longest-lasting sanction that outlasts and includes `own`, if any."""
    longer = [
        entry
        for entry in others
        if entry.outlasts(own)
        and ((entry.do, entry.apart) == (own.do, own.apart) or own.do in combiner.spec(entry.do).supersedes)
    ]
    return max(longer, key=lambda entry: (entry.until is None, entry.until or 0, entry.do), default=None)


def put_in_force(specs: Specs, combiner: Combiner, partition: Partition, actions: Iterable[Action]) -> None:
    """Record the sanctions of actions about to be done."""
    for action in actions:
        entry = _entry(specs, combiner, partition, action)
        if entry is not None:
            _add(partition, str(action.who), entry)
            row = msgspec.msgpack.encode((partition.now, action.who))
            partition.space(KEYS, LIFETIME).put(action.key, row, partition.now)
        if action.who is not None:
            _end_by(specs, partition, action.who, action.do)


def _add(partition: Partition, who: str, entry: Entry) -> None:
    entries = of(partition, who)
    alike = [held for held in entries if (held.do, held.apart) == (entry.do, entry.apart)]
    gone = alike[: len(alike) + 1 - sanctions.MOST] if len(alike) >= sanctions.MOST else []
    _store(partition, who, [*(held for held in entries if held not in gone), entry])


def _end_by(specs: Specs, partition: Partition, who: str, ender: str) -> None:
    ended = {name for name, spec in specs.items() if ender in spec.ended_by}
    if ended:
        _drop(partition, who, ended)


def _drop(partition: Partition, who: str, names: Collection[str]) -> None:
    entries = of(partition, who)
    kept = [entry for entry in entries if entry.do not in names]
    if len(kept) < len(entries):
        _store(partition, who, kept)


# --- what events tell ---------------------------------------------------------------------------


def hear(specs: Specs, partition: Partition, e: Any) -> None:
    """Record what people did by hand, what they undid, and what failed."""
    if not specs or e.type not in sanctions.TYPES:
        return
    if e.type == sanctions.RESULT:
        _result(partition, e)
    elif e.type == sanctions.JOINED:
        _drop(partition, e.actor.id, {name for name, spec in specs.items() if "removes" in spec.sanctions})
    elif e.type == sanctions.UNDONE:
        _undone(partition, e)
    elif reach(e, ("actor", "self")) is not True:
        _by_hand(specs, partition, e)


def _by_hand(specs: Specs, partition: Partition, e: Any) -> None:
    do, who, length = sanctions.BY_HAND[e.type], e.target.id, reach(e, ("duration",))
    _drop(partition, who, {do})
    if do in specs and length != 0:
        _add(partition, who, Entry(do, "{}", None if length is None else partition.now + int(length), ""))
    _end_by(specs, partition, who, do)


def _undone(partition: Partition, e: Any) -> None:
    who, keys = e.target.id, {*(reach(e, ("actions",)) or ())}
    if who != e.actor.id:
        _drop(partition, who, {entry.do for entry in of(partition, who) if entry.key in keys})


def _result(partition: Partition, e: Any) -> None:
    """Withdraw a sanction that failed; the one it would have replaced stays in force."""
    row = None if e.ok else partition.space(KEYS, LIFETIME).get(e.key)
    if row is None:
        return
    at, who = _asked.decode(row)
    if partition.now - at <= LIFETIME:
        _store(partition, who, [entry for entry in of(partition, who) if entry.key != e.key])
