"""Actions as sentences, and decisions described with them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from groundrules.decisions import Action, Decision, Dropped, Note, Rejection
from groundrules.narrate.decision import narrate
from groundrules.narrate.deeds import deed
from groundrules.plan.ir import ActionSpec
from groundrules.resources import shipped
from groundrules.types.catalog import shipped_catalog

SCHEMAS = sorted(file.stem for file in (shipped("schemas") / "actions").glob("*.json"))


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
            "ask admin for approval: r (actions mute li for 1m)",
            "请 admin 批准：r（动作 禁言 li 1 分钟）",
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


APPLAUD = ActionSpec(
    name="applaud",
    title={"zh": "鼓掌", "en": "clap for"},
    durations=("span",),
    names={"reason": {"zh": "原因"}},
    unsaid=("token",),
)


def test_an_action_of_ones_own_without_a_sentence_is_told_by_its_title() -> None:
    action = act("applaud", "li", span=60_000, reason="x", token="t")
    assert deed(action, "en", {"applaud": APPLAUD}) == "clap for li (span 1m, reason x)"
    assert deed(action, "zh", {"applaud": APPLAUD}) == "鼓掌 li（span 1 分钟，原因 x）"


def test_of_several_forms_the_first_is_used_that_has_its_values() -> None:
    sentence = {"en": ("clap for {who} for {span}", "clap[ for {who}]"), "": ("👏 {who}",)}
    wordings = {"applaud": replace(APPLAUD, sentence=sentence)}
    assert deed(act("applaud", "li", span=60_000), "en", wordings) == "clap for li for 1m"
    assert deed(act("applaud", "li", reason="x"), "en", wordings) == "clap for li (reason x)"
    assert deed(act("applaud"), "en", wordings) == "clap"
    assert deed(act("applaud", "li"), "zh", wordings) == "👏 li"


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_shipped_action_has_a_sentence_and_chinese_names_of_its_parameters(name: str) -> None:
    action = shipped_catalog().action(name)
    assert action is not None
    assert set(action.sentence) == set(action.title) == {"zh", "en"}
    assert action.parameters.keys() - {*action.unsaid} == action.names.keys()


def test_a_decision_in_chinese_has_no_english_in_it() -> None:
    decision = Decision(
        trigger="event",
        dropped=(Dropped(do="warn", who="li", rules=("r",), because="mute"),),
        notes=(Note(kind="state_entered", subject="夜间"),),
    )
    assert narrate(decision, "zh") == [
        "- 省略 警告 li：禁言 已包含",
        "· 状态 夜间 开始",
    ]
    rejected = Decision(trigger="rejected", rejected=Rejection(code="GR704", reason="缺少", path="actor"))
    assert narrate(rejected, "zh") == ["拒收 [GR704]：缺少（actor）"]
