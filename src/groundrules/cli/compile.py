"""`groundrules compile RULEBOOK -o FILE`: a plan file, which runs without reading the rulebook again."""

from __future__ import annotations

from pathlib import Path

import click

from groundrules.cli import reading
from groundrules.cli.help import Command
from groundrules.cli.language import say, spoken
from groundrules.cli.loading import load_plan
from groundrules.cli.options import ONLY_SPOKEN, ROOTS
from groundrules.cli.printing import tell
from groundrules.cli.waiting import note_when_slow
from groundrules.engine.plan_file import Compiled, compile_plan, write
from groundrules.engine.plan_key import own_key
from groundrules.narrate.speech import speech

MOST_NAMED = 5


@click.command("compile", cls=Command)
@click.argument("rulebook", type=click.Path(exists=True))
@click.option("--output", "-o", required=True, type=click.Path(dir_okay=False, writable=True), help="The plan file.")
@click.option(
    "--profile",
    multiple=True,
    metavar="EVENTS",
    type=click.Path(exists=True, dir_okay=False),
    help="Optimise how rules are found for these events, one per line.",
)
@click.option("--quiet", "-q", is_flag=True, help="Print nothing.")
@ONLY_SPOKEN
@ROOTS
def command(rulebook: str, output: str, profile: tuple[str, ...], quiet: bool) -> None:
    """Compile RULEBOOK into a plan file.

    `groundrules run`, `groundrules test --plan` and `groundrules.load_plan` accept the file instead of the rulebook. It
    contains a hash of its content; a file that is damaged, of another version or built with other character or
    time-zone tables is refused. Its compiled code is trusted only under the key of whoever compiled it (the file that
    `GROUNDRULES_PLAN_KEY` names, or else one in your home); elsewhere it is rebuilt when the plan is loaded.
    """
    with note_when_slow(say("checking", path=rulebook)):
        plan = load_plan(rulebook).plan
    with reading.lines(profile, progress=not quiet) as sample:
        compiled = compile_plan(plan, sample)
    data = write(compiled, own_key(make=True))
    Path(output).write_bytes(data)
    if not quiet:
        _tell(output, compiled, len(data))


def _tell(output: str, compiled: Compiled, size: int) -> None:
    """Say what was written, and which rules are asked about every event of their type."""
    always = compiled.asked_always()
    megabytes = f"{size / 1e6:.1f}"
    tell(say("compiled", file=output, rules=len(compiled.plan.rules), megabytes=megabytes, digest=compiled.digest))
    if always:
        more = len(always) - MOST_NAMED
        names = speech("cli", spoken()).names(always[:MOST_NAMED])
        tell("  " + say("asked_always_more" if more > 0 else "asked_always", rules=names, more=more))
