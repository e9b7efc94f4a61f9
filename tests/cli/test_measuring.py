"""`groundrules test --coverage --mutate --boundaries`, as its users meet it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groundrules.narrate.speech import Phrase, phrase, speech

RULEBOOK = """\
rulebook: sample
languages: [en]
use: [std/chat]
rules:
  - id: flood
    title: Flood
    on: message
    unless: actor.roles has "admin"
    when: count(message by actor within 10s) >= 3
    then: [mute: 10m]
  - {id: words, title: Words, on: message, when: 'text contains any of ["spam", "scam"]', then: [delete]}
"""
TESTS = """\
tests:
  - name: spam goes
    timeline:
      - {at: "09:00", message: buy spam, by: li, id: a, expect: [{delete: a}]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (tmp_path / "tests.yaml").write_text(TESTS, encoding="utf-8")
    return tmp_path


def test_what_no_test_reaches(command: Any, folder: Path) -> None:
    result = command("test", folder, "--coverage")
    assert result.exit_code == 0
    shown = result.stdout.replace(str(folder), "")
    assert ": 4 of 8 reached, 50%\n" in shown
    assert "  /rulebook.yaml:5: flood never fires\n" in shown
    assert "  /rulebook.yaml:9: flood: `count(message by actor within 10s) >= 3` never is true\n" in shown
    assert '  /rulebook.yaml:8: flood: `actor.roles has "admin"` never is true\n' in shown


@pytest.mark.parametrize(("least", "code"), [("50", 0), ("51", 1)])
def test_a_least_coverage(command: Any, folder: Path, least: str, code: int) -> None:
    assert command("test", folder, "--fail-under", least).exit_code == code


def test_mutants_that_no_test_notices(command: Any, folder: Path) -> None:
    result = command("test", folder, "--mutate", "--fail-under", "50")
    shown = result.stdout.replace(str(folder), "")
    assert result.exit_code == 1
    assert "flood: `count(message by actor within 10s) >= 3`: 3 → 4, 3 → 2; no test notices\n" in shown
    assert "words: `text contains any of [" in shown
    assert "`scam` left out; no test notices" in shown
    assert "`spam` left out" not in shown


HARMFUL = """\
rulebook: sample
languages: [en]
use: [std/chat]
lists: {words: [one, two, three]}
rules:
  - {id: mild, on: message, when: text contains any of words and length(text) > 3, then: [pin]}
  - {id: hard, on: message, when: text contains any of words and length(text) > 9, then: [kick], once_per: actor}
  - id: votes
    on: vote.cast
    when: distinct(actor.id of vote.cast where option == "a" less vote.cast, vote.withdrawn by poll within 1d) >= 2
    then: [mute: 1h]
"""
NOTICED = """\
tests:
  - name: nothing much
    timeline:
      - {at: "09:00", message: x, by: li, expect: []}
      - {at: +1s, vote.cast: {poll: p, option: a}, by: li, expect: []}
"""


def test_what_weighs_most_stands_first(command: Any, folder: Path) -> None:
    (folder / "rulebook.yaml").write_text(HARMFUL, encoding="utf-8")
    (folder / "tests.yaml").write_text(NOTICED, encoding="utf-8")
    shown = command("test", folder, "--mutate").stdout.replace(str(folder), "")
    order = [
        "hard: `once_per` left out",
        "`: `less vote.cast`, `less vote.withdrawn` left out",
        "mild: `pin`: `pin` left out",
        "hard: `length(text) > 9`: `>` → `>=`, 9 → 10, 9 → 8",
        "mild: `length(text) > 3`: `>` → `>=`, 3 → 4, 3 → 2",
        "within 1d → 2d, within 1d → 12h",
        "words: `one`, `three`, `two` left out",
    ]
    places = [shown.find(text) for text in order]
    assert -1 not in places, shown
    assert places == sorted(places), shown


def test_what_is_proposed_can_be_kept_and_passes(command: Any, folder: Path) -> None:
    result = command("test", folder, "--boundaries")
    head, _, proposed = result.stdout.partition("tests:\n")
    assert "1 thresholds without tests around them" in head
    (folder / "more.yaml").write_text("tests:\n" + proposed, encoding="utf-8")
    again = command("test", folder, "--boundaries", "--coverage")
    assert again.exit_code == 0, again.stdout
    assert "passed  flood: below, at and above count(message by actor within 10s) >= 3\n" in again.stdout
    assert "every threshold has tests just below, at and above it" in again.stdout
    assert command("fmt", "--check", folder / "more.yaml").exit_code == 0


def test_as_json(command: Any, folder: Path) -> None:
    result = command("test", folder, "--coverage", "--mutate", "--boundaries", "--format", "json")
    told = json.loads(result.stdout)
    assert set(told) == {"tests", "coverage", "mutants", "boundaries"}
    assert told["coverage"][0]["reached"] == 0.5
    assert {one["by"] for one in told["mutants"][0]["mutants"]} == {"spam goes", None}
    assert told["boundaries"][0]["thresholds"][0]["around"] == [2, 3, 4]


def test_nothing_is_measured_of_tests_that_fail(command: Any, folder: Path) -> None:
    (folder / "tests.yaml").write_text(TESTS.replace("delete: a", "delete: b"), encoding="utf-8")
    result = command("test", folder, "--coverage")
    assert result.exit_code == 1
    assert "reached" not in result.stdout


STEPS = """\
rulebook: sample
languages: [en]
use: [std/chat]
ledgers: {strikes: {per: member}}
rules: [{id: words, title: Words, on: message, when: text contains "spam", then: [strike: 1]}]
ladders:
  - id: discipline
    ledger: strikes
    steps:
      - {reaches: 3, then: [mute: 10m]}
      - {reaches: 6, then: [kick]}
paths:
  - id: question
    on: message
    one_per: actor
    when: text contains "help"
    until: [{on: message.accepted}]
    steps:
      - {after: 10m, then: [announce: anybody]}
      - {after: 30m, then: [announce: somebody]}
"""


def test_a_mutant_of_a_step_stands_at_that_step(command: Any, folder: Path) -> None:
    (folder / "rulebook.yaml").write_text(STEPS, encoding="utf-8")
    (folder / "tests.yaml").write_text(TESTS.replace("[{delete: a}]", "[]").replace("spam,", "ham,"), encoding="utf-8")
    shown = command("test", folder, "--mutate").stdout.replace(str(folder), "")
    assert (
        "/rulebook.yaml:10: discipline#1: `{reaches: 3, then: [mute: 10m]}`: `reaches: 3` → 4, `reaches: 3` → 2;"
        in shown
    )
    assert "/rulebook.yaml:11: discipline#2: `{reaches: 6, then: [kick]}`: `reaches: 6` → 7, `reaches: 6` → 5;" in shown
    assert (
        "/rulebook.yaml:20: question#2: `{after: 30m, then: [announce: somebody]}`: after 30m → 1h, after 30m → 15m;"
        in shown
    )


def test_in_chinese(command: Any, folder: Path) -> None:
    result = command("test", folder, "--coverage", "--mutate", "--boundaries", "--lang", "zh")
    shown = result.stdout.replace(str(folder), "")
    assert shown.startswith("通过  spam goes\n1 项通过，0 项失败\n")
    assert "：8 项中测到 4 项，50%\n" in shown
    assert "  /rulebook.yaml:5: flood 从未触发\n" in shown
    assert "  /rulebook.yaml:9: flood：`count(message by actor within 10s) >= 3` 从未为真\n" in shown
    assert "flood：`count(message by actor within 10s) >= 3`：时限 10s → 20s，时限 10s → 5s；没有测试发现\n" in shown
    assert "：去掉 `scam`；没有测试发现\n" in shown
    assert "# ：1 个阈值附近没有测试\n" in shown
    assert "left out" not in shown


@pytest.mark.parametrize(
    ("change", "english", "chinese"),
    [
        (phrase("changes.delta_left_out", "`points`"), "the change of `points` left out", "去掉 `points` 的变化"),
        (phrase("changes.until_left_out"), "this `until` left out", "去掉此 `until`"),
        (phrase("changes.starts_later"), "from an hour later", "开始晚一小时"),
        (phrase("changes.once_within", "1h", "2h"), "`once_per` within 1h → 2h", "`once_per` 时限 1h → 2h"),
        (phrase("changes.per", 3, 4, "1d"), "3 → 4 per 1d", "每 1d 3 → 4"),
        (phrase("changes.moved", "`>=`", "`>`"), "`>=` → `>`", "`>=` → `>`"),
    ],
)
def test_changes_in_both_languages(change: Phrase, english: str, chinese: str) -> None:
    assert (speech("tests", "en").phrase(change), speech("tests", "zh").phrase(change)) == (english, chinese)


ITEMS = """
rulebook: sample
languages: [en]
use: [std/chat]
paths:
  - id: arrival
    on: member.joined
    one_per: actor
    until_all:
      - {id: intro, on: message, when: text contains "spam"}
      - {id: like, on: reaction.added, when: actor.id == start.actor.id}
    steps: [{after: 1d, then: [{warn: "{remaining}"}]}]
    afterwards: [{add_role: member}]
"""
ITEMS_TESTS = """\
tests:
  - name: an introduction is not all
    timeline:
      - {at: "09:00", member.joined: true, by: li}
      - {at: +1m, message: buy spam, by: li}
      - {at: +1d, tick: true, expect: [warn]}
"""


def test_each_item_of_a_path_is_to_happen_and_to_be_needed(command: Any, folder: Path) -> None:
    (folder / "rulebook.yaml").write_text(ITEMS, encoding="utf-8")
    (folder / "tests.yaml").write_text(ITEMS_TESTS, encoding="utf-8")
    shown = command("test", folder, "--coverage", "--mutate").stdout.replace(str(folder), "")
    like = "/rulebook.yaml:11: arrival: `{id: like, on: reaction.added, when: actor.id == start.actor.id}`"
    assert f"{like} never happens" in shown
    assert "`{id: intro" not in shown.partition("mutants")[0]
    assert f"{like}: `like` left out; no test notices" not in shown  # the path would be over with the first
    assert (
        '/rulebook.yaml:10: arrival: `{id: intro, on: message, when: text contains "spam"}`: `intro` left out' in shown
    )
