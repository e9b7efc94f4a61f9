"""What a moderator undoes: balances move as the event says, and steps undone can no longer be appealed.

`measure.undone` comes from a host that knows who its moderators are; here, too, nobody can undo a measure against
themself.
"""

from __future__ import annotations

from typing import Any

from groundrules.decisions import Note
from groundrules.engine.cases import appeals
from groundrules.engine.codegen.total import reach
from groundrules.engine.evaluation.effects import Ask
from groundrules.engine.program import Program
from groundrules.engine.state.partition import Partition

TYPES = ("measure.undone",)


def hear(program: Program, partition: Partition, e: Any) -> tuple[list[Ask], list[Note]]:
    """Return how balances move, and the notes about it."""
    if e.type not in TYPES:
        return [], []
    who, by = e.target.id, e.actor.id
    if who == by:
        return [], [Note(kind="measure_not_undone", subject=who)]
    appeals.close(program, partition, who, frozenset(reach(e, ("actions",)) or ()))
    asks = []
    for change in reach(e, ("changes",)) or ():
        ledger, amount = reach(change, ("ledger",)), reach(change, ("amount",))
        if ledger in program.ledgers and program.ledgers[ledger].per == "member" and amount:
            asks.append(Ask(e.type, ledger, who, amount))
    return asks, [Note(kind="measure_undone", subject=who, detail={"by": by})]
