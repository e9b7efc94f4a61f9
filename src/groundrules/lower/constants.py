"""Constants and kinds: how the plan writes values that are known before any event."""

from __future__ import annotations

from functools import cache
from typing import Any

from groundrules.plan import ir
from groundrules.types import kinds

_KINDS: tuple[tuple[type[kinds.Type], ir.Kind], ...] = (
    (kinds.Number, "number"),
    (kinds.Boolean, "boolean"),
    (kinds.Instant, "instant"),
    (kinds.Duration, "duration"),
    (kinds.ClockTime, "clock"),
    (kinds.Date, "date"),
    (kinds.ListOf, "list"),
    (kinds.Object, "entity"),
)
_SHOWN: tuple[ir.Kind, ...] = ("duration", "clock", "instant")


def kind_of(type: kinds.Type) -> ir.Kind:
    """Return the plan's name for a type; everything textual is text."""
    return _kind_of(type.__class__)  # type: ignore[arg-type]  # a class can be hashed


@cache
def _kind_of(type: type[Any]) -> ir.Kind:
    return next((kind for known, kind in _KINDS if issubclass(type, known)), "text")


def shown_as(type: kinds.Type) -> ir.Kind | None:
    """Return how to show a value of a type whose Python type doesn't say; None if it does."""
    kind = kind_of(type)
    return kind if kind in _SHOWN else None


def constant(value: Any, type: kinds.Type) -> ir.Const:
    """Return a constant that knows how to be shown."""
    return ir.Const(value=value, kind=shown_as(type))


def in_order(items: list[Any]) -> list[Any]:
    """Return the items of a list whose order and duplicates mean nothing: sorted, each once."""
    return sorted(set(items), key=lambda item: (str(type(item)), item))
