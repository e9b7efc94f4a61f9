"""The packs of the library: clean, their tests pass, and the engine and the reference decide alike on every step."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from groundrules.decisions import Decision, encode
from groundrules.engine.engine import Engine
from groundrules.frontend import load
from groundrules.plan import ir
from groundrules.reference import Interpreter
from groundrules.tools.linting import lint_path
from groundrules.tools.testing.cases import Case
from groundrules.tools.testing.read import find_tests, read_tests
from groundrules.tools.testing.runner import run_case
from groundrules.tools.testing.settings import grouped
from groundrules.tools.testing.timeline import EventMaker

POLICIES = Path(__file__).parents[2] / "policies"
PACKS = sorted(
    path.name for path in POLICIES.iterdir() if path.is_dir() and path.name not in ("_starter", "chat", "calendar-cn")
)


@cache
def plan_of(pack: str) -> ir.Plan:
    return load(POLICIES / pack).plan


@cache
def cases_of(pack: str) -> tuple[tuple[ir.Plan, Case], ...]:
    files = find_tests(POLICIES / pack).get(POLICIES / pack, [])
    cases = [case for file in files for case in read_tests(file, plan_of(pack))]
    groups = grouped(POLICIES / pack, plan_of(pack), cases)
    return tuple((plan, case) for plan, concerned in groups for case in concerned)


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_has_no_findings(pack: str) -> None:
    assert [f"{found.code} {found.message}" for found in lint_path(POLICIES / pack).diagnostics] == []


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_has_tests_and_they_pass(pack: str) -> None:
    assert cases_of(pack)
    results = [run_case(plan, case) for plan, case in cases_of(pack)]
    assert [result.case.name for result in results if not result.passed] == []


@pytest.mark.parametrize("pack", PACKS)
def test_the_reference_decides_alike(pack: str) -> None:
    for plan, case in cases_of(pack):
        for line, ours, theirs in both(plan, case):
            assert ours == theirs, f"{case.name}, line {line}"


def both(plan: ir.Plan, case: Case) -> Iterator[tuple[int, list[bytes], list[bytes]]]:
    """Yield what the engine and the reference decide on each event of a case, with the line of its step."""
    engine, interpreter = Engine(plan), Interpreter(plan)
    maker = EventMaker(plan, case)
    roster = maker.roster()
    if roster is not None:
        yield case.span.line, logged(engine.feed(roster)), logged(interpreter.feed(roster))
    for step in case.steps:
        for event in maker.events(step):
            decisions = engine.feed(event)
            yield step.span.line, logged(decisions), logged(interpreter.feed(event))
            maker.heard(decisions)


def logged(decisions: list[Decision]) -> list[bytes]:
    return [encode(decision) for decision in decisions]
