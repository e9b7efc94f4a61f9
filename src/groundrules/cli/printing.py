"""The one way in which commands print: lines, which are made safe and styled as they are drawn, and JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from groundrules.cli.language import say
from groundrules.display import safe
from groundrules.display.lines import Line, Style, drawn

_INSTALL = "pip install 'groundrules[{extra}]'"


def print_lines(lines: Iterable[Line], err: bool = False) -> None:
    """Print lines, in colour on a terminal."""
    for line in lines:
        click.echo(drawn(line), err=err, color=False if "NO_COLOR" in os.environ else None)


def tell(text: str, style: Style = "") -> None:
    """Tell people something beside the output: a text of one or more lines, on standard error."""
    print_lines((Line(line, style) for line in text.split("\n")), err=True)


def tell_error(message: str, code: str = "", help: str = "", place: str = "") -> None:
    """Tell why something can't be done."""
    tell(say("error_of", code=code, message=message) if code else say("error", message=message), "fails")
    if place:
        tell(f"  --> {place}")
    if help:
        tell("  " + say("help", text=help))


def print_page(text: str) -> None:
    """Print a document as it is; to a terminal, without anything that would act on it."""
    click.echo(safe.plain(text) if sys.stdout.isatty() else text, nl=False)


def write_page(text: str, output: str | None) -> None:
    """Write a document to a file, in a folder that is made if it is not there; without a file, print it."""
    if output is None:
        print_page(text)
    else:
        Path(output).parent.mkdir(parents=True, exist_ok=True)
        Path(output).write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def wanted(extra: str) -> Iterator[None]:
    """Say which packages are wanted if they are not there, and end."""
    try:
        yield
    except ModuleNotFoundError as error:
        tell_error(say("not_installed", package=error.name), help=_INSTALL.format(extra=extra))
        sys.exit(1)


def print_json(data: Any) -> None:
    click.echo(safe.json(json.dumps(data, ensure_ascii=False, indent=2)))


def write_records(records: bytes) -> None:
    """Write records for programs unchanged and unbuffered; on a terminal, control characters are escaped."""
    if not records:
        return
    if sys.stdout.isatty():
        records = safe.json(records.decode("utf-8")).encode("utf-8")
    sys.stdout.buffer.write(records)
    sys.stdout.buffer.flush()
