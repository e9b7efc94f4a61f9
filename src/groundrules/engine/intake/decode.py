"""Decoding: from the JSON of an event to a struct with typed fields, or to the reason why it isn't an event.

    bytes, str, dict ──► msgspec, one tagged union of structs ──► struct
                            │ refused
                            └► read leniently, clean, convert ──► struct
                                  │ refused
                                  └► explain with jsonschema ──► InvalidEventError

Valid events take the first line and nothing else. Null means absent, fields that the schema does not name are ignored,
the last of repeated keys counts, and nothing is converted: `"5"` is not a number, `1.0` not an integer. Whatever comes
in, nothing but `InvalidEventError` is raised. Instants stay `datetime` until they are read; `milliseconds` turns them
into the numbers of the plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from groundrules.diagnostics.codes import events as codes
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.engine.intake.cutting import cut_of, cut_texts, marked, unmarked
from groundrules.engine.intake.explain import describe, explain
from groundrules.engine.intake.lenient import (
    DEEPEST,
    InvalidEventError,
    check_depth,
    cut_instants,
    encode,
    read,
    refuse,
)
from groundrules.engine.intake.sparse import SPARSE, SparseFields
from groundrules.engine.intake.structs import Schema, attribute, event_structs, union_of
from groundrules.plan.ir import LONGEST_TEXT
from groundrules.time_units import DAY, SECOND

__all__ = [
    "Decoder",
    "InvalidEventError",
    "attribute",
    "decoder_of",
    "explain",
    "milliseconds",
    "plan_value",
    "read_path",
    "to_plain",
]

Event = msgspec.Struct
HEADER = ("id", "type", "time", "community")
SHORT = 2 * DEEPEST
"""JSON of at most this many bytes has too few brackets to be nested too deeply."""

_rounded_up = re.compile(rb"\.[0-9]{3}999[5-9]|\\u00(?:3[0-9]|2[eE])").search
"""Digits of a second that the decoder would round up to the next millisecond, where the language rounds down; or digits
and dots written as escapes, which nobody does in good faith."""


def _is_rounded_up(raw: bytes) -> bool:
    """Tell whether a decoder would round an instant up; two looks at the bytes spare most events the pattern."""
    return (b"999" in raw or b"\\u00" in raw) and _rounded_up(raw) is not None


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(moment: datetime) -> int:
    """Return an instant as whole milliseconds since 1970-01-01T00:00Z, rounded down."""
    passed = moment - EPOCH
    return passed.days * DAY + passed.seconds * SECOND + passed.microseconds // 1000


def read_path(event: Any, path: Iterable[str]) -> Any:
    """Return the value at a path of JSON names as the plan sees it: instants as ms, objects as their id.

    None where anything on the way is absent. Slow and general; generated code reads attributes.
    """
    value = event
    for name in path:
        value = getattr(value, attribute(name), None)
        if value is None:
            return None
    return plan_value(value)


def plan_value(value: Any) -> Any:
    """Return a decoded value as a value of the plan: an object as its id, an instant as ms, a list item by item."""
    if isinstance(value, msgspec.Struct):
        return getattr(value, "id", None)
    if isinstance(value, datetime):
        return milliseconds(value)
    return [plan_value(item) for item in value] if isinstance(value, list | tuple) else value


def to_plain(event: Event) -> dict[str, Any]:
    """Return an event as JSON data that decodes to the same event; defaults are left out."""
    plain: dict[str, Any] = msgspec.to_builtins(event)
    values = getattr(event, SPARSE, None)
    whole = plain if values is None else {**plain, **dict(values.carried(event))}
    return whole if cut_of(event) is None else unmarked(whole)


def _as_json(raw: Any) -> bytes | str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, Mapping):
        return encode(raw)
    if isinstance(raw, bytes | bytearray | memoryview):
        return bytes(raw)
    raise refuse(codes.EVENT_NOT_JSON, f"an event must be an object, found {describe(raw)}")


@lru_cache(maxsize=256)
def _nearest_type(name: str, types: frozenset[str]) -> str | None:
    """Return a suggestion for an unknown type, cached because a bot that sends one sends many."""
    return did_you_mean(name, types)


class Decoder:
    """Decodes events of the types in `schemas`: event type → self-contained JSON Schema, as a plan holds them.

    Texts of more than `longest` characters are cut (`cutting`). JSON is never shorter than a text in it, so only events
    of at least that many bytes are checked.
    """

    def __init__(self, schemas: Mapping[str, Schema], longest: int = LONGEST_TEXT) -> None:
        self.schemas = dict(schemas)
        self._longest = longest
        self._types = frozenset(schemas)
        structs = event_structs(self.schemas)
        sparse = {name: struct for name, struct in structs.items() if hasattr(struct, SPARSE)}
        self._sparse: dict[str, SparseFields] = {name: getattr(struct, SPARSE) for name, struct in sparse.items()}
        self._union = union_of(structs)
        self._narrow = msgspec.json.Decoder(self._union).decode if self._union else self._second_look
        self._decode = self._filled if self._sparse else self._narrow

    def decode(self, raw: bytes | bytearray | memoryview | str | Mapping[str, Any]) -> Event:
        """Return the event that `raw` holds; raise InvalidEventError with a Rejection if it holds none.

        JSON is never nested deeper than its number of opening brackets, which `replace` counts faster than `count`.
        """
        if type(raw) is not bytes:
            raw = _as_json(raw)
            check_depth(raw)
            if len(raw) > self._longest:
                return self._second_look(raw)
            if _is_rounded_up(raw if isinstance(raw, bytes) else raw.encode(errors="replace")):
                return self._second_look(raw)
        elif (b"999" in raw or b"\\u00" in raw) and _rounded_up(raw):  # `_is_rounded_up`, without a call
            return self._second_look(raw)
        elif len(raw) > SHORT and 2 * len(raw) - len(raw.replace(b"{", b"")) - len(raw.replace(b"[", b"")) > DEEPEST:
            check_depth(raw)
        if len(raw) > self._longest:
            return self._second_look(raw)
        try:
            return self._decode(raw)
        except (msgspec.MsgspecError, UnicodeError):
            return self._second_look(raw)

    def glance(self, raw: bytes) -> Any:
        """Return the event that `raw` holds as `decode` would, None if that needs a second look."""
        long = len(raw) > self._longest or (len(raw) > SHORT and raw.count(b"{") + raw.count(b"[") > DEEPEST)
        if long or _is_rounded_up(raw):
            return None
        try:
            return self._decode(raw)
        except (msgspec.MsgspecError, UnicodeError):
            return None

    def _filled(self, raw: bytes | str) -> Event:
        """Decode an event, including the fields without a slot in its struct."""
        event: Any = self._narrow(raw)
        fields = self._sparse.get(event.type)
        if fields is not None:
            fields.fill(event, raw)
        return event  # type: ignore[no-any-return]

    def _second_look(self, raw: bytes | str) -> Event:
        check_depth(raw)
        document = read(raw)
        schema = self._schema_of(document)
        document, cut = cut_texts(document, schema, self._longest)
        try:
            exact = cut_instants(document, schema)
            event: Event = msgspec.convert(exact, self._union)
            if document["type"] in self._sparse:
                self._sparse[document["type"]].take(event, exact)
        except msgspec.ValidationError:
            raise self._rejected(schema, document) from None
        return event if cut is None else marked(event, cut)

    def _rejected(self, schema: Schema, document: Any) -> InvalidEventError:
        rejection = explain(schema, document)
        if rejection:
            return InvalidEventError(rejection)
        return refuse(codes.EVENT_WRONG_TYPE, f"the event does not match the schema of `{document['type']}`")

    def _schema_of(self, document: Any) -> Schema:
        if not isinstance(document, dict):
            raise refuse(codes.EVENT_NOT_JSON, f"an event must be an object, found {describe(document)}")
        if "type" not in document:
            raise refuse(codes.EVENT_MISSING_FIELD, "`type` is missing", "type")
        name = document["type"]
        if not isinstance(name, str):
            raise refuse(codes.EVENT_WRONG_TYPE, f"`type` must be a text, found {describe(name)}", "type")
        if name not in self.schemas:
            help = _nearest_type(name[:100], self._types)
            reason = f"the type {describe(name)} is not known" + (f", {help}" if help else "")
            raise refuse(codes.EVENT_UNKNOWN_TYPE, reason, "type")
        return self.schemas[name]

    def prune(self, event: Event, paths: Iterable[Iterable[str]]) -> bytes:
        """Return the JSON of an event with the header, the fields at `paths` and whatever its schema requires.

        A path leads through lists to a field of every item. The result decodes to an event whose other optional
        fields are absent. An object at the end of a path is kept whole.
        """
        wanted: dict[str, Any] = {}
        for path in (*((name,) for name in HEADER), *map(tuple, paths)):
            _plant(wanted, path)
        if "links" in wanted:
            read_path(event, ("links",))  # those of the text are found when they are read
        plain = to_plain(event)
        return msgspec.json.encode(_pruned(plain, wanted, self.schemas[plain["type"]]))


def decoder_of(schemas: Mapping[str, Schema], longest: int) -> Decoder:
    """Return a decoder; programs that know the same event types share one, and so the events that it decodes."""
    return _decoder_of(msgspec.json.encode(schemas), longest)


@lru_cache(maxsize=64)
def _decoder_of(schemas: bytes, longest: int) -> Decoder:
    return Decoder(msgspec.json.decode(schemas), longest)


def _plant(tree: dict[str, Any], path: tuple[str, ...]) -> None:
    """Add a path to a tree of names; an empty tree at the end means everything below."""
    for index, name in enumerate(path):
        last = index == len(path) - 1
        if name in tree and not tree[name]:
            return
        tree[name] = {} if last else tree.get(name) or {}
        tree = tree[name]


def _pruned(value: Any, wanted: dict[str, Any] | None, schema: Schema) -> Any:
    """Keep what `wanted` names (empty: all; None: only what the schema requires)."""
    if wanted == {}:
        return value
    if isinstance(value, list):
        return [] if wanted is None else [_pruned(item, wanted, schema["items"]) for item in value]
    if not isinstance(value, dict):
        return value
    required, kept = schema.get("required", ()), wanted or {}
    return {
        name: _pruned(inner, kept.get(name), schema["properties"][name])
        for name, inner in value.items()
        if name in kept or name in required or name == "type"
    }
