"""Styled lines: what renderers return, and the only way they become text for a terminal.

A line is made of pieces, each with a style. Each piece is made safe when the line is drawn, so no renderer can let a
control sequence through, and no style can be forged.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from groundrules.display import safe

Style = Literal["", "head", "holds", "fails", "unknown", "mark", "faint", "found", "alarm", "warning", "note", "frame"]
_CODES: dict[Style, str] = {  # SGR parameters
    "head": "1",
    "holds": "32",
    "fails": "31",
    "unknown": "33",
    "mark": "36",
    "faint": "90",
    "found": "4;33",
    "alarm": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "frame": "1;34",
}


class Line:
    """One line: styled text, extended with `+`."""

    __slots__ = ("pieces",)

    def __init__(self, text: str = "", style: Style = "") -> None:
        self.pieces: tuple[tuple[str, Style], ...] = ((text, style),)

    def __add__(self, more: Line | str) -> Line:
        joined = Line()
        joined.pieces = (*self.pieces, *(more.pieces if isinstance(more, Line) else ((more, ""),)))
        return joined

    def __radd__(self, before: str) -> Line:
        return Line(before) + self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Line) and self.pieces == other.pieces

    def __hash__(self) -> int:
        return hash(self.pieces)

    def __repr__(self) -> str:
        return f"Line({self.text!r})"

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)

    @property
    def style(self) -> Style:
        """The style of its first piece that has one."""
        return next((style for _, style in self.pieces if style), "")

    def indented(self, by: int) -> Line:
        return " " * by + self if self.text else self


def drawn(line: Line, color: bool = True) -> str:
    """A line as text, safe and without trailing blanks; with ANSI colours if wanted."""
    pieces = [(safe.terminal(text), style) for text, style in line.pieces]
    while pieces and not pieces[-1][0].rstrip():
        pieces.pop()
    if pieces:
        pieces[-1] = (pieces[-1][0].rstrip(), pieces[-1][1])
    return "".join(_painted(text, style) if color else text for text, style in pieces)


def _painted(text: str, style: Style) -> str:
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if style and text else text


def page(lines: Iterable[Line], color: bool = False) -> str:
    """Lines as one text."""
    return "".join(f"{drawn(line, color)}\n" for line in lines)
