"""A rulebook's own schemas: what they may say, how they extend shipped ones, and what is reported about mistakes."""

import json
from pathlib import Path
from typing import Any

import pytest

from groundrules import check
from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.types import kinds
from groundrules.types.catalog import Catalog, EventType, shipped_catalog

MEMBER = {"$ref": "../entities/member.json"}


def load(folder: Path, files: dict[str, Any]) -> tuple[Catalog, list[Diagnostic]]:
    for name, content in files.items():
        path = folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    report = Report()
    return Catalog.load([folder], report), report.sorted


def fields(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def the_event(catalog: Catalog, name: str) -> EventType:
    found = catalog.event(name)
    assert found is not None
    return found


def test_an_own_event_type_with_odd_names_and_nested_fields(tmp_path: Path) -> None:
    schema = fields(
        **{"odd-name": {"type": "string"}, "class": {"type": "integer", "minimum": 1}},
        page=fields(id={"type": "string"}, tags={"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}),
        editor=MEMBER,
    )
    catalog, found = load(tmp_path, {"events/page.edited": schema | {"required": ["actor", "page"]}})
    assert found == []
    event = the_event(catalog, "page.edited")
    assert event.fields["odd-name"] == kinds.Field(kinds.Identifier(), optional=True)
    assert event.fields["class"].type == kinds.Number(integer=True, minimum=1)
    assert not event.fields["page"].optional
    assert event.fields["page"].type.fields["tags"].type == kinds.ListOf(kinds.Enum(("a", "b")))  # type: ignore[attr-defined]
    assert event.fields["editor"].type.entity == "member"  # type: ignore[attr-defined]
    assert event.schema["required"] == ["id", "type", "time", "community", "actor", "page"]


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ({"type": "string"}, kinds.Identifier()),
        ({"type": "string", "format": "prose"}, kinds.Prose()),
        ({"type": "string", "format": "uri"}, kinds.Url()),
        ({"type": "string", "format": "domain"}, kinds.Domain()),
        ({"type": "string", "format": "date-time"}, kinds.Instant()),
        ({"type": "string", "format": "date"}, kinds.Date()),
        ({"type": "string", "format": "emoji"}, kinds.Identifier()),
        ({"type": "string", "const": "x"}, kinds.Enum(("x",))),
        ({"type": "integer", "format": "duration"}, kinds.Duration()),
        ({"type": "number", "maximum": 2.5}, kinds.Number(maximum=2.5)),
        ({"type": "boolean"}, kinds.Boolean()),
    ],
)
def test_types(tmp_path: Path, schema: dict[str, Any], type_: kinds.Type) -> None:
    catalog, found = load(tmp_path, {"events/x": fields(field=schema)})
    assert (found, the_event(catalog, "x").fields["field"].type) == ([], type_)


def test_an_extension_adds_fields_and_requires_more(tmp_path: Path) -> None:
    catalog, found = load(
        tmp_path,
        {
            "entities/member": fields(vip={"type": "boolean", "default": False}),
            "events/message": fields(mood={"type": "string"}, actor=MEMBER | {"required": ["joined"]})
            | {"required": ["channel"]},
        },
    )
    assert found == []
    message = the_event(catalog, "message")
    assert not message.fields["channel"].optional
    assert message.fields["text"].default == ""
    actor = message.fields["actor"].type
    assert isinstance(actor, kinds.Object)
    assert (actor.fields["vip"].default, actor.fields["joined"].optional) == (False, False)
    assert "mood" not in the_event(shipped_catalog(), "message").fields


MISTAKES = {
    "unknown keyword": (
        {"events/x": '{"type": "object", "properties": {"a": {"type": "string", "maxLenght": 3}}}'},
        "GR451",
        '"maxLenght"',
        "a schema of type `string` has no `maxLenght`",
        "did you mean `maxLength`?",
    ),
    "unknown keyword at the root": (
        {"events/x": '{"type": "object", "shorthand": "a"}'},
        "GR451",
        '"shorthand"',
        "a schema of type `object` has no `shorthand`",
        None,
    ),
    "unknown type": (
        {"events/x": '{"type": "object", "properties": {"a": {"type": "strng"}}}'},
        "GR452",
        '"strng"',
        "`strng` is not a type",
        "did you mean `string`?",
    ),
    "unknown format": (
        {"events/x": '{"type": "object", "properties": {"a": {"type": "string", "format": "role"}}}'},
        "GR452",
        '"role"',
        "`role` is not a format of `string`",
        None,
    ),
    "type is a list": (
        {"events/x": '{"type": "object", "properties": {"a": {"type": ["string", "null"]}}}'},
        "GR452",
        '["string", "null"]',
        "`['string', 'null']` is not a type",
        None,
    ),
    "required is no property": (
        {"events/x": '{"type": "object", "properties": {"page": {"type": "string"}}, "required": ["pag"]}'},
        "GR452",
        '"pag"',
        "`pag` is required but no property",
        "did you mean `page`?",
    ),
    "bounds": (
        {"events/x": '{"type": "object", "properties": {"a": {"type": "integer", "minimum": 3, "maximum": 2}}}'},
        "GR452",
        "2",
        "`maximum` is below `minimum`",
        None,
    ),
    "unknown entity": (
        {"events/x": '{"type": "object", "properties": {"a": {"$ref": "../entities/membr.json"}}}'},
        "GR453",
        '"../entities/membr.json"',
        "`../entities/membr.json` names no known entity",
        "did you mean `member`?",
    ),
    "foreign reference": (
        {"events/x": '{"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}}'},
        "GR453",
        '"#/$defs/a"',
        "`#/$defs/a` names no known entity",
        'a reference is written `"../entities/NAME.json"`',
    ),
    "conflict": (
        {"events/message": '{"type": "object", "properties": {"text": {"type": "integer"}}}'},
        "GR454",
        '"text"',
        "`text` already has another meaning in `message`",
        "leave it out, or give the new field a name of its own",
    ),
    "conflict with the header": (
        {"events/x": '{"type": "object", "properties": {"time": {"type": "integer"}}}'},
        "GR454",
        '"time"',
        "`time` already has another meaning in `x`",
        "leave it out, or give the new field a name of its own",
    ),
    "bad default": (
        {"events/x": '{"type": "object", "properties": {"a": {"type": "integer", "minimum": 1, "default": 0}}}'},
        "GR458",
        "0",
        "the default is not valid for its own schema",
        None,
    ),
    "not JSON": ({"events/x": '{"type": }'}, "GR450", "}", "not JSON: expecting value", None),
    "a key twice": (
        {"events/x": '{"type": "object", "type": "object"}'},
        "GR450",
        '"type"',
        "the key `type` is given twice",
        None,
    ),
    "bad name": ({"events/Page Edited": '{"type": "object"}'}, "GR456", "", "`Page Edited` is not a name here", None),
    "named like an effect": (
        {"actions/strike": '{"type": "object"}'},
        "GR456",
        "",
        "`strike` is an effect of the engine, not an action",
        "rename the file",
    ),
    "no shorthand": (
        {"actions/x": '{"type": "object", "shorthand": "txt", "properties": {"text": {"type": "string"}}}'},
        "GR452",
        '"txt"',
        "`txt` is not a parameter",
        "did you mean `text`?",
    ),
    "merge without a value": (
        {"actions/x": '{"type": "object", "merge": {"n": "max"}, "properties": {"n": {"type": "integer"}}}'},
        "GR457",
        '"max"',
        "`n` cannot be merged by `max`",
        None,
    ),
    "winner": (
        {"actions/x": '{"type": "object", "opposes": {"kick": "ban"}}'},
        "GR457",
        '"ban"',
        "the winner of `x` and `kick` must be one of the two",
        None,
    ),
    "supersedes another kind of thing": (
        {"actions/x": '{"type": "object", "target": {"kind": "channel"}, "supersedes": ["kick"]}'},
        "GR457",
        '["kick"]',
        "`kick` has another kind of target",
        None,
    ),
    "target": (
        {"actions/x": '{"type": "object", "target": {"kind": "member", "default": "message"}}'},
        "GR452",
        '"message"',
        "`default` is not something at hand that is a member",
        None,
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_one_mistake_gives_one_message_at_its_place(tmp_path: Path, mistake: tuple[Any, ...]) -> None:
    files, code, underlined, message, help = mistake
    _, found = load(tmp_path, files)
    assert [one.code for one in found] == [code]
    assert found[0].message == message
    assert underlined in (found[0].span.text, "")
    if help is not None:
        assert found[0].help == help


def test_a_cycle_of_superseding_actions(tmp_path: Path) -> None:
    one, two = ({"type": "object", "supersedes": [other]} for other in ("b", "a"))
    _, found = load(tmp_path, {"actions/a": one, "actions/b": two})
    assert {(one.code, one.message) for one in found} == {
        ("GR457", "`a` would supersede itself"),
        ("GR457", "`b` would supersede itself"),
    }


def test_entities_that_contain_each_other_and_what_refers_to_them(tmp_path: Path) -> None:
    files = {
        "entities/a": fields(b={"$ref": "../entities/b.json"}),
        "entities/b": fields(a={"$ref": "../entities/a.json"}),
        "events/x": fields(a={"$ref": "../entities/a.json"}),
    }
    catalog, found = load(tmp_path, files)
    assert [(one.code, one.message) for one in found] == [
        ("GR455", "`a` contains itself"),
        ("GR455", "`b` contains itself"),
    ]
    assert catalog.event("x") is None
    assert catalog.event("message") is not None


def test_a_schema_that_is_nested_too_deeply(tmp_path: Path) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(200):
        schema = {"type": "array", "items": schema}
    _, found = load(tmp_path, {"events/x": fields(deep=schema)})
    assert [one.message for one in found] == ["the schema is nested too deeply"]


def test_a_folder_without_schemas_is_fine(tmp_path: Path) -> None:
    catalog, found = load(tmp_path, {})
    assert found == []
    assert catalog.names("events") == shipped_catalog().names("events")


ODD = (5, None, "x", ["x"], [5], [["a"]], {"x": "y"}, {"x": 5}, {"kind": 5}, {"kind": "member", "default": ["x"]}, [{}])
KEYWORDS = ("title", "sentence", "unsaid", "does", "target", "shorthand", "at_hand", "merge", "supersedes", "opposes")


@pytest.mark.parametrize("keyword", KEYWORDS)
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_an_action_with_an_odd_keyword_is_refused_and_the_rules_that_ask_for_it_are_not_blamed(
    tmp_path: Path, keyword: str, value: Any
) -> None:
    schema = fields(span={"type": "integer"}) | {"target": {"kind": "member"}, "shorthand": "span", keyword: value}
    load(tmp_path / "schemas", {"actions/put": schema})
    (tmp_path / "rulebook.yaml").write_text(
        "rulebook: a\nuse: [std/chat]\nrules: [{id: r, on: message, then: [{put: 1, who: actor}]}]\n"
    )
    assert {found.code for found in check(tmp_path)} <= {"GR452"}


def test_a_shipped_action_stays_as_it_is_where_its_extension_is_refused(tmp_path: Path) -> None:
    catalog, found = load(tmp_path, {"actions/mute": fields() | {"sentence": "mute {whom}"}})
    assert [one.code for one in found] == ["GR452"]
    assert catalog.action("mute") == shipped_catalog().action("mute")


def test_an_extension_may_say_an_action_in_other_words(tmp_path: Path) -> None:
    words = {"title": "silence", "sentence": {"en": "silence {who}"}}
    catalog, found = load(tmp_path, {"actions/mute": fields() | words})
    assert found == []
    mute, shipped = catalog.action("mute"), shipped_catalog().action("mute")
    assert mute is not None
    assert shipped is not None
    assert (mute.sentence, mute.does, mute.key) == ({"en": ("silence {who}",)}, shipped.does, shipped.key)
