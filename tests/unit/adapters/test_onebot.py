"""OneBot 11: every event that an adapter makes is valid, says what its table says, and actions become calls."""

from __future__ import annotations

from typing import Any

import pytest

import groundrules
from groundrules.adapters import onebot

from .valid import carried_out, said_in

GROUP: dict[str, Any] = {"self_id": 1, "time": 1_767_600_000, "group_id": 7, "user_id": 5}
MESSAGE = GROUP | {
    "post_type": "message",
    "message_type": "group",
    "message_id": 99,
    "sender": {"user_id": 5, "nickname": "li", "card": "小李", "role": "admin", "level": "12"},
}
NOTICE = GROUP | {"post_type": "notice", "operator_id": 6}


def only(raw: dict[str, Any]) -> dict[str, Any]:
    (found,) = onebot.events(raw)
    return found


@pytest.mark.parametrize(
    "message",
    [
        "[CQ:reply,id=12][CQ:at,qq=8] 看&#91;这里&#93; https://example.org/a [CQ:image,file=x.jpg][CQ:at,qq=all]",
        [
            {"type": "reply", "data": {"id": "12"}},
            {"type": "at", "data": {"qq": "8"}},
            {"type": "text", "data": {"text": " 看[这里] https://example.org/a "}},
            {"type": "image", "data": {"file": "x.jpg"}},
            {"type": "at", "data": {"qq": "all"}},
        ],
    ],
)
def test_a_message_in_either_writing(message: Any) -> None:
    found = only(MESSAGE | {"message": message})
    assert found == {
        "id": "99",
        "type": "message",
        "time": "2026-01-05T08:00:00.000Z",
        "community": {"id": "7"},
        "channel": {"id": "7"},
        "actor": {"id": "5", "name": "小李", "roles": ["admin"], "level": 12},
        "text": "看[这里] https://example.org/a",
        "links": [{"url": "https://example.org/a", "domain": "example.org"}],
        "mentions": [{"id": "8"}],
        "mentions_everyone": True,
        "attachments": [{"kind": "image"}],
        "reply_to": "12",
    }


RAW = [
    MESSAGE | {"message": "hello"},
    MESSAGE | {"message": "my own", "user_id": 1, "post_type": "message_sent", "sender": {"user_id": 1}},
    MESSAGE | {"message": "x", "anonymous": {"id": 1}},
    MESSAGE | {"message": "[CQ:forward,id=3]"},
    NOTICE | {"notice_type": "group_increase", "sub_type": "invite"},
    NOTICE | {"notice_type": "group_increase", "sub_type": "approve"},
    NOTICE | {"notice_type": "group_decrease", "sub_type": "leave"},
    NOTICE | {"notice_type": "group_decrease", "sub_type": "kick"},
    NOTICE | {"notice_type": "group_ban", "sub_type": "ban", "duration": 600},
    NOTICE | {"notice_type": "group_ban", "sub_type": "lift_ban", "duration": 0},
    NOTICE | {"notice_type": "group_admin", "sub_type": "set"},
    NOTICE | {"notice_type": "group_admin", "sub_type": "unset"},
    NOTICE | {"notice_type": "group_recall", "message_id": 99},
    NOTICE | {"notice_type": "group_upload", "file": {"id": "f", "name": "plan.pdf"}},
    GROUP | {"post_type": "request", "request_type": "group", "sub_type": "add", "comment": "let me in"},
]


def test_every_event_is_valid_and_within_the_table() -> None:
    made = [event for raw in RAW for event in onebot.events(raw)]
    made.append(onebot.roster(7, [{"user_id": 5, "nickname": "li", "role": "owner", "join_time": 1_700_000_000}], 1.0))
    said = said_in(made)
    assert said.keys() == onebot.SUPPLIES.keys()
    for type, paths in said.items():
        assert paths <= onebot.SUPPLIES[type], type


def test_what_concerns_no_group_is_left_out() -> None:
    assert onebot.events({"post_type": "meta_event", "self_id": 1, "time": 1}) == []
    assert onebot.events(MESSAGE | {"post_type": "notice", "notice_type": "notify", "sub_type": "poke"}) == []


def test_a_rulebook_decides_on_them_and_its_actions_become_calls() -> None:
    engine = groundrules.Engine(groundrules.load("tests/rulebooks/small-chat"))
    (decision,) = engine.feed(only(MESSAGE | {"message": "加.微 信 abc", "sender": {"user_id": 5, "nickname": "li"}}))
    made = [call for action in decision.actions for call in onebot.calls(action, 7)]
    assert ("delete_msg", {"message_id": "99"}) in made
    (reply,) = [
        told["message"] for name, told in made if name == "send_group_msg" and told["message"][0]["type"] == "reply"
    ]
    assert reply[1]["data"]["text"] == "li，群内请勿发广告"


@pytest.mark.parametrize(
    ("do", "parameters", "call"),
    [
        ("mute", {"duration": 600_000}, ("set_group_ban", {"group_id": 7, "user_id": "5", "duration": 600})),
        ("unmute", {}, ("set_group_ban", {"group_id": 7, "user_id": "5", "duration": 0})),
        ("ban", {}, ("set_group_kick", {"group_id": 7, "user_id": "5", "reject_add_request": True})),
        ("lock", {}, ("set_group_whole_ban", {"group_id": 7, "enable": True})),
        ("rename", {"name": "x"}, ("set_group_card", {"group_id": 7, "user_id": "5", "card": "x"})),
    ],
)
def test_calls(do: str, parameters: dict[str, Any], call: Any) -> None:
    action = groundrules.Action(do=do, who="5", parameters=parameters, key="k", rules=("r",))
    assert onebot.calls(action, 7) == [call]
    assert onebot.calls(groundrules.Action(do="report", key="k", rules=("r",)), 7) == []


def test_cards_lead_somewhere_and_say_something() -> None:
    share = {"type": "share", "data": {"url": "https://evil.example/x", "title": "红包", "content": "快来"}}
    card = {"type": "json", "data": {"data": '{"prompt": "群聊邀请", "meta": {"url": "https:\\/\\/qun.example\\/a"}}'}}
    found = only(MESSAGE | {"message": [share, card]})
    assert found["links"] == [
        {"url": "https://evil.example/x", "text": "红包", "domain": "evil.example"},
        {"url": "https://qun.example/a", "domain": "qun.example"},
    ]
    shared, mini = found["attachments"]
    assert shared == {"kind": "link", "name": "红包", "text": "快来", "url": "https://evil.example/x"}
    assert "群聊邀请" in mini["text"]


def test_that_everybody_is_muted_concerns_no_member() -> None:
    whole = NOTICE | {"notice_type": "group_ban", "user_id": 0}
    assert onebot.events(whole | {"sub_type": "ban", "duration": -1}) == []
    assert onebot.events(whole | {"sub_type": "lift_ban", "duration": 0}) == []


def test_numbers_with_a_meaning_of_their_own() -> None:
    masked = only(MESSAGE | {"message": "x", "user_id": 80000000, "anonymous": {"id": 12, "name": "匿名"}})
    assert masked["actor"]["id"] == "anonymous-12"
    assert (
        onebot.calls(groundrules.Action(do="kick", who="anonymous-12", parameters={}, key="k", rules=("r",)), 7) == []
    )
    assert onebot.events(MESSAGE | {"message": "禁止匿名", "sub_type": "notice"}) == []
    assert only(MESSAGE | {"message": [{"type": "at", "data": {"qq": 0}}]})["mentions_everyone"]
    joined = NOTICE | {"notice_type": "group_increase", "sub_type": "invite", "operator_id": 0}
    assert "inviter" not in only(joined)
    assert onebot.roster(7, [{"user_id": 5, "join_time": 0}], 1.0)["members"] == [{"id": "5"}]


@pytest.mark.parametrize(("ms", "seconds"), [(500, 1), (1_001, 2), (30 * 86_400_000, 2_591_999), (10**12, 2_591_999)])
def test_mutes_keep_to_what_qq_takes(ms: int, seconds: int) -> None:
    action = groundrules.Action(do="mute", who="5", parameters={"duration": ms}, key="k", rules=("r",))
    assert onebot.calls(action, 7) == [("set_group_ban", {"group_id": 7, "user_id": "5", "duration": seconds})]


def test_the_table_of_actions_is_what_becomes_calls() -> None:
    assert carried_out(lambda action: onebot.calls(action, "1")) == onebot.ACTIONS
