"""`groundrules replay RULEBOOK EVENTS…`: what a rulebook would have done over history, and what another version did.

The report goes to standard output, progress to standard error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from groundrules.cli.help import Command
from groundrules.cli.loading import print_diagnostics
from groundrules.cli.options import LANGUAGE, ROOTS
from groundrules.cli.printing import print_json, print_lines, print_page
from groundrules.cli.reading import LONG
from groundrules.cli.versions import exit_on_mistakes

if TYPE_CHECKING:
    from groundrules.tools.replaying.budget import Budget
    from groundrules.tools.replaying.model import Report
    from groundrules.tools.replaying.pool import Progress
    from groundrules.tools.versions import Version


@click.command("replay", cls=Command)
@click.argument("rulebook")
@click.argument("events", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True, dir_okay=False))
@click.option(
    "--against", metavar="OLD", help="Compare with this version: a path, a plan file, or a revision such as `main`."
)
@click.option("--format", "form", type=click.Choice(["human", "json", "markdown"]), default="human", show_default=True)
@click.option("--html", type=click.Path(dir_okay=False, writable=True), help="Write the report as one HTML page.")
@click.option("--budget", type=click.Path(exists=True, dir_okay=False), help="Exit with 1 if a rule acts on too much.")
@click.option("--examples", default=3, show_default=True, metavar="N", help="Number of examples of each difference.")
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), metavar="N", help="Number of processes; by default, one per core."
)
@LANGUAGE
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
@ROOTS
def command(
    rulebook: str,
    events: tuple[str, ...],
    against: str | None,
    form: str,
    html: str | None,
    budget: str | None,
    examples: int,
    jobs: int | None,
    lang: str,
    quiet: bool,
) -> None:
    """Run recorded events through RULEBOOK and report who it acts on: by rule, by member, by week, with examples.

    EVENTS are files of JSON, one event per line; `-` is standard input. With `--against`, the same events also run
    through another version, and the report shows who would now be actioned and who no longer. RULEBOOK and OLD are a
    rulebook or a plan file, or `REVISION:PATH` for one at a git revision; OLD may be just a revision.

    A budget is a YAML file that limits how much of a cohort a rule may act on; `docs/reviewing.md` describes it.

    Exit code 0: done; 1: over budget, or a rulebook with errors.
    """
    from groundrules.tools.replaying.run import Settings, replayed
    from groundrules.tools.replaying.sources import on_disk

    allowed = _read_budget(budget)
    new, old = _versions(rulebook, against, allowed)
    with on_disk(events, sys.stdin.buffer) as files, _progress(files, quiet) as progress:
        report = replayed(new, files, old, allowed, Settings(jobs, examples), progress)
    if html is not None:
        from groundrules.tools.replaying.render import html as page

        Path(html).write_text(page.render(report, lang), encoding="utf-8")
    _print(report, form, lang)
    if not report.within_budget:
        sys.exit(1)


def _print(report: Report, form: str, lang: str) -> None:
    if form == "json":
        import msgspec

        print_json(msgspec.to_builtins(report))
    elif form == "markdown":
        from groundrules.tools.replaying.render import markdown

        print_page(markdown.render(report, lang))
    else:
        from groundrules.tools.replaying.render import human

        print_lines(human.lines(report, lang))


# --- what is replayed ---------------------------------------------------------------------------


def _read_budget(path: str | None) -> Budget | None:
    from groundrules.tools.replaying.budget import BudgetError, read_budget

    if path is None:
        return None
    try:
        return read_budget(Path(path))
    except BudgetError as error:
        print_diagnostics(error.diagnostics)
        sys.exit(1)


def _versions(rulebook: str, against: str | None, budget: Budget | None) -> tuple[Version, Version | None]:
    from groundrules.tools.replaying.budget import BudgetError
    from groundrules.tools.revisions import spot
    from groundrules.tools.versions import load_version

    with exit_on_mistakes():
        ours = spot(rulebook)
        theirs = None if against is None else spot(against, ours.path)
        old = None if theirs is None else load_version(theirs)
        try:
            new = load_version(ours, budget.extend if budget and budget.conditions else None)
            if budget:
                budget.check(new)
        except BudgetError as error:
            print_diagnostics(error.diagnostics)
            sys.exit(1)
    return new, old


# --- progress -----------------------------------------------------------------------------------


@contextmanager
def _progress(files: list[str], quiet: bool) -> Iterator[Progress]:
    """Yield a callback for the progress; on a terminal, a bar shows it if the input is large."""
    if quiet or not sys.stderr.isatty() or sum(map(os.path.getsize, files)) < LONG:
        yield lambda read, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("events", total=None)

        def advance(read: int, total: int) -> None:
            bar.update(task, completed=read, total=total)

        yield advance
