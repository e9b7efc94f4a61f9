"""Cases run to their end, and their results for other tools."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from groundrules.frontend import load
from groundrules.tools.testing.junit import junit
from groundrules.tools.testing.read import read_tests
from groundrules.tools.testing.runner import CaseResult, run_cases
from unit.tools.timelines import read, timeline, write


def run(folder: Path, *steps: str, head: str = "") -> CaseResult:
    plan, cases = read(folder, timeline(*steps, head=head))
    (result,) = run_cases(plan, cases)
    return result


def test_a_case_that_passes(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        "{at: '09:00', message: spam, by: li, id: a, expect: [{delete: a}, {mute: 10m}]}",
        "{at: +1s, message: point, by: li, ledgers: {points: {li: 1}}}",
        "{at: +1s, message: close, by: li, states: [closed]}",
        "{at: +1s, message: open, by: li, states: []}",
        "{at: +1s, message: hi, by: li, expect: [], unknown: [new]}",
    )
    assert (result.passed, result.problem) == (True, None)


def test_a_failed_step_does_not_end_the_case(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        "{at: '09:00', message: spam, by: li, expect: []}",
        "{at: +1s, message: fine, by: li, expect: []}",
        "{at: +1s, message: spam, by: li, expect: [delete]}",
    )
    assert [failure.step.span.line for failure in result.failures] == [4, 6]
    assert result.failures[0].decisions[0].fired[0].rule == "no-spam"


def test_approvals_wait_and_are_given(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        "{at: '09:00', message: risky, by: li, expect: [request_approval], pending: [{kick: li}]}",
        "{at: +1h, approval.given: risky, by: wang, expect: [{kick: li}], pending: []}",
        head="    members: {wang: {roles: [admin]}}\n",
    )
    assert result.passed, result.failures


def test_repeated_steps_are_judged_together(tmp_path: Path) -> None:
    assert run(
        tmp_path, "{at: '09:00', message: spam, by: li, repeat: 2, every: 1s, expect: [delete, mute, delete, mute]}"
    ).passed
    assert not run(
        tmp_path, "{at: '09:00', message: spam, by: li, repeat: 2, every: 1s, expect: [delete, mute]}"
    ).passed


def test_a_time_that_can_not_be_reached_is_a_problem_of_its_step(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        "{at: '09:00', message: a, by: li}",
        "{at: +1s, message: a, by: wang}",
        head="    members: {wang: {joined: 999999999d ago}}\n",
    )
    assert result.problem == "`999999999d ago` is outside the years 1 to 9999"
    assert result.place.line == 6


def test_a_case_may_show_that_a_schedule_keeps_still(tmp_path: Path) -> None:
    book = 'rulebook: still\nschedules: [{id: dawn, at: "06:00", when: day(now) == 9, then: [announce: dawn]}]\n'
    path = write(tmp_path, timeline("{at: '05:00', tick: true}", "{at: '07:00', tick: true, expect: []}"), book)
    plan = load(tmp_path).plan
    assert [result.problem for result in run_cases(plan, read_tests(path, plan))] == [None]


def test_a_case_that_reaches_no_rule_is_a_problem(tmp_path: Path) -> None:
    result = run(tmp_path, "{at: '09:00', member.joined: li, expect: []}")
    assert result.problem == "this test reaches no rule: none listens to member.joined"


def test_junit(tmp_path: Path) -> None:
    passed = run(tmp_path, "{at: '09:00', message: fine, by: li, expect: []}")
    failed = run(tmp_path, "{at: '09:00', message: spam, by: li, expect: []}")
    (suite,) = ElementTree.fromstring(junit([passed, failed]))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    first, second = suite
    assert list(first) == []
    (failure,) = second
    assert failure.get("message") == "1 step(s) came out otherwise"
    assert "expected: nothing" in str(failure.text)
