"""`groundrules replay`: history through a rulebook, and through another version of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = "tests/rulebooks/small-chat"
WEEK = "tests/rulebooks/small-chat/week.jsonl"


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """The example with one rule enforced that it has in shadow, and another one gone."""
    rulebook = Path(EXAMPLE, "rulebook.yaml").read_text(encoding="utf-8")
    head, _, tail = rulebook.partition("  - id: help-stays-on-topic")
    text = head + "  - id: no-passwords" + tail.partition("  - id: no-passwords")[2]
    (tmp_path / "lists").mkdir()
    for name in Path(EXAMPLE, "lists").iterdir():
        (tmp_path / "lists" / name.name).write_bytes(name.read_bytes())
    lists = text.replace("    mode: shadow", "    #")
    (tmp_path / "rulebook.yaml").write_text(lists, encoding="utf-8")
    return tmp_path


def test_what_a_rulebook_does_over_history(command: Any) -> None:
    result = command("replay", EXAMPLE, WEEK)
    assert result.exit_code == 0, result.output
    assert "15 events: 14 decided, 1 rejected, 0 seen before, 0 late" in result.stdout
    assert "line 10: [GR7" in result.stdout
    assert "no-adverts: would act" in result.stdout
    assert "`no-adverts`: on 1 of 12, `actor.joined` missing" in result.stdout


def test_against_another_version(command: Any, stricter: Path) -> None:
    result = command("replay", stricter, WEEK, "--against", EXAMPLE, "--format", "json")
    report = json.loads(result.stdout)
    rows = {row["rule"]: row for row in report["rules"]}
    assert result.exit_code == 0
    assert (rows["mention-everyone"]["gained"], rows["help-stays-on-topic"]["lost"]) == (1, 1)
    assert report["before"]["shown"] == EXAMPLE


def test_chinese_is_spoken_too(command: Any) -> None:
    result = command("replay", EXAMPLE, WEEK, "--lang", "zh")
    assert "回放“项目团队交流群”" in result.stdout
    assert "示例" in result.stdout


def test_standard_input(command: Any) -> None:
    lines = Path(WEEK).read_bytes()
    assert command("replay", EXAMPLE, "-", input=lines).stdout == command("replay", EXAMPLE, WEEK).stdout


def test_plan_files_stand_for_rulebooks(command: Any, tmp_path: Path) -> None:
    plan = tmp_path / "team.plan"
    command("compile", EXAMPLE, "-o", plan, "-q")
    result = command("replay", EXAMPLE, WEEK, "--against", plan, "--format", "json")
    report = json.loads(result.stdout)
    assert report["before"]["name"] == report["after"]["name"]
    assert not any(row["gained"] or row["lost"] for row in report["rules"])


def test_the_page_is_written(command: Any, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    result = command("replay", EXAMPLE, WEEK, "--html", page, "--lang", "zh")
    assert result.exit_code == 0
    assert page.read_text(encoding="utf-8").startswith('<!doctype html>\n<html lang="zh">')


def test_outside_of_the_budget_is_1_and_says_which(command: Any, tmp_path: Path) -> None:
    budget = tmp_path / "budget.yaml"
    budget.write_text(
        "cohorts: {regulars: {when: not newcomer, title: {zh: 老成员, en: Regulars}}}\n"
        "limits: [{cohort: regulars, max: {no-adverts: 100%, no-passwords: 0.5%}}]\n",
        encoding="utf-8",
    )
    result = command("replay", EXAMPLE, WEEK, "--budget", budget)
    assert result.exit_code == 1
    assert "broken by no-passwords" in result.stdout
    assert "BROKEN  no-passwords acts on" in result.stdout
    assert "of Regulars" in result.stdout
    assert "kept    no-adverts" in result.stdout
    english, comment = (
        command("replay", EXAMPLE, WEEK, "--budget", budget, "--format", one) for one in ("json", "markdown")
    )
    assert [verdict["ok"] for verdict in json.loads(english.stdout)["budget"]] == [True, False]
    assert "- ❌ no-passwords acts on" in comment.stdout


@pytest.mark.parametrize(
    ("cohort", "message"),
    [
        ("{when: text.size > 3}", "`text`"),
        ("{when: newcommer}", "did you mean `newcomer`?"),
        ("{when: newcomer, on: mesage}", "did you mean `message`?"),
        ("{wen: newcomer}", "did you mean `when`?"),
    ],
)
def test_mistakes_in_a_budget_are_findings_in_its_file(command: Any, tmp_path: Path, cohort: str, message: str) -> None:
    budget = tmp_path / "budget.yaml"
    budget.write_text(f"cohorts: {{c: {cohort}}}\nlimits: [{{cohort: c, max: {{any: 1%}}}}]\n", encoding="utf-8")
    result = command("replay", EXAMPLE, WEEK, "--budget", budget)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"{budget}:1" in result.stderr
    assert message in result.stderr


def test_a_plan_file_has_no_names_for_conditions(command: Any, tmp_path: Path) -> None:
    plan, budget = tmp_path / "team.plan", tmp_path / "budget.yaml"
    command("compile", EXAMPLE, "-o", plan, "-q")
    budget.write_text("cohorts: {c: {when: newcomer}}\nlimits: [{cohort: c, max: {any: 1%}}]\n", encoding="utf-8")
    result = command("replay", plan, WEEK, "--budget", budget)
    assert result.exit_code == 1
    assert "error[GR163]" in result.stderr


def test_what_is_not_there_is_a_mistake_of_usage(command: Any) -> None:
    result = command("replay", EXAMPLE, WEEK, "--against", "no-such-revision")
    assert result.exit_code == 2
    assert "`no-such-revision` is not a path, and not a revision" in result.stderr


def test_a_broken_rulebook_is_reported(command: Any, tmp_path: Path) -> None:
    broken = tmp_path / "rulebook.yaml"
    broken.write_text("rulebook: x\nlanguages: [en]\nuse: [std/chat]\nrules: [{id: a, on: mesage, then: [delete]}]\n")
    result = command("replay", broken, WEEK)
    assert result.exit_code == 1
    assert "did you mean `message`?" in result.stderr
