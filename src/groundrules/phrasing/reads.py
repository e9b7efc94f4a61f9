"""What a read is, as far as it can be phrased: whose it is, whether it is several things, whether it says anything."""

from __future__ import annotations

from typing import Any

from groundrules.plan import ir

OF_DAYS = frozenset({"weekday", "hour", "day", "month"})  # which instant is meant, unless it is now
_LISTS = frozenset({"urls", "emails", "phones", "cards", "china_ids", "secrets", "numbers", "lines", "words"})


def path_of(expr: Any) -> str:
    """The path in a key; for an id, the thing itself."""
    path = expr.path if isinstance(expr, ir.Field) else ()
    return ".".join(path[:-1] if path[-1:] == ("id",) else path)


def is_actor(expr: Any) -> bool:
    return isinstance(expr, ir.Field) and path_of(expr) == "actor"


def is_list(expr: Any) -> bool:
    """Whether a value is several things, whose length is their number."""
    if isinstance(expr, ir.Call):
        return expr.function in _LISTS
    return (
        isinstance(expr, ir.Members | ir.WindowValues | ir.LedgerTop | ir.Remaining)
        or getattr(expr, "kind", "") == "list"
    )


def is_settled(expr: Any, outcome: bool | None = None) -> bool:
    return isinstance(expr, ir.Const) and isinstance(expr.value, bool) and outcome in (None, expr.value)
