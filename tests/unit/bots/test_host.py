"""The host over a client that only records calls."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.adapters import matrix
from groundrules.bots import Answer, Host, reports
from groundrules.decisions import Action
from groundrules.stores.records import Query
from unit.bots.stage import GROUP, Kept, hosted, message, settled

BOOK = """\
rulebook: group
languages: [zh, en]
use: [std/chat]
ledgers: {points: {per: member}}
rules:
  - {id: spam, on: message, when: text contains "spam", then: [ban], approval: {by: owner, within: 1d}}
  - {id: vote, on: vote.cast, then: [announce: {zh: '{option ?? "-"}', en: '{option ?? "-"}'}]}
  - {id: unvote, on: vote.withdrawn, then: [announce: {zh: '{poll.id ?? "-"} 撤回', en: '{poll.id ?? "-"} taken back'}]}
  - id: report
    on: report.created
    then: [notify: {role: admin, text: {zh: '举报 {target.id ?? "-"}', en: 'report {target.id ?? "-"}'}}]
  - {id: seen, on: alert.acknowledged, then: [announce: {zh: 有人接手, en: Taken up}]}
"""


def run(
    what: Callable[[Host, Kept], Awaitable[None]], folder: Path, client: Kept | None = None, **options: Any
) -> Kept:
    kept = client or Kept()

    async def go() -> None:
        async with hosted(folder, kept, **options) as (host, _):
            await what(host, kept)

    asyncio.run(go())
    return kept


async def recorded(host: Host) -> list[dict[str, Any]]:
    return [json.loads(line) for one in await host.hub.recorded(GROUP) for line in one.body.splitlines()]


async def hear(host: Host, *raws: dict[str, Any]) -> None:
    for raw in raws:
        await host.hear(raw)
        await settled(host)


def test_points_rank_rules_and_why_are_answered(tmp_path: Path) -> None:
    async def story(host: Host, kept: Kept) -> None:
        await hear(host, message(2, "签到"), message(2, "积分"), message(2, "排行"), message(2, "/rules 广告"))
        await hear(host, message(3, "加微信"), message(3, "/为什么"))

    said = run(story, tmp_path).said()
    assert "reputation：li 的 0 → 1" in said[0] or "0 → 1" in said[0]
    assert said[1] == "积分：1\n违规记录：0"
    assert said[2] == "积分\n1. li：1"
    assert "禁止广告" in said[3]
    assert "无人回答" not in said[3]
    assert "no-adverts" in said[4]
    assert "加微信" in said[4]


def test_the_rules_say_where_a_member_stands(tmp_path: Path) -> None:
    async def story(host: Host, kept: Kept) -> None:
        await hear(host, message(3, "加微信"), message(3, "群规"), message(2, "/rules"), message(3, "/rules 广告"))

    said = run(story, tmp_path, languages={"2": "en"}).said()
    assert said[0].splitlines()[-1] == "你的违规记录：1；达到 2：警告"
    assert said[1].splitlines()[-1] == "Your strikes: 0; at 2: warn"
    assert "你的" not in said[2]


def test_an_answer_is_in_the_language_of_whoever_asks(tmp_path: Path) -> None:
    async def story(host: Host, kept: Kept) -> None:
        await hear(host, message(2, "/points"), message(3, "/points"))

    said = run(story, tmp_path, languages={GROUP: "zh", "3": "en"}).said()
    assert said == ["积分：0\n违规记录：0", "reputation: 0\nstrikes: 0"]


def test_only_moderators_pause_and_actions_wait(tmp_path: Path) -> None:
    async def story(host: Host, kept: Kept) -> None:
        await hear(host, message(2, "/pause"), message(1, "/pause"), message(2, "加微信"))
        assert [name for name, _ in kept.calls] == ["send_group_msg", "send_group_msg"]
        await hear(host, message(1, "/resume"))

    kept = run(story, tmp_path)
    assert [name for name, _ in kept.calls][2:] == ["send_group_msg", "delete_msg"] or "delete_msg" in dict(kept.calls)
    assert "只有管理员" in kept.said()[0]


def book(folder: Path) -> Path:
    path = folder / "rulebook.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return path


def test_a_request_is_told_and_given_by_its_first_letters(tmp_path: Path) -> None:
    async def story(host: Host, kept: Kept) -> None:
        await hear(host, message(2, "spam"))
        (request,) = {action.key for action in await host.hub.pending(GROUP)}
        assert request[:8] in kept.said()[-1]
        await hear(host, message(3, f"/approve {request[:6]}"))
        assert "set_group_kick" not in dict(kept.calls)
        await hear(host, message(1, f"批准 {request[:6]} 是广告"))

    kept = run(story, tmp_path, book=book(tmp_path))
    assert dict(kept.calls)["set_group_kick"] == {"group_id": GROUP, "user_id": "2", "reject_add_request": True}


def test_a_request_is_refused_by_its_first_letters(tmp_path: Path) -> None:
    async def story(host: Host, kept: Kept) -> None:
        await hear(host, message(2, "spam"))
        (request,) = {action.key for action in await host.hub.pending(GROUP)}
        await hear(host, message(3, f"/refuse {request[:6]}"))
        assert len(await host.hub.pending(GROUP)) == 1
        await hear(host, message(1, f"驳回 {request[:6]} 不是广告"))
        assert await host.hub.pending(GROUP) == []
        await hear(host, message(1, f"/approve {request[:6]}"))
        refusals = [event for event in await recorded(host) if event["type"] == "approval.refused"]
        assert [(event["actor"]["id"], event.get("reason")) for event in refusals] == [("3", None), ("1", "不是广告")]

    assert "set_group_kick" not in dict(run(story, tmp_path, book=book(tmp_path)).calls)


def test_an_appeal_is_refused_and_a_measure_undone_by_the_members_name(tmp_path: Path) -> None:
    """Three adverts bring a mute; the appeal against it is refused, against the next one nobody appeals."""
    adverts = [message(3, f"加微信 {number}") for number in range(3)]

    async def story(host: Host, kept: Kept) -> None:
        await hear(
            host, *adverts, message(3, "申诉 冤枉"), message(2, "/refuse wang"), message(1, "/refuse wang 是广告")
        )
        assert "set_group_ban" in dict(kept.calls)
        host.conversation = type(host.conversation)(host)  # a while later
        await hear(host, message(2, "/undo wang"))
        assert kept.calls[-1][0] != "set_group_ban"
        await hear(host, message(1, "撤销处理 wang 看错了"))
        events = [event for event in await recorded(host) if event["type"].startswith("appeal.")]
        assert [(event["type"], event["actor"]["id"]) for event in events] == [
            ("appeal.opened", "3"),
            ("appeal.refused", "2"),
            ("appeal.refused", "1"),
            ("appeal.granted", "2"),
            ("appeal.granted", "1"),
        ]
        assert (events[-1]["target"]["id"], events[-1]["reason"]) == ("3", "看错了")

    kept = run(story, tmp_path)
    bans = [parameters["duration"] for name, parameters in kept.calls if name == "set_group_ban"]
    assert bans[-1] == 0


def answering(who: int, words: str, id: str) -> dict[str, Any]:
    return message(who, [{"type": "reply", "data": {"id": id}}, {"type": "text", "data": {"text": words}}])


def test_votes_reports_and_alerts_become_events(tmp_path: Path) -> None:
    async def story(host: Host, kept: Kept) -> None:
        host.room(GROUP).polls["p"] = {"question": "?", "options": ["周六", "周日"], "community": GROUP}
        rude = message(3, "难听的话")
        await hear(host, message(2, "投票 2"), rude, answering(2, "举报 太难听", rude["message_id"]))
        alert = next(iter(reversed(host.room(GROUP).spoken)), "")
        await hear(host, answering(1, "收到", alert), message(2, "收到"))
        types = [json.loads(line)["type"] for one in await host.hub.recorded(GROUP) for line in one.body.splitlines()]
        for type in ("vote.cast", "report.created"):
            assert types.count(type) == 1
        assert types.count("alert.acknowledged") <= 1
        await hear(host, message(2, "撤票"), message(3, "/unvote"))

    said = run(story, tmp_path, book=book(tmp_path)).said()
    assert said[0] == "周日"
    assert said[1] == "举报 3"
    assert said[-2:] == ["p 撤回", "p 撤回"]


def test_moderators_change_settings_in_chat(tmp_path: Path) -> None:
    async def story(host: Host, kept: Kept) -> None:
        await hear(host, message(2, "/设置 mute_for 1d"), message(1, "/设置"))
        await hear(host, message(1, "/设置 禁言时长 2d"))
        assert await host.hub.settings(GROUP) == {"mute_for": "2d"}
        await hear(host, message(1, "/设置 mute_for 400d"), message(1, "/设置 mute 1d"))
        host.conversation = type(host.conversation)(host)  # a while later
        await hear(host, message(1, "/settings mute_for default"))
        assert await host.hub.settings(GROUP) == {}

    said = run(story, tmp_path).said()
    assert "只有管理员" in said[0]
    assert "禁言时长（mute_for）：10m\n" in said[1]
    assert "禁言时长（mute_for）：2d *" in said[2]
    assert said[3].startswith("没有成功")
    assert said[4] == "没有这个设置项。"
    assert "*" not in said[5].splitlines()[0]


def test_what_a_rulebook_has_nothing_on_is_talk_unless_a_prefix_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody is challenged a number is talk, and nothing is looked up for it."""

    async def story(host: Host, kept: Kept) -> None:
        await hear(host, message(2, "签到"), message(2, "申诉 冤枉"), message(2, "/checkin"))
        looked_up: list[object] = []
        monkeypatch.setattr(host.hub, "history", lambda *arguments: looked_up.append(arguments))
        await hear(host, message(2, "42"))
        assert looked_up == []

    assert run(story, tmp_path, book=book(tmp_path)).said() == ["收到，但目前没有规则据此做什么。"]


def test_what_can_not_be_done_is_told_once(tmp_path: Path) -> None:
    async def story(host: Host, kept: Kept) -> None:
        await hear(host, message(2, "你好"))

    client = Kept()
    client.held = set()
    for _ in range(2):
        run(story, tmp_path, client)
    assert len(client.said()) == 1
    assert "no-adverts" in client.said()[0]
    assert "admin" in client.said()[0]
    client.held = {"admin"}
    run(story, tmp_path, client)
    assert len(client.said()) == 1


def test_answers_are_bounded(tmp_path: Path) -> None:
    async def story(host: Host, kept: Kept) -> None:
        await hear(host, *(message(2, "积分") for _ in range(20)))

    assert len(run(story, tmp_path).said()) == 5


def test_a_call_that_was_made_is_not_made_again_when_the_next_has_to_wait(tmp_path: Path) -> None:
    long = "x" * 6_000

    async def story(host: Host, kept: Kept) -> None:
        kept.answers["send_group_msg"] = [Answer({"status": "ok"}), Answer({}, 429, {"Retry-After": "0"})]
        await host.begin(GROUP)
        said = Action(do="announce", key="k", parameters={"text": {"zh": long}}, rules=())
        first = await host.perform(said, GROUP)
        second = await host.perform(said, GROUP)
        assert (type(first).__name__, type(second).__name__) == ("Retry", "Done")

    sent = run(story, tmp_path).said()
    assert len(sent) == 3
    assert sent[1] == sent[2]
    assert "".join((sent[0], sent[1])) == long


class OfMatrix(Kept):
    """Matrix ends no mute by itself."""

    platform = matrix

    def __init__(self) -> None:
        super().__init__()
        self.held = None

    async def call(self, call: Any, community: str) -> Answer:
        self.calls.append((call.method, {"path": call.path, "body": call.body}))
        return Answer({"event_id": "$sent"})

    async def known(self, community: str, action: Action | None) -> dict[str, Any]:
        levels: dict[str, Any] = {"users": {}, "events_default": 0}
        return {"state": {community: {"m.room.power_levels": levels}}}


def test_a_mute_that_the_platform_does_not_end_is_ended_also_after_a_start(tmp_path: Path) -> None:
    path = tmp_path / "rulebook.yaml"
    path.write_text(
        "rulebook: g\nlanguages: [zh, en]\nuse: [std/chat]\n"
        'rules: [{id: m, on: message, when: text == "spam", then: [mute: 2s]}]\n',
        encoding="utf-8",
    )
    event = {"id": "$1", "type": "message", "text": "spam", "community": {"id": "!r"}, "actor": {"id": "@li:x"}}

    async def mute(host: Host, kept: Kept) -> None:
        await host.take({**event, "time": datetime.now(UTC).isoformat()})
        await settled(host)
        assert len(kept.calls) == 1

    async def later(host: Host, kept: Kept) -> None:
        await host.begin("!r")
        await asyncio.sleep(2)

    client = OfMatrix()
    run(mute, tmp_path, client, book=path)
    run(later, tmp_path, client, book=path)
    bodies = [call["body"]["users"] for _, call in client.calls]
    assert bodies[0] == {"@li:x": -1}
    assert bodies[1] == {}


def test_the_end_of_a_mute_leaves_a_longer_one_by_hand_alone(tmp_path: Path) -> None:
    path = tmp_path / "rulebook.yaml"
    path.write_text(
        "rulebook: g\nlanguages: [zh, en]\nuse: [std/chat]\n"
        'rules: [{id: m, on: message, when: text == "spam", then: [mute: 1s]}]\n',
        encoding="utf-8",
    )
    event = {"id": "$1", "type": "message", "text": "spam", "community": {"id": "!r"}, "actor": {"id": "@li:x"}}
    hand = {"id": "$2", "type": "member.muted", "community": {"id": "!r"}, "duration": 3_600_000}
    hand |= {"actor": {"id": "@boss:x"}, "target": {"id": "@li:x"}}

    async def story(host: Host, kept: Kept) -> None:
        for told in (event, hand):
            await host.take({**told, "time": datetime.now(UTC).isoformat()})
        await settled(host)
        await asyncio.sleep(1.5)

    assert len(run(story, tmp_path, OfMatrix(), book=path).calls) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
TEXTS = st.text(max_size=200) | st.sampled_from(
    [
        "[https://a.example](https://a.example)",
        "\ud800",
        "/vote \ud800",
        "申诉 @all [CQ:at,qq=all]",
        "{actor.name}",
        "\0",
    ]
)


@settings(max_examples=25)
@given(st.lists(TEXTS | JSON, min_size=1, max_size=6))
def test_nothing_that_a_member_sends_blinds_the_bot(tmp_path_factory: pytest.TempPathFactory, sent: list[Any]) -> None:
    async def story(host: Host, kept: Kept) -> None:
        for one in sent:
            await host.hear(message(3, one))
            await host.hear(message(3, "hi", message=one, sender=one, user_id=one if isinstance(one, str) else 3))
            if isinstance(one, str):
                await host.whisper("3", one, "w")
                await host.hear(message(3, f"/{one}"))
                await host.hear(message(3, f"/report {one}"))
        await hear(host, message(2, "加微信"))

    kept = run(story, tmp_path_factory.mktemp("hub"))
    assert "delete_msg" in dict(kept.calls)
    assert not any(part["data"].get("qq") == "all" for _, call in kept.calls for part in call.get("message", ()))


def test_what_is_decided_is_in_the_log_in_the_order_of_arrival(tmp_path: Path) -> None:
    raws = [message(2, f"加微信 {index}") for index in range(20)]

    async def story(host: Host, kept: Kept) -> None:
        await asyncio.gather(*(host.hear(raw) for raw in raws))
        await settled(host)
        found = [json.loads(one.body) for one in await host.hub.decisions(Query(GROUP, limit=1000))]
        seen = [one["event"] for one in found if one.get("type") == "message"]
        assert list(dict.fromkeys(seen)) == [raw["message_id"] for raw in raws]

    run(story, tmp_path)


NEWCOMERS = """\
rulebook: group
languages: [zh, en]
use: [std/chat]
rules:
  - {id: sum, on: message, when: text == "new", then: [challenge]}
  - {id: agree, on: message, when: text == "rules", then: [{challenge: rules}]}
  - {id: verified, on: member.verified, when: not actor.bot, then: [{add_role: verified}]}
  - {id: task, on: message, when: text == "task", then: [{create_task: {title: 整理文件, role: helper, due: 2d}}]}
  - {id: mine, on: message, when: text == "mine", then: [{create_task: {title: 值班, assignee: actor}}]}
  - id: report
    on: message
    when: text == "report"
    then: [report: {name: weekly, period: 7d, sections: [activity, response, moderation, rules, dreams]}]
"""


def newcomers(folder: Path) -> Path:
    path = folder / "rulebook.yaml"
    path.write_text(NEWCOMERS, encoding="utf-8")
    return path


def answered(said: str) -> str:
    found = re.search(r"(\d+) \+ (\d+)", said)
    assert found is not None, said
    return str(int(found[1]) + int(found[2]))


async def verified(host: Host) -> list[dict[str, Any]]:
    return [event for event in await recorded(host) if event["type"] == "member.verified"]


def test_a_challenge_is_a_sum_that_its_member_answers_also_after_a_start(tmp_path: Path) -> None:
    async def ask(host: Host, kept: Kept) -> None:
        await hear(host, message(2, "new"))
        await hear(host, message(3, answered(kept.said()[-1])), message(2, "1"), message(2, "我今年 18"))
        assert await verified(host) == []

    async def meet(host: Host, kept: Kept) -> None:
        right = answered(kept.said()[0])
        await host.whisper("2", f" {right}。", "w1")
        await hear(host, message(2, right))
        (event,) = await verified(host)
        assert event["actor"]["id"] == "2"
        assert event["method"] == "captcha"

    kept = Kept()
    run(ask, tmp_path, kept, book=newcomers(tmp_path))
    run(meet, tmp_path, kept, book=newcomers(tmp_path))
    assert kept.calls[0][1]["message"][0] == {"type": "at", "data": {"qq": "2"}}
    assert sum("回答正确" in said for said in kept.said()) == 1


def test_the_rules_are_agreed_to_in_a_word_by_whoever_was_asked(tmp_path: Path) -> None:
    async def story(host: Host, kept: Kept) -> None:
        await hear(host, message(2, "rules"), message(3, "同意群规"), message(3, "/accept"), message(2, "同意群规"))
        (event,) = await verified(host)
        assert (event["actor"]["id"], event["method"]) == ("2", "rules")

    said = run(story, tmp_path, book=newcomers(tmp_path)).said()
    assert "同意群规" in said[0]
    assert said[1:] == ["没有等你确认的事项。", "回答正确，欢迎！"]


def test_tasks_and_reports_are_messages_to_whom_they_concern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "PAGE", 1)
    monkeypatch.setattr(reports, "SEGMENTS", 1)

    async def story(host: Host, kept: Kept) -> None:
        first = message(3, "早")
        await hear(host, first, message(2, "task"), answering(2, "mine", first["message_id"]), message(2, "report"))

    kept = run(story, tmp_path, book=newcomers(tmp_path), staff={GROUP: "701"})
    task, mine, report = (call["message"] for name, call in kept.calls if name == "send_group_msg")
    assert task == [{"type": "text", "data": {"text": "任务：整理文件（2 天内完成）"}}]
    assert mine[0] == {"type": "at", "data": {"qq": "2"}}
    assert [call["group_id"] for _, call in kept.calls] == [701, "700", 701]
    lines = report[0]["data"]["text"].splitlines()
    assert lines[0] == "▍周报（最近7 天）"
    assert lines[1] == "· 活跃：2 人发言 4 条；加入 0 人，离开 0 人"
    assert lines[2].startswith("· 回复：1 条消息得到回复")
    assert "mine 1" in lines[4]
    assert lines[5] == "· dreams：没有这方面的记录"


def test_what_comes_while_the_host_asks_who_is_there_is_read_in_order(tmp_path: Path) -> None:
    written = message(2, "你好")
    like = {"post_type": "notice", "notice_type": "group_msg_emoji_like", "group_id": int(GROUP), "user_id": 3}
    like |= {"message_id": written["message_id"], "likes": [{"emoji_id": "76", "count": 1}], "time": int(time.time())}

    async def story(host: Host, kept: Kept) -> None:
        _, (reaction,) = await asyncio.gather(host.hear(written, GROUP), host.hear(like, GROUP))
        assert reaction["message"] == {"id": written["message_id"], "author": {"id": "2"}}

    run(story, tmp_path)


def test_who_was_there_at_the_first_start_is_known_after_the_next(tmp_path: Path) -> None:
    """Roles come from the list of members; at the second start the platform has none to give."""
    unsaid = {"user_id": 1, "nickname": "owner"}

    async def advertise(host: Host, kept: Kept) -> None:
        await host.begin(GROUP)
        await hear(host, message(1, "加微信", sender=unsaid), message(3, "加微信"))

    class Silent(Kept):
        async def rosters(self, community: str) -> list[Any]:
            return []

    kept, silent = run(advertise, tmp_path), run(advertise, tmp_path, Silent())
    for client in (kept, silent):
        assert [name for name, _ in client.calls].count("delete_msg") == 1
