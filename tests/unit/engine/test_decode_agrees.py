"""The decoder and jsonschema, configured strictly, accept the same documents for any schema of the closed part."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules import Engine, load
from groundrules.decisions import Rejection
from groundrules.engine.intake.decode import Decoder, InvalidEventError, explain, to_plain
from groundrules.engine.intake.lenient import clean
from groundrules.reference import Interpreter

NAMES = st.sampled_from(["a", "b", "odd-name", "class", "_x", "id", "名"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
TIMES = st.sampled_from(
    [
        "2026-03-01T09:00:00Z",
        "2026-02-30T09:00:00Z",
        "2026-03-01 09:00:00.1234567891+08:00",
        "2026-03-01T24:00:00Z",
        "2026-03-01T09:00:60Z",
        "2026-03-01T09:00:00",
        "2026-03-01T09:00:00+0800",
        "2026-03-01T09:00:00+24:00",
        "2026-03-01T09:00:00-23:60",
        "2026-03-01T09:00Z",
        "0000-03-01T09:00:00Z",
        "9999-12-31T23:59:59.9999999Z",
        "9999-12-31T23:59:59.9999994Z",
        "٢٠٢٦-03-01T09:00:00Z",
        "2026-03-01T09:00:00Z\n",
    ]
)
DATES = st.sampled_from(
    [
        "2024-02-29",
        "2023-02-29",
        "1900-02-29",
        "2000-02-29",
        "--02-29",
        "--02-30",
        "0000-01-01",
        "2026-04-31",
        "2026-12-31",
        "2026-1-1",
        "2026-12-31\n",
        "-12-31",
        "---12-31",
        "lunar:08-15",
        "lunar:2001-12-30",
        "lunar:08-31",
        "lunar:--08-15",
    ]
)
INTEGERS = st.integers(-3, 3) | st.sampled_from([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**30])
FLOATS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([1.0, 0.0, -0.0, 1e308, 1.5])


def string_schemas() -> st.SearchStrategy[dict[str, Any]]:
    sized = st.fixed_dictionaries(
        {"type": st.just("string")}, optional={"minLength": st.integers(0, 2), "maxLength": st.integers(2, 4)}
    )
    formatted = st.fixed_dictionaries(
        {"type": st.just("string"), "format": st.sampled_from(["prose", "uri", "domain", "emoji", "date", "date-time"])}
    )
    listed = st.lists(TEXTS, min_size=1, max_size=3, unique=True).map(lambda values: {"type": "string", "enum": values})
    return sized | formatted | listed | TEXTS.map(lambda value: {"type": "string", "const": value})


def numeric_schemas() -> st.SearchStrategy[dict[str, Any]]:
    bounds = st.integers(-2, 2) | st.floats(-2.5, 2.5)
    return st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])},
        optional={"minimum": bounds, "maximum": st.just(5) | st.just(1e300)},
    )


def object_of(properties: dict[str, Any], required: set[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(required & properties.keys())}


def containers(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    lists = st.fixed_dictionaries({"type": st.just("array"), "items": inner}, optional={"maxItems": st.integers(0, 3)})
    return lists | st.builds(object_of, st.dictionaries(NAMES, inner, max_size=4), st.sets(NAMES))


SCHEMAS = st.recursive(string_schemas() | numeric_schemas() | st.just({"type": "boolean"}), containers, max_leaves=6)
ANYTHING = st.recursive(
    st.none() | st.booleans() | INTEGERS | FLOATS | TEXTS | TIMES | DATES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=4,
)


def documents(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Documents that mostly follow a schema, so that both answers are frequent."""
    match schema["type"]:
        case "object":
            known = {name: documents(inner) for name, inner in schema["properties"].items()}
            near: st.SearchStrategy[Any] = st.fixed_dictionaries({}, optional={**known, "extra": ANYTHING})
        case "array":
            near = st.lists(documents(schema["items"]), max_size=4)
        case "boolean":
            near = st.booleans()
        case "string":
            listed = schema.get("enum", [schema["const"]] if "const" in schema else [])
            near = (st.sampled_from(listed) if listed else TEXTS) | TIMES | DATES
        case _:
            near = INTEGERS | FLOATS
    return st.one_of(near, near, near, near, near, ANYTHING)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_they_agree(data: st.DataObject) -> None:
    root = data.draw(st.builds(object_of, st.dictionaries(NAMES, SCHEMAS, max_size=4), st.sets(NAMES)))
    schema = {**root, "properties": {**root["properties"], "type": {"type": "string", "const": "x"}}}
    decoder = Decoder({"x": schema})
    for _ in range(3):
        document = {**data.draw(documents(root).filter(lambda found: isinstance(found, dict))), "type": "x"}
        wanted = explain(schema, clean(document))
        for raw in (document, json.dumps(document), json.dumps(document, ensure_ascii=False).encode()):
            found = answer(decoder, raw)
            if isinstance(found, Rejection):
                assert wanted is not None
                assert (found.path, found.code) == (wanted.path, wanted.code)
            else:
                assert wanted is None
                assert decoder.decode(to_plain(found)) == found


@given(st.text() | st.binary() | st.text(alphabet='{}[]":,type0 \\ud8ntrue'))
@settings(max_examples=300, deadline=None)
def test_nothing_but_invalid_is_raised(raw: str | bytes) -> None:
    with pytest.raises(InvalidEventError, match=r"\w"):
        Decoder({"x": {"properties": {}}}).decode(raw)


def answer(decoder: Decoder, raw: Any) -> Any:
    try:
        return decoder.decode(raw)
    except InvalidEventError as invalid:
        return invalid.rejection


@pytest.mark.parametrize(
    "time",
    [rb"2026-03-02T01:00:00.999\u0039999Z", rb"2026-03-02T01:00:00\u002E9999999Z", rb"2026-03-02T01:00:0\u0030Z"],
)
def test_digits_written_as_escapes_are_digits(time: bytes) -> None:
    """No decoder rounds them up where the other cuts."""
    plan = load(Path(__file__).parents[2] / "rulebooks" / "small-chat").plan
    event = b'{"id": "a", "type": "message", "time": "%b", "community": {"id": "c"}, "actor": {"id": "li"}}' % time
    assert [one.at for one in Engine(plan).feed(event)] == [one.at for one in Interpreter(plan).feed(event)]
