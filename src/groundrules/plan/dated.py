"""Conditions of dated values, read back: which one holds from when."""

from __future__ import annotations

from typing import Any

from groundrules.plan import ir


def by_date(expr: Any) -> list[tuple[int | None, ir.AnyExpr]]:
    """Return the conditions of a dated alternative, each with the instant from which it holds (None: the first).

    Empty if the condition is not an alternative made by `lower.periods`: no author writes an instant.
    """
    cases: list[tuple[int | None, ir.AnyExpr]] = []
    for number, case in enumerate(expr.operands if isinstance(expr, ir.Or) else ()):
        bounds = _bounds(case)
        if not isinstance(case, ir.And) or not bounds or (">=" in bounds) is (number == 0):
            return []
        cases.append((bounds.get(">="), case.operands[-1]))
    return cases


def is_date(expr: Any) -> bool:
    """Tell whether a condition says from when, or until when, another one holds."""
    return (
        isinstance(expr, ir.Compare)
        and isinstance(expr.left, ir.Now)
        and isinstance(expr.right, ir.Const)
        and expr.right.kind == "instant"
    )


def _bounds(case: Any) -> dict[str, int]:
    """Return the instants between which a condition holds, by relation."""
    parts: tuple[Any, ...] = case.operands[:-1] if isinstance(case, ir.And) else ()
    return {part.operator: part.right.value for part in parts if is_date(part)}
