"""What an event teaches, after it was decided: facts, last messages, labels set by hand.

An event tells facts on every object in it that stands for an entity that the roster keeps; the latest telling holds,
and it holds from the next event on, because the event at hand speaks for itself. Somebody who left, was kicked or
banned is forgotten. Labels that the bot itself reports are no word of a person.
"""

from __future__ import annotations

from typing import Any

from groundrules.decisions import Note
from groundrules.engine.cells import labels, roster
from groundrules.engine.codegen.total import plain, reach
from groundrules.engine.intake.decode import attribute
from groundrules.engine.program import Program
from groundrules.engine.state.partition import Partition

GONE = {"member.left": "actor", "member.kicked": "target", "member.banned": "target"}
BEARERS = ("message", "task", "target")
MEMBER = "member"


def learn(program: Program, partition: Partition, e: Any) -> None:
    """Take note of the facts that an event tells."""
    where = program.places.get(e.type)
    if where is None:
        return
    heard: dict[tuple[str, str], roster.Entry] = {}
    for entity, thing in roster.things(e, where):
        _hear(program, partition, entity, thing, heard)
    if MEMBER in program.kept:
        _act(e, partition, heard)
    for (entity, id), entry in heard.items():
        roster.write(_space(program, partition, entity), id, entry, partition.now)
    gone = reach(e, (GONE[e.type], "id")) if e.type in GONE and MEMBER in program.kept else None
    if gone is not None:
        _space(program, partition, MEMBER).drop(gone)


def _hear(
    program: Program, partition: Partition, entity: str, thing: Any, heard: dict[tuple[str, str], roster.Entry]
) -> None:
    entry = heard.get((entity, thing.id))
    if entry is None:
        row = _space(program, partition, entity).get(thing.id)
        entry = roster.read(row, partition.now, program.plan.retain) or roster.Entry({}, 0)
        heard[entity, thing.id] = entry
    entry.heard = partition.now
    for name in program.kept[entity]:
        told = plain(getattr(thing, attribute(name), None))
        if told is not None:
            entry.facts[name] = told
    joined = plain(getattr(thing, "joined", None))
    if isinstance(joined, int):
        entry.joined = joined


def _act(e: Any, partition: Partition, heard: dict[tuple[str, str], roster.Entry]) -> None:
    """Note when the actor wrote or joined."""
    entry = heard.get((MEMBER, reach(e, ("actor", "id")) or ""))
    if entry is None:
        return
    if e.type == "message":
        entry.wrote = partition.now
    if e.type == "member.joined" and reach(e, ("actor", "joined")) is None:
        entry.joined = partition.now


def _space(program: Program, partition: Partition, entity: str) -> Any:
    return partition.space(roster.name(entity), program.plan.retain)


def labels_by_hand(program: Program, partition: Partition, e: Any) -> list[Note]:
    """Take a person's word about labels; return what is to be told of it."""
    if e.type not in labels.TYPES or reach(e, ("actor", "self")) is True:
        return []
    borne = e.type == "label.set"
    space, told = partition.space(labels.NAME), []
    for field in BEARERS:
        id = reach(e, (field, "id"))
        if id is not None:
            entity = MEMBER if field == "target" else field
            lasts = labels.lasting(entity, None, program.plan.retain)
            mark = labels.Mark(borne, None if lasts is None else partition.now + lasts, by_hand=True)
            labels.store(space, labels.key(entity, id, e.label), mark, partition.now)
            kind = "label_set" if borne else "label_removed"
            told.append(Note(kind=kind, subject=id, detail={"label": e.label, "by": reach(e, ("actor", "id"))}))
    return told
