"""What remains of a guard when the event lacks certain fields.

Reads of those fields become their default or nothing, and what follows from that is worked out: a comparison with
nothing is unknown, `known` of it false, `??` of it the default. Rules of one kind, each on its own field, leave the
same remainder, so that all of them are asked as one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from groundrules.engine.codegen.emitter import Frame
from groundrules.engine.codegen.program import Program
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir
from groundrules.plan.walk import parts, rebuilt, within

NOTHING = ir.Field(root="subject", path=("nothing",), kind="boolean", optional=True)
"""A read that never has a value."""

_PURE = (
    *(ir.Compare, ir.In, ir.InList, ir.Has, ir.HasList, ir.Contains, ir.Affix, ir.Matches),
    *(ir.Arithmetic, ir.Negate, ir.Call),
)


def remainder(program: Program, frame: Frame, guard: ir.Expr, defaults: Mapping[str, Any]) -> ir.Expr | None:
    """Return what is left of a guard without the fields in `defaults`: JSON name → default, or None.

    None where that can't be worked out: the guard is nested too deeply, or looks for a list in a default.
    """

    def change(part: Any) -> Any:
        if not isinstance(part, ir.Expr):
            return part
        part = replace(part, src=-1)
        if isinstance(part, ir.Field) and part.root == "event" and part.path[0] in defaults:
            default = defaults[part.path[0]]
            return NOTHING if default is None or len(part.path) > 1 else ir.Const(value=default)
        return _simplified(program, frame, part)

    try:
        rest: ir.Expr = rebuilt(guard, change)
    except RecursionError:
        return None
    lists = within(rest, ir.ContainsList)
    return None if any(isinstance(part.subject, ir.Const) for part in lists) else rest


def _simplified(program: Program, frame: Frame, expr: ir.Expr) -> ir.Expr:
    """Simplify an expression whose parts are already simplified."""
    special = _SPECIAL.get(type(expr))
    if special is not None:
        return special(expr)
    below = parts(expr)
    if NOTHING in below:
        return NOTHING
    if isinstance(expr, ir.InList | ir.HasList) and program.word_list(expr.list).changes:
        return expr
    if isinstance(expr, _PURE) and all(isinstance(part, ir.Const) for part in below):
        value = program.evaluate(expr, frame, None, Scope(0, _NO_READINGS))
        return NOTHING if value is None else ir.Const(value=value)
    return expr


def _negated(expr: ir.Not) -> ir.Expr:
    if isinstance(expr.operand, ir.Const):
        return ir.Const(value=not expr.operand.value)
    return NOTHING if expr.operand == NOTHING else expr


def _known(expr: ir.Known) -> ir.Expr:
    is_clear = expr.operand == NOTHING or isinstance(expr.operand, ir.Const)
    return ir.Const(value=expr.operand != NOTHING) if is_clear else expr


def _coalesced(expr: ir.Coalesce) -> ir.Expr:
    if expr.value == NOTHING:
        return expr.default
    return expr.value if isinstance(expr.value, ir.Const) else expr


def _quantified(expr: ir.Quantified) -> ir.Expr:
    return NOTHING if expr.collection == NOTHING else expr


def _joined(expr: ir.And | ir.Or) -> ir.Expr:
    neutral = ir.Const(value=isinstance(expr, ir.And))
    operands: Sequence[ir.Expr] = [operand for operand in expr.operands if operand != neutral]
    if ir.Const(value=not neutral.value) in operands:
        return ir.Const(value=not neutral.value)
    if operands.count(NOTHING) > 1:
        operands = [NOTHING, *(operand for operand in operands if operand != NOTHING)]
    if len(operands) > 1:
        return replace(expr, operands=tuple(operands))
    return operands[0] if operands else neutral


_NO_READINGS: Any = None

_SPECIAL: dict[type[ir.Expr], Callable[[Any], ir.Expr]] = {
    ir.And: _joined,
    ir.Or: _joined,
    ir.Not: _negated,
    ir.Known: _known,
    ir.Coalesce: _coalesced,
    ir.Quantified: _quantified,
    ir.Fact: lambda expr: expr,
    ir.Hint: lambda expr: expr,
    ir.Score: lambda expr: expr,
}
"""Nodes that may have a value although a part of them has none."""
