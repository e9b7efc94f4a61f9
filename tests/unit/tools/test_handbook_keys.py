"""The handbook says what each time applies to, and what waits for approval and what does not."""

from __future__ import annotations

import pytest

from groundrules.frontend import check_text
from groundrules.tools.handbook import handbook, markdown


def lines(book: str, lang: str) -> list[str]:
    result = check_text(book)
    assert result.checked is not None
    assert not result.has_errors, result.diagnostics
    return markdown(handbook(result.checked, lang)).splitlines()


ONCE = """
rulebook: keys
languages: [zh, en]
use: [std/chat]
ledgers: {points: {per: member, title: {zh: 积分, en: Points}}}
rewards:
  - {id: liked, on: reaction.added, grant: {points: 1}, once_per: 'KEY'}
rules:
  - {id: warned, on: reaction.added, then: [warn], once_per: 'KEY'}
"""


@pytest.mark.parametrize(
    ("key", "en", "zh"),
    [
        ("actor within 1d", "at most once in 1 day", "1 天内至多一次"),
        ("actor per week", "at most once a week", "每周至多一次"),
        ("channel within 1h", "at most once per channel in 1 hour", "同一频道，1 小时内至多一次"),
        (
            "actor, message within 90d",
            "at most once per member and message in 90 days",
            "同一成员、同一消息，90 天内至多一次",
        ),
        ("actor, message", "at most once per member and message in 90 days", "同一成员、同一消息，90 天内至多一次"),
        ("message.author per day", "at most once a day per author", "同一作者，每天至多一次"),
        ("community per month", "at most once a month for the whole group", "全群合计，每月至多一次"),
        ("emoji within 1m", "at most once per emoji in 1 minute", "同一表情，1 分钟内至多一次"),
    ],
)
def test_for_what_something_happens_once(key: str, en: str, zh: str) -> None:
    for lang, told in (("en", en), ("zh", zh)):
        text = lines(ONCE.replace("KEY", key), lang)
        assert f"  - {told}" in text, text
        assert any(line.endswith(f"| {told} |") for line in text), text


KEYED = """
rulebook: keys
languages: [zh, en]
use: [std/chat]
rules:
  - {id: warned, on: message, then: [warn], once_per: KEY within 1h}
"""


@pytest.mark.parametrize(
    ("key", "en", "zh"),
    [
        ("text", "at most once per text in 1 hour", "同一内容，1 小时内至多一次"),
        ("channel.topic", "at most once per channel's topic in 1 hour", "同一频道主题，1 小时内至多一次"),
    ],
)
def test_of_what_a_key_is_said_in_the_words_of_conditions(key: str, en: str, zh: str) -> None:
    book = KEYED.replace("KEY", key)
    assert f"  - {en}" in lines(book, "en")
    assert f"  - {zh}" in lines(book, "zh")


TIMES = """
rulebook: keys
languages: [zh, en]
use: [std/chat]
rules:
  - {id: loud, on: message, times: {per: 'KEY', within: 1h, 1: [warn], 3: [delete]}}
"""


@pytest.mark.parametrize(
    ("key", "en", "zh"),
    [
        ("actor", "  - Within 1 hour, the third time and after: delete the message", "  - 1 小时内第 3 次起：删除消息"),
        (
            "channel",
            "  - Within 1 hour, the third time and after per channel: delete the message",
            "  - 同一频道，1 小时内第 3 次起：删除消息",
        ),
    ],
)
def test_of_what_the_third_time_is_the_third(key: str, en: str, zh: str) -> None:
    book = TIMES.replace("KEY", key)
    assert en in lines(book, "en")
    assert zh in lines(book, "zh")


def test_earlier_times_are_of_their_number_only() -> None:
    book = TIMES.replace("KEY", "actor").replace("3: [delete]", "2: [notify: admin], 23: [delete]")
    assert "  - Within 1 hour, the second time: notify admin" in lines(book, "en")
    assert "  - Within 1 hour, the 23rd time and after: delete the message" in lines(book, "en")
    assert "  - 1 小时内第 2 次：通知 admin" in lines(book, "zh")
    once = TIMES.replace("KEY", "actor").replace(", 3: [delete]", "")
    assert "  - Within 1 hour, the first time and after: warn" in lines(once, "en")
    assert "  - 1 小时内第 1 次起：警告" in lines(once, "zh")


TOGETHER = """
rulebook: away
languages: [zh, en]
use: [std/chat]
schedules:
  - id: asked
    at: sunday 20:00
    for_each: member
    when: silence(member) > 30d
    then: [kick]
    together: [{notify: owner}]
    approval: {by: admin, within: 1d}
  - {id: told, at: sunday 20:00, for_each: member, when: silence(member) > 30d, together: [{notify: helper}]}
"""


@pytest.mark.parametrize(
    ("lang", "wanted"),
    [
        (
            "en",
            [
                "  - every Sunday at 20:00, for each member that it concerns → remove from the group",
                "  - only if one member with the role admin approves within 1 day",
                "  - Once for all of them, without waiting for approval: notify owner",
                "  - every Sunday at 20:00, once for all members that it concerns → notify helper",
                "| asked: remove from the group | admin | 1 | 1 day | — |",
            ],
        ),
        (
            "zh",
            [
                "  - 每周日 20:00，针对符合条件的每位成员 → 移出群",
                "  - 须一位 admin 在 1 天内批准",
                "  - 对所有符合条件者合并执行一次，不等批准：通知 owner",
                "  - 每周日 20:00，对所有符合条件的成员合并执行一次 → 通知 helper",
            ],
        ),
    ],
)
def test_what_is_done_together_is_told_apart(lang: str, wanted: list[str]) -> None:
    text = lines(TOGETHER, lang)
    assert [line for line in wanted if line not in text] == [], text
