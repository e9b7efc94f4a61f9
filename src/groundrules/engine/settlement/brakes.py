"""Holding back excess actions: those that have a brake are counted, in the order in which a decision lists them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from groundrules.decisions import Action, Note
from groundrules.engine.cells import brakes
from groundrules.engine.compiled_rules import BrakeCode
from groundrules.engine.evaluation.actions import Wish
from groundrules.engine.program import Program
from groundrules.engine.state.partition import Partition
from groundrules.time_units import format_duration


class Sorted(NamedTuple):
    """The actions to be done, those held back by brake, the brakes that raise an alarm, and the notes."""

    kept: list[Action]
    held: dict[str, list[Wish]]
    alarms: list[BrakeCode]
    notes: list[Note]


def sort_out(program: Program, partition: Partition, actions: Iterable[Action], released: bool) -> Sorted:
    """Count actions, and hold back those that are too many."""
    sorted_actions = Sorted([], {}, [], [])
    for action in actions:
        code = _brake_on(program, partition, action, released)
        if code is None:
            sorted_actions.kept.append(action)
            continue
        brake = code.brake
        sorted_actions.held.setdefault(brake.id, []).append(as_wish(action))
        detail = {"do": action.do, "who": action.who, "most": brake.most, "within": format_duration(brake.within)}
        sorted_actions.notes.append(Note(kind="held_back", subject=brake.id, detail=detail))
        if brakes.is_new(partition, brake):
            sorted_actions.alarms.append(code)
    return sorted_actions


def _brake_on(program: Program, partition: Partition, action: Action, released: bool) -> BrakeCode | None:
    own = [code for code in program.brakes.get(action.do, ()) if brakes.applies(code.brake, partition.now)]
    if not released:
        for code in own:
            if brakes.is_full(partition, code.brake):
                return code
    for code in own:
        brakes.count(partition, code.brake)
    return None


def as_wish(action: Action) -> Wish:
    """Return an action as something to ask for again."""
    return Wish(action.do, action.who, action.parameters, action.rules, tuple(map(as_wish, action.or_else)))
