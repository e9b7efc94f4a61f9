"""Brakes: at most N actions of one name within a rolling time, across all rules of a community.

Like a rule, a brake does nothing before it `starts` and after it `ends`.

When the actions of a decision are known, each that has a brake is counted, in the order in which the decision lists
them. One that exceeds the limit is held back: it is noted, not done, and waits for approval if the brake says whose.
The first time within the brake's time that something is held back, the brake raises its alarm. Actions that people
approved are counted, but never held back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from groundrules.decisions import Action, Note
from groundrules.plan import ir
from groundrules.reference.actions import Wish
from groundrules.time_units import format_duration

if TYPE_CHECKING:
    from groundrules.reference.partition import Partition


class Brakes:
    """When each brake let an action through (`history`), and when it last raised its alarm."""

    def __init__(self) -> None:
        self.history: dict[str, list[int]] = {}
        self.alarmed: dict[str, int] = {}

    def let_through(self, plan: ir.Plan, action: Action, now: int, released: bool) -> ir.Brake | None:
        """Count an action; the brake that holds it back, if one does."""
        own = [brake for brake in plan.brakes if brake.do == action.do and applies(brake, now)]
        for brake in own:
            if not released and self.number(brake, now) >= brake.most:
                return brake
        for brake in own:
            self.history.setdefault(brake.id, []).append(now)
        return None

    def number(self, brake: ir.Brake, now: int) -> int:
        """How many actions a brake has let through within its time."""
        return sum(now - at < brake.within for at in self.history.get(brake.id, []))

    def is_new(self, brake: ir.Brake, now: int) -> bool:
        """Whether the alarm is to be raised; it is then not raised again within the brake's time."""
        before = self.alarmed.get(brake.id)
        if before is not None and now - before < brake.within:
            return False
        self.alarmed[brake.id] = now
        return True


def applies(brake: ir.Brake, now: int) -> bool:
    """Whether a brake counts and holds back at all."""
    return not (brake.starts is not None and now < brake.starts) and not (brake.ends is not None and now > brake.ends)


def sort_out(
    partition: Partition, actions: Iterable[Action], released: bool
) -> tuple[list[Action], dict[str, list[Wish]], list[ir.Brake], list[Note]]:
    """The actions to be done, those held back by brake, the brakes that raise an alarm, and the notes."""
    kept: list[Action] = []
    held: dict[str, list[Wish]] = {}
    alarms: list[ir.Brake] = []
    notes: list[Note] = []
    for action in actions:
        brake = partition.brakes.let_through(partition.plan, action, partition.now, released)
        if brake is None:
            kept.append(action)
            continue
        held.setdefault(brake.id, []).append(as_wish(action))
        detail = {"do": action.do, "who": action.who, "most": brake.most, "within": format_duration(brake.within)}
        notes.append(Note(kind="held_back", subject=brake.id, detail=detail))
        if partition.brakes.is_new(brake, partition.now):
            alarms.append(brake)
    return kept, held, alarms, notes


def as_wish(action: Action) -> Wish:
    """An action as something to ask for again."""
    return Wish(action.do, action.who, action.parameters, action.rules, tuple(map(as_wish, action.or_else)))
