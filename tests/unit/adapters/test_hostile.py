"""Whatever a member sends, an adapter makes valid events of it or none, in linear time."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.adapters import Context, matrix, onebot

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


@pytest.mark.skipif(not SHARED.exists(), reason="the recorded texts and events are not beside this checkout")
def test_hostile_texts_and_recorded_events_are_read() -> None:
    for written in json.loads((SHARED / "text" / "naughty-strings.json").read_text(encoding="utf-8")):
        group = {"post_type": "message", "group_id": 1, "user_id": 2, "message_id": 3, "time": 1}
        assert len(said_in(onebot.events({**group, "message": f"{written} https://{written}"}))) == 1
        content = {"body": written, "formatted_body": f'<a href="{written}">{written}</a>'}
        room = {"type": "m.room.message", "event_id": "$1", "sender": "@a:x", "origin_server_ts": 1, "content": content}
        assert len(said_in(matrix.events(room, ROOM))) == 1
    for file in sorted((SHARED / "platforms").rglob("*.json")):
        recorded = json.loads(file.read_text(encoding="utf-8"))
        for raw in recorded if isinstance(recorded, list) else [recorded]:
            said_in(onebot.events(raw))
            said_in(matrix.events(raw, ROOM))


@pytest.mark.parametrize(
    "piece", ["<a ", "<a href=x>", "<a href='", "> <@b:x> y\n", "[CQ:at,", "[CQ:json,data=", '{"a":[']
)
def test_reading_is_linear(piece: str) -> None:
    start = time.perf_counter()
    written = piece * (60_000 // len(piece))
    content = {"body": written, "formatted_body": written, "m.relates_to": {"m.in_reply_to": {"event_id": "$0"}}}
    matrix.events({"type": "m.room.message", "event_id": "$1", "sender": "@a:x", "content": content}, ROOM)
    onebot.events({"post_type": "message", "group_id": 1, "message": written})
    assert time.perf_counter() - start < 10
