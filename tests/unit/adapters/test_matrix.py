"""Matrix: every event that an adapter makes is valid, says what its table says, and actions become calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import groundrules
from groundrules.adapters import Context, UnsupportedError, matrix
from groundrules.outcomes import Done, Failed, Retry

from .valid import compared, said_in

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


LEVELS: dict[str, Any] = {"users": {"@li:x": 100, "@wang:x": 50}, "events_default": 0}


def powers(was: dict[str, Any] | None = None, **content: Any) -> dict[str, Any]:
    unsigned = {} if was is None else {"unsigned": {"prev_content": was}}
    return BASE | {"type": "m.room.power_levels", "state_key": "", "content": {**LEVELS, **content}} | unsigned


def related(type: str, to: str = "$p", **content: Any) -> dict[str, Any]:
    return BASE | {"type": type, "content": {"m.relates_to": {"rel_type": "m.reference", "event_id": to}, **content}}


POLL = {
    "question": {"m.text": [{"body": "pizza?"}]},
    "answers": [{"m.id": "a", "m.text": [{"body": "yes"}]}, {"m.id": "b", "m.text": [{"body": "no"}]}],
}
OLD_POLL = {
    "question": {"org.matrix.msc1767.text": "pizza?"},
    "answers": [{"id": "a", "org.matrix.msc1767.text": "yes"}, {"id": "b", "org.matrix.msc1767.text": "no"}],
}
PINNED = BASE | {"type": "m.room.pinned_events", "state_key": ""}
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
    membership("invite", "knock", about="@wang:x"),
    membership("invite", about="@wang:x"),
    membership("leave", "knock", about="@wang:x", reason="full"),
    BASE | {"type": "m.room.topic", "state_key": "", "content": {"topic": "rules"}},
    BASE | {"type": "m.room.name", "state_key": "", "content": {"name": "team"}},
    powers(LEVELS, users={"@li:x": 100, "@zhao:x": -1}),
    powers({"users": {"@zhao:x": -1}}, users={"@zhao:x": 50}),
    PINNED | {"content": {"pinned": ["$0"]}, "unsigned": {"prev_content": {"pinned": ["$2"]}}},
    BASE | {"type": "m.poll.start", "content": {"m.poll": POLL, "m.text": [{"body": "pizza?"}]}},
    related("m.poll.response", **{"m.selections": ["b"]}),
    related("org.matrix.msc3381.poll.response", **{"org.matrix.msc3381.poll.response": {"answers": []}}),
    related("m.poll.end"),
    powers(),
]
CONTEXT = Context(
    own="@li:x",
    authors={"$0": "@wang:x", "$2": "@wang:x"},
    polls={"$p": {"question": "pizza?", "options": ["yes", "no"], "ids": ["a", "b"]}},
)


def test_every_event_is_valid_and_says_what_the_table_says() -> None:
    made = [event for raw in RAW for event in matrix.events(raw, CONTEXT)]
    assert compared(made, matrix.SUPPLIES) == ([], [])


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
    made = {name: matrix.events(one, Context(community="!r:localhost", authors=Anybody())) for name, one in raw.items()}
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
    ((how, where, body, _),) = matrix.calls(action, "!r:x")
    assert (how, where) == (method, f"/_matrix/client/v3/rooms/%21r%3Ax{path}")
    assert body


def _message(**content: object) -> dict[str, object]:
    header = {"type": "m.room.message", "event_id": "$1", "sender": "@a:x", "origin_server_ts": 1_767_600_000_000}
    (found,) = matrix.events(
        {**header, "content": {"msgtype": "m.text", **content}}, Context(community="!r:x", own="@bot:x")
    )
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


def test_who_made_a_room_of_version_12_owns_it_whatever_the_levels_say() -> None:
    made = BASE | {"type": "m.room.create", "state_key": ""}
    twelve = {"room_version": "12", "additional_creators": ["@wang:x"]}
    (roster,) = matrix.events(made | {"content": twelve})
    assert roster["members"] == [{"id": "@li:x", "roles": ["owner"]}, {"id": "@wang:x", "roles": ["owner"]}]
    assert matrix.events(made | {"content": {"room_version": "11"}}) == []


def test_roles_and_mutes_that_a_moderator_gave_by_hand() -> None:
    found = matrix.events(powers(LEVELS, users={"@li:x": 100, "@zhao:x": -1}))
    assert [(one["type"], one.get("role"), one.get("target")) for one in found[1:]] == [
        ("role.removed", "admin", {"id": "@wang:x"}),
        ("member.muted", None, {"id": "@zhao:x"}),
    ]
    assert {"id": "@wang:x", "roles": []} in found[0]["members"]
    assert len({one["id"] for one in found}) == 3


def test_polls_in_either_writing() -> None:
    old = BASE | {"type": "org.matrix.msc3381.poll.start", "content": {"org.matrix.msc3381.poll.start": OLD_POLL}}
    for raw in (RAW[23], old):
        asked, created = matrix.events(raw)
        assert (asked["text"], asked["attachments"][0]["text"]) == ("pizza?", "yes\nno")
        assert created["poll"]["options"] == ["yes", "no"]
    (vote,) = matrix.events(RAW[24], CONTEXT)
    assert (vote["type"], vote["option"]) == ("vote.cast", "no")


def test_who_is_called_by_clients_that_say_it_in_the_text_only() -> None:
    assert _message(body="@room look")["mentions_everyone"]
    assert not _message(body="@room look", **{"m.mentions": {}})["mentions_everyone"]
    pill = '<a href="https://matrix.to/#/%40wang%3Ax?via=x">Wang</a>'
    assert _message(body="Wang: hi", formatted_body=pill)["mentions"] == [{"id": "@wang:x"}]


def act(do: str, who: str | None = "@li:x", **parameters: Any) -> groundrules.Action:
    return groundrules.Action(do=do, who=who, parameters=parameters, key="k", rules=("r",))


def test_a_mute_is_a_power_level_and_leaves_others_alone() -> None:
    standing = {"users": {"@a:x": 100}, "events": {"m.room.name": 50}, "kick": 50}
    state = Context(state={"!r:x": {"m.room.power_levels": standing}})
    (call,) = matrix.calls(act("mute", duration=1000), "!r:x", context=state)
    assert call.path.endswith("/state/m.room.power_levels")
    assert call.body == {**standing, "users": {"@a:x": 100, "@li:x": -1}}
    (back,) = matrix.calls(act("unmute"), "!r:x", context=Context(state={"!r:x": {"m.room.power_levels": call.body}}))
    assert back.body == standing
    with pytest.raises(UnsupportedError, match="not known"):
        matrix.calls(act("mute", duration=1000), "!r:x")


def test_a_message_calls_whom_it_names_and_nobody_else() -> None:
    words = {"en": "@room <b>@li:x</b> see @wang:x"}
    (call,) = matrix.calls(act("warn", text=words), "!r:x", context=Context(members={"@li:x": "Li <3"}))
    assert call.body is not None
    assert call.body["m.mentions"] == {"user_ids": ["@li:x"]}
    assert call.body["body"] == "Li <3: @room <b>Li <3</b> see @wang:x"
    pill = '<a href="https://matrix.to/#/%40li%3Ax">Li &lt;3</a>'
    assert call.body["formatted_body"] == f"{pill}: @room &lt;b&gt;{pill}&lt;/b&gt; see @wang:x"
    (plain,) = matrix.calls(act("announce", who="!r:x", text={"en": "@room hi"}), "!r:x")
    assert plain.body == {"msgtype": "m.notice", "body": "@room hi", "m.mentions": {}}


@pytest.mark.parametrize(
    ("do", "status", "answer", "headers", "want"),
    [
        ("reply", 200, {"event_id": "$9"}, {}, Done({"id": "$9"})),
        ("ban", 200, {}, {}, Done()),
        ("kick", 403, {"errcode": "M_FORBIDDEN", "error": "The target user is not in the room"}, {}, Done()),
        ("unban", 403, {"errcode": "M_BAD_STATE", "error": "Cannot unban user who was not banned"}, {}, Done()),
        ("ban", 403, {"errcode": "M_FORBIDDEN", "error": "no"}, {}, Failed("no", rights=True)),
        ("ban", 401, {"errcode": "M_UNKNOWN_TOKEN", "error": "who?"}, {}, Failed("who?")),
        ("warn", 429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}, {}, Retry(2.5, "M_LIMIT_EXCEEDED")),
        ("warn", 429, {"errcode": "M_LIMIT_EXCEEDED"}, {"Retry-After": "7"}, Retry(7.0, "M_LIMIT_EXCEEDED")),
        ("warn", 502, {}, {}, Retry(5.0, "HTTP 502")),
    ],
)
def test_answers(do: str, status: int, answer: dict[str, Any], headers: dict[str, str], want: object) -> None:
    assert matrix.outcome(do, answer, status, headers) == want
