"""Playing a case to the reference interpreter, and listening to what it asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundrules.decisions import Decision
from groundrules.plan import ir
from groundrules.reference import Interpreter, tallies
from groundrules.reference.conditions import items_of
from groundrules.reference.scope import Scope, Watch
from groundrules.reference.values import raw
from groundrules.tools.testing.cases import Case
from groundrules.tools.testing.timeline import EventMaker, TimeError, at_once


def play(plan: ir.Plan, case: Case, watch: Watch) -> Iterator[list[Decision]]:
    """Yield the decisions of each step; ends early where a time can't be read, which the case itself reports."""
    interpreter, maker = Interpreter(plan, watch), EventMaker(plan, case)
    roster = maker.roster()
    if roster:
        interpreter.feed(roster)
    for step in case.steps:
        try:
            decisions = [decision for event in maker.events(step) for decision in at_once(interpreter, event)]
        except TimeError:
            return
        maker.heard(decisions)
        yield decisions


def leaves(expr: Any, scope: Scope) -> Iterator[tuple[Any, Scope]]:
    """Every clause below a guard with what it can see; inside `any` and `all`, once for each item."""
    match expr:
        case ir.And() | ir.Or():
            for operand in expr.operands:
                yield from leaves(operand, scope)
        case ir.Not():
            yield from leaves(expr.operand, scope)
        case ir.Quantified():
            collection = raw(expr.collection, scope)
            for item in (
                () if collection is None else collection if isinstance(collection, list) else items_of(collection)
            ):
                yield from leaves(expr.condition, scope.binding(item))
        case ir.TallyTest():
            yield expr, scope
            known = tallies.bounds(expr.tally, scope) is not None
            for condition, inner, _ in tallies.conditions(expr.tally, scope) if known else ():
                yield from leaves(condition, inner)
        case ir.Const():
            return
        case _:
            yield expr, scope
