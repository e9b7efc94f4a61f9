"""Appeals: a successful one takes back the strikes that led to a ladder's step.

When a step of a ladder with `appeal` fires, the amount that its settlement added is remembered, with the keys of the
actions that the step asked for. `appeal.opened` names an action, a ladder, or neither, which means the latest step; it
keeps the case open for the same length of time again. `appeal.granted` by somebody with the role, other than the member
concerned, takes the amount back, once. The step's other effects stand: adapters see the decision, and people, or rules
on `appeal.granted`, say what undoes a measure.
"""

from __future__ import annotations

from typing import Any

import msgspec

from groundrules.decisions import Decision, Note
from groundrules.engine.codegen.total import reach
from groundrules.engine.evaluation.effects import Ask
from groundrules.engine.program import Program
from groundrules.engine.readings import PartitionReadings
from groundrules.engine.settlement.ledgers import Crossed
from groundrules.engine.settlement.requests import roles_of
from groundrules.engine.state.partition import Partition
from groundrules.plan import ir

MOST = 16
TYPES = ("appeal.opened", "appeal.granted")


class Measure(msgspec.Struct, array_like=True):
    """A step that fired: when (ms), until when it may be appealed, what had been added, action keys."""

    at: int
    until: int
    amount: int
    actions: list[str]


_measures = msgspec.msgpack.Decoder(list[Measure])


def space_of(ladder: str) -> str:
    """Return the name of the space of a ladder's measures."""
    return "appeal/" + ladder


def remember(partition: Partition, crossed: Crossed, decision: Decision) -> None:
    """Keep what an upward step was about, if its ladder can be appealed against and the step fired."""
    ladder = crossed.ladder.ladder
    if ladder.appeal is None or crossed.crossing.back or not decision.fired:
        return
    now = partition.now
    measure = Measure(now, now + ladder.appeal.within, crossed.gained, [action.key for action in decision.actions])
    _write(partition, ladder, crossed.who, [*_read(partition, ladder, crossed.who), measure])


def hear(program: Program, partition: Partition, readings: PartitionReadings, e: Any) -> tuple[list[Ask], list[Note]]:
    """Return what an appeal event takes back, and the notes about it."""
    if e.type not in TYPES:
        return [], []
    who = reach(e, ("actor", "id") if e.type == "appeal.opened" else ("target", "id"))
    case = _find(program, partition, e, who)
    if case is None:
        return [], [Note(kind="appeal_unknown", subject=who or "")]
    ladder, measures, measure = case
    appeal = ladder.appeal
    assert appeal is not None
    if e.type == "appeal.opened":
        measure.until = partition.now + appeal.within
        _write(partition, ladder, who, measures)
        return [], [Note(kind="appeal_opened", subject=ladder.id, detail={"who": who})]
    if appeal.to not in roles_of(readings, e) or reach(e, ("actor", "id")) == who:
        return [], [Note(kind="appeal_not_counted", subject=ladder.id, detail={"who": who})]
    measures.remove(measure)
    _write(partition, ladder, who, measures)
    asks = [Ask(ladder.id, ladder.ledger, who, -measure.amount)] if measure.amount else []
    return asks, [Note(kind="appeal_granted", subject=ladder.id, detail={"who": who, "amount": measure.amount})]


def close(program: Program, partition: Partition, who: str, actions: frozenset[str]) -> None:
    """End the right to appeal against the measures that asked for one of these actions."""
    for cell in program.ladders.values():
        if cell.ladder.appeal is not None and actions:
            measures = _read(partition, cell.ladder, who)
            left = [measure for measure in measures if actions.isdisjoint(measure.actions)]
            if len(left) < len(measures):
                _write(partition, cell.ladder, who, left)


def _find(
    program: Program, partition: Partition, e: Any, who: str | None
) -> tuple[ir.Ladder, list[Measure], Measure] | None:
    """Return the latest measure that an appeal can mean, with its ladder and all measures there."""
    wanted, action = getattr(e, "ladder", None), getattr(e, "action", None)
    case: tuple[ir.Ladder, list[Measure], Measure] | None = None
    for cell in program.ladders.values():
        ladder = cell.ladder
        if who is None or ladder.appeal is None or (wanted is not None and wanted != ladder.id):
            continue
        measures = _read(partition, ladder, who)
        for measure in measures:
            if (action is None or action in measure.actions) and (case is None or measure.at > case[2].at):
                case = ladder, measures, measure
    return case


def _read(partition: Partition, ladder: ir.Ladder, who: str) -> list[Measure]:
    space = partition.spaces.get(space_of(ladder.id))
    row = None if space is None else space.get(who)
    return [measure for measure in _measures.decode(row) if partition.now <= measure.until] if row else []


def _write(partition: Partition, ladder: ir.Ladder, who: str, measures: list[Measure]) -> None:
    space = partition.space(space_of(ladder.id), 2 * ladder.appeal.within if ladder.appeal else 0)
    if measures:
        space.put(who, msgspec.msgpack.encode(measures[-MOST:]), partition.now)
    else:
        space.drop(who)
