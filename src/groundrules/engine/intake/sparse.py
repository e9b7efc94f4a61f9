"""Sparse event types: those with so many optional fields that an event can carry only few of them.

A struct has a slot for every field, carried or not, so that four thousand fields would cost every event ten
microseconds. The plain optional fields of a sparse type are therefore stored in the instance's dictionary, which holds
only those that the event carries; the class has each one's default, None where the schema gives none. They are read
like any other field. `carried` tells which fields an event carries without visiting the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from groundrules.engine.intake.links import has_links_of_text

SPARSE = "_sparse"
"""The attribute of a sparse type's struct that reads the rest of its events."""

MOST_IN_PLACE = 24
"""With at most this many plain optional fields, each still has a slot."""

_PLAIN = frozenset({"string", "number", "integer", "boolean"})
_everything = msgspec.json.Decoder(dict[str, Any]).decode

Schema = Mapping[str, Any]
Field = tuple[str, Any, Callable[[Any], Any]]
"""Attribute, the exact type of values that need no conversion, and the function that converts others or raises."""


def sparse_fields(schema: Schema) -> dict[str, Schema]:
    """Return the fields of an event type that have no slot in its struct; none unless the type is sparse."""
    required = (*schema.get("required", ()), *(("text",) if has_links_of_text(schema) else ()))
    properties = schema.get("properties", {})
    optional = {name: inner for name, inner in properties.items() if name not in required and _is_plain(inner)}
    return optional if len(optional) > MOST_IN_PLACE else {}


def _is_plain(schema: Schema) -> bool:
    items = schema.get("items", schema) if schema.get("type") == "array" else schema
    return items.get("type") in _PLAIN and "const" not in items


def carried(event: Any) -> Mapping[str, Any]:
    """Return the fields without a slot that an event of a sparse type carries, by attribute."""
    return event.__dict__  # type: ignore[no-any-return]


class SparseFields:
    """Reads the fields without a slot in the struct of one event type; `fields` by JSON name."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._fields = fields
        self._names = {attribute: name for name, (attribute, _, _) in fields.items()}

    def fill(self, event: Any, raw: bytes | str) -> None:
        """Give an event what the JSON it came from holds; raise msgspec.ValidationError if that is not valid."""
        self.take(event, _everything(raw))

    def take(self, event: Any, document: Mapping[str, Any]) -> None:
        """Give an event what the plain data it came from holds; raise msgspec.ValidationError if that is not valid."""
        fields, filled = self._fields, event.__dict__
        for name, value in document.items():
            field = fields.get(name)
            if field is not None and value is not None:
                attribute, exact, convert = field
                filled[attribute] = value if type(value) is exact else convert(value)

    def carried(self, event: Any) -> Iterable[tuple[str, Any]]:
        """Yield name and value of what an event carries, as JSON data."""
        return ((self._names[at], msgspec.to_builtins(value)) for at, value in event.__dict__.items())
