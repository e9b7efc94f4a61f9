"""OneBot 12: every event that an adapter makes is valid, says what its table says, and actions become OneBot's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groundrules.adapters import Context, UnsupportedError, onebot12
from groundrules.decisions import Action
from groundrules.outcomes import Done, Failed, Retry

from .valid import compared, said_in

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "platforms" / "v12_events.json"
GROUP: dict[str, Any] = {
    "id": "e1",
    "self": {"platform": "qq", "user_id": "1"},
    "time": 1_767_600_000.5,
    "group_id": "7",
}
GUILD = {key: value for key, value in GROUP.items() if key != "group_id"} | {"guild_id": "9", "channel_id": "8"}
MESSAGE = {"type": "message", "detail_type": "group", "message_id": "m1", "user_id": "1", "alt_message": "x"}


def segment(type: str, **data: Any) -> dict[str, Any]:
    return {"type": type, "data": data}


def notice(detail: str, where: dict[str, Any] = GROUP, **fields: Any) -> dict[str, Any]:
    return where | {"type": "notice", "detail_type": detail, "user_id": "1", "operator_id": "1", **fields}


WRITTEN = [
    segment("reply", message_id="m0", user_id="1"),
    segment("mention", user_id="5"),
    segment("text", text=" see https://example.org/a "),
    segment("image", file_id="f"),
    segment("mention_all"),
]
RAW = [
    GROUP | MESSAGE | {"message": WRITTEN},
    GUILD | MESSAGE | {"message": [segment("text", text="hi")], "detail_type": "channel"},
    notice("group_message_delete", message_id="m1", sub_type="recall"),
    notice("channel_message_delete", GUILD, message_id="m1", sub_type="delete"),
    notice("group_member_increase", sub_type="invite"),
    notice("guild_member_increase", GUILD, sub_type="join"),
    notice("group_member_decrease", sub_type="leave"),
    notice("group_member_decrease", sub_type="kick"),
    notice("channel_create", GUILD),
    notice("channel_delete", GUILD),
]


def test_every_event_is_valid_and_says_what_the_table_says() -> None:
    made = [event for raw in RAW for event in onebot12.events(raw)]
    made.append(onebot12.roster("7", [{"user_id": "1", "user_name": "rules", "user_displayname": ""}], 1.0, own="1"))
    assert compared(made, onebot12.SUPPLIES) == ([], [])


def test_a_message() -> None:
    (found,) = onebot12.events(RAW[0])
    assert found == {
        "id": "m1",
        "type": "message",
        "time": "2026-01-05T08:00:00.500Z",
        "community": {"id": "7"},
        "channel": {"id": "7"},
        "actor": {"id": "1", "self": True},
        "text": "see https://example.org/a",
        "links": [{"url": "https://example.org/a", "domain": "example.org"}],
        "mentions": [{"id": "5"}],
        "mentions_everyone": True,
        "attachments": [{"kind": "image", "id": "f"}],
        "reply_to": "m0",
        "reply_to_author": {"id": "1", "self": True},
    }


def test_a_guild_has_channels() -> None:
    (found,) = onebot12.events(RAW[1])
    assert (found["community"], found["channel"]) == ({"id": "9"}, {"id": "8"})


def test_what_concerns_no_group_is_left_out() -> None:
    private = {**MESSAGE, "id": "e", "time": 1, "detail_type": "private", "message": []}
    assert onebot12.events(private) == []
    assert onebot12.events(notice("friend_increase")) == []


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded events are not beside this checkout")
def test_recorded_events_are_read() -> None:
    raw = json.loads(RECORDED.read_text(encoding="utf-8"))
    in_group = [{**one, "group_id": "7"} for one in raw if one["type"] == "message"]
    assert said_in(event for one in raw for event in onebot12.events(one)) == {}
    (found,) = [event for one in in_group for event in onebot12.events(one)]
    assert found["text"] == "OneBot is not a bot"


def act(do: str, who: str | None = "5", **parameters: Any) -> Action:
    return Action(do=do, who=who, parameters=parameters, key="k", rules=("r",))


def test_messages_go_where_they_belong_and_call_whom_they_name() -> None:
    words = {"zh": "@5 [CQ:at,qq=all] 你好"}
    ((name, sent),) = onebot12.calls(act("warn", text=words), "7")
    assert (name, sent["detail_type"], sent["group_id"]) == ("send_message", "group", "7")
    assert [part["type"] for part in sent["message"]] == ["mention", "text", "mention", "text"]
    ((_, reply),) = onebot12.calls(act("reply", who="m1", text=words), "9", context=Context(channel="8"))
    assert (reply["detail_type"], reply["guild_id"], reply["channel_id"]) == ("channel", "9", "8")
    assert reply["message"][0] == segment("reply", message_id="m1")
    ((_, private),) = onebot12.calls(act("send", who=None, to="5", text=words), "7")
    assert (private["detail_type"], private["user_id"]) == ("private", "5")


def test_staff_are_told_in_a_channel_of_their_guild_or_in_a_group_of_their_own() -> None:
    def where(do: str, kind: str, **parameters: Any) -> dict[str, Any]:
        known = Context(channels={"lobby": "8"}, staff="8", announcements="8", state={"9": {"kind": kind}})
        ((_, sent),) = onebot12.calls(act(do, who=None, text={"zh": "你好"}, **parameters), "9", context=known)
        return {name: value for name, value in sent.items() if name.endswith("_id")}

    for do, parameters in (("send", {"to": "lobby"}), ("notify", {"role": "admin"}), ("announce", {})):
        assert where(do, "guild", **parameters) == {"guild_id": "9", "channel_id": "8"}
        assert where(do, "group", **parameters) == {"group_id": "8"}
    assert where("notify", "group", member="5") == {"group_id": "9"}


def test_messages_are_deleted_and_nothing_else_is_standard() -> None:
    assert onebot12.calls(act("delete", events=["m1", "m2"]), "7") == [
        ("delete_message", {"message_id": "m1"}),
        ("delete_message", {"message_id": "m2"}),
    ]
    with pytest.raises(UnsupportedError, match="标准"):
        onebot12.calls(act("mute", duration=1000), "7")


@pytest.mark.parametrize(
    ("do", "answer", "status", "want"),
    [
        ("reply", {"status": "ok", "retcode": 0, "data": {"message_id": "m2"}}, 200, Done({"id": "m2"})),
        ("delete", {"status": "ok", "retcode": 0, "data": None}, 200, Done()),
        ("delete", {"status": "failed", "retcode": 35001, "message": "message not found"}, 200, Done()),
        ("reply", {"status": "failed", "retcode": 36000, "message": "tired"}, 200, Retry(30.0, "tired")),
        ("reply", {"status": "failed", "retcode": 10002, "message": "unsupported"}, 200, Failed("unsupported")),
        (
            "delete",
            {"status": "failed", "retcode": 34001, "message": "no permission"},
            200,
            Failed("no permission", True),
        ),
        ("reply", {}, 502, Retry(30.0, "OneBot says 502")),
    ],
)
def test_answers(do: str, answer: dict[str, Any], status: int, want: object) -> None:
    assert onebot12.outcome(do, answer, status) == want
