"""Plans with everything in one order that has none: the sides of `and` and `or`, the effects of a rule.

No decision depends on it, so two plans that differ in nothing else mean the same.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from groundrules.plan import ir
from groundrules.plan.codec import definition_hash

V = TypeVar("V")

_UNORDERED = {ir.And: ("operands",), ir.Or: ("operands",), ir.Rule: ("effects",), ir.Act: ("or_else",)}


def ordered(value: V) -> V:
    """Return any part of a plan in that order."""
    found: V = _ordered(value)
    return found


def alike(one: Any, other: Any) -> bool:
    """Tell whether two parts of plans mean the same, but for order."""
    return definition_hash([one]) == definition_hash([other]) or _hash(one) == _hash(other)


def _hash(value: Any) -> str:
    return definition_hash([_ordered(value)])


def _ordered(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(map(_ordered, value))
    if isinstance(value, dict):
        return {key: _ordered(one) for key, one in value.items()}
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: _ordered(getattr(value, name)) for name in value.__struct_fields__}
    for name in _UNORDERED.get(type(value), ()):
        fields[name] = tuple(sorted(fields[name], key=definition_hash))
    return replace(value, **fields)
