"""The shape of expressions, for walks that treat all kinds alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundrules.plan import ir


def parts(expr: Any) -> tuple[Any, ...]:
    """The expressions directly below one, in the order of its fields."""
    fields = [getattr(expr, name) for name in expr.__struct_fields__]
    below = [item for field in fields for item in (field if isinstance(field, tuple) else (field,))]
    return tuple(item for item in below if isinstance(item, ir.Expr))


def everything_in(expr: Any) -> Iterator[Any]:
    """An expression and everything below it."""
    yield expr
    for part in parts(expr):
        yield from everything_in(part)
