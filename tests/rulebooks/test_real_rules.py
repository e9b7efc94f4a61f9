"""Rulebooks of real communities, with their own tests: as expected, by the engine and by the reference alike."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from groundrules.decisions import encode
from groundrules.engine.engine import Engine
from groundrules.frontend import check, load
from groundrules.plan import ir
from groundrules.reference import Interpreter
from groundrules.tools.testing.cases import Case
from groundrules.tools.testing.read import find_tests, read_tests
from groundrules.tools.testing.runner import run_case
from groundrules.tools.testing.timeline import EventMaker

HERE = Path(__file__).parent
TESTED = find_tests(HERE)


@cache
def plan_of(folder: Path) -> ir.Plan:
    return load(folder, roots=[HERE]).plan


def cases() -> list[tuple[Path, Case]]:
    return [
        (folder, case)
        for folder, files in TESTED.items()
        for file in files
        for case in read_tests(file, plan_of(folder))
    ]


CASES = cases()
NAMES = [f"{folder.name}: {case.name}" for folder, case in CASES]


@pytest.mark.parametrize("folder", sorted(TESTED), ids=lambda folder: folder.name)
def test_rulebooks_check_clean(folder: Path) -> None:
    assert [f"{found.code} {found.message}" for found in check(folder, roots=[HERE])] == []


@pytest.mark.parametrize(("folder", "case"), CASES, ids=NAMES)
def test_cases(folder: Path, case: Case) -> None:
    result = run_case(plan_of(folder), case)
    failures = [
        f"line {failure.step.span.line}: {found.what}: expected {found.expected}, got {found.actual}"
        for failure in result.failures
        for found in failure.mismatches
    ]
    assert result.passed, "\n".join([result.problem or "", *failures])


@pytest.mark.parametrize(("folder", "case"), CASES, ids=NAMES)
def test_the_reference_decides_alike(folder: Path, case: Case) -> None:
    plan = plan_of(folder)
    engine, interpreter = Engine(plan), Interpreter(plan)
    maker = EventMaker(plan, case)
    roster = maker.roster()
    if roster is not None:
        assert logged(engine.feed(roster)) == logged(interpreter.feed(roster))
    for step in case.steps:
        for event in maker.events(step):
            decisions = engine.feed(event)
            assert logged(decisions) == logged(interpreter.feed(event)), f"line {step.span.line}"
            maker.heard(decisions)


def logged(decisions: list) -> list[str]:
    return [encode(decision).decode() for decision in decisions]
