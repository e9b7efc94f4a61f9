"""The schemas that ship: valid, complete, described, and known through std/chat."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from groundrules.lower.plan import LIST_CHANGED
from groundrules.resources import shipped
from groundrules.types import kinds
from groundrules.types.catalog import shipped_catalog
from groundrules.types.schema import ACTION_FORMATS, FORMATS, KEYWORDS

ROOT = shipped("schemas")
META = {"events": "event", "entities": "entity", "actions": "action"}
FILES = [path for kind in META for path in sorted((ROOT / kind).glob("*.json"))]


def meta(kind: str) -> dict[str, Any]:
    return json.loads((ROOT / f"{META[kind]}.schema.json").read_text(encoding="utf-8"))


def inner(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for below in (*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])):
        yield below
        yield from inner(below)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_shipped_schema_follows_the_published_format_and_is_described(path: Path) -> None:
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator(meta(path.parent.name)).validate(schema)
    assert schema["$schema"] == f"../{META[path.parent.name]}.schema.json"
    assert schema["description"].endswith(".")
    for field in inner(schema):
        assert "$ref" in field or field["description"].endswith(".")


@pytest.mark.parametrize("kind", META)
def test_the_published_format_and_the_checker_allow_the_same_keywords(kind: str) -> None:
    defined = meta(kind)["$defs"]
    names = {"string": "text", "$ref": "reference"}
    for type_, keywords in KEYWORDS.items():
        assert set(defined[names.get(type_, type_)]["properties"]) == set(keywords)
    extra = ACTION_FORMATS if kind == "actions" else ()
    assert set(defined["text"]["properties"]["format"]["enum"]) == {*FORMATS["string"], *extra}
    assert set(defined["integer"]["properties"]["format"]["enum"]) == set(FORMATS["integer"])


def test_std_chat_makes_every_shipped_event_type_known() -> None:
    text = (shipped("policies") / "chat" / "rulebook.yaml").read_text(encoding="utf-8")
    of_the_engine = {LIST_CHANGED}  # known where a list changes, and only there
    assert sorted({*yaml.safe_load(text)["events"], *of_the_engine}) == shipped_catalog().names("events")


@pytest.mark.parametrize("name", shipped_catalog().names("events"))
def test_every_event_type_stands_on_its_own_and_has_the_header(name: str) -> None:
    event = shipped_catalog().event(name)
    assert event is not None
    assert "$ref" not in json.dumps(event.schema)
    assert event.schema["properties"]["type"] == {"type": "string", "const": name}
    assert {"id", "type", "time", "community"} <= set(event.schema["required"])
    assert event.fields["time"] == kinds.Field(kinds.Instant(), description="When it happened.")
    assert isinstance(event.fields["actor"].type, kinds.Object)
    assert event.fields["actor"].type.entity == "member"


def test_texts_links_and_mentions_of_a_message_are_never_missing() -> None:
    message = shipped_catalog().event("message")
    assert message is not None
    assert message.fields["text"].type == kinds.Prose()
    for name, default in (("text", ""), ("links", []), ("mentions", []), ("attachments", [])):
        assert (message.fields[name].optional, message.fields[name].default) == (False, default)
    link = message.fields["links"].type.item  # type: ignore[attr-defined]
    assert (link.fields["url"].type, link.fields["domain"].type) == (kinds.Url(), kinds.Domain())


def test_facts_of_members_keep_their_default_in_the_type_but_not_in_the_plan() -> None:
    message = shipped_catalog().event("message")
    assert message is not None
    assert message.fields["actor"].type.fields["roles"].default == []  # type: ignore[attr-defined]
    assert "default" not in message.schema["properties"]["actor"]["properties"]["roles"]
    assert message.schema["properties"]["actor"]["entity"] == "member"


@pytest.mark.parametrize(
    ("event", "what", "path"),
    [
        ("message", "message", ("id",)),
        ("message", "actor", ("actor", "id")),
        ("reaction.added", "message", ("message", "id")),
        ("member.joined", "message", None),
        ("member.muted", "actor", None),
        ("message", "channel", ("channel", "id")),
        ("tick", "community", ("community", "id")),
    ],
)
def test_what_is_at_hand(event: str, what: str, path: tuple[str, ...] | None) -> None:
    found = shipped_catalog().event(event)
    assert found is not None
    assert found.at_hand(what) == path


def test_sanctions_supersede_each_other_in_one_order() -> None:
    actions = {name: shipped_catalog().action(name) for name in ("warn", "mute", "kick", "suspend", "ban")}
    order = list(actions)
    for index, name in enumerate(order):
        assert actions[name] is not None
        assert set(actions[name].supersedes) == set(order[:index])  # type: ignore[union-attr]


def test_parameters_of_actions() -> None:
    mute, delete, send = (shipped_catalog().action(name) for name in ("mute", "delete", "send"))
    assert mute is not None
    assert delete is not None
    assert send is not None
    assert mute.parameters["duration"].field.type == kinds.Duration()
    assert (mute.merge, mute.key, mute.shorthand) == ({"duration": "max"}, (), "duration")
    assert delete.parameters["events"].at_hand == "message"
    assert send.key == ("text", "to")
    assert send.parameters["text"].is_template
    assert not send.parameters["to"].is_template


def test_unknown_names_are_none() -> None:
    catalog = shipped_catalog()
    assert (catalog.event("nope"), catalog.entity("nope"), catalog.action("nope")) == (None, None, None)
