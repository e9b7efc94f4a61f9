"""Whatever a member sends, an adapter makes valid events of it or none, in linear time."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.adapters import Context, discord, matrix, onebot, onebot12, telegram

from .valid import said_in

ROOM = Context(community="!r:x", own="@bot:x", authors={"$1": "@b:x", "": "@c:x"})
SHARED = Path(__file__).parents[4] / "shared" / "data"
ODD: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        "[https://a](https://a)",
        "http://[x",
        "http://[1]x/",
        "[CQ:at",
        "[CQ:at,qq=0]",
        "[CQ:json,data=[[[]",
        "> <@b:x> y\n\nz",
    ]
)
ONEBOT_KEYS = {
    "post_type": ("message", "message_sent", "notice", "request"),
    "sub_type": ("ban", "lift_ban", "invite", "leave", "kick", "add", "set", "notice"),
    "notice_type": ("group_increase", "group_decrease", "group_ban", "group_admin", "group_recall", "group_upload"),
    "request_type": ("group",),
}
MATRIX_TYPES = ("message", "sticker", "member", "name", "topic", "power_levels")


def _segment(kind: str, data: Any) -> dict[str, Any]:
    return {"type": kind, "data": data}


SEGMENTS = st.lists(
    ODD
    | st.builds(
        _segment,
        st.sampled_from(["text", "at", "reply", "share", "json", "xml", "image"]),
        ODD
        | st.fixed_dictionaries({}, optional=dict.fromkeys(("text", "qq", "id", "url", "title", "data"), TEXTS | ODD)),
    ),
    max_size=4,
)
ONEBOT = st.fixed_dictionaries(
    {"group_id": st.integers(1, 9), "message": TEXTS | SEGMENTS | ODD, "time": st.integers() | ODD},
    optional={
        **{name: st.sampled_from(values) for name, values in ONEBOT_KEYS.items()},
        **dict.fromkeys(
            ("user_id", "operator_id", "sender", "message_id", "duration", "file", "anonymous", "comment"), ODD
        ),
    },
)
CONTENT = st.fixed_dictionaries(
    {"body": TEXTS | ODD},
    optional={
        "formatted_body": TEXTS | st.sampled_from(["<a href='http://[x'>y", "<a <a href=x></mx-reply>", "<!["]),
        "m.relates_to": ODD | st.fixed_dictionaries({"m.in_reply_to": ODD, "rel_type": ODD, "event_id": ODD}),
        "m.new_content": ODD | st.fixed_dictionaries({"body": TEXTS | ODD}),
        **dict.fromkeys(("m.mentions", "msgtype", "membership", "displayname", "users", "name", "topic"), ODD),
    },
)
MATRIX = st.fixed_dictionaries(
    {
        "event_id": st.just("$1"),
        "sender": st.just("@a:x"),
        "content": CONTENT | ODD,
        "origin_server_ts": st.integers() | ODD,
    },
    optional=dict.fromkeys(("unsigned", "state_key", "redacts", "room_id"), ODD),
)


@given(ONEBOT)
def test_onebot_reads_anything(raw: dict[str, Any]) -> None:
    said_in(onebot.events(raw))


@given(MATRIX, st.sampled_from([*(f"m.room.{name}" for name in MATRIX_TYPES), "m.room.redaction", "m.reaction"]))
def test_matrix_reads_anything(raw: dict[str, Any], type: str) -> None:
    said_in(matrix.events({**raw, "type": type}, ROOM))


def _objects(*keys: str) -> st.SearchStrategy[Any]:
    """Objects that may have these keys, with anything behind them."""
    return ODD | st.fixed_dictionaries({}, optional=dict.fromkeys(keys, ODD | TEXTS))


DISCORD_KEYS = {
    **dict.fromkeys(("content", "channel_id", "message_id", "user_id", "target_id", "nick", "name"), TEXTS | ODD),
    **dict.fromkeys(("timestamp", "edited_timestamp", "joined_at", "flags", "type", "answer_id", "action_type"), ODD),
    "author": _objects("id", "username", "global_name", "bot"),
    "user": _objects("id", "username"),
    "member": _objects("nick", "roles", "joined_at", "user"),
    "mentions": st.lists(_objects("id", "username"), max_size=2) | ODD,
    "embeds": st.lists(_objects("title", "url", "fields", "type"), max_size=2) | ODD,
    "components": st.lists(_objects("components", "content", "url", "accessory"), max_size=2) | ODD,
    "attachments": st.lists(_objects("filename", "content_type", "size", "url"), max_size=2) | ODD,
    "message_snapshots": st.lists(_objects("message"), max_size=2) | ODD,
    "message_reference": _objects("type", "message_id", "channel_id"),
    "poll": _objects("question", "answers", "expiry"),
    "emoji": _objects("name", "id"),
    "changes": st.lists(_objects("key", "new_value"), max_size=2) | ODD,
    "roles": st.lists(_objects("id", "name", "position"), max_size=2) | ODD,
    "members": st.lists(_objects("user", "roles", "joined_at"), max_size=2) | ODD,
    **dict.fromkeys(("options", "ids", "thread_metadata", "owner_id", "newly_created", "parent_id"), ODD),
}
DISCORD = st.fixed_dictionaries(
    {"guild_id": st.just("9"), "id": st.just("175928847299117063") | ODD}, optional=DISCORD_KEYS
)
DISPATCHES = ("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE_BULK", "MESSAGE_REACTION_ADD", "GUILD_MEMBER_ADD")
DISPATCHES += (
    "GUILD_AUDIT_LOG_ENTRY_CREATE",
    "MESSAGE_POLL_VOTE_ADD",
    "THREAD_CREATE",
    "THREAD_UPDATE",
    "GUILD_CREATE",
)
ENTITY = st.fixed_dictionaries(
    {"type": st.sampled_from(["url", "text_link", "mention", "text_mention"])},
    optional={
        **dict.fromkeys(("offset", "length"), st.integers(-2, 99) | ODD),
        "url": TEXTS | ODD,
        "user": _objects("id"),
    },
)
TELEGRAM_KEYS = {
    **dict.fromkeys(("text", "caption", "bio"), TEXTS | ODD),
    **dict.fromkeys(("entities", "caption_entities"), st.lists(ENTITY, max_size=3) | ODD),
    **dict.fromkeys(("from", "user", "sender_chat", "actor_chat"), _objects("id", "first_name", "title", "is_bot")),
    **dict.fromkeys(("old_chat_member", "new_chat_member"), _objects("status", "user", "until_date", "is_member")),
    **dict.fromkeys(("old_reaction", "new_reaction"), st.lists(_objects("emoji"), max_size=2) | ODD),
    "reply_markup": _objects("inline_keyboard"),
    "external_reply": _objects("origin", "photo"),
    "quote": _objects("text"),
    "forward_origin": _objects("sender_user", "chat", "sender_user_name"),
    "poll": _objects("id", "question", "options", "close_date"),
    **dict.fromkeys(("date", "edit_date", "message_thread_id", "is_topic_message", "photo", "document"), ODD),
    **dict.fromkeys(("reply_to_message", "pinned_message", "forum_topic_created", "new_chat_title"), ODD),
    **dict.fromkeys(("option_ids", "options", "total_voter_count", "is_closed", "invite_link"), ODD),
}
TELEGRAM = st.fixed_dictionaries(
    {"chat": st.just({"id": -1, "type": "supergroup"}) | ODD, "message_id": st.just(5) | ODD},
    optional={**TELEGRAM_KEYS, "poll_id": st.just("p"), "id": st.just("p")},
)
UPDATES = (*telegram.UPDATES, "channel_post", "my_chat_member")
SERVER = Context(now=1, own="1", state={"9": {"owner_id": "5"}}, authors={"0/": "5", "0/1": "5"})
GROUP = Context(now=1, authors={"5": "6"}, polls={"p": {"community": "-1", "options": ["a"]}})


@given(
    ONEBOT, st.sampled_from(["message", "notice"]), st.sampled_from(["group_member_increase", "group_message_delete"])
)
def test_onebot_12_reads_anything(raw: dict[str, Any], type: str, detail: str) -> None:
    said_in(onebot12.events({**raw, "type": type, "detail_type": detail}))


@given(DISCORD, st.sampled_from(DISPATCHES))
def test_discord_reads_anything(data: dict[str, Any], type: str) -> None:
    said_in(discord.events({"op": 0, "t": type, "s": 1, "d": data}, SERVER))


@given(TELEGRAM, st.sampled_from(UPDATES))
def test_telegram_reads_anything(data: dict[str, Any], type: str) -> None:
    said_in(telegram.events({"update_id": 1, type: data}, GROUP))


def of_discord(content: str) -> list[dict[str, Any]]:
    author = {"id": "5", "username": content}
    message = {"guild_id": "9", "id": "7", "channel_id": "8", "author": author, "content": content}
    return discord.events({"t": "MESSAGE_CREATE", "d": message}, SERVER)


def of_telegram(written: str) -> list[dict[str, Any]]:
    mark = {"type": "text_link", "offset": 0, "length": 5, "url": written}
    message = {
        "chat": {"id": -1, "type": "group"},
        "message_id": 5,
        "date": 1,
        "from": {"id": 6, "first_name": written},
    }
    return telegram.events({"message": {**message, "text": written, "entities": [mark]}}, GROUP)


def of_onebot12(written: str) -> list[dict[str, Any]]:
    parts = [{"type": "text", "data": {"text": written}}, {"type": "mention", "data": {"user_id": written}}]
    message = {"type": "message", "detail_type": "group", "group_id": "7", "user_id": "5", "message_id": "m"}
    return onebot12.events({**message, "id": "e", "time": 1, "message": parts})


@given(st.text(max_size=80) | TEXTS)
def test_no_text_blinds_an_adapter(written: str) -> None:
    said_in(of_onebot12(written))
    for (found,) in (of_discord(written), of_telegram(written)):
        assert written in found["text"] or "<" in written
        said_in([found])


@pytest.mark.skipif(not SHARED.exists(), reason="the recorded texts and events are not beside this checkout")
def test_hostile_texts_and_recorded_events_are_read() -> None:
    for written in json.loads((SHARED / "text" / "naughty-strings.json").read_text(encoding="utf-8")):
        group = {"post_type": "message", "group_id": 1, "user_id": 2, "message_id": 3, "time": 1}
        assert len(said_in(onebot.events({**group, "message": f"{written} https://{written}"}))) == 1
        assert len(said_in(of_onebot12(f"{written} https://{written}"))) == 1
        content = {"body": written, "formatted_body": f'<a href="{written}">{written}</a>'}
        room = {"type": "m.room.message", "event_id": "$1", "sender": "@a:x", "origin_server_ts": 1, "content": content}
        assert len(said_in(matrix.events(room, ROOM))) == 1
        assert len(said_in(of_discord(written))) == len(said_in(of_telegram(written))) == 1
    for file in sorted((SHARED / "platforms").rglob("*.json")):
        recorded = json.loads(file.read_text(encoding="utf-8"))
        for raw in recorded if isinstance(recorded, list) else [recorded]:
            said_in(onebot.events(raw) + onebot12.events(raw))
            said_in(matrix.events(raw, ROOM))
            said_in(discord.events(raw, SERVER) + telegram.events(raw, GROUP))


@pytest.mark.parametrize(
    "piece",
    [
        "<a ",
        "<a href=x>",
        "<a href='",
        "> <@b:x> y\n",
        "[CQ:at,",
        "[CQ:json,data=",
        '{"a":[',
        "[a](",
        "<@1",
        "[[",
        "||",
    ],
)
def test_reading_is_linear(piece: str) -> None:
    start = time.perf_counter()
    written = piece * (60_000 // len(piece))
    content = {"body": written, "formatted_body": written, "m.relates_to": {"m.in_reply_to": {"event_id": "$0"}}}
    matrix.events({"type": "m.room.message", "event_id": "$1", "sender": "@a:x", "content": content}, ROOM)
    onebot.events({"post_type": "message", "group_id": 1, "message": written})
    of_discord(written)
    of_telegram(written)
    assert time.perf_counter() - start < 10
