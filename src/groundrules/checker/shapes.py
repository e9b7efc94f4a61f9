"""What several event types have in common: the shape that a rule on all of them may read.

A field is readable if every type has it, optional if it is optional anywhere, and of the type that they share;
objects are merged field by field. Fields that exist everywhere but share no type stay, as `Differs`, so that the
message can say so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from groundrules.types import kinds


@dataclass(frozen=True)
class Differs(kinds.Type):
    """A field that has different types in the event types of a rule."""

    first: kinds.Type
    second: kinds.Type


def common(objects: list[kinds.Object]) -> dict[str, kinds.Field]:
    """Return the fields that all of `objects` (at least one) have."""
    merged = dict(objects[0].fields)
    for other in objects[1:]:
        merged = {name: _merge(field, other.fields[name]) for name, field in merged.items() if name in other.fields}
    return merged


def _merge(first: kinds.Field, second: kinds.Field) -> kinds.Field:
    return replace(
        first,
        type=_shared(first.type, second.type),
        optional=first.optional or second.optional,
        default=first.default if first.default == second.default else None,
    )


def _shared(first: kinds.Type, second: kinds.Type) -> kinds.Type:
    if isinstance(first, kinds.Object) and isinstance(second, kinds.Object):
        if first.entity != second.entity:
            return Differs(first, second)
        return replace(first, fields=common([first, second]))
    if isinstance(first, kinds.Number) and isinstance(second, kinds.Number):
        return kinds.Number(first.integer and second.integer)
    if isinstance(first, kinds.Enum) and isinstance(second, kinds.Enum):
        return kinds.Enum(tuple(dict.fromkeys((*first.values, *second.values))))
    if isinstance(first, kinds.ListOf) and isinstance(second, kinds.ListOf):
        item = _shared(first.item, second.item)
        return Differs(first, second) if isinstance(item, Differs) else kinds.ListOf(item)
    return first if first == second else Differs(first, second)
