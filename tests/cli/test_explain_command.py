"""`groundrules explain`: why something happened, and why something did not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = "tests/rulebooks/small-chat"
WEEK = "tests/rulebooks/small-chat/week.jsonl"


def test_each_action_is_told_with_its_reason_underlined(command: Any) -> None:
    result = command("explain", EXAMPLE, WEEK, "--event", "e3")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:10] == [
        "e3  2026-03-02 09:06:00  message by promo in #general",
        "  兼职日结，想赚钱的加.微 信 abc123",
        "",
        "→ delete the message e3 by promo",
        "    by no-adverts — No advertising",
        "      ✓ text contains any of adverts",
        "          兼职日结，想赚钱的加.微 信 abc123",
        "          ^^^^^^^^          ^^^^^^^^",
        "          “加.微 信” is “加微信” in disguise",
        "→ reply to e3: “Promo, no adverts here”",
    ]


def test_a_rule_that_did_not_fire_shows_all_of_its_guard_and_the_way(command: Any) -> None:
    result = command("explain", EXAMPLE, WEEK, "--event", "e5", "--rule", "no-adverts")
    assert "it did not fire: its condition does not hold" in result.stdout
    assert "✓ age(actor.joined) < newcomer_period" in result.stdout
    assert "age(actor.joined) is 2d15m" in result.stdout
    assert "actor.roles is member" in result.stdout
    assert "it would have fired\n    · with text containing one of 6 entries of adverts: “代购”" in result.stdout


def test_in_chinese(command: Any) -> None:
    result = command("explain", EXAMPLE, WEEK, "--event", "e5", "--rule", "no-adverts", "--lang", "zh")
    assert "未触发：条件不成立" in result.stdout
    assert "以下改变会使它触发" in result.stdout
    assert "did" not in result.stdout


def test_an_exemption_and_a_shadow_are_told(command: Any) -> None:
    exempted = command("explain", EXAMPLE, WEEK, "--event", "e11", "--rule", "no-passwords").stdout
    assert "it did not fire: exempted by `security-team-exempt`" in exempted
    assert "· without “security” among actor.roles" in exempted
    shadow = command("explain", EXAMPLE, WEEK, "--event", "e12").stdout
    assert "~ in shadow, mention-everyone would: delete the message e12 by li" in shadow


def test_as_data(command: Any) -> None:
    result = command("explain", EXAMPLE, WEEK, "--event", "e5", "--rule", "no-adverts", "--format", "json")
    data = json.loads(result.stdout)
    (rule,) = data["rules"]
    assert (data["event"]["id"], rule["verdict"], rule["when"]["shape"]) == ("e5", "false", "or")
    assert rule["would_fire"][0]["tried"] is True
    whole = json.loads(command("explain", EXAMPLE, WEEK, "--event", "e3", "--format", "json").stdout)
    assert [one["action"]["do"] for one in whole["actions"]] == ["delete", "reply", "warn"]


def test_a_stream_from_a_pipe_and_a_plan_file(command: Any, tmp_path: Path) -> None:
    plan = tmp_path / "plan.bin"
    assert command("compile", EXAMPLE, "-o", plan).exit_code == 0
    week = (ROOT / WEEK).read_bytes()
    piped = command("explain", plan, "-", "--event", "e3", input=week)
    assert piped.exit_code == 0
    assert piped.stdout == command("explain", EXAMPLE, WEEK, "--event", "e3").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--event", "e33"), "there is no event `e33`; did you mean `e3`?"),
        (("--event", "zzz"), "there is no event `zzz`"),
        (("--event", "e3", "--rule", "no-advert"), "there is no rule `no-advert`; did you mean `no-adverts`?"),
        ((), "Missing option '--event'"),
    ],
)
def test_what_is_not_there_is_said_to_be_not_there(command: Any, arguments: tuple[str, ...], message: str) -> None:
    result = command("explain", EXAMPLE, WEEK, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_rejected_event_says_why(command: Any) -> None:
    line = (ROOT / WEEK).read_bytes().splitlines()[9]
    id = json.loads(line)["id"]
    assert (
        "the event was rejected [GR704]: `actor` is missing (actor)"
        in command("explain", EXAMPLE, WEEK, "--event", id).stdout
    )


def test_only_the_nearest_rules_are_told_unless_all_are_asked_for(command: Any, tmp_path: Path) -> None:
    rules = [f'{{id: r{n}, title: R, on: message, when: text contains "{n}x", then: [delete]}}' for n in range(8)]
    text = "rulebook: many\nlanguages: [en]\nuse: [std/chat]\nrules:\n" + "".join(f"  - {one}\n" for one in rules)
    (tmp_path / "rulebook.yaml").write_text(text, encoding="utf-8")
    event = '{"id":"a","type":"message","time":"2026-03-02T09:00:00Z","community":{"id":"c"},"actor":{"id":"li"}}'
    few = command("explain", tmp_path, "--event", "a", "--lang", "en", input=event).stdout
    assert few.count("✗") == 5
    assert few.endswith("  … and 3 more (--all)\n")
    every = command("explain", tmp_path, "--event", "a", "--all", input=event).stdout
    assert every.count("✗") == 8
    chinese = command("explain", tmp_path, "--event", "a", "--lang", "zh", input=event).stdout
    assert chinese.endswith("  ……另有 3 条（--all）\n")
