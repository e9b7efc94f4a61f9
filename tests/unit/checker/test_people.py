"""Texts for people: their holes show the values of parameters in the language of the text."""

from __future__ import annotations

from groundrules.frontend import check_text
from groundrules.lower import lower
from groundrules.narrate.speech import length_in_words

BOOK = """
rulebook: group
use: [std/chat]
parameters:
  limit: {type: integer, default: 8}
  within: {type: duration, default: 90s}
  from: {type: time, default: "09:00"}
  night: {type: hours, default: "23:00-07:00"}
  strict: {type: boolean, default: true}
  words: {type: list, default: [a, b]}
rules:
  - id: a
    title: "{limit} in {within}"
    text: {zh: "{within} 内最多 {limit} 条，{strict}，{words}，{ say }", en: "{from} {night} {strict} {words} {within}"}
    on: message
    when: count(message by actor within 1m) > limit
    then: [delete]
"""


def test_holes_show_what_parameters_are() -> None:
    result = check_text(BOOK)
    assert result.checked is not None
    assert not result.has_errors, result.diagnostics
    (rule,) = lower(result.checked).rules
    assert rule.title == {"": "8 in 1 minute 30 seconds"}
    assert rule.text["zh"] == "1 分钟 30 秒 内最多 8 条，是，a、b，{ say }"
    assert rule.text["en"] == "09:00 23:00-07:00 yes a, b 1 minute 30 seconds"


def test_lengths_in_words() -> None:
    assert length_in_words(86_400_000, "en") == "1 day"
    assert length_in_words(2 * 86_400_000 + 3_600_000, "en-GB") == "2 days 1 hour"
    assert length_in_words(600_000, "zh-CN") == "10 分钟"
    assert length_in_words(0, "zh") == "0 秒"
    assert length_in_words(5, "fr") == "5 milliseconds"
