"""The closed part of JSON Schema that event, entity and action schemas use, and how it maps to types.

A schema is checked keyword by keyword against one table, because a keyword that we accepted and ignored would be a
promise that no event keeps. What passes is safe for everything downstream: `to_type` and the decoder are total on it.

    string   enum | const | format minLength maxLength  format: date-time date uri domain prose emoji
    integer  minimum maximum format                    format: duration (milliseconds)
    number   minimum maximum
    boolean
    array    items maxItems
    object   properties required
    $ref     required                                  "../entities/NAME.json"; `required` adds to the entity's

All take `title` and `description`; all but `object` and `$ref` take `default`. Unnamed properties are always allowed in
an event and ignored; null means absent.
"""

from __future__ import annotations

import re
from typing import Any

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.codes import types as codes
from groundrules.diagnostics.model import Report
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.types import kinds
from groundrules.types.document import Document, Pointer

Schema = dict[str, Any]

REFERENCE = re.compile(r"\.\./entities/([^/]+)\.json")
INTEGER_LIMIT = 2**63  # integers beyond ±2**63 are refused, so that state and arithmetic stay bounded

_DEEPEST = 40  # steps of a JSON pointer
_ALWAYS = ("title", "description")
KEYWORDS: dict[str, tuple[str, ...]] = {
    "string": ("type", "enum", "const", "format", "minLength", "maxLength", "default", *_ALWAYS),
    "integer": ("type", "minimum", "maximum", "format", "default", *_ALWAYS),
    "number": ("type", "minimum", "maximum", "default", *_ALWAYS),
    "boolean": ("type", "default", *_ALWAYS),
    "array": ("type", "items", "maxItems", "default", *_ALWAYS),
    "object": ("type", "properties", "required", *_ALWAYS),
    "$ref": ("$ref", "required", *_ALWAYS),
}
FORMATS: dict[str, tuple[str, ...]] = {
    "string": ("date-time", "date", "uri", "domain", "prose", "emoji"),
    "integer": ("duration",),
}
ACTION_FORMATS = ("role", "recipient")  # formats also allowed for parameters of actions
_TYPES = tuple(kind for kind in KEYWORDS if kind != "$ref")
_TYPES_OF_KEYWORDS: dict[str, type | tuple[type, ...]] = {
    "title": str,
    "description": str,
    "enum": list,
    "const": str,
    "format": str,
    "minLength": int,
    "maxLength": int,
    "maxItems": int,
    "minimum": (int, float),
    "maximum": (int, float),
    "items": dict,
    "properties": dict,
    "required": list,
    "$ref": str,
}


def entity_of(schema: Schema) -> str | None:
    """Return the entity's name in a `$ref`, or None if it has another form."""
    match = REFERENCE.fullmatch(schema["$ref"])
    return match[1] if match else None


class Checker:
    """Checks one document against the closed part; findings go to `report`."""

    def __init__(self, document: Document, report: Report, entities: frozenset[str], action: bool = False) -> None:
        self.document = document
        self.report = report
        self.entities = entities
        self.action = action
        self.formats = dict(FORMATS)
        if action:
            self.formats["string"] = (*FORMATS["string"], *ACTION_FORMATS)
        self.ok = True

    def fail(self, code: Code, pointer: Pointer, message: str, help: str | None = None, key: bool = False) -> None:
        span = self.document.key_span(pointer) if key else self.document.value_span(pointer)
        self.report.add(code.at(span, message, help))
        self.ok = False

    def check(self, schema: Any, pointer: Pointer, extra: tuple[str, ...] = ()) -> None:
        """Check `schema`, located at `pointer`; `extra` are further keywords that it may have."""
        if not isinstance(schema, dict):
            return self.fail(codes.SCHEMA_BAD_VALUE, pointer, "a schema must be an object")
        if len(pointer) > _DEEPEST:
            return self.fail(codes.SCHEMA_BAD_VALUE, pointer, "the schema is nested too deeply")
        kind = self._kind(schema, pointer)
        if kind is None:
            return None
        self._keywords(schema, (*KEYWORDS[kind], *extra), pointer, f"a schema of type `{kind}`")
        formed = [self._well_formed(keyword, schema[keyword], (*pointer, keyword)) for keyword in schema]
        return self._inside(kind, schema, pointer) if all(formed) else None

    def _kind(self, schema: Schema, pointer: Pointer) -> str | None:
        if "$ref" in schema:
            return "$ref"
        kind = schema.get("type")
        if isinstance(kind, str) and kind in _TYPES:
            return kind
        if kind is None:
            self.fail(codes.SCHEMA_BAD_VALUE, pointer, "a schema must say its `type` or have a `$ref`")
        else:
            named = kind if isinstance(kind, str) else str(kind)
            help = did_you_mean(named, _TYPES) or "a type is one of " + ", ".join(f"`{name}`" for name in _TYPES)
            self.fail(codes.SCHEMA_BAD_VALUE, (*pointer, "type"), f"`{named}` is not a type", help)
        return None

    def _keywords(self, schema: Schema, allowed: tuple[str, ...], pointer: Pointer, where: str) -> None:
        for keyword in schema:
            if keyword not in allowed:
                help = did_you_mean(keyword, allowed) or "allowed are " + ", ".join(f"`{name}`" for name in allowed)
                self.fail(
                    codes.SCHEMA_UNKNOWN_KEYWORD, (*pointer, keyword), f"{where} has no `{keyword}`", help, key=True
                )

    def _well_formed(self, keyword: str, value: Any, pointer: Pointer) -> bool:
        wanted = _TYPES_OF_KEYWORDS.get(keyword)
        if wanted is None:
            return True
        right = isinstance(value, wanted) and not isinstance(value, bool)
        if keyword == "title" and self.action and isinstance(value, dict):
            right = all(isinstance(text, str) for text in value.values())
        elif right and keyword in ("enum", "required"):
            right = all(isinstance(item, str) for item in value) and len(set(value)) == len(value)
            right = right and (keyword != "enum" or value != [])
        elif right and keyword in ("minLength", "maxLength", "maxItems"):
            right = 0 <= value < 2**31
        elif right and isinstance(value, int) and keyword in ("minimum", "maximum"):
            right = -INTEGER_LIMIT <= value < INTEGER_LIMIT
        if not right:
            self.fail(codes.SCHEMA_BAD_VALUE, pointer, f"`{keyword}` must be {_WANTED[keyword]}")
        return right

    def _inside(self, kind: str, schema: Schema, pointer: Pointer) -> None:
        if kind == "$ref":
            self._reference(schema, pointer)
        elif kind == "object":
            self._object(schema, pointer)
        elif kind == "array":
            self._array(schema, pointer)
        if "format" in schema and schema["format"] not in self.formats.get(kind, ()):
            allowed = self.formats[kind]
            help = did_you_mean(schema["format"], allowed) or "known are " + ", ".join(f"`{name}`" for name in allowed)
            message = f"`{schema['format']}` is not a format of `{kind}`"
            self.fail(codes.SCHEMA_BAD_VALUE, (*pointer, "format"), message, help)
        self._alone(schema, pointer)
        for bound in ("minimum", "maximum"):
            if kind == "integer" and not -INTEGER_LIMIT <= schema.get(bound, 0) < INTEGER_LIMIT:
                self.fail(codes.SCHEMA_BAD_VALUE, (*pointer, bound), f"`{bound}` is not an integer of at most 64 bits")
        for low, high in (("minimum", "maximum"), ("minLength", "maxLength")):
            if low in schema and high in schema and schema[low] > schema[high]:
                self.fail(codes.SCHEMA_BAD_VALUE, (*pointer, high), f"`{high}` is below `{low}`")
        if "default" in schema and self.ok and not accepts(schema, schema["default"]):
            self.fail(codes.SCHEMA_BAD_DEFAULT, (*pointer, "default"), "the default is not valid for its own schema")

    def _alone(self, schema: Schema, pointer: Pointer) -> None:
        chosen = next((keyword for keyword in ("enum", "const") if keyword in schema), None)
        for other in ("const", "format", "minLength", "maxLength"):
            if chosen and other != chosen and other in schema:
                message = f"`{other}` can't be combined with `{chosen}`, which lists the values"
                self.fail(codes.SCHEMA_BAD_VALUE, (*pointer, other), message, "leave it out", key=True)

    def _reference(self, schema: Schema, pointer: Pointer) -> None:
        name = entity_of(schema)
        if name in self.entities:
            return
        help = 'a reference is written `"../entities/NAME.json"`'
        if name is not None:
            help = did_you_mean(name, self.entities) or "known are " + ", ".join(
                f"`{entity}`" for entity in sorted(self.entities)
            )
        self.fail(codes.SCHEMA_UNKNOWN_REFERENCE, (*pointer, "$ref"), f"`{schema['$ref']}` names no known entity", help)

    def _object(self, schema: Schema, pointer: Pointer) -> None:
        properties = schema.get("properties", {})
        for name, inner in properties.items():
            self.check(inner, (*pointer, "properties", name))
        if pointer:  # at the root, `required` may name fields of the header or of the schema being extended
            self.known(schema.get("required", []), properties, (*pointer, "required"))

    def known(self, names: list[str], properties: Any, pointer: Pointer) -> None:
        """Check that each of `names`, located at `pointer`, is a property."""
        for index, name in enumerate(names):
            if name not in properties:
                help = did_you_mean(name, properties)
                self.fail(codes.SCHEMA_BAD_VALUE, (*pointer, index), f"`{name}` is required but no property", help)

    def _array(self, schema: Schema, pointer: Pointer) -> None:
        if "items" not in schema:
            self.fail(codes.SCHEMA_BAD_VALUE, pointer, "a schema of type `array` must say its `items`")
        else:
            self.check(schema["items"], (*pointer, "items"))


_WANTED = {
    "title": "text",
    "description": "text",
    "enum": "a list of different texts",
    "const": "a text",
    "format": "a text",
    "minLength": "a number of characters",
    "maxLength": "a number of characters",
    "maxItems": "a number of items",
    "minimum": "a number, an integer of at most 64 bits",
    "maximum": "a number, an integer of at most 64 bits",
    "items": "a schema",
    "properties": "an object of schemas",
    "required": "a list of different names",
    "$ref": "a text",
}


def accepts(schema: Schema, value: Any) -> bool:
    """Tell whether `value` may be the default of a scalar or array schema. Times and dates have no default."""
    match schema.get("type"), value:
        case "array", list():
            items = schema.get("items", {})
            return len(value) <= schema.get("maxItems", len(value)) and all(accepts(items, item) for item in value)
        case "string", str() if schema.get("format") not in ("date-time", "date"):
            allowed = schema.get("enum", [schema["const"]] if "const" in schema else [value])
            return value in allowed and _within(len(value), schema, "minLength", "maxLength")
        case "boolean", bool():
            return True
        case (("integer" | "number"), int()) if not isinstance(value, bool):
            return -INTEGER_LIMIT <= value < INTEGER_LIMIT and _within(value, schema, "minimum", "maximum")
        case "number", float():
            return _within(value, schema, "minimum", "maximum")
    return False


def _within(value: float, schema: Schema, low: str, high: str) -> bool:
    return bool(schema.get(low, value) <= value <= schema.get(high, value))


# --- types --------------------------------------------------------------------------------------

_FORMATTED: dict[str, kinds.Type] = {
    "prose": kinds.Prose(),
    "uri": kinds.Url(),
    "domain": kinds.Domain(),
    "date-time": kinds.Instant(),
    "date": kinds.Date(),
    "duration": kinds.Duration(),
}


def to_type(schema: Schema, name: str) -> kinds.Type:
    """Return the type of a checked schema without references; `name` names it if it is an object."""
    kind = schema["type"]
    if kind == "object":
        return to_object(schema, name)
    if kind == "array":
        return kinds.ListOf(to_type(schema["items"], name))
    if kind == "boolean":
        return kinds.Boolean()
    if schema.get("format") in _FORMATTED:
        return _FORMATTED[schema["format"]]
    if kind == "string":
        values = schema.get("enum", [schema["const"]] if "const" in schema else None)
        return kinds.Identifier() if values is None else kinds.Enum(tuple(values))
    return kinds.Number(kind == "integer", schema.get("minimum"), schema.get("maximum"))


def to_object(schema: Schema, name: str) -> kinds.Object:
    """Return the object type of a checked schema without references."""
    required = schema.get("required", ())
    fields = {field: to_field(inner, field, field in required) for field, inner in schema.get("properties", {}).items()}
    return kinds.Object(name, fields, schema.get("entity"))


def to_field(schema: Schema, name: str, required: bool) -> kinds.Field:
    """Return the field `name` of a checked schema; a default makes it present even if not required."""
    default = schema.get("default")
    return kinds.Field(to_type(schema, name), not required and default is None, default, schema.get("description", ""))
