"""What the schemas guarantee about the fields of decoded events.

A `Place` is a point in an event as the schemas of all event types at hand describe it: a tuple of JSON Schemas, one per
type. A step to a field that every schema declares is an attribute of a struct; a field that every schema also requires,
or gives a default, is never None. `OPEN` is a place about which nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundrules.engine.intake import links
from groundrules.plan import ir

Place = tuple[Mapping[str, Any], ...]
OPEN: Place = ()


def place_of(events: Mapping[str, Any], types: tuple[str, ...] | None) -> Place:
    """Return the place of an event of one of `types` (None: any); OPEN if the plan lacks one of the schemas."""
    wanted = tuple(events) if types is None else types
    return tuple(events[name] for name in wanted) if all(name in events for name in wanted) else OPEN


def is_declared(place: Place, name: str) -> bool:
    """Whether every schema at `place` declares the field."""
    return bool(place) and all(name in schema.get("properties", {}) for schema in place)


def is_item(place: Place, name: str) -> bool:
    """Whether a path step leads from a list to one of its items."""
    return name in (ir.FIRST, ir.LAST) and bool(place) and all("items" in schema for schema in place)


def is_promised(place: Place, name: str) -> bool:
    """Whether every schema at `place` guarantees that the field has a value."""
    return is_declared(place, name) and all(_promises(schema, name) for schema in place)


def _promises(schema: Mapping[str, Any], name: str) -> bool:
    field = schema["properties"][name]
    return name in schema.get("required", ()) or field.get("default") is not None


def field_of(place: Place, name: str) -> Place:
    """Return the place of a field, or of an item; OPEN if it is not declared everywhere."""
    if is_item(place, name):
        return item_of(place)
    return tuple(schema["properties"][name] for schema in place) if is_declared(place, name) else OPEN


def item_of(place: Place) -> Place:
    """Return the place of a list's items."""
    return tuple(schema["items"] for schema in place) if place and all("items" in s for s in place) else OPEN


def is_object(place: Place) -> bool:
    """Whether it is known that structs are found here."""
    return bool(place) and all("properties" in schema for schema in place)


def has_links_of_text(place: Place) -> bool:
    """Whether objects here that give no links take those of their text."""
    return bool(place) and all(links.has_links_of_text(schema) for schema in place)


def is_simple(place: Place) -> bool:
    """Whether values here certainly need no conversion: neither structs nor date-times nor lists of them."""
    return bool(place) and all(_is_simple(schema) for schema in place)


def _is_simple(schema: Mapping[str, Any]) -> bool:
    if schema.get("type") == "array":
        return _is_simple(schema.get("items", {}))
    return schema.get("type") in ("string", "number", "integer", "boolean") and schema.get("format") != "date-time"
