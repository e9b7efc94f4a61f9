"""The examples work: rulebooks, tests, weeks of events and handbooks of every folder that has a rulebook."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from groundrules.cli.main import cli
from groundrules.decisions import Decision, encode
from groundrules.engine.engine import Engine
from groundrules.frontend import load
from groundrules.plan import ir
from groundrules.reference import Interpreter
from groundrules.tools.fmt import format_text
from groundrules.tools.fmt.files import files_below
from groundrules.tools.linting import lint_path
from groundrules.tools.testing.read import find_tests, read_tests
from groundrules.tools.testing.runner import run_case
from groundrules.tools.testing.settings import grouped

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(path.parent.name for path in EXAMPLES.glob("*/rulebook.yaml"))
HANDBOOKS = {"en": "handbook.md", "zh": "handbook.zh.md"}
BROKEN = "broken"  # how the id of an event begins that is there to be rejected


@cache
def plan_of(name: str) -> ir.Plan:
    return load(EXAMPLES / name).plan


def weeks(name: str) -> list[tuple[Path, list[bytes]]]:
    return [(path, path.read_bytes().splitlines()) for path in sorted((EXAMPLES / name).glob("*.jsonl"))]


def test_there_are_examples() -> None:
    assert "team-chat" in FOLDERS


@pytest.mark.parametrize("name", FOLDERS)
def test_it_has_no_findings_and_canonical_layout(name: str) -> None:
    assert [f"{found.code} {found.message}" for found in lint_path(EXAMPLES / name).diagnostics] == []
    for file in files_below(EXAMPLES / name):
        text = file.read_text(encoding="utf-8")
        assert format_text(text, str(file)).text == text, f"run: groundrules fmt examples/{name}"


@pytest.mark.parametrize("name", FOLDERS)
def test_its_tests_pass_and_are_ten_or_more(name: str) -> None:
    files = find_tests(EXAMPLES / name).get(EXAMPLES / name, [])
    cases = [case for file in files for case in read_tests(file, plan_of(name))]
    assert len(cases) >= 10
    groups = grouped(EXAMPLES / name, plan_of(name), cases)
    results = [run_case(plan, case) for plan, concerned in groups for case in concerned]
    assert [result.case.name for result in results if not result.passed] == []


@pytest.mark.parametrize("name", FOLDERS)
def test_its_events_are_decided_by_engine_and_reference_alike(name: str) -> None:
    plan = plan_of(name)
    for path, lines in weeks(name):
        engine, interpreter = Engine(plan), Interpreter(plan)
        for number, line in enumerate(lines, 1):
            ours, theirs = engine.feed(line), interpreter.feed(line)
            assert [comparable(one) for one in ours] == [comparable(one) for one in theirs], f"{path.name}:{number}"


def comparable(decision: Decision) -> object:
    """A decision as the log writes it; of a rejection the code and the place, which are the contract, not the words."""
    rejected = decision.rejected
    return (rejected.code, rejected.path) if rejected else encode(decision)


@pytest.mark.parametrize("name", FOLDERS)
def test_its_events_are_rejected_only_as_meant(name: str) -> None:
    """Ids tell: what begins with `broken` shows a rejection, and nothing else is rejected, late or seen before."""
    for path, lines in weeks(name):
        engine, odd = Engine(plan_of(name)), set()
        for line in lines:
            decisions = engine.feed(line)
            if any(one.trigger in ("rejected", "duplicate") or one.late for one in decisions):
                odd.add(str(json.loads(line)["id"]))
        meant = {str(json.loads(line)["id"]) for line in lines if json.loads(line)["id"].startswith(BROKEN)}
        assert odd == meant, path.name


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("lang", HANDBOOKS)
def test_its_handbook_is_current(name: str, lang: str) -> None:
    file = EXAMPLES / name / HANDBOOKS[lang]
    if lang not in plan_of(name).languages:
        assert not file.exists()
        return
    result = CliRunner().invoke(cli, ["docs", str(EXAMPLES / name), "--lang", lang, "--check", str(file)])
    assert result.exit_code == 0, f"run: groundrules docs examples/{name} --lang {lang} -o examples/{name}/{file.name}"


@pytest.mark.parametrize("name", FOLDERS)
def test_it_says_what_it_is(name: str) -> None:
    assert (EXAMPLES / name / "README.md").read_text(encoding="utf-8").startswith("# ")
