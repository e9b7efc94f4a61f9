"""Guards under Kleene's logic, for a solver that knows only true and false.

A leaf that lacks a value is neither true nor false, so the question is *certain truth*: `surely` writes a guard as a
two-valued condition that holds exactly where the guard has an outcome, each leaf together with the claim that what it
reads is known. Two guards that read the same thing share that claim.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from groundrules.plan import ir

_OPERANDS: dict[type[ir.Expr], tuple[str, ...]] = {
    ir.Compare: ("left", "right"),
    ir.InClock: ("instant",),
    ir.In: ("item", "collection"),
    ir.InList: ("item",),
    ir.Has: ("collection", "values"),
    ir.HasList: ("collection",),
    ir.Contains: ("subject", "needles"),
    ir.ContainsList: ("subject",),
    ir.Affix: ("subject", "needle"),
    ir.Matches: ("subject",),
    ir.WindowTest: ("key",),
    ir.InState: ("of",),
}
"""Leaves that are unknown if, and only if, one of these operands is missing."""

_NEVER_UNKNOWN = (ir.Const, ir.Known)


class Guard(msgspec.Struct, frozen=True):
    """What lets an event through: `when` is true and `unless` is not."""

    when: ir.AnyExpr
    unless: ir.AnyExpr | None = None

    def passes(self) -> ir.AnyExpr:
        """Return a two-valued condition that holds exactly when an event is let through."""
        if self.unless is None:
            return surely(self.when)
        return ir.And(operands=(surely(self.when), ir.Not(operand=surely(self.unless))))


def surely(guard: ir.AnyExpr, outcome: bool = True) -> ir.AnyExpr:
    """Return a two-valued condition that holds exactly when a guard certainly has this outcome."""
    if isinstance(guard, ir.Not):
        return surely(guard.operand, not outcome)
    if isinstance(guard, ir.And | ir.Or):
        operands = tuple(surely(operand, outcome) for operand in guard.operands)
        return ir.Or(operands=operands) if isinstance(guard, ir.Or) == outcome else ir.And(operands=operands)
    leaf = guard if outcome else ir.Not(operand=guard)
    known = tuple(ir.Known(operand=operand) for operand in _decisive(guard))
    return ir.And(operands=(leaf, *known)) if known else leaf


def _decisive(leaf: ir.AnyExpr) -> Iterator[ir.AnyExpr]:
    """Yield what must be known for a leaf to be decided: its operands, or itself if they don't suffice."""
    if isinstance(leaf, _NEVER_UNKNOWN):
        return
    if type(leaf) not in _OPERANDS:
        yield leaf
    for name in _OPERANDS.get(type(leaf), ()):
        operand = getattr(leaf, name)
        for part in operand if isinstance(operand, tuple) else (operand,):
            if part is not None and not isinstance(part, ir.Const):
                yield part
