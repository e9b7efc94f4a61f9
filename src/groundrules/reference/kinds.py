"""What kind of value an expression gives, so that a log or a message can write `3d` instead of milliseconds.

A plan keeps durations, times of day and instants as plain milliseconds. The kind follows from the expression alone:
fields, facts and constants say their own; the difference of two instants is a duration, an instant and a duration make
an instant, the quotient of two durations is a number, whatever else has a duration in it is a duration; calls say what
they return.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from groundrules.functions import FUNCTIONS
from groundrules.plan import ir
from groundrules.types import kinds as types


@singledispatch
def kind_of(expr: Any) -> ir.Kind | None:
    """The kind of a value; None where its Python type says everything."""
    return None


@kind_of.register(ir.Const)
@kind_of.register(ir.Field)
@kind_of.register(ir.Fact)
@kind_of.register(ir.WindowValue)
@kind_of.register(ir.ByDate)
def _(expr: ir.Const | ir.ByDate | ir.Field | ir.Fact | ir.WindowValue) -> ir.Kind | None:
    return expr.kind


@kind_of.register(ir.Now)
@kind_of.register(ir.InForceUntil)
def _(expr: ir.Now | ir.InForceUntil) -> ir.Kind | None:
    return "instant"


@kind_of.register
def _(expr: ir.Silence) -> ir.Kind | None:
    return "duration"


@kind_of.register
def _(expr: ir.Negate) -> ir.Kind | None:
    return kind_of(expr.operand)


@kind_of.register
def _(expr: ir.Coalesce) -> ir.Kind | None:
    return kind_of(expr.value) or kind_of(expr.default)


@kind_of.register
def _(expr: ir.Call) -> ir.Kind | None:
    signature = FUNCTIONS[expr.function].signature
    if signature.result is None and not signature.item_of_first:
        return next((kind for argument in expr.arguments if (kind := kind_of(argument))), None)
    match signature.result:
        case types.Duration():
            return "duration"
        case types.Instant():
            return "instant"
        case types.ClockTime():
            return "clock"
    return None


@kind_of.register
def _(expr: ir.Arithmetic) -> ir.Kind | None:
    kinds = kind_of(expr.left), kind_of(expr.right)
    if "instant" in kinds:
        return "duration" if kinds[0] == kinds[1] else "instant"
    if expr.operator == "/" and kinds == ("duration", "duration"):
        return None
    return "duration" if "duration" in kinds else None
