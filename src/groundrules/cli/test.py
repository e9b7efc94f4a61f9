"""`groundrules test PATH…`: the tests that stand beside a rulebook, on a virtual clock."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import click

from groundrules import narrate
from groundrules.cli import measuring
from groundrules.cli.loading import load_plan, print_diagnostics
from groundrules.cli.options import LANGUAGE
from groundrules.cli.wording import Speech
from groundrules.decisions import Decision
from groundrules.diagnostics.excerpt import excerpt
from groundrules.diagnostics.render.snippet import width
from groundrules.plan import ir
from groundrules.tools.testing.cases import Case
from groundrules.tools.testing.judge import Mismatch
from groundrules.tools.testing.junit import junit
from groundrules.tools.testing.read import TestsError, find_tests, read_tests
from groundrules.tools.testing.runner import CaseResult, StepFailure, run_case
from groundrules.tools.testing.settings import grouped


@dataclass
class Suite:
    """A rulebook with its cases, by the plan that they run on, and how they went."""

    rulebook: str
    groups: list[tuple[ir.Plan, list[Case]]]
    results: list[CaseResult] = field(default_factory=list)


@click.command("test")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("--format", "form", type=click.Choice(["human", "json"]), default="human", show_default=True)
@click.option(
    "--junit", "junit_path", type=click.Path(dir_okay=False, writable=True), help="Also write JUnit XML here."
)
@click.option(
    "--plan", "plan_path", type=click.Path(exists=True, dir_okay=False), help="Run the tests on this plan file."
)
@click.option("--match", "-k", help="Run only the tests whose name contains this text.")
@click.option("--coverage", is_flag=True, help="Show which rules, clauses (both ways) and steps no test reaches.")
@click.option("--mutate", is_flag=True, help="Change the rulebook in small ways and show which no test notices.")
@click.option("--boundaries", is_flag=True, help="Propose tests just below, at and above each threshold, as YAML.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit with 1 if less is covered (or noticed, with --mutate).",
)
@LANGUAGE
def command(
    paths: Sequence[str],
    form: str,
    junit_path: str | None,
    plan_path: str | None,
    match: str | None,
    coverage: bool,
    mutate: bool,
    boundaries: bool,
    fail_under: float | None,
    lang: str,
) -> None:
    """Run the tests of rulebooks.

    A PATH is a rulebook's folder (every file in it that has `tests:` is run) or one tests file. Exit code 0: all
    passed; 1: some failed, or there were none, or less was covered than `--fail-under` asks for.
    """
    suites = [suite for path in paths for suite in _run(Path(path), plan_path, match)]
    results = [result for suite in suites for result in suite.results]
    if junit_path:
        Path(junit_path).write_text(junit(results), encoding="utf-8")
    say = Speech(lang)
    if form == "human":
        for result in results:
            _print(result, say)
        _print_total(results, say)
    passed = bool(results) and all(result.passed for result in results)
    asked = {"coverage": coverage or (fail_under is not None and not mutate), "mutants": mutate}
    asked["boundaries"] = boundaries
    measured = measuring.measure(suites, {name for name, wanted in asked.items() if wanted}) if passed else {}
    if form == "json":
        told = {"tests": [_json(result) for result in results], **measuring.as_json(measured)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        measuring.show(measured, say)
    if not passed or not measuring.reaches(measured, fail_under):
        sys.exit(1)


def _run(path: Path, plan_path: str | None, match: str | None) -> Iterator[Suite]:
    found = find_tests(path)
    if not found:
        click.echo(f"{path}: no tests; write a file with `tests:` beside the rulebook", err=True)
    for rulebook, files in found.items():
        ready = load_plan(plan_path or str(rulebook))
        try:
            cases = [case for file in files for case in read_tests(file, ready.plan)]
            groups = grouped(rulebook, ready.plan, (case for case in cases if match is None or match in case.name))
        except TestsError as error:
            print_diagnostics(error.diagnostics)
            sys.exit(1)
        suite = Suite(str(rulebook), groups)
        for plan, concerned in groups:
            compiled = ready if plan is ready.plan else None
            suite.results += [run_case(plan, case, compiled) for case in concerned]
        order = {id(case): number for number, case in enumerate(cases)}
        suite.results.sort(key=lambda result: order[id(result.case)])
        yield suite


def _print(result: CaseResult, say: Speech) -> None:
    style: dict[str, Any] = {"fg": "green"} if result.passed else {"fg": "red", "bold": True}
    click.echo(f"{click.style(say('passed' if result.passed else 'failed'), **style)}  {result.case.name}")
    if result.problem:
        click.echo(f"    {result.place.file.path}:{result.place.line}: {result.problem}")
    for failure in result.failures:
        _print_failure(failure, say)


def _print_failure(failure: StepFailure, say: Speech) -> None:
    span = failure.step.span
    click.echo(f"    {span.file.path}:{span.line}: {excerpt(span.text, 100)}")
    for mismatch in failure.mismatches:
        _print_sides(mismatch, say)
    for decision in failure.decisions:
        for line in _reasons(decision, say.lang):
            click.secho(f"      {line}", fg="bright_black")


def _print_sides(mismatch: Mismatch, say: Speech) -> None:
    """Expected and actual side by side."""
    left, right = say.side(mismatch.expected).split("\n"), say.side(mismatch.actual).split("\n")
    column = max(30, *(width(line) for line in left)) + 2
    click.echo(f"      {click.style(say.mismatch(mismatch), bold=True)}")
    click.echo(f"      {_padded(say('expected'), column)}{say('actual')}")
    for expected, actual in zip_longest(left, right, fillvalue=""):
        click.echo(
            f"      {click.style(_padded(expected, column), fg='green')}{click.style(actual, fg='red')}".rstrip()
        )


def _padded(text: str, column: int) -> str:
    return text + " " * (column - width(text))


def _reasons(decision: Decision, lang: str) -> list[str]:
    if not (decision.notable or decision.unknown):
        return []
    head = [f"[{decision.cause}]"] if decision.cause else []
    return head + narrate.narrate(decision, lang)


def _print_total(results: Sequence[CaseResult], say: Speech) -> None:
    failed = sum(not result.passed for result in results)
    text = say("total", passed=len(results) - failed, failed=failed)
    click.secho(text, fg="red" if failed else "green", bold=True)


def _json(result: CaseResult) -> dict[str, Any]:
    return {
        "name": result.case.name,
        "file": result.case.span.file.path,
        "line": result.case.span.line,
        "passed": result.passed,
        "seconds": round(result.seconds, 6),
        "problem": result.problem,
        "failures": [
            {"line": failure.step.span.line, "what": item.heading, "expected": item.expected, "actual": item.actual}
            for failure in result.failures
            for item in failure.mismatches
        ],
    }
