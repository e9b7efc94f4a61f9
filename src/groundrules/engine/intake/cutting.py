"""Texts longer than a rulebook reads are cut on arrival, so that no event costs more than the longest text allowed.

Prose and URLs are cut, by code points; an identifier cut short would be somebody else's. What was cut is recorded
beside the event, for the note in its decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import msgspec

from groundrules.decisions import Note

FORMATS = ("prose", "uri")
_NAME = "_cut"


class Cut(NamedTuple):
    """How many texts of an event were cut, and which was the longest: its place and its length."""

    texts: int
    length: int
    place: str


def cut_texts(document: Any, schema: Mapping[str, Any], longest: int) -> tuple[Any, Cut | None]:
    """Return plain data with all texts cut, and what was cut; None if nothing was."""
    texts: list[tuple[int, str]] = []
    document = _cut(document, schema, longest, "", texts)
    if not texts:
        return document, None
    length, place = min(texts, key=lambda text: (-text[0], text[1]))
    return document, Cut(len(texts), length, place)


def _cut(value: Any, schema: Mapping[str, Any], longest: int, place: str, texts: list[tuple[int, str]]) -> Any:
    if isinstance(value, str):
        if len(value) <= longest or schema.get("format") not in FORMATS:
            return value
        texts.append((len(value), place))
        return value[:longest]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        named = {name: f"{place}.{name}".lstrip(".") for name in value.keys() & known.keys()}
        cut = {name: _cut(value[name], known[name], longest, named[name], texts) for name in named}
        return {name: cut.get(name, inner) for name, inner in value.items()}
    if isinstance(value, list):
        items = schema.get("items", {})
        return [_cut(item, items, longest, f"{place}[{number}]", texts) for number, item in enumerate(value)]
    return value


def marked(event: msgspec.Struct, cut: Cut) -> msgspec.Struct:
    """Return an event that knows what was cut of it."""
    fields = {name: getattr(event, name) for name in event.__struct_fields__}
    copy = _marked(type(event))(**fields, **{_NAME: cut})
    if hasattr(event, "__dict__"):  # of a sparse type
        copy.__dict__.update(event.__dict__)
    return copy


@cache
def _marked(kind: type[msgspec.Struct]) -> type[msgspec.Struct]:
    field = (_NAME, Cut)
    gc = kind.__struct_config__.gc
    return msgspec.defstruct(kind.__name__, [field], bases=(kind,), frozen=True, gc=gc, kw_only=True)


def cut_of(event: Any) -> Cut | None:
    """Return what was cut of an event."""
    cut: Cut | None = getattr(event, _NAME, None)
    return cut


def unmarked(plain: dict[str, Any]) -> dict[str, Any]:
    """Return an event as plain data without what was cut of it."""
    return {name: value for name, value in plain.items() if name != _NAME}


def note(cut: Cut, longest: int) -> Note:
    """Return what a decision says of it."""
    return Note(kind="text_cut", subject=cut.place, detail={"length": cut.length, "kept": longest, "texts": cut.texts})
