"""`groundrules watch PATH…`: lint and test again whenever a file is saved."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from groundrules.cli import lint, test
from groundrules.cli.help import Command
from groundrules.cli.language import spoken
from groundrules.cli.options import ONLY_SPOKEN, ROOTS, walk_into
from groundrules.cli.printing import print_lines
from groundrules.display.lines import Line

WATCHED = (".yaml", ".yml", ".json", ".txt")
_TIMES: Any = {"poll_delay_ms": 1000, "rust_timeout": 500, "yield_on_timeout": True}


@click.command("watch", cls=Command)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("--no-tests", is_flag=True, help="Lint only.")
@click.option("--polling", is_flag=True, help="Check the files every second, for systems without change notification.")
@ONLY_SPOKEN
@ROOTS
def command(paths: Sequence[str], no_tests: bool, polling: bool) -> None:
    """Lint and test rulebooks, and again whenever something in their folders is saved. Ctrl-C ends it."""
    walk_into(paths)
    from watchfiles import watch

    begun = False
    try:
        for changes in watch(*_folders(paths), watch_filter=_concerns, force_polling=polling or None, **_TIMES):
            if changes:
                _heading(sorted({Path(path).name for _, path in changes}))
            if changes or not begun:  # the watch has begun when it first yields: nothing is missed meanwhile
                _round(paths, not no_tests)
                begun = True
    except KeyboardInterrupt:
        return


def _folders(paths: Iterable[str]) -> set[Path]:
    """The folders to watch: editors replace files, so that a file alone would be lost sight of."""
    return {path if path.is_dir() else path.parent for path in (Path(path).resolve() for path in paths)}


def _concerns(_: object, path: str) -> bool:
    return path.endswith(WATCHED) and not Path(path).name.startswith(".")


def _heading(names: Sequence[str]) -> None:
    if sys.stdout.isatty():
        click.clear()
    print_lines([Line(f"— {time.strftime('%H:%M:%S')} {', '.join(names)}", "faint")])


def _round(paths: Sequence[str], tests: bool) -> None:
    """Lint, then test what has no errors; neither ends the watch."""
    for path in paths:
        if lint.print_findings(path) and tests:
            _call(test.command, [path, "--lang", spoken()])
    sys.stdout.flush()


def _call(which: click.Command, arguments: list[str]) -> None:
    """Run a command of ours, however it ends."""
    try:
        which.main(arguments, standalone_mode=False)
    except SystemExit:
        return
    except click.ClickException as problem:  # the file is gone for now
        problem.show()
