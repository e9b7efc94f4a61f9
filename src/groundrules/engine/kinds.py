"""What kind of value an expression gives, so that a log or a message can write `3d` instead of milliseconds.

A plan keeps durations and instants as plain milliseconds. The kind follows from the expression alone: fields, facts and
constants say their own; the difference of two instants is a duration, an instant and a duration make an instant, the
quotient of two durations is a number, whatever else has a duration in it is a duration; calls say what they return.
"""

from __future__ import annotations

from typing import Any

from groundrules.functions import FUNCTIONS
from groundrules.plan import ir
from groundrules.types import kinds as types

RESULTS: dict[type[types.Type], ir.Kind] = {
    types.Duration: "duration",
    types.Instant: "instant",
    types.ClockTime: "clock",
}
TIMES = ("instant", "duration")


def kind_of(expr: Any) -> ir.Kind | None:
    """Return the kind of a value; None where its Python type says all."""
    match expr:
        case ir.Const() | ir.Field() | ir.Fact():
            return expr.kind
        case ir.Now():
            return "instant"
        case ir.Silence():
            return "duration"
        case ir.Negate():
            return kind_of(expr.operand)
        case ir.Coalesce():
            return kind_of(expr.value) or kind_of(expr.default)
        case ir.Call():
            return RESULTS.get(type(FUNCTIONS[expr.function].signature.result))
        case ir.Arithmetic():
            return _of_arithmetic(expr)
    return None


def _of_arithmetic(expr: ir.Arithmetic) -> ir.Kind | None:
    kinds = kind_of(expr.left), kind_of(expr.right)
    if "instant" in kinds:
        return "duration" if kinds[0] == kinds[1] else "instant"
    if expr.operator == "/" and kinds == ("duration", "duration"):
        return None
    return "duration" if "duration" in kinds else None
