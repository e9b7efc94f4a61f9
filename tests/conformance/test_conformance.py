"""Every case in every way of running: as expected, and byte-equal among the ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.decisions import Decision
from groundrules.frontend import Book, RulebookError, check, load
from groundrules.testing.conformance.cases import Case, read_all
from strategies.running import log

from .wants import Judge
from .ways import WAYS, Answers

CASES = list(read_all())
RUN = [case for case in CASES if case.codes is None]
REFUSED = [case for case in CASES if case.codes is not None]


def name_of(case: Case) -> str:
    return f"{case.topic}: {case.name}"


def loaded(case: Case, folder: Path) -> Book:
    case.write(folder)
    try:
        return load(folder)
    except RulebookError as error:
        said = [f"{d.code} {d.span.line}:{d.span.column} {d.message}" for d in error.diagnostics]
        raise AssertionError("\n".join([*said, case.rulebook])) from None


def test_names_are_different() -> None:
    names = [name_of(case) for case in CASES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", RUN, ids=name_of)
def test_decisions(case: Case, tmp_path: Path) -> None:
    plan = loaded(case, tmp_path).plan
    lines = case.lines(plan)
    answers = {name: run(tmp_path, plan, lines) for name, run in WAYS.items()}
    judge = Judge(plan)
    faults = [
        f"event {number}: {fault}"
        for number, (event, decisions) in enumerate(zip(case.events, by_event(answers["reference"]), strict=True), 1)
        if "want" in event
        for fault in judge.faults(event["want"], decisions)
    ]
    assert not faults, "\n".join(faults)
    first = all_of(answers["reference"])
    for name, found in answers.items():
        assert all_of(found) == first, f"{name} differs from the reference"


def by_event(answers: Answers) -> Answers:
    """The decisions about each event; what came of one that waited stands in the answer to the next, or at the end."""
    found: Answers = []
    waiting: list[Decision] | None = None
    for answer in answers:
        if waiting is not None and answer and answer[0].trigger not in ("duplicate", "rejected"):
            first = answer[0].event
            waiting += [one for one in answer if one.event == first]
            answer, waiting = [one for one in answer if one.event != first], None
        found.append([*answer])
        waiting = waiting if answer else found[-1]
    return found[:-1]


def all_of(answers: list[list[Decision]]) -> list[str]:
    """All decisions in one list, as the log writes them, the prose of rejections left out."""
    return [line for decisions in answers for line in log(decisions)]


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_codes(case: Case, tmp_path: Path) -> None:
    case.write(tmp_path)
    found = [diagnostic for diagnostic in check(tmp_path) if diagnostic.is_error]
    assert [diagnostic.code for diagnostic in found] == case.codes, [diagnostic.message for diagnostic in found]
