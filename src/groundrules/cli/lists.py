"""`groundrules lists RULEBOOK`: what was added to lists while they ran, as a change to the rulebook."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from groundrules.cli.help import Command
from groundrules.cli.language import reason, say
from groundrules.cli.loading import load_plan, print_diagnostics
from groundrules.cli.options import ONLY_SPOKEN, ROOTS
from groundrules.cli.printing import print_page, tell, tell_error

if TYPE_CHECKING:
    from groundrules.checker.model import Checked
    from groundrules.engine.cells.entries import ListChanges


@click.command("lists", cls=Command)
@click.argument("rulebook", type=click.Path(exists=True))
@click.option(
    "--state", metavar="FILE", help="The store of `run --state`, or of a stopped hub: a file or NAME:LOCATION."
)
@click.option(
    "--changes",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="A response of `GET /v1/communities/COMMUNITY/lists` from `groundrules serve`; `-` reads standard input.",
)
@click.option("--community", metavar="ID", help="Whose lists, with --state; needed if several have changed theirs.")
@click.option("--write", is_flag=True, help="Write the files instead of showing the change.")
@ONLY_SPOKEN
@ROOTS
def command(rulebook: str, state: str | None, changes: str | None, community: str | None, write: bool) -> None:
    """Show what was added to and removed from RULEBOOK's lists at run time (`changes: true`), as a change to its files.

    `git apply` accepts it. Once the rulebook has the changes, the stored ones are dropped. Exit code 0: the change is
    shown or written, or there is none; 1: the rulebook has errors, or the store can't be read.
    """
    if (state is None) == (changes is None):
        raise click.UsageError(say("state_or_changes"))
    checked = _checked(rulebook)
    lists = _answered(changes) if changes is not None else _kept(rulebook, str(state), community)
    from groundrules.tools.lists import UneditableError, edited

    try:
        files = edited(checked, lists)
    except UneditableError as error:
        _fail(reason(error))
    for file in files:
        if write:
            Path(file.path).write_text(file.after, encoding="utf-8", newline="")
            tell(say("written", file=file.path))
        else:
            print_page(file.shown(Path.cwd()))
    if not files:
        tell(say("no_list_changes"))


def _checked(rulebook: str) -> Checked:
    from groundrules.frontend import check_path

    result = check_path(rulebook)
    if result.checked is None or result.has_errors:
        print_diagnostics(result.diagnostics)
        sys.exit(1)
    return result.checked


def _answered(changes: str) -> dict[str, ListChanges]:
    import msgspec

    from groundrules.engine.cells.entries import ListChanges

    with click.open_file(changes, "rb") as file:
        try:
            lists = msgspec.json.decode(file.read(), type=dict[str, dict[str, dict[str, list[str]]]])["lists"]
        except (msgspec.DecodeError, UnicodeError, RecursionError, KeyError) as error:
            _fail(say("no_answer", reason=str(error)))
    return {name: ListChanges(tuple(it.get("added", ())), tuple(it.get("removed", ()))) for name, it in lists.items()}


def _kept(rulebook: str, where: str, community: str | None) -> dict[str, ListChanges]:
    """Return the changes of the community that is asked for, or of the only one that has any."""
    from groundrules.ports import PortError
    from groundrules.stores import StoreError
    from groundrules.tools.running.states import resumed

    if ":" not in where and not Path(where).exists():
        raise click.UsageError(say("no_file", file=where))
    try:
        with closing(resumed(where, load_plan(rulebook))) as state:
            changed = {id: state.engine.list_changes(id) for id in state.engine.partitions}
    except (PortError, StoreError) as error:
        _fail(say("no_store", place=where, reason=reason(error)))
    if community is not None:
        return changed.get(community, {})
    with_changes = sorted(id for id, lists in changed.items() if lists)
    if len(with_changes) > 1:
        raise click.UsageError(say("several_communities", communities=", ".join(with_changes[:20])))
    return changed[with_changes[0]] if with_changes else {}


def _fail(message: str) -> NoReturn:
    tell_error(message)
    sys.exit(1)
