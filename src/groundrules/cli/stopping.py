"""Stopping a run between two lines: when somebody presses Ctrl-C, or a service is told to end.

A line that was begun is decided, written and saved; the next one is not read. Who asks a second time gets it at once,
as if the process were killed: what was decided since the last save is decided again when the same events come again.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator
from types import FrameType, TracebackType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Catches the signals to end while it is entered. `by` is the one that came."""

    def __init__(self) -> None:
        self.by: int | None = None
        self._waiting = False
        self._before: dict[signal.Signals, Any] = {}

    @property
    def exit_code(self) -> int:
        """What a shell calls a process that a signal ended; 0 if none did."""
        return 0 if self.by is None else 128 + self.by

    def between(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield lines until the end or until a signal comes."""
        source = iter(lines)
        while self.by is None and (line := self._next(source)) is not None:
            yield line

    def _next(self, source: Iterator[bytes]) -> bytes | None:
        self._waiting = True
        try:
            return next(source, None) if self.by is None else None
        except KeyboardInterrupt:
            return None
        finally:
            self._waiting = False

    def _asked(self, number: int, frame: FrameType | None) -> None:
        again, self.by = self.by is not None, number
        if again or self._waiting:
            raise KeyboardInterrupt

    def __enter__(self) -> Stop:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._asked) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
