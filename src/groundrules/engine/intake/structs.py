"""From the JSON Schemas of a plan to msgspec structs, one per event type.

A struct's field has the JSON name if that is a plain identifier, or else a name that encodes it. An absent field is
None, unless the schema gives a default. Structs are frozen and not tracked by the garbage collector: they hold strings,
numbers, datetimes, lists and other structs, and never form a cycle.

Formats that are checked: `date-time` (RFC 3339 with an offset) and `date` (a real date, `--MM-DD`, or one of the lunar
calendar: `lunar:2001-08-15`, `lunar:08-15`). The others say how text compares, not what it looks like: a link is
whatever a platform calls one.
"""

from __future__ import annotations

import keyword
import math
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache, partial, reduce
from operator import or_
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from groundrules.engine.intake.links import GIVEN, has_links_of_text, link_methods, links_of_text
from groundrules.engine.intake.sparse import SPARSE, Field, SparseFields, sparse_fields
from groundrules.functions.numbers import HIGHEST, LOWEST

Schema = Mapping[str, Any]

_DAYS = (
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_LEAP_YEARS = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_LUNAR = r"lunar:(?:(?!0000)[0-9]{4}-)?(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|30)"
DATE = rf"^(?:(?!0000)(?:(?:[0-9]{{4}}|-)-{_DAYS}|(?:{_LEAP_YEARS}|-)-02-29)|{_LUNAR})\Z"


@cache
def attribute(name: str) -> str:
    """Return the attribute under which a struct has the field of JSON name `name`; different for different names."""
    plain = name.isascii() and name.isidentifier() and not name.startswith("_") and not keyword.iskeyword(name)
    return name if plain else "_" + name.encode("utf-8", "surrogatepass").hex()


def event_structs(schemas: Mapping[str, Schema]) -> dict[str, type[msgspec.Struct]]:
    """Return the struct of each event type."""
    return {name: event_struct(name, schemas[name]) for name in sorted(schemas)}


def union_of(structs: Mapping[str, type[msgspec.Struct]]) -> Any:
    """Return the union of the structs of all event types, tagged by the field `type`; None if there are none.

    It has a member that nothing decodes to, because msgspec doesn't require the tag field of a struct on its own.
    """
    if not structs:
        return None
    nothing: Any = Annotated[int, Meta(gt=0, lt=0)]  # `Any`, because msgspec 0.20's stubs reject it as a type
    tag = "_" * (1 + max(map(len, structs)))
    no_event = msgspec.defstruct("NoEvent", [("never", nothing)], tag_field="type", tag=tag)
    return reduce(or_, structs.values(), no_event)


def event_struct(name: str, schema: Schema) -> type[msgspec.Struct]:
    """Return the struct of an event type; its class attribute `type` is the type's name."""
    optional = sparse_fields(schema)
    properties = {
        field: inner for field, inner in schema["properties"].items() if field != "type" and field not in optional
    }
    return msgspec.defstruct(
        f"Event_{attribute(name)}",
        _fields({**schema, "properties": properties}),
        namespace={"type": name, **_sparse_namespace(optional), **_methods(schema)},
        tag_field="type",
        tag=name,
        dict=bool(optional),
        gc=bool(optional),
        frozen=True,
        kw_only=True,
        omit_defaults=True,
    )


def _sparse_namespace(optional: Mapping[str, Schema]) -> dict[str, Any]:
    """Return what a struct has for fields without a slot: the default of each, and their reader."""
    if not optional:
        return {}
    fields = {name: _sparse_field(name, inner) for name, inner in optional.items()}
    return {SPARSE: SparseFields(fields), **{attribute(name): inner.get("default") for name, inner in optional.items()}}


def _sparse_field(name: str, schema: Schema) -> Field:
    wanted = _type(schema)
    exact = wanted if wanted in (str, bool) else None
    return attribute(name), exact, partial(msgspec.convert, type=wanted)


def _struct(schema: Schema) -> type[msgspec.Struct]:
    """Return the struct of an object; equal schemas, like that of a member in every event type, share theirs."""
    return _struct_of(msgspec.json.encode(schema))


@lru_cache(maxsize=1024)
def _struct_of(encoded: bytes) -> type[msgspec.Struct]:
    schema = msgspec.json.decode(encoded)
    return msgspec.defstruct(
        f"Object_{attribute(schema.get('entity', ''))}",
        _fields(schema),
        namespace=_methods(schema),
        frozen=True,
        gc=False,
        kw_only=True,
        omit_defaults=True,
    )


def _methods(schema: Schema) -> dict[str, Any]:
    """Return what a struct has besides its fields."""
    if not has_links_of_text(schema):
        return link_methods(schema)
    return {"links": links_of_text(_struct(schema["properties"]["links"]["items"]))}


def _fields(schema: Schema) -> list[tuple[str, Any, Any]]:
    required = schema.get("required", ())
    fields = [_field(name, inner, name in required) for name, inner in schema.get("properties", {}).items()]
    if not has_links_of_text(schema):
        return fields
    given = (GIVEN, _type(schema["properties"]["links"]) | None, msgspec.field(name="links", default=None))
    return [given if name == "links" else (name, *rest) for name, *rest in fields]


def _field(name: str, schema: Schema, required: bool) -> tuple[str, Any, Any]:
    here, type_ = attribute(name), _type(schema)
    default = schema.get("default")
    if required:
        return here, type_, msgspec.field(name=name)
    if default is None:
        return here, type_ | None, msgspec.field(name=name, default=None)
    if isinstance(default, list):
        return here, type_, msgspec.field(name=name, default_factory=partial(list, default) if default else list)
    return here, type_, msgspec.field(name=name, default=default)


def _type(schema: Schema) -> Any:
    match schema["type"]:
        case "object":
            return _struct(schema)
        case "array":
            items = list.__class_getitem__(_type(schema["items"]))
            return Annotated[items, Meta(max_length=schema["maxItems"])] if "maxItems" in schema else items
        case "boolean":
            return bool
        case "string":
            return _text(schema)
        case "integer":
            return _integer(schema)
        case _:
            return _number(schema)


def _text(schema: Schema) -> Any:
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if values is not None:
        return Literal[tuple(values)]
    if schema.get("format") == "date-time":
        return Annotated[datetime, Meta(tz=True)]
    limits: dict[str, Any] = {}
    if "minLength" in schema:
        limits["min_length"] = schema["minLength"]
    if "maxLength" in schema:
        limits["max_length"] = schema["maxLength"]
    if schema.get("format") == "date":
        limits["pattern"] = DATE
    return Annotated[str, Meta(**limits)] if limits else str


def _integer(schema: Schema) -> Any:
    low = max(LOWEST, math.ceil(schema.get("minimum", LOWEST)))
    high = min(HIGHEST, math.floor(schema.get("maximum", HIGHEST)))
    return Annotated[int, Meta(ge=low, le=high)]


def _number(schema: Schema) -> Any:
    within_reach = schema.get("minimum", 0) <= HIGHEST and schema.get("maximum", 0) >= LOWEST
    return _integer(schema) | _float(schema) if within_reach else _float(schema)


def _float(schema: Schema) -> Any:
    limits: dict[str, Any] = {}
    if "minimum" in schema:
        limits["ge"] = float(schema["minimum"])
    if "maximum" in schema:
        limits["le"] = float(schema["maximum"])
    return Annotated[float, Meta(**limits)] if limits else float
