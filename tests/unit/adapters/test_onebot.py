"""OneBot 11: every event that an adapter makes is valid, says what its table says, and actions become calls."""

from __future__ import annotations

from typing import Any

import pytest

import groundrules
from groundrules.adapters import Context, UnsupportedError, onebot
from groundrules.outcomes import Done, Failed, Retry

from .valid import compared

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


OWN = {"user_id": 1}
BY_ITSELF = {"operator_id": 1, "user_id": 1}
RAW = [
    MESSAGE | {"message": "[CQ:reply,id=1][CQ:at,qq=8] hello https://example.org", "sender": {"title": "元老"}},
    MESSAGE | {"message": "hello"},
    MESSAGE | {"message": "my own", "user_id": 1, "post_type": "message_sent", "sender": {"user_id": 1}},
    MESSAGE | {"message": "x", "anonymous": {"id": 1}},
    MESSAGE | {"message": "[CQ:forward,id=3]"},
    NOTICE | {"notice_type": "group_increase", "sub_type": "invite"},
    NOTICE | {"notice_type": "group_increase", "sub_type": "approve"} | OWN,
    NOTICE | {"notice_type": "group_decrease", "sub_type": "leave"} | OWN,
    NOTICE | {"notice_type": "group_decrease", "sub_type": "kick"} | BY_ITSELF,
    NOTICE | {"notice_type": "group_ban", "sub_type": "ban", "duration": 600} | BY_ITSELF,
    NOTICE | {"notice_type": "group_ban", "sub_type": "lift_ban", "duration": 0} | BY_ITSELF,
    NOTICE | {"notice_type": "group_admin", "sub_type": "set"} | OWN,
    NOTICE | {"notice_type": "group_admin", "sub_type": "unset"} | OWN,
    NOTICE | {"notice_type": "group_recall", "message_id": 99} | BY_ITSELF,
    NOTICE | {"notice_type": "group_upload", "file": {"id": "f", "name": "plan.pdf"}} | OWN,
    NOTICE | {"notice_type": "group_card", "card_new": "小李", "card_old": "李"},
    NOTICE | {"notice_type": "notify", "sub_type": "title", "title": "元老"} | OWN,
    NOTICE | {"notice_type": "essence", "sub_type": "add", "message_id": 99, "sender_id": 5} | BY_ITSELF,
    NOTICE | {"notice_type": "essence", "sub_type": "delete", "message_id": 99, "sender_id": 5} | BY_ITSELF,
    NOTICE | {"notice_type": "group_msg_emoji_like", "message_id": 99, "likes": [{"emoji_id": "76", "count": 1}]} | OWN,
    GROUP | {"post_type": "request", "request_type": "group", "sub_type": "add", "comment": "let me in"} | OWN,
    GROUP
    | {"post_type": "request", "request_type": "group", "sub_type": "add", "comment": "问题：谁介绍的？\n答案：老王"},
]


def test_every_event_is_valid_and_says_what_the_table_says() -> None:
    made = [event for raw in RAW for event in onebot.events(raw, Context(authors={"99": "5"}))]
    row = {"user_id": 5, "nickname": "li", "role": "owner", "level": "3", "title": "元老", "join_time": 1_700_000_000}
    made.append(onebot.roster(7, [row], 1.0, own=5))
    assert compared(made, onebot.SUPPLIES) == ([], [])


def test_what_concerns_no_group_is_left_out() -> None:
    assert onebot.events({"post_type": "meta_event", "self_id": 1, "time": 1}) == []
    assert onebot.events(MESSAGE | {"post_type": "notice", "notice_type": "notify", "sub_type": "poke"}) == []


def test_a_rulebook_decides_on_them_and_its_actions_become_calls() -> None:
    engine = groundrules.Engine(groundrules.load("tests/rulebooks/small-chat"))
    (decision,) = engine.feed(only(MESSAGE | {"message": "加.微 信 abc", "sender": {"user_id": 5, "nickname": "li"}}))
    made = [call for action in decision.actions for call in onebot.calls(action, 7, context=Context(text="why"))]
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
    with pytest.raises(UnsupportedError, match="under a mask"):
        onebot.calls(groundrules.Action(do="kick", who="anonymous-12", parameters={}, key="k", rules=("r",)), 7)
    assert onebot.events(MESSAGE | {"message": "禁止匿名", "sub_type": "notice"}) == []
    assert only(MESSAGE | {"message": [{"type": "at", "data": {"qq": 0}}]})["mentions_everyone"]
    joined = NOTICE | {"notice_type": "group_increase", "sub_type": "invite", "operator_id": 0}
    assert "inviter" not in only(joined)
    assert onebot.roster(7, [{"user_id": 5, "join_time": 0}], 1.0)["members"] == [{"id": "5"}]


@pytest.mark.parametrize(("ms", "seconds"), [(500, 1), (1_001, 2), (30 * 86_400_000, 2_591_999), (10**12, 2_591_999)])
def test_mutes_keep_to_what_qq_takes(ms: int, seconds: int) -> None:
    action = groundrules.Action(do="mute", who="5", parameters={"duration": ms}, key="k", rules=("r",))
    assert onebot.calls(action, 7) == [("set_group_ban", {"group_id": 7, "user_id": "5", "duration": seconds})]


def test_a_question_before_joining_and_its_answer() -> None:
    found = only(RAW[-1])
    assert (found["question"], found["answer"]) == ("谁介绍的？", "老王")
    assert only(RAW[-2])["answer"] == "let me in"


def test_what_is_forwarded_is_read() -> None:
    inner = [{"type": "text", "data": {"text": "加微信 https://evil.example/x"}}]
    deeper = {"type": "forward", "data": {"content": [{"message": inner}]}}
    found = only(MESSAGE | {"message": [{"type": "forward", "data": {"content": [{"message": [deeper]}]}}]})
    assert found["forwarded"]
    assert found["attachments"] == [{"kind": "card", "text": "加微信 https://evil.example/x"}]
    assert [link["domain"] for link in found["links"]] == ["evil.example"]


def act(do: str, who: str | None = "5", **parameters: Any) -> groundrules.Action:
    return groundrules.Action(do=do, who=who, parameters=parameters, key="k", rules=("r",))


def test_a_mute_that_is_repeated_ends_when_it_would_have() -> None:
    later = Context(decided=1_000_000, now=1_060_000)
    ((_, call),) = onebot.calls(act("mute", duration=600_000), 7, context=later)
    assert call["duration"] == 540


def test_texts_call_whom_they_may_and_forge_nothing() -> None:
    words = {"zh": "[CQ:at,qq=all] @5 你好 @6 @全体成员"}
    ((_, call),) = onebot.calls(act("warn", text=words), 7, context=Context(members={"all": "x", "0": "y"}))
    assert [part for part in call["message"] if part["type"] == "at"] == [{"type": "at", "data": {"qq": "5"}}] * 2
    assert (
        "".join(part["data"].get("text", "@5") for part in call["message"]) == "@5 [CQ:at,qq=all] @5 你好 @6 @全体成员"
    )


def test_a_long_text_is_parted_and_answers_once() -> None:
    sent = onebot.calls(act("reply", who="99", text={"zh": "好的。" * 3000}), 7)
    assert len(sent) == 3
    assert [call["message"][0]["type"] for _, call in sent] == ["reply", "text", "text"]
    assert all(call["message"][-1]["data"]["text"].endswith("。") for _, call in sent)


def test_whom_to_let_in_is_known_by_the_request() -> None:
    known = Context(requests={"5": {"flag": "f", "sub_type": "add"}})
    assert onebot.calls(act("accept"), 7, context=known) == [
        ("set_group_add_request", {"flag": "f", "sub_type": "add", "approve": True})
    ]
    ((_, refused),) = onebot.calls(act("refuse", text={"zh": "满了"}), 7, context=known)
    assert (refused["approve"], refused["reason"]) == (False, "满了")
    with pytest.raises(UnsupportedError, match="flag"):
        onebot.calls(act("accept"), 7)


def test_only_admins_are_appointed() -> None:
    assert onebot.calls(act("add_role", role="admin"), 7)[0][0] == "set_group_admin"
    with pytest.raises(UnsupportedError, match="admin"):
        onebot.calls(act("add_role", role="helper"), 7)


@pytest.mark.parametrize(
    ("do", "answer", "status", "want"),
    [
        ("reply", {"status": "ok", "retcode": 0, "data": {"message_id": 12}}, 200, Done({"id": "12"})),
        ("kick", {"status": "async", "retcode": 1, "data": None}, 200, Done()),
        ("delete", {"status": "failed", "retcode": 100, "wording": "消息不存在"}, 200, Done()),
        ("mute", {"status": "failed", "retcode": 100, "wording": "权限不足"}, 200, Failed("权限不足", rights=True)),
        ("reply", {"status": "failed", "retcode": 100, "wording": "发送过于频繁"}, 200, Retry(30.0, "发送过于频繁")),
        ("mute", {"status": "failed", "retcode": 1404}, 200, Failed("OneBot says 1404")),
        ("mute", {}, 503, Retry(30.0, "HTTP 503")),
    ],
)
def test_answers(do: str, answer: dict[str, Any], status: int, want: object) -> None:
    assert onebot.outcome(do, answer, status) == want


def test_staff_and_announcements_may_have_groups_of_their_own() -> None:
    def where(do: str, **parameters: Any) -> Any:
        known = Context(staff="701", announcements="702", channels={"lobby": "703"})
        action = groundrules.Action(do=do, key="k", rules=(), parameters={"text": {"zh": "你好"}, **parameters})
        ((name, sent),) = onebot.calls(action, 700, context=known)
        return name, sent["group_id"], sent.get("user_id")

    assert where("notify", role="admin") == ("send_group_msg", 701, None)
    assert where("notify", member="5") == ("send_group_msg", 700, None)
    assert where("announce") == ("send_group_msg", 702, None)
    assert where("send", to="lobby") == ("send_group_msg", 703, None)
    assert where("send", to="5") == ("send_private_msg", 700, "5")
