"""`groundrules fmt PATH…`: one canonical layout for rulebooks and their tests."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from groundrules import confined
from groundrules.cli.help import Command
from groundrules.cli.language import reason, say
from groundrules.cli.options import ONLY_SPOKEN, ROOTS, walk_into
from groundrules.cli.printing import print_page, tell

if TYPE_CHECKING:
    from groundrules.diagnostics.model import Report
    from groundrules.diagnostics.source import SourceFile
    from groundrules.tools.fmt import Formatted


@dataclass
class _Tally:
    """How many files had which result; `refused` could not be formatted."""

    changed: list[str] = field(default_factory=list)
    same: int = 0
    refused: int = 0


@click.command("fmt", cls=Command)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, allow_dash=True))
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file is not in canonical layout.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@ONLY_SPOKEN
@ROOTS
def command(paths: Sequence[str], check: bool, diff: bool) -> None:
    """Lay out rulebooks and their tests canonically: indentation, quotes, order of keys, and expressions.

    PATH is a file, a folder (all rulebooks and tests below it; by default the current one), or `-` to read standard
    input and write standard output. Comments, blank lines and the meaning are kept: the result is read again and
    compared before a file is replaced. Files with YAML anchors or tags are left alone.

    Exit code 0: done, or nothing to do; 1: a file is not in canonical layout (`--check`) or not valid YAML.
    """
    walk_into(paths)
    tally = _Tally()
    for path in paths or (".",):
        if path == "-":
            _standard_input(tally, check, diff)
            continue
        for file in _files(Path(path)):
            _file(file, tally, check or diff, diff)
    _report(tally, check or diff)
    if tally.refused or (check and tally.changed):
        sys.exit(1)


def _files(path: Path) -> list[Path]:
    from groundrules.tools.fmt.files import files_below

    return [path] if path.is_file() else files_below(path)


def _standard_input(tally: _Tally, check: bool, diff: bool) -> None:
    from groundrules.rulebook.files import decode

    data = sys.stdin.buffer.read()
    text = _read(lambda report: decode(data, "<stdin>", report), "<stdin>", tally)
    formatted = None if text is None else _formatted(text, "<stdin>", tally)
    if text is None or formatted is None:
        return
    if formatted.changed:
        tally.changed.append("<stdin>")
    if diff:
        _print_diff(text, formatted.text, "<stdin>")
    elif not check:
        print_page(formatted.text)


def _file(path: Path, tally: _Tally, only_look: bool, diff: bool) -> None:
    from groundrules.rulebook.files import MAX_YAML, read_file

    name = path.as_posix()
    text = _read(lambda report: read_file(path, name, report, most=MAX_YAML), name, tally)
    formatted = None if text is None else _formatted(text, name, tally)
    if text is None or formatted is None:
        return
    if not formatted.changed:
        tally.same += 1
        return
    tally.changed.append(path.as_posix())
    if diff:
        _print_diff(text, formatted.text, path.as_posix())
    if not only_look:
        confined.replace(path, formatted.text.encode("utf-8"))


def _read(read: Callable[[Report], SourceFile | None], path: str, tally: _Tally) -> str | None:
    """Return a text, or None after printing why it can't be read."""
    from groundrules.cli.loading import print_diagnostics
    from groundrules.diagnostics.model import Report

    report = Report()
    file = read(report)
    if file is not None:
        return file.text
    print_diagnostics(report.sorted)
    tell(say("left", path=path, reason=say("unreadable")))
    tally.refused += 1
    return None


def _formatted(text: str, path: str, tally: _Tally) -> Formatted | None:
    from groundrules.cli.loading import print_diagnostics
    from groundrules.tools.fmt import FormatError, format_text

    try:
        return format_text(text, path)
    except FormatError as error:
        if error.diagnostics:
            print_diagnostics(error.diagnostics)
        tell(say("left", path=path, reason=reason(error)))
        tally.refused += 1
        return None


def _print_diff(before: str, after: str, path: str) -> None:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for line in difflib.unified_diff(old, new, path, say("formatted", path=path)):
        print_page(line if line.endswith("\n") else f"{line}\n")


def _report(tally: _Tally, only_look: bool) -> None:
    for path in tally.changed:
        tell(say("would_reformat" if only_look else "reformatted", path=path))
    total = tally.same + len(tally.changed) + tally.refused
    files = say("one_file" if total == 1 else "files", count=total)
    form = "would_be_reformatted" if only_look else "were_reformatted"
    tell(say(form, files=files, changed=len(tally.changed), left=tally.refused))
