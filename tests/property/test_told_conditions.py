"""The handbook tells no untruth: a sentence about a condition names what the condition reads, no more and no less."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from groundrules.checker import Checked
from groundrules.frontend import check_path, check_text
from groundrules.lower import lower
from groundrules.phrasing.facts import facts_of
from groundrules.plan import ir
from groundrules.tools.handbook import handbook, markdown
from groundrules.tools.handbook.guide import Guide
from groundrules.tools.handbook.phrases import Phrases
from groundrules.tools.handbook.sections import conditions_of
from strategies.clean_rulebooks import rulebooks

ROOT = Path(__file__).parents[2]
BOOKS = sorted(path.parent for folder in ("policies", "examples") for path in (ROOT / folder).glob("*/rulebook.yaml"))
LANGUAGES = ("zh", "en")
OPEN = {
    "zh": ("以及其他条件", "须符合一定条件", "条件包括", "另有例外"),
    "en": ("further", "certain", "Among", "exceptions"),
}


@cache
def checked(folder: Path) -> Checked:
    found = check_path(folder).checked
    assert found is not None
    return found


def reads(expr: Any) -> list[ir.Field | ir.Fact]:
    """The reads of the event in a condition, those in keys of windows and labels aside."""
    if isinstance(expr, ir.WindowTest | ir.WindowValue | ir.HasLabel | ir.LedgerValue | ir.LedgerRank | ir.Silence):
        return []
    if isinstance(expr, ir.Field | ir.Fact):
        return [expr]
    parts: Any = expr if isinstance(expr, list | tuple) else ()
    if isinstance(expr, ir.Expr):
        parts = [
            getattr(expr, name) for name in expr.__struct_fields__ if (type(expr), name) != (ir.Coalesce, "default")
        ]
    return [read for part in parts for read in reads(part)]


def hold(book: Checked, lang: str) -> int:
    """Hold every condition of a rulebook to the rule; return how many were told."""
    plan = lower(book)
    guide = Guide(book, plan, Phrases(plan, lang), modes=("enforce", "shadow"))
    count = 0
    for rule in plan.rules:
        tell = guide.phrases.conditions.of(rule)
        named, whole = frozenset[str](), True
        for expr, phrase in (
            *tell.parts(rule.when),
            *([(tell.pruned(rule.unless), tell.phrased(rule.unless))] if rule.unless else ()),
        ):
            whole = whole and phrase is not None
            if phrase is not None:
                count += 1
                assert phrase.facts == facts_of(expr), phrase.text
                named |= phrase.facts
                for read in reads(expr):
                    word = tell.phrased(ir.Known(operand=read))
                    assert word is not None
                    assert tell._fact(read).text in phrase.text or "reply_to" in read.path
        lines = " ".join(conditions_of(guide, rule))
        if whole:
            assert named == facts_of([tell.pruned(each) for each in (rule.when, rule.unless) if each is not None])
        elif not rule.text:
            assert any(marker in lines for marker in OPEN[lang]), lines
    return count


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("folder", BOOKS, ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_what_ships(folder: Path, lang: str) -> None:
    hold(checked(folder), lang)


def test_something_is_told() -> None:
    assert sum(hold(checked(folder), "zh") for folder in BOOKS[:10]) > 50


@given(rulebooks())
@settings(max_examples=40, deadline=None)
def test_whatever_is_written(text: str) -> None:
    book = check_text(text).checked
    assert book is not None
    for lang in LANGUAGES:
        hold(book, lang)


@pytest.mark.parametrize(
    "folder", [folder for folder in BOOKS if folder.parent.name == "examples"], ids=lambda f: f.name
)
def test_members_read_no_paths(folder: Path) -> None:
    for lang in LANGUAGES:
        page = markdown(handbook(checked(folder), lang))
        assert not re.findall(r"\b(?:actor|event|poll|task|message|target|mentions|start)\.[a-z_]+", page)


HOMEWORK = """
rulebook: class
languages: [zh, en]
use: [std/chat]
ledgers: {points: {per: member, title: {zh: 积分, en: Points}}}
tags: {homework: {zh: 作业, en: Homework}, order: {zh: 秩序, en: Order}}
rules:
  - {id: emoji, tags: [order], title: {zh: 表情过多, en: Many emoji}, on: message, when: emoji_count(text) > 12,
     then: [delete]}
  - {id: slow, tags: [homework], title: {zh: 慢, en: Slow}, on: message, when: known(channel) and text == "/slow",
     then: [{slow_mode: 0s}]}
  - {id: away, tags: [order], title: {zh: 投票, en: Vote}, on: poll.created, when: known(poll.about),
     then: [{kick: null, who: poll.about}]}
rewards:
  - {id: week, title: {zh: 七天, en: Seven days}, on: check_in, when: streak(check_in by actor) % 7 == 0,
     grant: {points: 20}, once_per: actor per day}
schedules:
  - id: none
    title: {zh: 没交作业, en: No homework}
    at: monday 09:00
    for_each: member
    when: count(message where text contains "作业" by actor = member within 7d) == 0
    then: [{notify: admin}]
states:
  - {id: quiet, title: {zh: 安静, en: Quiet}, enter: count(message within 1m) > 20,
     leave: {on: message, when: 'actor.roles has "admin" and text == "/open"'}, then: [lock], afterwards: [unlock]}
"""


def test_what_was_told_wrongly() -> None:
    book = check_text(HOMEWORK).checked
    assert book is not None
    page = markdown(handbook(book, "zh"))
    for sentence in (
        "条件：内容的表情数量超过 12",
        "七天：签到；条件：连续签到的天数是 7 的倍数",
        "条件：7 天内发消息（内容含有“作业”）正好 0 次",
        "移出群（投票所指的人）",
        "关闭慢速模式",
        "开始：1 分钟内发消息（全群合计）超过 20 次",
        "结束：发消息（角色包括“admin”；内容为“/open”）",
        "### 作业",
        "### 秩序",
    ):
        assert sentence in page, page
    assert "Condition: the number of emoji in the text is more than 12" in markdown(handbook(book, "en"))
