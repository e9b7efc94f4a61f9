"""`groundrules run RULEBOOK [EVENTS…|-]`: events in, decisions out, as they happen.

Decisions go to standard output; progress and the summary go to standard error, so that a pipe carries decisions only.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import click

from groundrules.cli import reading
from groundrules.cli.loading import load_plan
from groundrules.cli.options import LANGUAGE, ROOTS
from groundrules.cli.printing import print_lines, tell_error, write_records
from groundrules.cli.stopping import Stop
from groundrules.decisions import Decision, encode
from groundrules.engine.engine import Engine, HasPlan
from groundrules.plan import ir
from groundrules.tools.running.carrying import carrying
from groundrules.tools.running.run import Runner
from groundrules.tools.running.summary import summary

SAVED_EVERY = 1000  # lines; what comes after the last save is decided again when it comes again


@click.command("run")
@click.argument("rulebook", type=click.Path(exists=True))
@click.argument("events", nargs=-1, type=click.Path(exists=True, allow_dash=True, dir_okay=False))
@click.option("--format", "form", type=click.Choice(["jsonl", "human"]), default="jsonl", show_default=True)
@LANGUAGE
@click.option(
    "--all", "everything", is_flag=True, help="Print every decision in full, also those in which nothing happened."
)
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary.")
@click.option(
    "--state",
    metavar="FILE",
    help="Keep what is remembered in this SQLite file, or in a store by its name (NAME:LOCATION), and go on from it.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 if an event was rejected.")
@ROOTS
def command(
    rulebook: str,
    events: tuple[str, ...],
    form: str,
    lang: str,
    everything: bool,
    quiet: bool,
    state: str | None,
    strict: bool,
) -> None:
    """Check a stream of events against RULEBOOK, a rulebook or a plan file.

    EVENTS are files of JSON, one event a line; `-`, or none, reads standard input. A decision is printed for every
    event where something happened; an event that is not valid gets a `rejected` record and the run goes on.

    Ctrl-C ends the run behind the line at hand. With --state, what is remembered is saved every thousand lines and at
    the end, never before the decisions it belongs to are written; an event far ahead of the clock waits in it.
    """
    ready = load_plan(rulebook)
    plan = ready.plan
    show = _shown(plan, form, lang, everything)
    lines = reading.lines(events or ("-",), progress=not quiet)
    with _engine(ready, state, lang) as (engine, save), lines as source, Stop() as stop:
        runner = Runner(ready, engine)
        for _, line, decisions in runner.run(stop.between(source), ends=state is None):
            show(line, [decision for decision in decisions if everything or decision.notable])
            if runner.tally.lines % SAVED_EVERY == 0:
                save()
        save()  # of what was shown, and only then: not while an exception passes
    if not quiet:
        waiting = sum(engine.waiting(id) is not None for id in engine.partitions)
        print_lines(summary(runner.tally, plan, lang, waiting), err=True)
    exit_code = stop.exit_code or (1 if strict and runner.tally.rejected else 0)
    if exit_code:
        sys.exit(exit_code)


def _shown(plan: ir.Plan, form: str, lang: str, everything: bool) -> Callable[[bytes, list[Decision]], None]:
    """How the decisions about a line are shown: one per line as JSON, or worded for people."""
    if form == "jsonl":
        return lambda line, decisions: write_records(b"".join(encode(decision) + b"\n" for decision in decisions))
    from groundrules.tools.running.human import Reporter

    reporter = Reporter(plan, lang, everything)
    return lambda line, decisions: print_lines(reporter.lines(line, decisions))


@contextmanager
def _engine(ready: HasPlan, state: str | None, lang: str) -> Iterator[tuple[Engine, Callable[[], object]]]:
    """Yield an engine and how to save what it remembers."""
    if state is None:
        yield Engine(ready), lambda: None
        return
    from groundrules.ports import PortError
    from groundrules.stores import StoreError
    from groundrules.tools.running.states import resumed

    try:
        with closing(resumed(state, ready)) as kept:
            if kept.keeper is not None and kept.keeper != kept.engine.name:
                print_lines(carrying(kept.keeper, kept.engine.carried, lang), err=True)
            yield kept.engine, kept.save
    except PortError as error:
        raise click.UsageError(str(error)) from None
    except StoreError as error:
        tell_error(f"{state} can't be used for state: {error}")
        sys.exit(1)
