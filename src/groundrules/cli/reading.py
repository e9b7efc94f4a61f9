"""Lines of event files and of standard input, with a progress bar on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from groundrules.cli.language import say

LONG = 1 << 20  # bytes of input from which a progress bar is worth showing


@contextmanager
def lines(paths: Iterable[str], *, progress: bool) -> Iterator[Iterator[bytes]]:
    """Yield an iterator over the lines of `paths` (`-`: standard input, read as it comes)."""
    names = list(paths)
    total = 0 if "-" in names else sum(os.path.getsize(name) for name in names)
    if progress and total >= LONG and sys.stderr.isatty():
        with _bar(total) as advance:
            yield _counted(_read(names), advance)
    else:
        yield _read(names)


def _read(names: list[str]) -> Iterator[bytes]:
    for name in names:
        if name == "-":
            yield from iter(sys.stdin.buffer.readline, b"")
        else:
            with open(name, "rb") as file:
                yield from file


@contextmanager
def _bar(total: int) -> Iterator[object]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("events", total=total, rate="")

        def advance(read: int, count: int) -> None:
            elapsed = bar.tasks[0].elapsed or 0.001
            bar.update(task, completed=read, rate=say("rate", count=count / elapsed))

        yield advance


def _counted(source: Iterator[bytes], advance: object) -> Iterator[bytes]:
    assert callable(advance)
    read = 0
    for count, line in enumerate(source, 1):
        yield line
        read += len(line)
        if count % 512 == 0:
            advance(read, count)
