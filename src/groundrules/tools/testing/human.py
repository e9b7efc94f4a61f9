"""Test results line by line: each case and, where one failed, the expected beside the actual outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from groundrules.decisions import Decision
from groundrules.diagnostics.translation import refused
from groundrules.display.columns import excerpt, padded, width
from groundrules.display.lines import Line
from groundrules.narrate.decision import narrate
from groundrules.narrate.deeds import Wordings
from groundrules.narrate.speech import Speech
from groundrules.tools.testing.judge import NOTHING, Mismatch
from groundrules.tools.testing.runner import CaseResult, StepFailure, Suite


def lines(suites: Sequence[Suite], say: Speech) -> Iterator[Line]:
    """Yield every case, then how many passed."""
    results = [result for suite in suites for result in suite.results]
    for suite in suites:
        for result in suite.results:
            yield from _case(result, say, suite.wordings)
    failed = sum(not result.passed for result in results)
    yield Line(say("total", passed=len(results) - failed, failed=failed), "alarm" if failed else "holds")


def _case(result: CaseResult, say: Speech, wordings: Wordings) -> Iterator[Line]:
    outcome = Line(say("passed"), "holds") if result.passed else Line(say("failed"), "alarm")
    yield outcome + f"  {result.case.name}"
    if result.problem:
        yield Line(f"    {result.place.file.path}:{result.place.line}: {refused(result.problem, say.lang)}")
    for failure in result.failures:
        yield from _failure(failure, say, wordings)


def _failure(failure: StepFailure, say: Speech, wordings: Wordings) -> Iterator[Line]:
    span = failure.step.span
    yield Line(f"    {span.file.path}:{span.line}: {excerpt(span.text, 100)}")
    for mismatch in failure.mismatches:
        yield from _sides(mismatch, say)
    for decision in failure.decisions:
        yield from (Line(f"      {text}", "faint") for text in _reasons(decision, say.lang, wordings))


def _sides(mismatch: Mismatch, say: Speech) -> Iterator[Line]:
    """Expected and actual side by side."""
    left, right = (_side(text, mismatch, say).split("\n") for text in (mismatch.expected, mismatch.actual))
    column = max(30, *map(width, left)) + 2
    yield "      " + Line(heading(mismatch, say), "head")
    yield Line(f"      {padded(say('expected'), column)}{say('actual')}")
    for expected, actual in zip_longest(left, right, fillvalue=""):
        yield "      " + Line(padded(expected, column), "holds") + Line(actual, "fails")


def _side(text: str, mismatch: Mismatch, say: Speech) -> str:
    if text == NOTHING:
        return say("nothing")
    return refused(text, say.lang) if mismatch.what == "rejection" else text


def heading(mismatch: Mismatch, say: Speech) -> str:
    """What it is that came out otherwise."""
    known = say.knows(f"what.{mismatch.what}")
    what = say(f"what.{mismatch.what}") if known else mismatch.what
    return say("mismatch_of" if known else "ledger_of", what=what, of=mismatch.of) if mismatch.of else what


def _reasons(decision: Decision, lang: str, wordings: Wordings) -> list[str]:
    if not (decision.notable or decision.unknown):
        return []
    head = [f"[{decision.cause}]"] if decision.cause else []
    return head + narrate(decision, lang, wordings)
