"""What a rulebook's settings switch off doesn't concern its members, and is not in their handbook."""

from __future__ import annotations

from groundrules.frontend import check_text
from groundrules.tools.handbook import handbook, markdown

SWITCHES = """
rulebook: group
title: 小组
languages: [zh]
use: [std/chat]
parameters:
  on: {type: boolean, default: true, title: 开}
  off: {type: boolean, default: false, title: 关}
  wait: {type: duration, default: 90m, title: 等待}
rules:
  - {id: kept, title: 甲, text: "{wait}内", on: message, when: on and text contains "x", then: [delete]}
  - {id: never, title: 乙, on: message, when: off and text contains "x", then: [delete]}
  - {id: always-exempt, title: 丙, on: message, unless: not off, then: [delete]}
schedules:
  - {id: silent, title: 丁, at: 09:00, when: off, then: [{announce: 早}]}
"""


def test_what_the_settings_switch_off_is_left_out() -> None:
    result = check_text(SWITCHES, "switches.yaml")
    assert result.checked is not None
    page = markdown(handbook(result.checked, "zh"))
    assert "甲" in page
    assert "1 小时 30 分钟内" in page
    assert not [title for title in "乙丙丁" if title in page]
