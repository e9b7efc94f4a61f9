"""Texts measured in terminal columns: a Chinese character takes two, a combining mark none.

The only shortener, for messages, lists and conditions, and the alignment of columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from groundrules.display import safe

MARK = "…"

_CJK = "⺀-鿿가-힯豈-﫿︰-﹏＀-￯"
_PIECE = re.compile(rf"`[^`]*`|[^\s{_CJK}“”‘’—…`]+|[^\s]")
_NEVER_FIRST = frozenset("，。、；：！？）》〉」』】］”’…—,.;:!?)]}")
_NEVER_LAST = frozenset("（《〈「『【［“‘([{")


@lru_cache(4096)
def _columns(character: str) -> int:
    return sum(map(_cells, safe.terminal(character)))


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width(text: str) -> int:
    """Columns that a text takes once made safe to show."""
    return len(safe.terminal(text)) if text.isascii() else sum(map(_columns, text))


def excerpt(text: str, most: int = 60, tail: int = 0) -> str:
    """A text in one line of at most `most` columns: `…` replaces the rest, or what is before `tail`."""
    line = " ".join(text.split())
    if len(line) * 2 <= most or width(line) <= most:
        return line
    if not tail:
        return line[: _fitting(line, 0, most - 1)].rstrip() + MARK
    start = _fitting_back(line, len(line), tail)
    return f"{line[: _fitting(line, 0, most - tail - 3)].rstrip()} {MARK} {line[start:].lstrip()}"


def window(text: str, around: int, most: int, before: int) -> tuple[int, int]:
    """The part of a text, as code points, that fits `most` columns: up to `before` of them to the left of `around`."""
    start = _fitting_back(text, around, before)
    columns_before = sum(map(_columns, text[start:around]))
    end = _fitting(text, around, most - columns_before)
    return _fitting_back(text, start, most - columns_before - sum(map(_columns, text[around:end]))), end


def _fitting(text: str, start: int, most: int) -> int:
    """Where the text from `start` has used up its columns."""
    end, room = start, most
    while end < len(text) and (room := room - _columns(text[end])) >= 0:
        end += 1
    return end


def _fitting_back(text: str, end: int, most: int) -> int:
    """Where the text that takes so many columns up to `end` begins."""
    start, room = end, most
    while start > 0 and (room := room - _columns(text[start - 1])) >= 0:
        start -= 1
    return start


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text broken into lines; next to Chinese, lines are joined without a blank."""
    blocks = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in paragraph.split("\n")]
        joined = lines[0]
        for line in lines[1:]:
            joined += line if not (joined[-1].isascii() and line[0].isascii()) else f" {line}"
        blocks.append(joined)
    return blocks


def wrapped(text: str, columns: int) -> Iterator[str]:
    """Yield a text in lines of so many columns.

    Lines are broken at blanks and between Chinese characters, but not before closing punctuation, after opening
    punctuation, or in a quoted `command`.
    """
    line = ""
    for piece in _unbroken(text):
        if line and width(line + piece.rstrip()) > columns:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
    if line.strip():
        yield line.rstrip()


def _unbroken(text: str) -> Iterator[str]:
    """What stays together, with the blanks before it."""
    piece, end = "", 0
    for match in _PIECE.finditer(text):
        blanks = text[end : match.start()]
        end = match.end()
        stays = not blanks and piece and (match[0][0] in _NEVER_FIRST or piece[-1] in _NEVER_LAST)
        if piece and not stays:
            yield piece
            piece = ""
        piece += blanks + match[0]
    if piece:
        yield piece


def padded(text: str, columns: int, right: bool = False) -> str:
    """A text padded with blanks: after it or, if aligned `right`, before it."""
    blanks = " " * (columns - width(text))
    return blanks + text if right else text + blanks


def aligned(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> Iterator[str]:
    """Rows with aligned columns, those in `right` to the right."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (padded(cell, size, at in right) for at, (cell, size) in enumerate(zip(row, widths, strict=True)))
        yield "  ".join(cells).rstrip()
