"""A run that can be killed at any time: its input, its state and its output stay in step.

The output is written and on the disk before the store says, in one transaction, what is remembered, how far the input
was read and how long the output is. Anything written after that is cut off when the run continues, and decided again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

import msgspec

from groundrules.errors import GroundrulesError
from groundrules.tools.running.states import State


class DurableError(GroundrulesError):
    """The input or the output is not what the store remembers; the message says how it differs."""


class Position(msgspec.Struct, frozen=True):
    """Where a run stands: lines read, the hash of the last of them, bytes written."""

    lines: int = 0
    last: str = ""
    bytes: int = 0


class Output:
    """The decisions of a run in a file, kept in step with its state. Raises DurableError, and OSError."""

    def __init__(self, path: Path, state: State) -> None:
        self._state = state
        self._name = f"run {path.name}"
        kept = state.source(self._name)
        self._at = msgspec.json.decode(kept, type=Position) if kept else Position()
        self._read = self._at.lines
        self._line: bytes | None = None
        size = path.stat().st_size if path.exists() else 0
        if kept is None and size:
            raise DurableError(f"{path} contains something from another store; give --out another file")
        if size < self._at.bytes:
            raise DurableError(f"{path} has {size:,} bytes, and {self._at.bytes:,} were written when the run stopped")
        if kept is None:
            state.save({self._name: msgspec.json.encode(self._at)})  # so that the file is known as ours from now on
        self._file = path.open("r+b" if path.exists() else "x+b")
        self._file.truncate(self._at.bytes)
        self._file.seek(self._at.bytes)

    def rest(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the lines that were not read yet. Raises DurableError if those before are others than were read."""
        source, line = iter(lines), b""
        for number in range(self._at.lines):
            following = next(source, None)
            if following is None:
                raise DurableError(f"the input has {number:,} lines, and {self._at.lines:,} were read from it before")
            line = following
        if self._at.lines and _hash(line) != self._at.last:
            raise DurableError(f"line {self._at.lines:,} of the input differs from what was read before")
        for line in source:
            self._read += 1
            self._line = line
            yield line

    @property
    def read_before(self) -> int:
        """How many lines were read by the runs before."""
        return self._at.lines

    def write(self, records: bytes) -> None:
        """Add decisions."""
        self._file.write(records)

    def save(self) -> None:
        """Keep everything up to the line that was handled last."""
        self._file.flush()
        os.fsync(self._file.fileno())
        last = self._at.last if self._line is None else _hash(self._line)
        position = Position(self._read, last, self._file.tell())
        self._state.save({self._name: msgspec.json.encode(position)})

    def __enter__(self) -> Output:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def _hash(line: bytes) -> str:
    return hashlib.blake2b(line, digest_size=12).hexdigest()
