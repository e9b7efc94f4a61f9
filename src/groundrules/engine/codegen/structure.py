"""The shape of expression trees, for walks that treat all nodes alike."""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.plan import ir
from groundrules.plan.walk import holding

BRANCHES = (ir.And, ir.Or, ir.Not, ir.Quantified)


def parts(expr: ir.Expr) -> list[ir.Expr]:
    """Return the expressions directly below one, in the order of its fields."""
    found: list[ir.Expr] = []
    for name in holding(expr.__class__):
        value = getattr(expr, name)
        if value.__class__ is tuple:
            found += [item for item in value if isinstance(item, ir.Expr)]
        elif isinstance(value, ir.Expr):
            found.append(value)
    return found


def walk(expr: ir.Expr) -> Iterator[ir.Expr]:
    """Yield an expression and all below it, however deep, each before its parts."""
    waiting = [expr]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(parts(found)))
