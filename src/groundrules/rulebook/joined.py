"""Texts of several scalars that are read as one, and still know where each part stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from groundrules.diagnostics.source import Fragment, Span


def joined(parts: Sequence[Fragment], glue: str = ", ") -> Fragment:
    """Return the parts as one text, `glue` between each two."""
    starts = list(accumulate((len(part.text) + len(glue) for part in parts[:-1]), initial=0))

    def place(offset: int) -> tuple[Fragment, int]:
        index = bisect_right(starts, offset) - 1
        return parts[index], min(offset - starts[index], len(parts[index].text))

    def start(offset: int) -> int:
        part, at = place(offset)
        return part.align(at)

    def end(offset: int) -> int:
        part, at = place(offset - 1)
        return part.span(at, at + 1).end if at < len(part.text) else part.whole.end

    return Fragment(glue.join(part.text for part in parts), parts[0].file, start, end)


@dataclass(frozen=True)
class Piece:
    """A part of a scalar; `begin` is its first offset there. A `heading` stands apart from what is said of it."""

    fragment: Fragment
    begin: int
    end: int
    heading: bool = False


@dataclass(frozen=True)
class _Placed:
    piece: Piece
    start: int  # in the whole

    @property
    def end(self) -> int:
        return self.start + self.piece.end - self.piece.begin

    def span(self, start: int, end: int) -> Span:
        """Return the place of what `[start, end)` of the whole has of this piece."""
        move = self.piece.begin - self.start
        return self.piece.fragment.span(max(start, self.start) + move, min(end, self.end) + move)


@dataclass(frozen=True, eq=False)
class _Composed(Fragment):
    """A text of pieces. What takes in a heading and what is said of it is shown where that is said."""

    pieces: tuple[_Placed, ...] = field(default=(), repr=False)

    def span(self, start: int, end: int) -> Span:
        met = [placed for placed in self.pieces if placed.start < end and start < placed.end]
        shown = [placed for placed in met if not placed.piece.heading] or met
        if not shown:
            return super().span(start, start)
        spans = [placed.span(start, end) for placed in shown]
        return Span(self.file, min(span.start for span in spans), max(span.end for span in spans))


def composed(parts: Sequence[str | Piece]) -> Fragment:
    """Return one text of pieces, and of words between them that nobody wrote."""
    text, pieces = "", list[_Placed]()
    for part in parts:
        if isinstance(part, Piece):
            pieces.append(_Placed(part, len(text)))
            text += part.fragment.text[part.begin : part.end]
        else:
            text += part

    def align(offset: int) -> int:
        placed = next((placed for placed in pieces if offset < placed.end), pieces[-1])
        return placed.piece.fragment.align(placed.piece.begin + max(offset - placed.start, 0))

    return _Composed(text, pieces[0].piece.fragment.file, align, pieces=tuple(pieces))
