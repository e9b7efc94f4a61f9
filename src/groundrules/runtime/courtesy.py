"""Long work off the loop: other threads get their turn more often while it runs.

Committing an event touches the store some twenty times, and each time lets other Python threads run and then waits for
its turn. A thread compiling a rulebook yields only every five milliseconds, so an event arriving meanwhile would wait a
tenth of a second.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

TURN = 0.0005
"""Seconds."""

_lock = threading.Lock()
_working = 0
_usual = sys.getswitchinterval()


@contextmanager
def courteous() -> Iterator[None]:
    """Let other threads have their turn soon, until this ends in all threads."""
    global _working, _usual
    with _lock:
        if _working == 0:
            _usual = sys.getswitchinterval()
            sys.setswitchinterval(min(TURN, _usual))
        _working += 1
    try:
        yield
    finally:
        with _lock:
            _working -= 1
            if _working == 0:
                sys.setswitchinterval(_usual)
