"""`groundrules run RULEBOOK [EVENTS…|-]`: events in, decisions out, as they happen.

Decisions go to standard output; progress and the summary go to standard error, so that a pipe carries decisions only.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from groundrules.cli import reading
from groundrules.cli.help import Command
from groundrules.cli.language import reason, say
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
from groundrules.tools.running.tally import Tally

if TYPE_CHECKING:
    from groundrules.tools.running.durable import Output
    from groundrules.tools.running.states import State

Source = AbstractContextManager[Iterator[bytes]]

SAVED_EVERY = 1000  # lines; what comes after the last save is decided again when it comes again


class Came(NamedTuple):
    """What a run came to: its counts, how many events wait, and the exit code of the signal that ended it."""

    tally: Tally
    waiting: int
    exit_code: int


@click.command("run", cls=Command)
@click.argument("rulebook", type=click.Path(exists=True))
@click.argument("events", nargs=-1, type=click.Path(exists=True, allow_dash=True, dir_okay=False))
@click.option("--format", "form", type=click.Choice(["jsonl", "human"]), default="jsonl", show_default=True)
@LANGUAGE
@click.option("--all", "everything", is_flag=True, help="Print every decision in full, even if nothing happened.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary.")
@click.option(
    "--state",
    metavar="FILE",
    help="Keep the state in this SQLite file, or in a named store (NAME:LOCATION), and continue from it.",
)
@click.option(
    "--store",
    metavar="FILE",
    help="Like --state, in step with --out: a run killed and restarted ends with the same decisions.",
)
@click.option(
    "--source",
    metavar="kafka://HOST/TOPIC",
    help="Decide on a Kafka topic as a member of a group, with state, log and offsets in --store.",
)
@click.option("--ticks", is_flag=True, help="With --source: when something falls due, put a tick into the topic.")
@click.option("--out", metavar="DECISIONS", type=click.Path(dir_okay=False), help="Write decisions to this file.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Divide the communities among this many processes; the output is the same and comes in parts.",
)
@click.option("--profile", is_flag=True, help="Show at the end which rules, lists and windows cost most.")
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
    store: str | None,
    source: str | None,
    ticks: bool,
    out: str | None,
    workers: int,
    profile: bool,
    strict: bool,
) -> None:
    """Check a stream of events against RULEBOOK, a rulebook or a plan file.

    EVENTS are files of JSON, one event per line; `-`, or none, reads standard input. A decision is printed for every
    event where something happened; an invalid event gets a `rejected` record and the run goes on.

    Ctrl-C ends the run after the current line. With --state, the state is saved every thousand lines and at the end,
    never before its decisions are written; an event far ahead of the clock waits in it.

    With --source, it runs until stopped; docs/cluster.md says what is guaranteed.
    """
    if source is not None:
        if store is None or events or out or state or workers > 1 or profile or everything or strict or form != "jsonl":
            raise click.UsageError(say("source_alone"))
        from groundrules.cli.following import follow

        sys.exit(follow(load_plan(rulebook), source, store, ticks, quiet))
    if ticks:
        raise click.UsageError(say("ticks_and_source"))
    if (store is None) != (out is None):
        raise click.UsageError(say("store_and_out"))
    if store and (state or form != "jsonl"):
        raise click.UsageError(say("store_alone"))
    if workers > 1 and (state or store):
        raise click.UsageError(say("one_process_keeps"))
    if workers > 1 and profile:
        raise click.UsageError(say("one_process_measures"))
    ready = load_plan(rulebook)
    lines = reading.lines(events or ("-",), progress=not quiet)
    if workers > 1:
        tally, waiting, stopped = _divided(ready, workers, form, lang, everything, lines)
    else:
        tally, waiting, stopped = _alone(ready, store or state, out, form, lang, everything, profile, lines)
    if not quiet:
        print_lines(summary(tally, ready.plan, lang, waiting), err=True)
    exit_code = stopped or (1 if strict and tally.rejected else 0)
    if exit_code:
        sys.exit(exit_code)


def _alone(
    ready: HasPlan,
    where: str | None,
    out: str | None,
    form: str,
    lang: str,
    everything: bool,
    profile: bool,
    lines: Source,
) -> Came:
    """Run lines in this process."""
    with _kept(ready, where, lang) as kept, _output(out, kept) as output, lines as source, Stop() as stop:
        engine = Engine(ready) if kept is None else kept.engine
        show = _shown(ready.plan, form, lang, everything, write_records if output is None else output.write)
        save = (output or kept or _Nothing()).save
        runner = Runner(ready, engine, before=0 if output is None else output.read_before)
        watched = engine.profile() if profile else None
        came = stop.between(source if output is None else output.rest(source))
        for line in came if watched is None else watched.over(came):
            for answer in runner.feed(line):
                show(answer.line, [decision for decision in answer.decisions if everything or decision.notable])
            if runner.tally.lines % SAVED_EVERY == 0:
                save()
        for answer in runner.finish() if kept is None else ():
            show(answer.line, [decision for decision in answer.decisions if everything or decision.notable])
        save()  # of what was shown, and only then: not while an exception passes
    if runner.tally.untold:
        runner.tally.take(engine.stats)
    if watched is not None:
        from groundrules.tools.running.profile import profile_lines

        print_lines(profile_lines(watched, lang), err=True)
    waiting = sum(engine.waiting(id) is not None for id in engine.partitions)
    return Came(runner.tally, waiting, stop.exit_code)


def _divided(ready: HasPlan, count: int, form: str, lang: str, everything: bool, lines: Source) -> Came:
    """Run lines in processes of their own."""
    from groundrules.tools.running.workers import Workers, decoded

    workers = Workers(ready, count, everything, each_line=form == "human")
    show = _shown(ready.plan, form, lang, everything, write_records)
    with lines as source, Stop() as stop:
        for line, decisions in workers.run(stop.between(source)):
            if form == "jsonl":
                write_records(b"".join(decision + b"\n" for decision in decisions))
            else:
                show(line, decoded(decisions))
    return Came(workers.tally, 0, stop.exit_code)


class _Nothing:
    """A run that keeps nothing."""

    def save(self) -> None:
        """Save nothing."""


def _shown(
    plan: ir.Plan, form: str, lang: str, everything: bool, write: Callable[[bytes], object]
) -> Callable[[bytes, list[Decision]], object]:
    """How the decisions about a line are shown: one per line as JSON, or worded for people."""
    if form == "jsonl":
        return lambda line, decisions: write(b"".join(encode(decision) + b"\n" for decision in decisions))
    from groundrules.tools.running.human import Reporter

    reporter = Reporter(plan, lang, everything)
    return lambda line, decisions: print_lines(reporter.lines(line, decisions))


@contextmanager
def _kept(ready: HasPlan, where: str | None, lang: str) -> Iterator[State | None]:
    """Yield what was remembered at a place, None if nothing is to be."""
    if where is None:
        yield None
        return
    from groundrules.ports import PortError
    from groundrules.stores import StoreError
    from groundrules.tools.running.states import resumed

    try:
        with closing(resumed(where, ready)) as kept:
            if kept.keeper is not None and kept.keeper != kept.engine.name:
                print_lines(carrying(kept.keeper, kept.engine.carried, lang), err=True)
            yield kept
    except PortError as error:
        raise click.UsageError(reason(error)) from None
    except StoreError as error:
        tell_error(say("no_state", place=where, reason=reason(error)))
        sys.exit(1)


@contextmanager
def _output(path: str | None, kept: State | None) -> Iterator[Output | None]:
    """Yield the file that decisions go to in step with what is remembered, None if there is none."""
    if path is None or kept is None:
        yield None
        return
    from groundrules.tools.running.durable import DurableError, Output

    try:
        with Output(Path(path), kept) as output:
            yield output
    except DurableError as error:
        tell_error(reason(error))
        sys.exit(1)
