"""Units: expressions compiled as one function per mode, each at its first use.

A unit has the attributes `true`, `false` and `value`, functions of its frame's parameters; reading one for the first
time compiles it. The `value` of an `and` or `or` asks whether it is True and then whether it is False. Conditions
used as values below it would then be asked twice, and those below them four times; so if there are any, it goes over
the operands once instead, with a local variable for unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from groundrules.engine.codegen.emitter import Emitter, Frame, narrowed
from groundrules.engine.codegen.ranking import chance
from groundrules.plan import ir
from groundrules.plan.walk import walk

if TYPE_CHECKING:
    from groundrules.engine.codegen.program import Program

SELDOM = 0.5
"""What is true less often than this is first tested for being false, which mostly settles it."""

Compiled = Callable[..., Any]


class Unit:
    """An expression in a frame."""

    __slots__ = ("_program", "expr", "false", "fill", "frame", "true", "value")

    modes: tuple[str, ...] = ("true", "false", "value", "fill")

    true: Compiled
    false: Compiled
    value: Compiled
    fill: Compiled

    def __init__(self, program: Program, expr: ir.Expr, frame: Frame) -> None:
        self._program = program
        self.expr = expr
        self.frame = frame

    def __getattr__(self, mode: str) -> Compiled:
        if mode not in self.modes:
            raise AttributeError(mode)
        compiled = self._compile(mode)
        setattr(self, mode, compiled)
        return compiled

    def _compile(self, mode: str) -> Compiled:
        if mode == "fill":
            return self._fill()
        emitter = Emitter(self._program, self.frame)
        if mode == "value":
            body = _value_body(emitter, self.expr)
        else:
            body = f"    return {emitter.true(self.expr) if mode == 'true' else emitter.false(self.expr)}\n"
        return self._program.shapes.function(self.frame.parameters, body, emitter.constants)

    def _fill(self) -> Compiled:
        """Return the function that computes the value and keeps it in the scope."""
        emitter = Emitter(self._program, self.frame, filling=self.expr)
        keep = f"x.kept[{self._program.sharing.slot(self.expr, self.frame)}]"
        if _in_one_pass(self.expr):
            body = _value_body(emitter, self.expr)
            inner = self._program.shapes.function(self.frame.parameters, body, emitter.constants)
            emitter.constants = [inner]
            value = f"k0({', '.join(self.frame.parameters)})"
        else:
            value = _value_source(emitter, self.expr)
        body = f"    r = {keep} = {value}\n    return r\n"
        return self._program.shapes.function(self.frame.parameters, body, emitter.constants)


def _in_one_pass(expr: ir.Expr) -> bool:
    """Whether to evaluate the operands of an `and` or `or` in one pass, because asking twice could multiply."""
    return isinstance(expr, ir.And | ir.Or) and any(isinstance(part, ir.Known | ir.Coalesce) for part in walk(expr))


def _value_source(emitter: Emitter, expr: ir.Expr) -> str:
    if isinstance(expr, ir.And | ir.Or):
        if chance(expr) < SELDOM:
            return f"False if {emitter.false(expr)} else True if {emitter.true(expr)} else None"
        return f"True if {emitter.true(expr)} else False if {emitter.false(expr)} else None"
    return emitter.operand(expr).optional


def _value_body(emitter: Emitter, expr: ir.Expr) -> str:
    if not _in_one_pass(expr):
        return f"    return {_value_source(emitter, expr)}\n"
    assert isinstance(expr, ir.And | ir.Or)
    decisive = isinstance(expr, ir.Or)
    operands: Sequence[ir.Expr] = narrowed(expr) or expr.operands
    steps = "".join(deciding_step(emitter, operand, decisive, "    ") for operand in operands)
    return f"    u = False\n{steps}    return None if u else {not decisive}\n"


def deciding_step(emitter: Emitter, expr: ir.Expr, decisive: bool, margin: str) -> str:
    """Return statements that return `decisive` if the condition has that outcome, and set `u` if it is unknown."""
    return (
        f"{margin}r = {emitter.operand(expr).optional}\n"
        f"{margin}if r is None:\n{margin}    u = True\n"
        f"{margin}elif {'r' if decisive else 'not r'}:\n{margin}    return {decisive}\n"
    )
