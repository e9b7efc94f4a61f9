"""`groundrules compile`, and plan files in place of rulebooks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = "tests/rulebooks/small-chat"
WEEK = "tests/rulebooks/small-chat/week.jsonl"


@pytest.fixture
def plan(command: Any, tmp_path: Path) -> Path:
    path = tmp_path / "plan.grp"
    result = command("compile", EXAMPLE, "-o", path, "--profile", WEEK)
    assert result.exit_code == 0
    assert "rules" in result.stderr
    assert "evaluated on every event" in result.stderr
    return path


def test_a_plan_file_decides_as_its_rulebook(command: Any, plan: Path) -> None:
    assert (
        command("run", plan, WEEK, "--all", "--quiet").stdout
        == command("run", EXAMPLE, WEEK, "--all", "--quiet").stdout
    )


def test_the_same_rulebook_gives_the_same_file(command: Any, plan: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.grp"
    assert command("compile", EXAMPLE, "-o", again, "--profile", WEEK, "--quiet").stderr == ""
    assert again.read_bytes() == plan.read_bytes()


def test_a_damaged_plan_file_is_refused(command: Any, plan: Path) -> None:
    plan.write_bytes(plan.read_bytes()[:-10])
    result = command("run", plan, WEEK)
    assert result.exit_code == 1
    assert "GR803" in result.stderr
    assert result.stdout == ""


def test_tests_run_on_a_plan_file(command: Any, tmp_path: Path) -> None:
    assert command("init", tmp_path / "rules").exit_code == 0
    assert command("compile", tmp_path / "rules", "-o", tmp_path / "plan.grp", "-q").exit_code == 0
    result = command("test", tmp_path / "rules", "--plan", tmp_path / "plan.grp")
    assert result.exit_code == 0
    assert "passed" in result.stdout


def test_running_a_plan_file_imports_no_front_end(plan: Path) -> None:
    script = f"""\
import sys
from groundrules.cli.main import cli
cli(["run", {str(plan)!r}, {WEEK!r}, "--quiet"], standalone_mode=False)
front = ("syntax", "rulebook", "checker", "lower", "lint", "book")
found = [name for name in sys.modules if name.startswith("groundrules.") and name.split(".")[1] in front]
print(found, file=sys.stderr)
"""
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)
    assert said.stderr.strip() == "[]"
