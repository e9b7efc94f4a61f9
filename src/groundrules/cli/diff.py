"""`groundrules diff OLD NEW`: what changed in meaning."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from groundrules.cli.help import Command
from groundrules.cli.language import advice, reason, say
from groundrules.cli.options import LANGUAGE, ROOTS
from groundrules.cli.printing import print_json, print_lines, print_page, tell_error
from groundrules.cli.versions import exit_on_mistakes

if TYPE_CHECKING:
    from groundrules.tools.diffing.model import Diff
    from groundrules.tools.revisions import Spot


@click.command("diff", cls=Command)
@click.argument("places", nargs=-1, required=True, metavar="OLD NEW")
@click.option("--rev", metavar="A..B", help="Compare two revisions of one PATH; without B, with the current files.")
@click.option("--format", "form", type=click.Choice(["human", "json", "markdown"]), default="human", show_default=True)
@click.option(
    "--state", type=click.Path(exists=True, dir_okay=False), help="A snapshot: show what a swap would do to it."
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything changed in meaning.")
@LANGUAGE
@ROOTS
def command(places: tuple[str, ...], rev: str | None, form: str, state: str | None, exit_code: bool, lang: str) -> None:
    """Show what changed in meaning from OLD to NEW, however the text changed.

    Each is a rulebook, a plan file, or `REVISION:PATH`; OLD may be just a revision, meaning NEW's path there. With
    `--rev` there is one PATH: `groundrules diff --rev main..HEAD rules`.

    A narrowed rule acts on fewer events, a widened one on more; this is only claimed where it is proved, for the same
    event and the same memory. The last part shows what state a live engine would keep.

    Exit code 0, whatever changed (see `--exit-code`); 1: a rulebook with errors.
    """
    from groundrules.engine.upkeep.snapshot import SnapshotError
    from groundrules.tools.diffing.compare import diff
    from groundrules.tools.versions import load_version

    with exit_on_mistakes():
        old, new = _spots(places, rev)
        versions = load_version(old), load_version(new)
    try:
        difference = diff(*versions, None if state is None else Path(state).read_bytes())
    except SnapshotError as error:
        tell_error(reason(error.message), error.code, advice(error.help))
        sys.exit(1)
    _print(difference, form, lang)
    if exit_code and not difference.same:
        sys.exit(1)


def _spots(places: tuple[str, ...], rev: str | None) -> tuple[Spot, Spot]:
    from groundrules.tools.revisions import Spot, spot

    if rev is None:
        if len(places) != 2:
            raise click.UsageError(say("two_versions"))
        new = spot(places[1])
        return spot(places[0], new.path), new
    if len(places) != 1:
        raise click.UsageError(say("one_path"))
    first, _, last = rev.partition("..")
    path = places[0]
    return Spot(path, first or "HEAD"), Spot(path, last or None)


def _print(difference: Diff, form: str, lang: str) -> None:
    if form == "json":
        import msgspec

        print_json(msgspec.to_builtins(difference))
    elif form == "markdown":
        from groundrules.tools.diffing.render import markdown

        print_page(markdown.render(difference, lang))
    else:
        from groundrules.tools.diffing.render import human

        print_lines(human.lines(difference, lang))
