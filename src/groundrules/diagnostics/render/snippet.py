"""One line of source, made fit for a terminal, with columns counted as they are displayed.

A Chinese character takes two columns, a tab is drawn as four spaces, and characters that would steer the
terminal or hide themselves are drawn as `�`. Very long lines are cut around what is underlined.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rich.cells import cell_len

TAB = "    "
WIDEST = 160
_BEFORE = 60

_UNSAFE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def visible(text: str) -> str:
    """`text` on one line, without anything that acts on the terminal."""
    return _UNSAFE.sub("�", text).replace("\t", TAB)


def width(text: str) -> int:
    """Columns that `text` takes."""
    return cell_len(visible(text))


@dataclass(frozen=True)
class View:
    """The part of a line that is shown: code points `[start, end)` of `line`."""

    line: str
    start: int
    end: int

    @property
    def text(self) -> str:
        left = "…" if self.start else ""
        right = "…" if self.end < len(self.line) else ""
        return left + visible(self.line[self.start : self.end]) + right

    def columns(self, start: int, end: int) -> tuple[int, int]:
        """Where code points `[start, end)` of the line are drawn: (columns to the left, columns taken, at least 1)."""
        start, end = max(start, self.start), min(end, self.end)
        left = width(self.line[self.start : start]) + (1 if self.start else 0)
        return left, max(1, width(self.line[start:end]))


def view(line: str, around: int) -> View:
    """Show `line`, or the part of it around code point `around`."""
    if len(line) <= WIDEST:
        return View(line, 0, len(line))
    start = max(0, min(around - _BEFORE, len(line) - WIDEST))
    return View(line, start, min(len(line), start + WIDEST))
