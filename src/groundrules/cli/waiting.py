"""A line on the terminal while slow work runs, erased when it is done."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from groundrules.display import safe

PATIENCE = 2.0  # seconds before the line appears


@contextmanager
def note_when_slow(text: str) -> Iterator[None]:
    """Show `text` on standard error once the work has taken a while, if that is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    shown = threading.Event()

    def say() -> None:
        shown.set()
        sys.stderr.write(safe.terminal(text))
        sys.stderr.flush()

    timer = threading.Timer(PATIENCE, say)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if shown.is_set():
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
