"""`groundrules test`, as its users meet it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

RULEBOOK = """\
rulebook: sample
languages: [en]
use: [std/chat]
rules:
  - {id: no-spam, title: No spam, on: message, when: text contains "spam", then: [delete]}
"""
TESTS = """\
tests:
  - name: spam goes
    timeline:
      - {at: "09:00", message: buy spam, by: li, id: a, expect: [{delete: a}]}
  - name: ham stays
    timeline:
      - {at: "09:00", message: buy ham, by: li, expect: [delete]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (tmp_path / "tests.yaml").write_text(TESTS, encoding="utf-8")
    return tmp_path


def test_a_rulebook_that_passes(command: Any) -> None:
    result = command("test", "tests/rulebooks/team-group")
    assert result.exit_code == 0
    assert result.stdout.endswith("1 passed, 0 failed\n")


def test_a_failure_shows_both_sides_and_the_place(command: Any, folder: Path) -> None:
    result = command("test", folder)
    assert result.exit_code == 1
    assert result.stdout == (
        "passed  spam goes\n"
        "FAILED  ham stays\n"
        f'    {folder}/tests.yaml:7: {{at: "09:00", message: buy ham, by: li, expect: [delete]}}\n'
        "      actions\n"
        "      expected                        actual\n"
        "      delete                          nothing\n"
        "1 passed, 1 failed\n"
    )


def test_why_rules_fired_is_told_where_that_was_not_expected(command: Any, folder: Path) -> None:
    (folder / "tests.yaml").write_text(TESTS.replace("[{delete: a}]", "[]"), encoding="utf-8")
    shown = command("test", folder, "--match", "spam", "--lang", "en").stdout
    assert "rule no-spam — No spam" in shown
    assert 'because text contains "spam"' in shown


def test_a_selection_by_name(command: Any, folder: Path) -> None:
    result = command("test", folder, "-k", "goes")
    assert (result.exit_code, result.stdout) == (0, "passed  spam goes\n1 passed, 0 failed\n")


def test_results_as_json_and_junit(command: Any, folder: Path) -> None:
    result = command("test", folder, "--format", "json", "--junit", folder / "out.xml")
    assert result.exit_code == 1
    passed, failed = json.loads(result.stdout)["tests"]
    assert (passed["name"], passed["passed"], failed["passed"]) == ("spam goes", True, False)
    assert failed["failures"] == [{"line": 7, "what": "actions", "expected": "delete", "actual": "nothing"}]
    suite = ElementTree.parse(folder / "out.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")


def test_mistakes_in_tests_are_told_with_their_place(command: Any, folder: Path) -> None:
    (folder / "tests.yaml").write_text(TESTS.replace("message: buy ham", "mesage: buy ham"), encoding="utf-8")
    result = command("test", folder)
    assert result.exit_code == 1
    assert "error[GR152]: `mesage` means nothing here" in result.stderr
    assert "did you mean `message`?" in result.stderr
    assert "tests.yaml:7:" in result.stderr


def test_a_rulebook_that_does_not_check(command: Any, folder: Path) -> None:
    (folder / "rulebook.yaml").write_text(RULEBOOK.replace("text contains", "txet contains"), encoding="utf-8")
    result = command("test", folder)
    assert result.exit_code == 1
    assert "error[GR301]" in result.stderr


def test_no_tests_are_no_success(command: Any, folder: Path) -> None:
    (folder / "tests.yaml").unlink()
    result = command("test", folder)
    assert result.exit_code == 1
    assert "no tests; write a file with `tests:` beside the rulebook" in result.stderr


def test_a_path_that_is_not_there_is_a_mistake_of_usage(command: Any, tmp_path: Path) -> None:
    assert command("test", tmp_path / "absent").exit_code == 2


SETTINGS = """\
rulebook: sample
languages: [en]
use: [std/chat]
parameters: {strict: {type: boolean, default: false}, limit: {type: integer, default: 3, min: 1}}
rules:
  - {id: closed, title: Closed, on: message, when: strict and length(text) >= limit, then: [delete]}
"""
UNDER = """\
tests:
  - {name: open as it comes, timeline: [{at: "09:00", message: hello, by: li, expect: []}]}
  - {name: closed, with: {strict: true}, timeline: [{at: "09:00", message: hey, by: li, expect: [delete]}]}
  - {name: looser, with: {strict: true, limit: 4}, timeline: [{at: "09:00", message: hey, by: li, expect: []}]}
"""


def test_a_test_may_have_settings_of_its_own(command: Any, tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "tests.yaml").write_text(UNDER, encoding="utf-8")
    result = command("test", tmp_path, "--coverage")
    assert result.stdout.splitlines()[:4] == [
        "passed  open as it comes",
        "passed  closed",
        "passed  looser",
        "3 passed, 0 failed",
    ]
    assert "3 of 3 reached" in result.stdout


@pytest.mark.parametrize(("wrong", "code"), [("{limit: 0}", "GR413"), ("{limt: 3}", "GR3"), ("[limit]", "GR")])
def test_a_setting_that_does_not_fit_is_shown_in_the_tests(command: Any, tmp_path: Path, wrong: str, code: str) -> None:
    (tmp_path / "rulebook.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "tests.yaml").write_text(UNDER.replace("{strict: true}", wrong), encoding="utf-8")
    result = command("test", tmp_path)
    assert result.exit_code == 1
    assert f"[{code}" in result.stderr
    assert "tests.yaml:3" in result.stderr


def test_a_failure_in_chinese(command: Any, folder: Path) -> None:
    shown = command("test", folder, "--lang", "zh").stdout
    assert shown.startswith("通过  spam goes\n失败  ham stays\n")
    head = f"      期望{' ' * 28}实际\n      delete{' ' * 26}无\n"
    assert shown.endswith(f"      动作\n{head}1 项通过，1 项失败\n")
