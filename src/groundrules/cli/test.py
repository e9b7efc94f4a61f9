"""`groundrules test PATH…`: the tests that stand beside a rulebook, on a virtual clock."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import click

from groundrules.cli.help import Command
from groundrules.cli.language import say
from groundrules.cli.loading import load_plan, print_diagnostics
from groundrules.cli.options import LANGUAGE, ROOTS, walk_into
from groundrules.cli.printing import print_json, print_lines, tell
from groundrules.narrate.speech import speech
from groundrules.tools.measuring import human as measuring_human
from groundrules.tools.measuring import measure
from groundrules.tools.testing import human
from groundrules.tools.testing.data import as_data
from groundrules.tools.testing.junit import junit
from groundrules.tools.testing.read import TestsError, find_tests, read_tests
from groundrules.tools.testing.runner import Suite, run_suite

T = TypeVar("T")


@click.command("test", cls=Command)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("--format", "form", type=click.Choice(["human", "json"]), default="human", show_default=True)
@click.option(
    "--junit", "junit_path", type=click.Path(dir_okay=False, writable=True), help="Also write JUnit XML here."
)
@click.option(
    "--plan", "plan_path", type=click.Path(exists=True, dir_okay=False), help="Run the tests on this plan file."
)
@click.option("--match", "-k", help="Run only the tests whose name contains this text.")
@click.option("--coverage", is_flag=True, help="Show rules, clauses (both ways) and steps that no test reaches.")
@click.option("--mutate", is_flag=True, help="Make small changes to the rulebook and show those no test notices.")
@click.option("--boundaries", is_flag=True, help="Propose tests just below, at and above each threshold, as YAML.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit with 1 if less is covered (or noticed, with --mutate).",
)
@LANGUAGE
@ROOTS
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
    passed; 1: some failed, there were none, or coverage is below `--fail-under`.
    """
    walk_into(paths)
    suites = [suite for path in paths for suite in _run(Path(path), plan_path, match)]
    results = [result for suite in suites for result in suite.results]
    if junit_path:
        Path(junit_path).write_text(junit(results), encoding="utf-8")
    words = speech("tests", lang)
    if form == "human":
        print_lines(human.lines(suites, words))
    passed = bool(results) and all(result.passed for result in results)
    switches = {"coverage": coverage or (fail_under is not None and not mutate), "mutants": mutate}
    switches["boundaries"] = boundaries
    measures = {name for name, is_wanted in switches.items() if is_wanted}
    measured = measure.measure(suites, measures, _with_a_bar) if passed else {}
    if form == "json":
        print_json({"tests": [as_data(result) for result in results], **measure.as_json(measured)})
    else:
        print_lines(measuring_human.lines(measured, words))
    if not passed or not measure.reaches(measured, fail_under):
        sys.exit(1)


def _run(path: Path, plan_path: str | None, match: str | None) -> Iterator[Suite]:
    tests = find_tests(path)
    if not tests:
        tell(say("no_tests", path=path))
    for rulebook, files in tests.items():
        ready = load_plan(plan_path or str(rulebook))
        try:
            cases = [case for file in files for case in read_tests(file, ready.plan)]
            yield run_suite(rulebook, ready, [case for case in cases if match is None or match in case.name])
        except TestsError as error:
            print_diagnostics(error.diagnostics)
            sys.exit(1)


def _with_a_bar(verdicts: Iterator[T], total: int) -> Iterator[T]:
    """Yield what is found, with a bar on a terminal."""
    if not sys.stderr.isatty():
        yield from verdicts
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(verdicts, say("mutants"), total, console=Console(stderr=True), transient=True)
