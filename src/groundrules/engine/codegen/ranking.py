"""The order in which the sides of `and` and `or` are evaluated.

Conditions are pure and total, so their order is free: what is cheap and likely to decide comes first. Costs are in
tenths of a microsecond, roughly as measured; chances are guesses at how often a condition is true. Neither ever changes
an outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from groundrules.plan import ir
from groundrules.plan.walk import parts

ITEMS = 0.2
LARGEST, DEEPEST = 100, 6
"""Nodes and levels of an expression that are looked at."""

_COST: dict[type[ir.Expr], float] = {
    ir.Const: 0,
    ir.Field: 0.5,
    ir.Fact: 6,
    ir.Call: 12,
    ir.Contains: 3,
    ir.ContainsList: 3,
    ir.Affix: 4,
    ir.FoundIn: 15,
    ir.WeightIn: 15,
    ir.Matches: 30,
    ir.InList: 10,
    ir.HasList: 15,
    ir.WindowTest: 8,
    ir.WindowValue: 10,
    ir.LedgerValue: 10,
    ir.HasLabel: 10,
    ir.InForce: 10,
    ir.InForceUntil: 10,
    ir.Silence: 8,
    ir.Chance: 25,
    ir.Pick: 60,
    ir.Members: 60,
    ir.InState: 3,
    ir.InClock: 10,
    ir.Quantified: 3,
}
_CHEAP_CALLS = frozenset({"length", "age", "abs", "min", "max"})
_RARE = (ir.Contains, ir.ContainsList, ir.Affix, ir.Matches, ir.In, ir.InList, ir.Has, ir.HasList, ir.Quantified)


def in_order(expr: ir.And | ir.Or) -> Sequence[ir.Expr]:
    """Return the operands in the best order of evaluation."""
    likely = chance if isinstance(expr, ir.Or) else lambda operand: 1 - chance(operand)
    return sorted(expr.operands, key=lambda operand: cost(operand) / max(likely(operand), 0.01))


def cost(expr: ir.Expr, is_known: Callable[[ir.Expr], bool] = lambda part: False) -> float:
    """Estimate the cost of an expression; only a part of a large one is examined.

    is_known: recognises parts that are already computed. Conditions on the items of a list weigh little: most lists of
    an event are empty.
    """
    total, waiting = 0.0, [(expr, 1.0)]
    for _ in range(LARGEST):
        if not waiting:
            break
        node, weight = waiting.pop()
        if is_known(node):
            total += weight
            continue
        cheap = isinstance(node, ir.Call) and node.function in _CHEAP_CALLS
        total += weight * (2 if cheap else _COST.get(type(node), 1))
        inside = weight * ITEMS if isinstance(node, ir.Quantified | ir.Tally) else weight
        waiting += [(part, inside) for part in parts(node)]
    return total


def chance(expr: ir.Expr, depth: int = 0) -> float:
    """Estimate how likely a condition is to be true."""
    if depth > DEEPEST:
        return 0.5
    if isinstance(expr, _RARE):
        return 0.8 if isinstance(expr, ir.Quantified) and expr.quantifier == "all" else 0.08
    if isinstance(expr, ir.Not):
        return 1 - chance(expr.operand, depth + 1)
    if isinstance(expr, ir.And):
        return prod(chance(operand, depth + 1) for operand in expr.operands)
    if isinstance(expr, ir.Or):
        return 1 - prod(1 - chance(operand, depth + 1) for operand in expr.operands)
    judge = _CHANCES.get(type(expr))
    return 0.15 if judge is None else judge(expr)


def _of_comparison(expr: ir.Compare) -> float:
    values = [side.value for side in (expr.left, expr.right) if isinstance(side, ir.Const)]
    if expr.operator in ("==", "!="):
        equal = 0.9 if False in values and 0 not in [value for value in values if value is not False] else 0.1
        return equal if expr.operator == "==" else 1 - equal
    return 0.4


_CHANCES: dict[type[ir.Expr], Callable[[Any], float]] = {
    ir.Const: lambda expr: float(expr.value is True),
    ir.WindowTest: lambda expr: 0.15 if expr.operator in (">=", ">", "==") else 0.85,
    ir.Compare: _of_comparison,
    ir.Known: lambda expr: 0.7,
}
