"""Conditions as their authors wrote them, put together again from the places that a plan knows."""

from __future__ import annotations

from collections.abc import Sequence

from groundrules.plan import ir
from groundrules.plan.walk import parts


def as_written(expr: ir.Expr, sources: Sequence[ir.Source]) -> str:
    """Return a condition, one line for each that must hold; defines stand there written out. Empty where none was
    written."""
    lines = [_text(part, sources) for part in (expr.operands if isinstance(expr, ir.And) else (expr,))]
    return "\n".join(f"and {line}" if number else line for number, line in enumerate(filter(None, lines)))


def _text(expr: ir.Expr, sources: Sequence[ir.Source]) -> str:
    if expr.src >= 0:
        return sources[expr.src].text
    inner = [text for part in parts(expr) if (text := _text(part, sources))]
    match expr:
        case ir.Not() if inner:
            return f"not ({inner[0]})"
        case ir.And() | ir.Or() if len(inner) > 1:
            return f"({(' and ' if isinstance(expr, ir.And) else ' or ').join(inner)})"
    return inner[0] if inner else ""
