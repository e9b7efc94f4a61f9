"""Telegram: every event that an adapter makes is valid, says what its table says, and actions become methods."""

from __future__ import annotations

from typing import Any

import pytest

import groundrules
from groundrules.adapters import Context, UnsupportedError, telegram
from groundrules.outcomes import Done, Failed, Retry

from .valid import compared

DATE = 1_767_600_000
CHAT = {"id": -1001, "type": "supergroup", "title": "team", "is_forum": True}
LI = {
    "id": 55,
    "is_bot": False,
    "first_name": "Li",
    "last_name": "Lei",
    "username": "lilei",
    "language_code": "zh-hans",
}
BOT = {"id": 1, "is_bot": True, "first_name": "Rules", "language_code": "en"}
POLL = {
    "id": "p1",
    "question": "pizza?",
    "options": [{"text": "yes", "voter_count": 2}, {"text": "no", "voter_count": 1}],
}
KNOWN = {"community": "-1001", "question": "pizza?", "options": ["yes", "no"]}
CONTEXT = Context(now=DATE * 1000, own="1", authors={"12": "56"}, usernames={"wang": "57"}, polls={"p1": KNOWN})


def update(kind: str, number: int = 7, **fields: Any) -> dict[str, Any]:
    return {"update_id": number, kind: {"chat": CHAT, "date": DATE, **fields}}


def message(kind: str = "message", **fields: Any) -> dict[str, Any]:
    return update(kind, **{"message_id": 12, "from": BOT, **fields})


def entity(type: str, offset: int, length: int, **fields: Any) -> dict[str, Any]:
    return {"type": type, "offset": offset, "length": length, **fields}


def changed(was: dict[str, Any], now: dict[str, Any], by: dict[str, Any] = BOT, **fields: Any) -> dict[str, Any]:
    return update(
        "chat_member",
        **{"from": by},
        old_chat_member={"user": BOT, **was},
        new_chat_member={"user": BOT, **now},
        **fields,
    )


LEFT, IN, GONE = {"status": "left"}, {"status": "member"}, {"status": "kicked", "until_date": 0}
SILENT = {"status": "restricted", "is_member": True, "can_send_messages": False, "until_date": DATE + 600}
ADMIN = {"status": "administrator"}
TOPIC = {"message_thread_id": 5, "is_topic_message": True}
ORIGIN = {"type": "channel", "chat": {"id": -5, "title": "Best offers"}}
RAW = [
    message(text="see https://example.org/a", entities=[entity("url", 4, 21)], sender_chat=CHAT),
    message(text="hi", **TOPIC, reply_to_message={"message_id": 9, "from": LI}),
    message(caption="look", photo=[{"file_unique_id": "a", "file_size": 9}], forward_origin=ORIGIN),
    message(poll={**POLL, "close_date": DATE + 600}),
    message(poll={**POLL, "close_date": DATE + 600}, sender_chat=CHAT, **TOPIC),
    message("edited_message", text="better", edit_date=DATE + 60),
    message("edited_message", text="better", edit_date=DATE + 60, sender_chat=CHAT, **TOPIC),
    message(pinned_message={"message_id": 9, "from": LI}),
    message(pinned_message={"message_id": 9, "from": LI}, sender_chat=CHAT, **TOPIC),
    message(forum_topic_created={"name": "help"}, **TOPIC),
    message(forum_topic_created={"name": "help"}, message_thread_id=5, sender_chat=CHAT),
    message(forum_topic_closed={}, **TOPIC),
    message(forum_topic_closed={}, message_thread_id=5, sender_chat=CHAT),
    message(new_chat_title="new", sender_chat=CHAT),
    message(forum_topic_edited={"name": "help!"}, **TOPIC),
    *(
        update(
            "message_reaction",
            message_id=12,
            user=BOT,
            old_reaction=[{"type": "emoji", "emoji": old}],
            new_reaction=[{"type": "custom_emoji", "custom_emoji_id": "77"}],
            **more,
        )
        for old, more in (("👍", {}), ("👎", TOPIC))
    ),
    changed(LEFT, IN, by=LI),
    changed(LEFT, {**IN, "user": LI}),
    changed(IN, {**LEFT, "user": LI}),
    message(text="hi", reply_to_message={"message_id": 9, "from": BOT}),
    changed(LEFT, IN, invite_link={"name": "poster"}),
    changed(IN, LEFT),
    changed(IN, LEFT, by=LI),
    changed(IN, {**GONE, "until_date": DATE + 3600}),
    changed(GONE, LEFT),
    changed(IN, SILENT),
    changed(SILENT, IN),
    changed(IN, ADMIN),
    changed(ADMIN, IN),
    update("chat_join_request", **{"from": BOT}, bio="I sell things", invite_link={"name": "poster"}),
    {"update_id": 8, "poll_answer": {"poll_id": "p1", "user": BOT, "option_ids": [1]}},
    {"update_id": 9, "poll_answer": {"poll_id": "p1", "user": BOT, "option_ids": []}},
    {"update_id": 10, "poll": {**POLL, "is_closed": True, "total_voter_count": 3}},
]
ADMINS = [{"user": BOT, "status": "administrator", "custom_title": "keeper"}, {"user": LI, "status": "creator"}]


def only(raw: dict[str, Any]) -> dict[str, Any]:
    (found,) = telegram.events(raw, CONTEXT)
    return found


def test_every_event_is_valid_and_says_what_the_table_says() -> None:
    made = [event for raw in RAW for event in telegram.events(raw, CONTEXT)]
    made.append(telegram.roster(-1001, ADMINS, DATE, own=1))
    assert compared(made, telegram.SUPPLIES) == ([], [])


def test_a_message() -> None:
    assert only(message(**{"from": LI}, text="hello")) == {
        "id": "12",
        "type": "message",
        "time": "2026-01-05T08:00:00.000Z",
        "community": {"id": "-1001"},
        "channel": {"id": "-1001", "name": "team"},
        "actor": {"id": "55", "name": "Li Lei", "language": "zh-hans"},
        "text": "hello",
        "links": [],
        "mentions": [],
        "attachments": [],
    }


def test_links_behind_words_on_buttons_in_previews_and_in_quotations() -> None:
    words = "😀 my bank @wang @nobody"
    found = only(
        message(
            text=words,
            entities=[
                entity("text_link", 3, 7, url="https://evil.example/a"),
                entity("mention", 11, 5),
                entity("mention", 17, 7),
                entity("text_mention", 3, 2, user=LI),
            ],
            reply_markup={"inline_keyboard": [[{"text": "go", "url": "https://evil.example/b"}]]},
            link_preview_options={"url": "https://evil.example/c"},
            external_reply={"origin": ORIGIN},
            quote={"text": "buy at https://evil.example/d"},
        )
    )
    assert {link["url"][-1]: link.get("text") for link in found["links"]} == {
        "a": "my bank",
        "b": "go",
        "c": None,
        "d": None,
    }
    assert [one["id"] for one in found["mentions"]] == ["57", "@nobody", "55"]
    assert found["attachments"] == [{"kind": "card", "name": "Best offers", "text": "buy at https://evil.example/d"}]


def test_a_topic_is_a_channel_and_its_root_is_answered_by_nobody() -> None:
    found = only(message(text="hi", **TOPIC, reply_to_message={"message_id": 5, "from": LI}))
    assert found["channel"] == {"id": "-1001/5", "kind": "topic", "parent": "-1001"}
    assert found["thread"] == "5"
    assert "reply_to" not in found


def test_who_writes_as_a_chat() -> None:
    as_group = only(message(text="x", sender_chat=CHAT))
    as_channel = only(message(text="x", sender_chat={"id": -77, "type": "channel", "title": "News"}))
    assert (as_group["actor"], as_group["anonymous"]) == ({"id": "-1001", "name": "team", "roles": ["admin"]}, True)
    assert as_channel["actor"] == {"id": "-77", "name": "News"}


@pytest.mark.parametrize(
    ("raw", "types"),
    [
        (changed(LEFT, IN, by=LI), ["member.joined"]),
        (changed(IN, LEFT), ["member.left"]),
        (changed(IN, LEFT, by=LI), ["member.kicked"]),
        (changed(IN, GONE, by=LI), ["member.banned"]),
        (changed(LEFT, GONE, by=LI), ["member.banned"]),
        (changed(GONE, IN, by=LI), ["member.unbanned", "member.joined"]),
        (changed(IN, {**SILENT, "can_send_messages": True}, by=LI), []),
        (changed(SILENT, {**SILENT, "until_date": 0}, by=LI), ["member.muted"]),
        (changed(SILENT, {**SILENT, "is_member": False}), ["member.left"]),
        (changed(ADMIN, {"status": "creator"}), ["role.removed", "role.added"]),
    ],
)
def test_what_became_of_members(raw: dict[str, Any], types: list[str]) -> None:
    found = telegram.events(raw, CONTEXT)
    assert [event["type"] for event in found] == types
    assert len({event["id"] for event in found}) == len(found)


def test_how_long_a_mute_lasts() -> None:
    assert only(changed(IN, SILENT, by=LI))["duration"] == 600_000
    assert "duration" not in only(changed(IN, {**SILENT, "until_date": 0}, by=LI))


def test_what_telegram_itself_says_and_what_is_private_is_no_message() -> None:
    assert telegram.events(message(new_chat_members=[LI])) == []
    assert telegram.events(message(text="x", chat={"id": 55, "type": "private"})) == []
    assert telegram.events({"update_id": 1, "poll_answer": {"poll_id": "unknown", "user": LI, "option_ids": [0]}}) == []


def act(do: str, who: str | None = "55", **parameters: Any) -> groundrules.Action:
    return groundrules.Action(do=do, who=who, parameters=parameters, key="k", rules=("r",))


NOW = DATE * 1000
HERE = Context(now=NOW, decided=NOW)


@pytest.mark.parametrize(
    ("action", "method", "wanted"),
    [
        (act("kick"), "unbanChatMember", {"user_id": 55}),
        (act("ban"), "banChatMember", {"user_id": 55}),
        (act("suspend", duration=3_600_000), "banChatMember", {"until_date": DATE + 3600}),
        (act("unban"), "unbanChatMember", {"only_if_banned": True}),
        (act("mute", duration=600_000), "restrictChatMember", {"until_date": DATE + 600}),
        (act("mute", duration=1_000), "restrictChatMember", {"until_date": DATE + 35}),
        (act("mute", duration=10**12), "restrictChatMember", {"until_date": DATE + 366 * 86_400 - 5}),
        (act("accept"), "approveChatJoinRequest", {"user_id": 55}),
        (act("pin", who="12"), "pinChatMessage", {"message_id": 12, "disable_notification": True}),
        (act("unpin", who="12"), "unpinChatMessage", {"message_id": 12}),
        (act("lock_channel", who="-1001/5"), "closeForumTopic", {"message_thread_id": 5}),
        (act("unlock_thread", who="5"), "reopenForumTopic", {"message_thread_id": 5}),
        (act("ban", who="-77"), "banChatSenderChat", {"sender_chat_id": -77}),
    ],
)
def test_calls(action: groundrules.Action, method: str, wanted: dict[str, Any]) -> None:
    ((name, parameters),) = telegram.calls(action, -1001, context=HERE)
    assert name == method
    assert parameters["chat_id"] == -1001
    assert {key: parameters[key] for key in wanted} == wanted


def test_a_mute_takes_every_right_to_send_and_its_end_gives_them_back() -> None:
    ((_, mute),) = telegram.calls(act("mute", duration=600_000), -1001, context=HERE)
    ((_, unmute),) = telegram.calls(act("unmute"), -1001, context=HERE)
    assert not any(mute["permissions"].values())
    assert all(unmute["permissions"].values())
    with pytest.raises(UnsupportedError, match="decided"):
        telegram.calls(act("mute", duration=600_000), -1001)
    with pytest.raises(UnsupportedError, match="can only be banned"):
        telegram.calls(act("mute", who="-77", duration=600_000), -1001, context=HERE)


def test_unlocking_gives_back_what_was() -> None:
    before = {"permissions": {"can_send_messages": True, "can_send_polls": False, "can_invite_users": True}}
    ((_, opened),) = telegram.calls(act("unlock", who="-1001"), -1001, context=Context(state={"-1001": before}))
    rights = opened["permissions"]
    assert (rights["can_send_messages"], rights["can_send_polls"], rights["can_invite_users"]) == (True, False, True)
    ((_, locked),) = telegram.calls(act("lock", who="-1001"), -1001)
    assert not any(locked["permissions"].values())


def test_many_messages_go_at_once() -> None:
    ids = [str(index) for index in range(1, 151)]
    sent = telegram.calls(act("delete", events=ids), -1001)
    assert [len(parameters["message_ids"]) for _, parameters in sent] == [100, 50]


def test_mentions_are_counted_as_telegram_counts() -> None:
    words = {"en": "😀 look *here* <b>@55</b> @56"}
    ((_, sent),) = telegram.calls(act("warn", text=words), -1001, context=Context(members={"55": "Li 😀"}))
    assert sent["text"] == "Li 😀 😀 look *here* <b>Li 😀</b> @56"
    assert "parse_mode" not in sent
    units = sent["text"].encode("utf-16-le")
    covered = [units[2 * one["offset"] : 2 * (one["offset"] + one["length"])] for one in sent["entities"]]
    assert [part.decode("utf-16-le") for part in covered] == ["Li 😀", "Li 😀"]
    assert [one["user"]["id"] for one in sent["entities"]] == [55, 55]


def test_long_texts_are_parted_by_utf16_units() -> None:
    sent = telegram.calls(act("reply", who="12", text={"en": "👩‍👩‍👧‍👦" * 1000}), -1001)
    assert [("reply_parameters" in parameters) for _, parameters in sent] == [True, False, False]
    for _, parameters in sent:
        assert len(parameters["text"].encode("utf-16-le")) // 2 <= 4_096
        assert parameters["text"].count("👩‍👩‍👧‍👦") * len("👩‍👩‍👧‍👦") == len(parameters["text"])


def test_where_messages_go() -> None:
    known = Context(channel="-1001/5", staff="-1002", announcements="-1001/6", channels={"lobby": "-1001/8"})
    wants = [
        (act("announce", who="-1001", text={"en": "x"}), (-1001, 6)),
        (act("notify", who=None, role="admin", text={"en": "x"}), (-1002, None)),
        (act("warn", text={"en": "x"}), (-1001, 5)),
        (act("send", who=None, to="lobby", text={"en": "x"}), (-1001, 8)),
        (act("send", who=None, to="55", text={"en": "x"}), (55, None)),
    ]
    for action, (chat, topic) in wants:
        ((_, sent),) = telegram.calls(action, -1001, context=known)
        assert (sent["chat_id"], sent.get("message_thread_id")) == (chat, topic)
    with pytest.raises(UnsupportedError, match="nowhere"):
        telegram.calls(act("send", who=None, to="nowhere", text={"en": "x"}), -1001)


def test_a_poll_keeps_to_what_telegram_takes() -> None:
    asked = act("poll", who="-1001", question={"en": "q" * 400}, options=["a" * 200, "b"], closes=3_600_000)
    ((_, sent),) = telegram.calls(asked, -1001)
    assert (len(sent["question"]), len(sent["options"][0]["text"])) == (300, 100)
    assert "open_period" not in sent
    with pytest.raises(UnsupportedError, match="2 to 10"):
        telegram.calls(act("poll", who="-1001", question={"en": "q"}, options=["a"]), -1001)


def test_who_is_turned_away_is_told_first() -> None:
    sent = telegram.calls(act("refuse", text={"en": "full"}), -1001)
    assert [name for name, _ in sent] == ["sendMessage", "declineChatJoinRequest"]


@pytest.mark.parametrize(
    ("do", "answer", "status", "want"),
    [
        ("reply", {"ok": True, "result": {"message_id": 9}}, 200, Done({"id": "9"})),
        ("ban", {"ok": True, "result": True}, 200, Done()),
        (
            "delete",
            {"ok": False, "error_code": 400, "description": "Bad Request: message to delete not found"},
            400,
            Done(),
        ),
        (
            "delete",
            {"ok": False, "error_code": 400, "description": "Bad Request: message can't be deleted"},
            400,
            Failed("Bad Request: message can't be deleted"),
        ),
        (
            "ban",
            {"ok": False, "error_code": 400, "description": "Bad Request: not enough rights to restrict"},
            400,
            Failed("Bad Request: not enough rights to restrict", rights=True),
        ),
        (
            "warn",
            {"ok": False, "error_code": 429, "description": "slow", "parameters": {"retry_after": 31}},
            429,
            Retry(31.0, "slow"),
        ),
        ("warn", {}, 502, Retry(5.0, "HTTP 502")),
        (
            "warn",
            {"ok": False, "error_code": 403, "description": "Forbidden: bot was kicked"},
            403,
            Failed("Forbidden: bot was kicked"),
        ),
    ],
)
def test_answers(do: str, answer: dict[str, Any], status: int, want: object) -> None:
    assert telegram.outcome(do, answer, status) == want
