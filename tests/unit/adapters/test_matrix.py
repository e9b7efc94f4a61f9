"""Matrix: every event that an adapter makes is valid, says what its table says, and actions become calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import groundrules
from groundrules.adapters import matrix

from .valid import carried_out, said_in

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "platforms" / "matrix"
BASE: dict[str, Any] = {"event_id": "$1", "origin_server_ts": 1_767_600_000_000, "sender": "@li:x", "room_id": "!r:x"}


class Anybody(dict[str, str]):
    """Every event was sent by the same."""

    def get(self, key: str, default: Any = None) -> Any:
        return "@alice:localhost"


def message(**content: Any) -> dict[str, Any]:
    return BASE | {"type": "m.room.message", "content": {"msgtype": "m.text", "body": "hello", **content}}


def membership(now: str, was: str | None = None, about: str = "@li:x", **content: Any) -> dict[str, Any]:
    before = {"prev_content": {"membership": was, "displayname": "Li"}} if was else {}
    content = {"membership": now, "displayname": "Li", **content}
    return BASE | {"type": "m.room.member", "state_key": about, "content": content, "unsigned": before}


RAW = [
    message(body="see https://example.org/a", **{"m.mentions": {"user_ids": ["@wang:x"], "room": True}}),
    message(msgtype="m.image"),
    message(msgtype="m.notice"),
    message(**{"m.relates_to": {"m.in_reply_to": {"event_id": "$0"}}}),
    message(**{"m.relates_to": {"rel_type": "m.thread", "event_id": "$0"}}),
    message(**{"m.new_content": {"body": "better"}, "m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}}),
    BASE | {"type": "m.reaction", "content": {"m.relates_to": {"event_id": "$0", "key": "👍"}}},
    BASE | {"type": "m.room.redaction", "redacts": "$0", "content": {"reason": "spam"}},
    membership("join"),
    membership("join", "join", displayname="Li Lei"),
    membership("leave", "join", reason="bye"),
    membership("leave", "join", about="@wang:x", reason="spam"),
    membership("ban", "join", about="@wang:x", reason="spam"),
    membership("leave", "ban", about="@wang:x", reason="appeal"),
    membership("knock", reason="let me in"),
    BASE | {"type": "m.room.topic", "state_key": "", "content": {"topic": "rules"}},
    BASE | {"type": "m.room.name", "state_key": "", "content": {"name": "team"}},
    BASE | {"type": "m.room.power_levels", "state_key": "", "content": {"users": {"@li:x": 100, "@wang:x": 50}}},
]


def test_every_event_is_valid_and_within_the_table() -> None:
    said = said_in(event for raw in RAW for event in matrix.events(raw, own="@li:x", authors={"$0": "@wang:x"}))
    assert said.keys() == matrix.SUPPLIES.keys()
    for type, paths in said.items():
        assert paths <= matrix.SUPPLIES[type], type


def test_a_message() -> None:
    (found,) = matrix.events(RAW[0])
    assert found["text"] == "see https://example.org/a"
    assert found["links"] == [{"url": "https://example.org/a", "domain": "example.org"}]
    assert (found["mentions"], found["mentions_everyone"]) == ([{"id": "@wang:x"}], True)
    assert found["time"] == "2026-01-05T08:00:00.000Z"


def test_a_join_that_changes_nothing_is_none() -> None:
    assert matrix.events(membership("join", "join")) == []


def test_a_reaction_to_an_event_of_unknown_author_is_none() -> None:
    assert matrix.events(RAW[6]) == []


def test_roles_follow_from_power_levels() -> None:
    (found,) = matrix.events(RAW[-1])
    assert found["members"] == [{"id": "@li:x", "roles": ["owner"]}, {"id": "@wang:x", "roles": ["admin"]}]


@pytest.mark.skipif(not RECORDED.exists(), reason="../shared/data is not there")
def test_recorded_events_are_read() -> None:
    raw = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(RECORDED.glob("*.json"))}
    made = {name: matrix.events(one, room="!r:localhost", authors=Anybody()) for name, one in raw.items()}
    said_in(event for events in made.values() for event in events)
    assert {name: [event["type"] for event in events] for name, events in made.items()} == {
        "member": ["member.joined"],
        "message_emote": ["message"],
        "message_notice": ["message"],
        "message_text": ["message"],
        "name": ["channel.updated"],
        "power_levels": ["roster"],
        "reaction": ["reaction.added"],
        "redacted": [],
        "redaction": ["message.deleted"],
        "topic": ["channel.updated"],
    }


@pytest.mark.parametrize(
    ("do", "parameters", "method", "path"),
    [
        ("delete", {"events": ["$1"]}, "PUT", "/redact/%241/k"),
        ("kick", {}, "POST", "/kick"),
        ("ban", {}, "POST", "/ban"),
        ("warn", {"text": {"en": "careful"}}, "PUT", "/send/m.room.message/k"),
    ],
)
def test_calls(do: str, parameters: dict[str, Any], method: str, path: str) -> None:
    action = groundrules.Action(do=do, who="@li:x", parameters=parameters, key="k", rules=("r",))
    ((how, where, body),) = matrix.calls(action, "!r:x")
    assert (how, where) == (method, f"/_matrix/client/v3/rooms/%21r%3Ax{path}")
    assert body
    assert matrix.calls(groundrules.Action(do="report", key="k", rules=("r",)), "!r:x") == []


def _message(**content: object) -> dict[str, object]:
    header = {"type": "m.room.message", "event_id": "$1", "sender": "@a:x", "origin_server_ts": 1_767_600_000_000}
    (found,) = matrix.events({**header, "content": {"msgtype": "m.text", **content}}, "!r:x", "@bot:x")
    return found


def test_a_reply_is_read_without_what_it_quotes() -> None:
    reply = {"m.in_reply_to": {"event_id": "$0"}}
    body = "> <@b:x> badword http://a.example\n> more\n\nplease don't"
    formatted = '<mx-reply><a href="http://a.example">b</a></mx-reply>please don\'t'
    found = _message(body=body, formatted_body=formatted, **{"m.relates_to": reply})
    assert (found["text"], found["links"]) == ("please don't", [])
    assert _message(body="> quoted by hand", **{"m.relates_to": reply})["text"] == "> quoted by hand"
    assert _message(body=body)["text"] == body


def test_links_behind_words_and_of_edits() -> None:
    bank = '<a class="x" href="https://evil.example/?a=1&amp;b">to my <i>bank</i></a>'
    formatted = f"<b>go</b> {bank} <a href='mailto:a@b'>me</a>"
    linked = {"url": "https://evil.example/?a=1&b", "text": "to my bank", "domain": "evil.example"}
    assert _message(body="go to my bank", formatted_body=formatted)["links"] == [linked]
    name = '<a href="https://matrix.to/#/@b:x">b</a>'
    assert _message(body="b: hi", formatted_body=f"{name}: hi")["links"] == []
    changed = {"body": "see https://evil.example", "m.mentions": {"user_ids": ["@b:x"]}}
    edit = _message(
        body="* x", **{"m.new_content": changed, "m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}}
    )
    assert edit["links"] == [{"url": "https://evil.example", "domain": "evil.example"}]
    assert edit["mentions"] == [{"id": "@b:x"}]


def test_the_table_of_actions_is_what_becomes_calls() -> None:
    assert carried_out(lambda action: matrix.calls(action, "!room:example.org")) == matrix.ACTIONS
