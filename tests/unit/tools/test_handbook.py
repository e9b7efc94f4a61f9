"""The handbook says what the plan does, in both languages, and nothing that is not for members."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from dev.library import packs

from groundrules.frontend import check_path, check_text
from groundrules.narrate.speech import words
from groundrules.resources import shipped
from groundrules.tools.handbook import handbook, html, markdown
from groundrules.tools.handbook.document import one_line

ROOT = Path(__file__).parents[3]
TEAM = ROOT / "tests" / "rulebooks" / "team-group"

BOOK = """
rulebook: group
title: {zh: 小组, en: Group}
text: {zh: "每天 {daily} 分封顶", en: "No more than {daily} a day"}
languages: [zh, en]
use:
  - std/chat
  - {rulebook: ./other.yaml, as: other, with: {limit: 9, within: 30s}}
parameters:
  daily: {type: integer, default: 20, title: {zh: 每日上限, en: Daily limit}}
  wait: {type: duration, default: 45m, title: {zh: 等待, en: Wait}}
ledgers:
  points: {per: member, title: {zh: 积分, en: Points}}
rules:
  - {id: hidden, on: message, title: {zh: 影子, en: Shadow}, then: [delete], mode: shadow}
  - {id: gone, on: message, title: {zh: 停用, en: Off}, then: [delete], mode: off}
  - id: few
    on: message
    title: {zh: "少 | 提及", en: "Few <mentions>"}
    tags: [respect]
    when: count(message by actor within 1m) > 3
    then: [delete, {mute: 10m}]
    rollout: 10%
  - id: vote
    on: report.created
    when: known(target)
    title: {zh: 举报, en: Reports}
    then: [{mute: 1h, who: target}]
    approval: {by: admin, approvals: 2, within: 1d, if_not_approved: [{notify: owner}]}
rewards:
  - id: daily
    on: message
    title: {zh: 发言, en: Chat}
    grant: {points: 1}
    cap: daily per day
paths:
  - id: ask
    title: {zh: 提问, en: Questions}
    on: message
    one_per: actor
    until: [{on: message.deleted}]
    steps: [{after: wait, then: [{notify: helper}]}, {after: 2h, repeat: 3, every: 1h, then: [{notify: admin}]}]
"""
OTHER = """
rulebook: other
title: {zh: 刷屏, en: Flooding}
languages: [zh, en]
use: [std/chat]
parameters:
  limit: {type: integer, default: 5, title: {zh: 条数, en: Messages}}
  within: {type: duration, default: 10s, title: {zh: 时间, en: Time}}
rules:
  - id: burst
    title: {zh: 请勿刷屏, en: No flooding}
    text: {zh: "{within}内不超过 {limit} 条", en: "At most {limit} in {within}"}
    on: message
    when: count(message by actor within within) > limit
    then: [delete: matched]
"""


def page(folder: Path, lang: str) -> str:
    (folder / "other.yaml").write_text(OTHER, encoding="utf-8")
    result = check_text(BOOK, str(folder / "rulebook.yaml"))
    assert result.checked is not None
    assert not result.has_errors, result.diagnostics
    return markdown(handbook(result.checked, lang))


@pytest.mark.parametrize(
    ("lang", "wanted"),
    [
        (
            "en",
            [
                "# Group: members' handbook",
                "No more than 20 a day",
                "**Few \\<mentions>**",
                "  - writing a message → delete the message, mute for 10 minutes",
                "  - Condition: more than 3 times within 1 minute: writing a message",
                "  - On trial: applies to 10% of the members",
                "mute for 1 hour (the other person)",
                "only if 2 members with the role admin approve within 1 day; otherwise: notify owner",
                "| Chat: writing a message | Points +1 | 20 a day |",
                "  - after 45 minutes → notify helper",
                "  - after 2 hours → notify admin (3 times, every 1 hour)",
                "## Flooding",
                "**No flooding** — At most 9 in 30 seconds",
                "delete the messages (all of them)",
                "| Reports: mute for 1 hour (the other person) | admin | 2 | 1 day | notify owner |",
            ],
        ),
        (
            "zh",
            [
                "# 小组 · 成员手册",
                "每天 20 分封顶",
                "**少 \\| 提及**",
                "  - 发消息 → 删除消息，禁言 10 分钟",
                "  - 条件：1 分钟内发消息超过 3 次",
                "| 发言：发消息 | 积分 +1 | 每天 20 |",
                "**请勿刷屏** — 30 秒内不超过 9 条",
            ],
        ),
    ],
)
def test_numbers_come_from_the_plan(tmp_path: Path, lang: str, wanted: list[str]) -> None:
    text = page(tmp_path, lang)
    assert [line for line in wanted if line not in text] == []


def test_what_is_not_in_force_is_not_told(tmp_path: Path) -> None:
    text = page(tmp_path, "en")
    assert "Shadow" not in text
    assert "Off" not in text


def test_imports_are_chapters_behind_the_rulebooks_own(tmp_path: Path) -> None:
    text = page(tmp_path, "en")
    assert text.index("## Group rules") < text.index("## Flooding") < text.index("## Who decides")


class Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_in_html_is_whole_and_needs_nothing_else(lang: str) -> None:
    result = check_path(TEAM)
    assert result.checked is not None
    text = html(handbook(result.checked, lang))
    outline = Outline()
    outline.feed(text)
    assert outline.open == []
    assert not {"src", "onclick"} & set(outline.attributes)
    assert "http" not in text
    assert "@media print" in text


def test_texts_of_the_rulebook_are_text_in_html() -> None:
    result = check_text("rulebook: a\ntitle: <b>&\nuse: [std/chat]\n")
    assert result.checked is not None
    assert "&lt;b&gt;&amp;" in html(handbook(result.checked, "en"))


def test_there_are_words_for_every_shipped_event() -> None:
    names = {path.name.removesuffix(".json") for path in (shipped("schemas") / "events").glob("*.json")}
    assert names == named("events")


def named(table: str) -> set[str]:
    """What the handbook has words for."""
    return {form.removeprefix(f"{table}.") for form in words("handbook", "en") if form.startswith(f"{table}.")}


@pytest.mark.parametrize("name", packs())
def test_there_are_words_for_the_themes_of_the_library(name: str) -> None:
    checked = check_path(shipped("policies") / name).checked
    assert checked is not None
    assert {str(rule.source.tags[0].value) for rule in checked.rules if rule.source.tags} <= named("themes")


def test_numbers_about_the_whole_group_are_no_rules_for_members() -> None:
    book = """
rulebook: a
use: [std/chat]
ledgers: {week: {per: community}}
rules:
  - {id: counted, on: message, then: [{grant: {week: 1}}]}
  - {id: told, text: We count messages, on: message, then: [{grant: {week: 1}}]}
"""
    result = check_text(book)
    assert result.checked is not None
    assert not result.has_errors, result.diagnostics
    text = markdown(handbook(result.checked, "en"))
    assert "**told** — We count messages" in text
    assert "counted" not in text


@pytest.mark.parametrize(
    ("folded", "line"),
    [
        ("由两位\n管理员决定", "由两位管理员决定"),
        ("重复最后一级。 违规：每 30 天减 1。", "重复最后一级。违规：每 30 天减 1。"),
        ("他说 “好”， “不” 是", "他说“好”，“不”是"),
        ("用  groundrules\n检查", "用 groundrules 检查"),
        ("发送“/嘉宾 @成员 天数”， 到期收回", "发送“/嘉宾 @成员 天数”，到期收回"),
        ("发送 `签到 打卡` 即可", "发送 `签到 打卡` 即可"),
        ("two words", "two words"),
        ("👍 🎉", "👍 🎉"),
        ("댓글을 써요", "댓글을 써요"),
    ],
)
def test_lines_of_chinese_are_joined_without_a_space(folded: str, line: str) -> None:
    assert one_line(folded) == line


@pytest.mark.parametrize(
    ("guard", "wanted"),
    [
        ("count(message by actor within 1d) >= 1", {"en": "at least once within 1 day", "zh": "至少 1 次"}),
        ("count(message by actor within 1d) <= 2", {"en": "at most 2 times within 1 day", "zh": "至多 2 次"}),
        (
            "count(message by actor this week) > 0",
            {"en": "at least once this week: writing a message", "zh": "本周发消息至少 1 次"},
        ),
        ("distinct(text of message within 1h) > 0", {"en": "at least 1 different one of", "zh": "不同的内容至少 1 个"}),
        (
            "count(message by actor this week) >= 3",
            {"en": "at least 3 times this week: writing a message", "zh": "本周发消息至少 3 次"},
        ),
        (
            'count(message where text contains "x" by actor within last 20) >= 3',
            {
                "en": "at least 3 of the last 20 messages: the text contains “x”",
                "zh": "最近 20 条消息中至少 3 条：内容含有“x”",
            },
        ),
        (
            "count(message within last 20) == 20",
            {"en": "the last 20, until none has come for 400 days", "zh": "最近 20 次，满 400 天没有新的即清除"},
        ),
        (
            "distinct(text of message within 1h) > 1",
            {"en": "more than 1 different one of the text within", "zh": "不同的内容超过 1 个"},
        ),
    ],
)
def test_once_is_not_one_times(guard: str, wanted: dict[str, str]) -> None:
    text = f"rulebook: r\nuse: [std/chat]\nrules: [{{id: a, on: message, when: '{guard}', then: [delete]}}]\n"
    checked = check_text(text).checked
    assert checked is not None
    for lang, said in wanted.items():
        assert said in markdown(handbook(checked, lang))


LADDER = """
rulebook: group
languages: [en]
use: [std/chat]
ledgers:
  strikes: {per: member, title: {en: Strikes}}
rules:
  - {id: any, on: message, then: [{strike: AMOUNT}]}
ladders:
  - id: climb
    title: {en: The climb}
    ledger: strikes
    steps: [{reaches: 3, then: [mute: 10m]}]
    appeal: {to: owner, within: 7d}
"""


@pytest.mark.parametrize(("book", "told"), [(LADDER, True), (LADDER.replace("{strike: AMOUNT}", "delete"), False)])
def test_a_ladder_that_nothing_climbs_is_left_out_with_its_appeal(tmp_path: Path, book: str, told: bool) -> None:
    result = check_text(book.replace("AMOUNT", "1"), str(tmp_path / "rulebook.yaml"))
    assert result.checked is not None
    assert not result.has_errors, result.diagnostics
    text = markdown(handbook(result.checked, "en"))
    assert [word in text for word in ("The climb", "How to appeal", "- Strikes")] == [told] * 3


CHOSEN = """
rulebook: group
languages: [zh, en]
use: [std/chat]
lists:
  heavy: {items: {wechat: 30, add me: 50}}
  adverts: {items: [casino], changes: true}
ledgers: {points: {per: member, title: {zh: 积分, en: Points}}}
scores:
  - {id: doubt, on: message, points: [{when: age(actor.joined) < 3d, add: 2}, {when: text ends with "!", add: 1}]}
at_most:
  - {ban: 5 per hour, then: [notify: owner], approval: {by: owner, within: 1d}}
  - {mute: 50 per 10m}
rules:
  - {id: words, on: message, when: 'count(w in ["a", "b", "c"] where text contains w) >= 2', then: [delete]}
  - {id: weighed, on: message, when: 'weight(text, heavy) >= 80', then: [delete]}
  - {id: changing, on: message, when: 'text contains any of adverts', then: [delete]}
  - {id: affix, on: message, when: 'text starts with any of ["a", "b"]', then: [delete]}
  - {id: doubted, on: message, when: doubt >= 3, then: [delete]}
  - {id: lucky, on: message, when: chance(10%), then: [{grant: {points: 3}}], first_of: luck}
  - id: draw
    on: message
    when: rank(points, actor) == 1 and occurrences(text, "x") > 2
    then: [{warn: null, who: 'pick(values(actor.id of message within 1d max 9), 3)'}]
  - {id: duty, on: message, when: 'falls_on("--10-01", now)', then: [{warn: null, who: 'pick(members("helper"), 1)'}]}
  - {id: soon, on: message, when: 'days_until("lunar:08-15", now) == 3', then: [delete]}
  - id: buy
    on: message
    when: text == "/buy"
    requires: points(actor) >= 30
    then: [{take: {points: 30}}]
    otherwise: [warn]
schedules:
  - {id: idle, at: "21:00", for_each: member, when: silence(member) > 7d, together: [{warn: null, who: those}]}
  - id: loud
    at: "21:00"
    for_each: member
    most: count(message by actor = member within 7d max 100)
    limit: 3
    then: [warn]
  - {id: hushed, at: "21:00", for_each: member, least: silence(member), together: [{announce: hush}]}
"""


@pytest.mark.parametrize(
    ("lang", "wanted"),
    [
        (
            "en",
            [
                "the text contains at least 2 of “a” and “b” and “c”",
                "the weight of “add me” (50), “wechat” (30) in the text is at least 80",
                "the text contains an entry of the list adverts",
                "the text begins with “a” or “b”",
                "at least 3 points in all: the time since joining is less than 3 days (2), the text ends with “!” (1)",
                "only the 3 with the most: the number of times within 7 days (writing a message)",
                "the shortest first: the time without a message",
                "the lot falls on it (10% of the cases)",
                "Of the rules “luck” only the first that applies acts",
                "the rank by Points is 1; the number of “x” in the text is more than 2",
                "warn (3 drawn by lot: who did so within 1 day: writing a message (in the whole group))",
                "warn (one drawn by lot: members with the role “helper”)",
                "today is 10-01",
                "the number of days until 08-15 of the lunar calendar is 3",
                "Where that does not hold (Points is less than 30): warn",
                "- **ban**\n  - Over all rules: at most 5 in 1 hour\n  - Anything beyond that waits for approval: only",
                "- **mute**\n  - Over all rules: at most 50 in 10 minutes\n  - Anything beyond that is not done",
                "once for all members that it concerns → warn (all whom it concerns)",
                "| ban: Over all rules: at most 5 in 1 hour | owner | 1 | 1 day |",
            ],
        ),
        (
            "zh",
            [
                "内容含有“a”和“b”和“c”中的至少 2 个",
                "内容所含词的权重合计（“add me” 50，“wechat” 30）至少 80",
                "内容含有名单 adverts 中的词",
                "内容以“a”或“b”开头",
                "抽中（概率 10%）",
                "“luck”这组规则里，只有排在最前的一条起作用",
                "抽签选出 3 人：1 天内发消息（全群合计）的成员",
                "距农历 08-15 的天数为 3",
                "不满足时（积分少于 30）：警告",
                "对所有符合条件的成员合并执行一次 → 警告（所有符合条件者）",
                "从多到少取前 3 名：7 天内发消息的次数",
                "从短到长排列：未发言的时间",
                "所有规则合计：1 小时内至多 5 次",
            ],
        ),
    ],
)
def test_what_adds_up_and_what_is_drawn_has_words(lang: str, wanted: list[str]) -> None:
    result = check_text(CHOSEN)
    assert result.checked is not None
    assert not result.has_errors, result.diagnostics
    text = markdown(handbook(result.checked, lang))
    assert [line for line in wanted if line not in text] == [], text
    assert text.count("**buy**") == 1


TABLE = """
rulebook: tables
use: [std/chat]
rules:
  - id: newcomers
    title: {zh: 新人, en: Newcomers}
    on: message
    when: length(mentions) < 3
    unless: actor.roles has "admin"
    table:
      hit: first
      columns: [age(actor.joined), length(links)]
      rows:
        - {title: {zh: 链接, en: Links}, when: ["< 3d", ">= 1"], then: [delete]}
        - {when: ["< 3d", "-"], then: [warn]}
      otherwise: [{label: old}]
"""


@pytest.mark.parametrize(
    ("lang", "rows"),
    [
        (
            "en",
            [
                "  - Condition: the number of mentions is less than 3",
                "  - The first row that applies counts",
                "| Case | What follows |",
                "| Links: the time since joining is less than 3 days; the number of links is at least 1 "
                "| delete the message |",
                "| the time since joining is less than 3 days | warn |",
                "| otherwise | mark “old” |",
            ],
        ),
        (
            "zh",
            [
                "  - 以最先符合的一行为准",
                "| 情况 | 后果 |",
                "| 链接：距加入的时间少于 3 天；链接数量至少 1 | 删除消息 |",
                "| 距加入的时间少于 3 天 | 警告 |",
            ],
        ),
    ],
)
def test_a_table_is_a_table(lang: str, rows: list[str]) -> None:
    result = check_text(TABLE)
    assert result.checked is not None
    text = markdown(handbook(result.checked, lang))
    lines = text.splitlines()
    assert [row for row in rows if row not in lines] == [], text
    assert text.count("newcomers") == 0


SHOP = """
rulebook: shop
languages: [zh, en]
use: [std/chat]
rules:
  - id: shop
    title: {zh: 商店, en: Shop}
    on: message
    when: text starts with "/"
    table:
      hit: first
      columns: [text, length(links)]
      rows:
        - {when: ['"/title"', "< 1"], then: [add_role: titled]}
      otherwise: [{reply: {zh: 没有, en: No such thing}}]
"""
TEXT = "    text: {zh: 用积分换东西, en: Things for points}\n    on: message\n"
TWO = """      rows:
        - {when: ['"/colour"', "< 1"], then: [add_role: coloured]}
"""


@pytest.mark.parametrize("text", ["    on: message\n", TEXT])
@pytest.mark.parametrize("rows", ["      rows:\n", TWO])
def test_what_a_table_asks_in_all_cases_is_no_part_of_its_rows(text: str, rows: str) -> None:
    result = check_text(SHOP.replace("    on: message\n", text).replace("      rows:\n", rows))
    assert result.checked is not None
    assert not result.has_errors, result.diagnostics
    lines = markdown(handbook(result.checked, "en")).splitlines()
    assert "  - Condition: the text begins with “/”" in lines
    assert "| the text is “/title”; the number of links is less than 1 | give the role titled |" in lines
    assert "| otherwise | the bot replies |" in lines


DAYS = """
rulebook: days
languages: [zh, en]
use: [std/chat]
lists: {holidays: {match: exact, items: ["2026-10-01", "2026-10-02", "a", "b", "c", "d", "e"]}}
rules:
  - {id: now, on: message, when: 'weekday(now) == "friday" and date(now) in holidays', then: [warn]}
  - {id: then, on: message, when: 'weekday(actor.joined) == "friday" and date(actor.joined) in holidays', then: [warn]}
  - {id: hours, on: message, when: hour(actor.joined) < 6 and month(now) == 5, then: [warn]}
"""


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "en",
            [
                "  - Condition: the day of the week is Friday; it is a day on the list holidays",
                "  - Condition: the day of the week of joining is Friday; the day of joining is on the list holidays",
                "  - Condition: the hour of joining is less than 6; the month is 5",
            ],
        ),
        (
            "zh",
            [
                "  - 条件：星期为周五；当天在名单 holidays 中",
                "  - 条件：加入当天的星期为周五；加入的日期在名单 holidays 中",
                "  - 条件：加入的钟点少于 6；月份为 5",
            ],
        ),
    ],
)
def test_days_of_another_instant_are_not_today(lang: str, lines: list[str]) -> None:
    result = check_text(DAYS)
    assert result.checked is not None
    text = markdown(handbook(result.checked, lang))
    assert [line for line in lines if line not in text.splitlines()] == [], text


ITEMS = """
rulebook: arrivals
languages: [zh, en]
use: [std/chat]
paths:
  - id: arrival
    on: member.joined
    one_per: actor
    until: [{on: member.left, when: actor.id == start.actor.id}]
    until_all:
      - {id: intro, title: {zh: 自我介绍, en: an introduction}, on: message, when: actor.id == start.actor.id}
      - {id: rules, on: member.verified, when: actor.id == start.actor.id}
    steps:
      - {after: 1d, when: length(remaining) >= 2, then: [warn]}
      - {after: 2d, unless: 'remaining has any of ["intro", "rules"]', then: [kick]}
    afterwards: [{add_role: member}]
"""


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "en",
            [
                "  - after 1 day → warn; Condition: the number of things still to be done is at least 2",
                "  - Cancelled by: leaving",
                "  - Ends once all of these have happened: an introduction (writing a message), "
                "passing the newcomers' check",
                "  - Once all have happened: give the role member",
            ],
        ),
        (
            "zh",
            [
                "  - 1 天后 → 警告；条件：尚未完成的事项数量至少 2",
                "  - 中断：退出",
                "  - 全部完成才结束：自我介绍（发消息）、通过新人验证",
            ],
        ),
    ],
)
def test_what_must_all_happen_before_a_path_ends(lang: str, lines: list[str]) -> None:
    result = check_text(ITEMS)
    assert result.checked is not None
    text = markdown(handbook(result.checked, lang))
    assert [line for line in lines if line not in text.splitlines()] == [], text
    assert ("“an introduction” or “rules”" if lang == "en" else "“自我介绍”或“rules”") in text
