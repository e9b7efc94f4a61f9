"""Tallies and scores: numbers that add up from conditions.

A tally counts the items of a list for which a condition holds; a score adds the points of the hints that hold. While a
condition is undecided, the number lies between two bounds: the least and the most it can be, whatever the undecided
conditions turn out to be. It has a value only if both are the same, but a comparison is decided as soon as it holds, or
fails, for all numbers between them. Missing points count as none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundrules.functions import numbers
from groundrules.plan import ir
from groundrules.reference.scope import Scope
from groundrules.reference.values import evaluate, raw

Bounds = tuple[int | float, int | float]


def bounds(expr: ir.Tally | ir.Score, scope: Scope) -> Bounds | None:
    """The least and the most that a tally or score can be; None if the list to count is missing."""
    if isinstance(expr, ir.Tally) and raw(expr.collection, scope) is None:
        return None
    term_bounds = list(terms(expr, scope))
    return numbers.total(least for least, _ in term_bounds), numbers.total(most for _, most in term_bounds)


def terms(expr: ir.Tally | ir.Score, scope: Scope) -> Iterator[Bounds]:
    """What each item or hint adds, at least and at most."""
    for outcome, points in outcomes(expr, scope):
        yield (points, points) if outcome else (0, 0) if outcome is False else (min(points, 0), max(points, 0))


def outcomes(expr: ir.Tally | ir.Score, scope: Scope) -> Iterator[tuple[bool | None, int | float]]:
    """Whether each item or hint counts, and for how much."""
    for condition, inner, points in conditions(expr, scope):
        yield evaluate(condition, inner), points


def conditions(expr: ir.Tally | ir.Score, scope: Scope) -> Iterator[tuple[Any, Scope, int | float]]:
    """The conditions that count, what each can see, and its points."""
    if isinstance(expr, ir.Tally):
        yield from ((expr.condition, scope.binding(item), 1) for item in raw(expr.collection, scope))
    else:
        for hint in expr.hints:
            yield hint.when, scope, evaluate(hint.points, scope) or 0


@evaluate.register
def _(expr: ir.Hint, scope: Scope) -> int | float | None:
    outcome = evaluate(expr.when, scope)
    return None if outcome is None else (evaluate(expr.points, scope) or 0) if outcome else 0


@evaluate.register(ir.Tally)
@evaluate.register(ir.Score)
def _(expr: ir.Tally | ir.Score, scope: Scope) -> int | float | None:
    both = bounds(expr, scope)
    return both[0] if both is not None and both[0] == both[1] else None
