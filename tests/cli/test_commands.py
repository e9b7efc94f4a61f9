"""The other commands, as their users meet them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

BROKEN = """\
rulebook: broken
languages: [en]
use: [std/chat]
rules:
  - id: a
    on: message
    when: actor.joind < now
    then: [delete]
  - id: b
    on: message
    when: age(actor.joined) < 10
    then: [delete]
"""


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.yaml"
    path.write_text(BROKEN, encoding="utf-8")
    return path


def test_what_init_writes_lints_clean_and_runs(command: Any, tmp_path: Path) -> None:
    folder = tmp_path / "my-group"
    assert command("init", folder).exit_code == 0
    lint = command("lint", folder)
    assert (lint.exit_code, lint.stdout) == (0, "no problems found\n")
    assert command("test", folder).stdout.endswith("2 passed, 0 failed\n")
    run = command("run", folder, folder / "events.jsonl", "--format", "human", "--quiet")
    assert run.exit_code == 0
    assert run.stdout.count("→ delete") == 2
    assert "rulebook: my-group" in (folder / "rulebook.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("folder", "name"), [("我的群", "my-group"), ("_123", "my-group"), ("Team 7", "team-7")])
def test_init_makes_an_id_of_any_folder_name(command: Any, tmp_path: Path, folder: str, name: str) -> None:
    command("init", tmp_path / folder)
    assert f"rulebook: {name}\n" in (tmp_path / folder / "rulebook.yaml").read_text(encoding="utf-8")
    assert command("lint", tmp_path / folder).stdout == "no problems found\n"


def test_lint_mends_wide_punctuation(command: Any, tmp_path: Path) -> None:
    file = tmp_path / "rulebook.yaml"
    file.write_text('rulebook：a\ntitle： {"zh": "你，好"， en: hi}\nlanguages: [zh，en]\n', encoding="utf-8")
    assert command("lint", "--fix", tmp_path).stdout == "no problems found\n"
    mended = 'rulebook: a\ntitle: {"zh": "你，好", en: hi}\nlanguages: [zh,en]\n'
    assert file.read_text(encoding="utf-8") == mended


def test_a_file_of_tests_is_told_from_a_rulebook(command: Any, tmp_path: Path) -> None:
    (tmp_path / "tests.yaml").write_text("tests: []\n", encoding="utf-8")
    assert "this file has tests" in command("lint", tmp_path).stdout
    (tmp_path / "tests.yaml").write_text("test: []\n", encoding="utf-8")
    assert "did you mean `tests`?" in command("lint", tmp_path).stdout


def test_an_id_in_chinese_is_pointed_to_the_title(command: Any, tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text("rulebook: 我的群\n", encoding="utf-8")
    assert "what people read goes under `title:`" in command("lint", tmp_path).stdout


def test_a_strike_without_a_ledger_of_its_own_is_shown_the_imported_one(command: Any, tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(
        "rulebook: a\nuse: [std/respect, {rulebook: std/flood, with: {strikes: respect.strikes}}]\n"
        "rules: [{id: b, on: message, then: [strike: 2]}]\n",
        encoding="utf-8",
    )
    help = "name the one that is meant: `{strike: 2, ledger: respect.strikes}`"
    assert help in command("lint", tmp_path).stdout


def test_what_init_writes_names_the_schemas_beside_it(command: Any, tmp_path: Path) -> None:
    command("init", tmp_path)
    for kind in ("rulebook", "tests"):
        first = (tmp_path / f"{kind}.yaml").read_text(encoding="utf-8").partition("\n")[0]
        assert first == f"# yaml-language-server: $schema=.groundrules/{kind}.schema.json"
        written = (tmp_path / ".groundrules" / f"{kind}.schema.json").read_text(encoding="utf-8")
        assert command("schema", kind).stdout == written
        again = tmp_path / "again" / f"{kind}.json"
        assert command("schema", kind, "-o", again).exit_code == 0
        assert again.read_text(encoding="utf-8") == written
    assert command("fmt", "--check", tmp_path).exit_code == 0


def test_init_overwrites_nothing(command: Any, tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text("mine", encoding="utf-8")
    result = command("init", tmp_path)
    assert result.exit_code == 2
    assert (tmp_path / "rulebook.yaml").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "events.jsonl").exists()


def test_lint_reports_all_at_once_in_order_of_place(command: Any, broken: Path) -> None:
    result = command("lint", broken)
    assert result.exit_code == 1
    first, second = result.stdout.index("GR303"), result.stdout.index("GR403")
    assert first < second
    assert "did you mean `actor.joined`?" in result.stdout
    assert "2 errors in 1 file" in result.stdout


def test_validate_is_lint(command: Any, broken: Path) -> None:
    assert command("validate", broken).stdout == command("lint", broken).stdout


def test_lint_selects_and_ignores_codes(command: Any, broken: Path) -> None:
    assert "GR403" not in command("lint", broken, "--ignore", "GR403").stdout
    assert "GR303" not in command("lint", broken, "--select", "GR4").stdout
    assert command("lint", broken, "--ignore", "GR303,GR403").exit_code == 0
    assert command("lint", broken, "--select", "XX1").exit_code == 2


def test_lint_speaks_to_machines(command: Any, broken: Path) -> None:
    found = json.loads(command("lint", broken, "--format", "json").stdout)
    assert [item["code"] for item in found["diagnostics"]] == ["GR303", "GR403"]
    sarif = json.loads(command("lint", broken, "--format", "sarif").stdout)
    assert sarif["version"] == "2.1.0"
    assert [item["ruleId"] for item in sarif["runs"][0]["results"]] == ["GR303", "GR403"]
    assert command("lint", broken, "--format", "github").stdout.startswith("::error file=")


def test_lint_explains_a_code(command: Any) -> None:
    result = command("lint", "--explain", "gr101")
    assert result.exit_code == 0
    assert "GR101" in result.stdout
    assert command("lint", "--explain", "GR1O1").exit_code == 2
    assert command("lint").exit_code == 2


def test_schema_prints_what_there_is(command: Any) -> None:
    assert json.loads(command("schema").stdout)["type"] == "object"
    assert json.loads(command("schema", "event", "message").stdout)["description"]
    assert json.loads(command("schema", "decision").stdout)["$defs"]["Decision"]
    assert "mute" in command("schema", "action").stdout
    mistyped = command("schema", "event", "mesage")
    assert mistyped.exit_code == 2
    assert "did you mean `message`?" in mistyped.stderr


def test_completion_scripts(command: Any) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_GROUNDRULES_COMPLETE" in command("completion", shell).stdout
