"""Where things stand: files, spans of files, and the fragments of language inside YAML scalars.

Offsets are counted in code points everywhere; lines and columns begin at 1, as editors show them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, eq=False)
class SourceFile:
    """One text file as it was read: `path` is what the user is shown, `text` its decoded content."""

    path: str
    text: str = field(repr=False)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Return (line, column) of a code-point offset, both from 1."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Return the text of line `number` (from 1) without its line break."""
        start = self._line_starts[number - 1]
        end = self._line_starts[number] if number < len(self._line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def line_start(self, number: int) -> int:
        """Return the offset at which line `number` (from 1) begins."""
        return self._line_starts[number - 1]

    def span(self, start: int, end: int) -> Span:
        return Span(self, start, max(start, end))


@dataclass(frozen=True)
class Span:
    """A half-open range `[start, end)` of code points in a file."""

    file: SourceFile
    start: int
    end: int

    @property
    def line(self) -> int:
        return self.file.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.file.position(self.start)[1]

    @property
    def text(self) -> str:
        return self.file.text[self.start : self.end]


@dataclass(frozen=True, eq=False)
class Fragment:
    """A piece of the small language that stands in a YAML scalar.

    `text` is the scalar's value (what is parsed); `align` maps an offset of that text to an offset of the
    file and is only called when something must be shown. `align_end` maps the end of a range, which lies more than
    one code point behind its last character's beginning where that is written as an escape. `quote` is what stands
    around the scalar, if anything does.
    """

    text: str
    file: SourceFile
    align: Callable[[int], int] = field(repr=False)
    align_end: Callable[[int], int] | None = field(default=None, repr=False)
    quote: str = ""

    def span(self, start: int, end: int) -> Span:
        """Map `[start, end)` of the fragment to the file; an empty range stays empty."""
        first = self.align(start)
        if end <= start:
            return Span(self.file, first, first)
        return Span(self.file, first, self.align_end(end) if self.align_end else self.align(end - 1) + 1)

    @property
    def whole(self) -> Span:
        return self.span(0, len(self.text))

    def written(self, text: str) -> str:
        """Return a text as it is written inside of the scalar."""
        if self.quote == '"':
            return text.replace("\\", "\\\\").replace('"', '\\"')
        return text.replace("'", "''") if self.quote == "'" else text


def detached(text: str, path: str = "<expression>") -> Fragment:
    """A fragment that is its own file, for tests and for text that comes from no file."""
    return Fragment(text, SourceFile(path, text), lambda offset: offset)
