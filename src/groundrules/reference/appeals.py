"""Appeals: a successful one takes back the strikes that led to a ladder's step.

When a step of a ladder with `appeal` fires, the amount added by the settlement that crossed it is remembered, with the
keys of the actions that the step asked for. `appeal.opened` names an action, a ladder, or neither, which means the
latest step; it keeps the case open for the same length of time again. `appeal.granted` by somebody with the role, who
is not the member concerned, takes the amount back, once. The step's other effects stand: people, or rules on
`appeal.granted`, say what undoes a measure. The last sixteen measures per ladder and member are remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundrules.decisions import Decision, Note
from groundrules.plan import ir
from groundrules.reference.ladders import Crossing
from groundrules.reference.ledgers import Ask
from groundrules.reference.scope import Json, walk

if TYPE_CHECKING:
    from groundrules.reference.partition import Partition

MOST = 16


@dataclass
class Measure:
    """A step that fired: when, until when it may be appealed, what had been added, its actions' keys."""

    ladder: ir.Ladder
    who: str
    at: int
    until: int
    amount: int
    actions: tuple[str, ...]


class Appeals:
    """The measures of one partition that can be appealed, oldest first."""

    def __init__(self, plan: ir.Plan) -> None:
        self.ladders = {ladder.id: ladder for ladder in plan.ladders}
        self.measures: list[Measure] = []

    def remember(self, crossing: Crossing, decision: Decision, now: int) -> None:
        """Keep what an upward step was about, if it fired."""
        ladder = self.ladders[crossing.ladder]
        if ladder.appeal is None or crossing.back or not decision.fired:
            return
        keys = tuple(action.key for action in decision.actions)
        self.measures.append(Measure(ladder, crossing.who, now, now + ladder.appeal.within, crossing.gained, keys))
        mine = [m for m in self.measures if (m.ladder.id, m.who) == (ladder.id, crossing.who) and now <= m.until]
        forgotten = mine[:-MOST]
        self.measures = [measure for measure in self.measures if measure not in forgotten]

    def find(self, event: Json, who: str | None, now: int) -> Measure | None:
        """The latest measure that an appeal can mean; of several taken at the same time, that of the first ladder."""
        ladder, action = event.get("ladder"), event.get("action")
        meant = [
            measure
            for measure in sorted(self.measures, key=lambda measure: measure.ladder.id)
            if measure.who == who and now <= measure.until
            if ladder in (None, measure.ladder.id) and (action is None or action in measure.actions)
        ]
        return max(meant, key=lambda measure: measure.at, default=None)

    def close(self, who: str, actions: list[str]) -> None:
        """End the right to appeal against the measures that asked for one of these actions."""
        self.measures = [
            measure for measure in self.measures if measure.who != who or set(actions).isdisjoint(measure.actions)
        ]

    def hear(self, partition: Partition, event: Json) -> tuple[list[Ask], list[Note]]:
        """What an appeal event takes back, and the notes about it."""
        if event["type"] not in ("appeal.opened", "appeal.granted"):
            return [], []
        who = walk(event, ("actor", "id") if event["type"] == "appeal.opened" else ("target", "id"))
        measure = self.find(event, who, partition.now)
        if measure is None:
            return [], [Note(kind="appeal_unknown", subject=who or "")]
        appeal = measure.ladder.appeal
        assert appeal is not None
        if event["type"] == "appeal.opened":
            measure.until = partition.now + appeal.within
            return [], [Note(kind="appeal_opened", subject=measure.ladder.id, detail={"who": who})]
        if appeal.to not in partition.roster.roles(event["actor"], partition.now) or event["actor"]["id"] == who:
            return [], [Note(kind="appeal_not_counted", subject=measure.ladder.id, detail={"who": who})]
        self.measures.remove(measure)
        asks = [Ask(measure.ladder.id, measure.ladder.ledger, measure.who, -measure.amount)] if measure.amount else []
        granted = {"who": who, "amount": measure.amount}
        return asks, [Note(kind="appeal_granted", subject=measure.ladder.id, detail=granted)]
