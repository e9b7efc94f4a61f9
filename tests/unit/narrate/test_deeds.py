"""Actions as sentences, and decisions told with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from groundrules.decisions import Action, Decision, Dropped, Note, Rejection
from groundrules.narrate.decision import narrate
from groundrules.narrate.deeds import DEEDS, LENGTHS, NAMES, deed
from groundrules.resources import shipped

SCHEMAS = {file.stem: json.loads(file.read_text("utf-8")) for file in (shipped("schemas") / "actions").glob("*.json")}


def act(do: str, who: str | None = None, **parameters: Any) -> Action:
    return Action(do=do, who=who, key="k", rules=("r",), parameters=parameters)


@pytest.mark.parametrize(
    ("action", "english", "chinese"),
    [
        (act("mute", "li", duration=600_000), "mute li for 10m", "禁言 li 10 分钟"),
        (act("delete", "li", events=["a"]), "delete the message a by li", "删除 li 的消息 a"),
        (act("delete", "li", events=["a", "b"]), "delete the messages a, b by li", "删除 li 的消息 a、b"),
        (act("warn", "li", text={"zh": "别发“广告”", "en": "no"}), "warn li: “no”", "警告 li：“别发‘广告’”"),
        (act("warn", "li"), "warn li", "警告 li"),
        (act("notify", role="admin", text="x"), "notify admin: x", "通知 admin：x"),
        (act("notify", member="li"), "notify li", "通知 li"),
        (act("slow_mode", "c", interval=0), "end slow mode in c", "频道 c 关闭慢速模式"),
        (
            act("create_task", title="t", due=86_400_000, role="duty"),
            "create a task: t (due 1d, role duty)",
            "创建任务：t（期限 1 天，角色 duty）",
        ),
        (
            act("request_approval", rule="r", role="admin", actions=[{"do": "mute", "who": "li", "duration": 60_000}]),
            "ask for approval: r (role admin, actions mute li for 1m)",
            "请求批准：r（角色 admin，动作 禁言 li 1 分钟）",
        ),
        (
            act("applaud", "li", loudly=True, times=3),
            "applaud li (loudly True, times 3)",
            "applaud li（loudly True，times 3）",
        ),
    ],
)
def test_sentences(action: Action, english: str, chinese: str) -> None:
    assert (deed(action, "en"), deed(action, "zh-CN")) == (english, chinese)


def test_an_action_of_ones_own_is_told_by_its_title_and_its_lengths_of_time() -> None:
    titles, lengths = {"applaud": {"zh": "鼓掌", "en": "clap for"}}, {"applaud": ["span"]}
    action = act("applaud", "li", span=60_000)
    assert deed(action, "en", titles, lengths) == "clap for li (span 1m)"
    assert deed(action, "zh", titles, lengths) == "鼓掌 li（span 1 分钟）"


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_shipped_action_has_a_sentence_and_names_in_chinese(name: str) -> None:
    properties = SCHEMAS[name].get("properties", {})
    assert all(name in sentences for sentences in DEEDS.values())
    assert properties.keys() <= {*NAMES, "request", "pinned"}
    assert {one for one, schema in properties.items() if schema.get("format") == "duration"} <= {*LENGTHS}


def test_a_decision_in_chinese_has_no_english_in_it() -> None:
    decision = Decision(
        trigger="event",
        dropped=(Dropped(do="warn", who="li", rules=("r",), because="mute"),),
        notes=(Note(kind="state_entered", subject="夜间"),),
    )
    assert narrate(decision, "zh", {"warn": {"zh": "警告"}, "mute": {"zh": "禁言"}}) == [
        "- 省略 警告 li：禁言 已包含",
        "· 状态 夜间 开始",
    ]
    rejected = Decision(trigger="rejected", rejected=Rejection(code="GR704", reason="缺少", path="actor"))
    assert narrate(rejected, "zh") == ["拒收 [GR704]：缺少（actor）"]
