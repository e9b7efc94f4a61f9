"""What kind of value an expression gives, so that a log or a message can write `3d` instead of milliseconds.

A plan keeps durations and instants as plain milliseconds. The kind follows from the expression alone: fields, facts and
constants say their own; the difference of two instants is a duration, an instant and a duration make an instant, the
quotient of two durations is a number, whatever else has a duration in it is a duration; calls say what they return, or
return what they are given.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundrules.functions import FUNCTIONS
from groundrules.plan import ir
from groundrules.types import kinds as types

RESULTS: dict[type[types.Type], ir.Kind] = {
    types.Duration: "duration",
    types.Instant: "instant",
    types.ClockTime: "clock",
}


def kind_of(expr: Any) -> ir.Kind | None:
    """Return the kind of a value; None where its Python type says everything."""
    if isinstance(expr, ir.Const | ir.Field | ir.Fact | ir.WindowValue):
        return expr.kind
    ask = _ASK.get(type(expr))
    return ask(expr) if ask else None


def _of_arithmetic(expr: ir.Arithmetic) -> ir.Kind | None:
    kinds = kind_of(expr.left), kind_of(expr.right)
    if "instant" in kinds:
        return "duration" if kinds[0] == kinds[1] else "instant"
    if expr.operator == "/" and kinds == ("duration", "duration"):
        return None
    return "duration" if "duration" in kinds else None


def _of_call(expr: ir.Call) -> ir.Kind | None:
    signature = FUNCTIONS[expr.function].signature
    if signature.result is not None:
        return RESULTS.get(type(signature.result))
    if signature.item_of_first:
        return None
    return next((kind for argument in expr.arguments if (kind := kind_of(argument))), None)


_ASK: dict[type[ir.Expr], Callable[[Any], ir.Kind | None]] = {
    ir.Now: lambda expr: "instant",
    ir.ByDate: lambda expr: expr.kind,
    ir.InForceUntil: lambda expr: "instant",
    ir.Silence: lambda expr: "duration",
    ir.Negate: lambda expr: kind_of(expr.operand),
    ir.Coalesce: lambda expr: kind_of(expr.value) or kind_of(expr.default),
    ir.Call: _of_call,
    ir.Arithmetic: _of_arithmetic,
}
