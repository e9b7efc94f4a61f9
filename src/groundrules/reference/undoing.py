"""What a moderator takes back: balances move as the event says, and the steps taken back can't be appealed against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundrules.decisions import Note
from groundrules.reference.ledgers import Ask
from groundrules.reference.scope import Json

if TYPE_CHECKING:
    from groundrules.reference.partition import Partition


def hear(partition: Partition, event: Json) -> tuple[list[Ask], list[Note]]:
    """How balances move, and the notes about it."""
    if event["type"] != "measure.undone":
        return [], []
    who, by = event["target"]["id"], event["actor"]["id"]
    if who == by:
        return [], [Note(kind="measure_not_undone", subject=who)]
    partition.appeals.close(who, event.get("actions", []))
    kept = {ledger.id for ledger in partition.plan.ledgers if ledger.per == "member"}
    asks = [
        Ask(event["type"], change["ledger"], who, change["amount"])
        for change in event.get("changes", [])
        if change["ledger"] in kept and change["amount"] != 0
    ]
    return asks, [Note(kind="measure_undone", subject=who, detail={"by": by})]
