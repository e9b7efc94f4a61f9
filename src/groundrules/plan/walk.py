"""Looks through a plan for nodes of a kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

E = TypeVar("E", bound=msgspec.Struct)

_ASIDE = frozenset({"events", "sources", "actions", "reads", "lists", "src"})  # fields that hold no expressions
_SIMPLE = frozenset({str, int, float, bool, type(None)})


def within(value: Any, kind: type[E]) -> Iterator[E]:
    """Yield every node of a kind inside any part of a plan, in no order that means anything."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        found = one.__class__
        if found in _SIMPLE:
            continue
        if found is tuple or found is list:
            waiting.extend(one)
        elif found is dict:
            waiting.extend(one.values())
        elif isinstance(one, msgspec.Struct):
            if isinstance(one, kind):
                yield one
            waiting.extend([getattr(one, name) for name in one.__struct_fields__ if name not in _ASIDE])
