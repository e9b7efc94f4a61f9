"""A crossed ladder step as an occasion to be decided."""

from __future__ import annotations

from typing import Any

from groundrules.decisions import Cause, Note
from groundrules.engine.settlement.decide import Occasion, Room
from groundrules.engine.settlement.guards import Group
from groundrules.engine.settlement.ledgers import Crossed
from groundrules.plan import ir


def crossing(room: Room, crossed: Crossed, e: Any, behind: str, cause: Cause) -> Occasion:
    """Return the occasion of a step crossed; `behind` is the occurrence that brought it about.

    The subject is the holder of the balance. A step that is cooling down asks no rule and says so.
    """
    ladder, (step, back, cooling) = crossed.ladder, crossed.crossing
    name = f"{ladder.id}#{step + 1}"
    rules = room.program.on.get(ir.OnCrossing(ladder.id, step, back), ())
    cause = cause.then(rules[0][0].id if rules else name)
    occurrence = f"{behind}/{name}{'-' if back else ''}:{crossed.who}"
    notes = [Note(kind="cooling_down", subject=name, detail={"who": crossed.who})] if cooling else []
    groups: list[Group] = [] if cooling else [(rules, room.scope(subject=crossed.who))]
    return Occasion(groups, e, occurrence, cause, ladder.ladder.ledger, notes=notes)
