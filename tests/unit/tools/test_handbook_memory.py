"""The chapter on what is remembered leaves out nothing that the engine keeps about people."""

from __future__ import annotations

import pytest

from groundrules.frontend import check_text
from groundrules.tools.handbook import handbook, markdown

BOOK = """
rulebook: memory
languages: [zh, en]
use: [std/chat]
ledgers:
  points: {per: member, title: {zh: 积分, en: Points}}
  stars: {per: message, title: {zh: 星标, en: Stars}}
rewards:
  - id: starred
    title: {zh: 标星, en: Starred}
    on: reaction.added
    when: emoji == "⭐"
    grant: {stars: 1, to: message}
    once_per: actor, message within 60d
paths:
  - id: arrival
    title: {zh: 新人周, en: First week}
    on: member.joined
    one_per: actor
    until: [{on: member.left, when: actor.id == start.actor.id}]
    until_all:
      - {id: intro, title: {zh: 自我介绍, en: an introduction}, on: message, when: actor.id == start.actor.id}
      - {id: rules, on: member.verified, when: actor.id == start.actor.id}
    steps:
      - {after: 3d, then: [warn]}
      - {after: 4d, then: [warn], repeat: 3, every: 1d}
  - id: popular
    title: {zh: 热帖, en: Popular posts}
    on: message
    one_per: message
    until: [{on: message.deleted, when: message == start}]
    hours: 09:00-18:00
    steps: [{after: 10m, when: stars(message) >= 5, then: [pin]}]
states:
  - id: slow
    title: {zh: 慢速, en: Slow mode}
    per: channel
    enter: count(message by channel within 1m) > 5
    leave: quiet(message by channel) > 5m
schedules:
  - id: silent
    at: sunday 20:00
    for_each: member
    when: silence(member) > 30d and age(member.joined) > 30d
    then: [mute: 1h]
    approval: {by: admin, within: 1d}
"""
EN = [
    "- Stars of each message: until 400 days after the last change",
    "- What has begun, and what of it has happened (First week): until it ends, 6 days at most",
    "- What has begun (Popular posts): until it ends",
    "- “Slow mode” for each channel: while it lasts",
    "- When a rule last applied to you: up to 60 days",
    "- Mutes and bans: until they are over",
    "- What waits for approval: until it is answered or time is up",
    "- What is known about members (when they joined, roles, when they last wrote, when they were last heard of): "
    "until they leave, or for 400 days without a sign of them",
    "| Starred: reacting to a message; Condition: the emoji is “⭐” | Stars +1 (the message) "
    "| at most once per member and message in 60 days |",
    "  - after 10 minutes → pin the message; Condition: Stars of the message is at least 5",
]
ZH = [
    "- 星标（每条消息各计）：最后一次变动后 400 天",
    "- 已开始的流程及其中已完成的事项（新人周）：至结束为止，最长 6 天",
    "- 已开始的流程（热帖）：至结束为止",
    "- 每个频道是否处于“慢速”：至状态结束",
    "- 禁言、封禁：至解除或到期",
    "- 待批准的事项：至有答复或逾期",
    "- 成员资料（加入时间，角色，最近一次发言的时间，最近一次活动的时间）：至退出为止，或 400 天无动静为止",
    "  - 10 分钟后 → 置顶消息；条件：消息的星标至少 5",
]


@pytest.mark.parametrize(("lang", "wanted"), [("en", EN), ("zh", ZH)])
def test_everything_that_is_kept_is_told(lang: str, wanted: list[str]) -> None:
    result = check_text(BOOK)
    assert result.checked is not None
    assert not result.has_errors, result.diagnostics
    lines = markdown(handbook(result.checked, lang)).splitlines()
    assert [line for line in wanted if line not in lines] == [], "\n".join(lines)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (
            "{id: a, at: sunday 20:00, for_each: member, when: silence(member) > 1d, then: [kick]}",
            1,
        ),
        ("{id: a, at: sunday 20:00, then: [{announce: hello}]}", 0),
    ],
)
def test_when_members_last_wrote_is_told_where_it_is_kept(rule: str, told: int) -> None:
    result = check_text(f"rulebook: a\nlanguages: [en]\nuse: [std/chat]\nschedules:\n  - {rule}\n")
    assert result.checked is not None
    assert not result.has_errors, result.diagnostics
    assert markdown(handbook(result.checked, "en")).count("when they last wrote") == told
