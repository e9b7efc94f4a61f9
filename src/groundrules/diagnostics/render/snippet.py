"""One line of source, made fit for a terminal, with columns counted as they are displayed.

Very long lines are cut around what is underlined.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.display import safe
from groundrules.display.columns import MARK, width, window

WIDEST = 160
_BEFORE = 60


@dataclass(frozen=True)
class View:
    """The part of a line that is shown: code points `[start, end)` of `line`."""

    line: str
    start: int
    end: int

    @property
    def text(self) -> str:
        left = MARK if self.start else ""
        right = MARK if self.end < len(self.line) else ""
        return left + safe.terminal(self.line[self.start : self.end]) + right

    def columns(self, start: int, end: int) -> tuple[int, int]:
        """Where code points `[start, end)` of the line are drawn: (columns to the left, columns taken, at least 1)."""
        start, end = max(start, self.start), min(end, self.end)
        left = width(self.line[self.start : start]) + (1 if self.start else 0)
        return left, max(1, width(self.line[start:end]))


def view(line: str, around: int) -> View:
    """Show `line`, or the part of it around code point `around`."""
    return View(line, *window(line, min(around, len(line)), WIDEST, _BEFORE))
