"""Walking a plan: the nodes of a kind inside any part, an expression part by part, a part rewritten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar, get_args

import msgspec
from msgspec.structs import replace

from groundrules.plan import ir

E = TypeVar("E", bound=msgspec.Struct)


def within(value: Any, kind: type[E]) -> Iterator[E]:
    """Yield every node of a kind inside any part of a plan, in no particular order."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        type_ = part.__class__
        fields = _FIELDS[type_]
        if fields is not None:
            if isinstance(part, kind):
                yield part
            for name in fields:
                waiting.append(getattr(part, name))
        elif type_ is tuple or type_ is list:
            waiting.extend(part)
        elif type_ is dict:
            waiting.extend(part.values())


def walk(expr: ir.Expr) -> Iterator[ir.Expr]:
    """Yield an expression and everything below it, however deep, each before its parts."""
    waiting = [expr]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(parts(part)))


def parts(expr: ir.Expr) -> list[ir.Expr]:
    """Return the expressions directly below one, in the order of its fields."""
    below: list[ir.Expr] = []
    for name in _FIELDS[expr.__class__] or ():
        value = getattr(expr, name)
        if value.__class__ is tuple:
            below += [item for item in value if isinstance(item, ir.Expr)]
        elif isinstance(value, ir.Expr):
            below.append(value)
    return below


def list_of(expr: ir.Expr) -> str | None:
    """Return the id of the list that an expression itself looks in, None if it doesn't look in one."""
    name: str | None = getattr(expr, "list", None)
    return name


def calendar_period(key: Iterable[ir.Expr]) -> ir.Period | None:
    """Return the calendar period that a window with this key is about."""
    return next((part.period for part in key if isinstance(part, ir.CalendarPeriod)), None)


def rebuilt(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return any part of a plan with each node replaced by the result of `change`, innermost first."""
    if isinstance(value, tuple | list):
        return type(value)([rebuilt(item, change) for item in value])
    if isinstance(value, dict):
        return {key: rebuilt(item, change) for key, item in value.items()}
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: rebuilt(getattr(value, name), change) for name in value.__struct_fields__}
    return change(replace(value, **fields))


class _Fields(dict[type, tuple[str, ...] | None]):
    """The fields of a class that can hold nodes; None if it is not a node."""

    def __missing__(self, kind: type) -> tuple[str, ...] | None:
        names = None
        if issubclass(kind, msgspec.Struct):
            names = tuple(field.name for field in msgspec.structs.fields(kind) if _holds_nodes(field.type))
        self[kind] = names
        return names


def _holds_nodes(type_: Any) -> bool:
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return True
    return any(map(_holds_nodes, get_args(type_)))


_FIELDS = _Fields()
