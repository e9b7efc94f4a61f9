"""Looks through a plan for nodes of a kind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar, get_args

import msgspec

E = TypeVar("E", bound=msgspec.Struct)


def within(value: Any, kind: type[E]) -> Iterator[E]:
    """Yield every node of a kind inside any part of a plan, in no order that means anything."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        found = one.__class__
        if found is tuple or found is list:
            waiting.extend(one)
        elif found is dict:
            waiting.extend(one.values())
        elif isinstance(one, msgspec.Struct):
            if isinstance(one, kind):
                yield one
            waiting.extend([getattr(one, name) for name in holding(found)])


@cache
def holding(kind: type) -> tuple[str, ...]:
    """Return the fields of a node that can hold other nodes."""
    return tuple(field.name for field in msgspec.structs.fields(kind) if _holds_nodes(field.type))


def _holds_nodes(type_: Any) -> bool:
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return True
    return any(map(_holds_nodes, get_args(type_)))
