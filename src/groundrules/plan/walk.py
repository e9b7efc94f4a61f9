"""Looks through a plan for nodes of a kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, get_args

import msgspec

E = TypeVar("E", bound=msgspec.Struct)


def within(value: Any, kind: type[E]) -> Iterator[E]:
    """Yield every node of a kind inside any part of a plan, in no order that means anything."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        found = one.__class__
        fields = _FIELDS[found]
        if fields is not None:
            if isinstance(one, kind):
                yield one
            for name in fields:
                waiting.append(getattr(one, name))
        elif found is tuple or found is list:
            waiting.extend(one)
        elif found is dict:
            waiting.extend(one.values())


def holding(kind: type) -> tuple[str, ...]:
    """Return the fields of a node that can hold other nodes."""
    return _FIELDS[kind] or ()


class _Fields(dict[type, tuple[str, ...] | None]):
    """The fields of a class that can hold nodes; None if it is no node."""

    def __missing__(self, kind: type) -> tuple[str, ...] | None:
        found = None
        if issubclass(kind, msgspec.Struct):
            found = tuple(field.name for field in msgspec.structs.fields(kind) if _holds_nodes(field.type))
        self[kind] = found
        return found


def _holds_nodes(type_: Any) -> bool:
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return True
    return any(map(_holds_nodes, get_args(type_)))


_FIELDS = _Fields()
