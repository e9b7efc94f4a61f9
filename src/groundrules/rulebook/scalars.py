"""Scalars of YAML: what a plain one means, and where each code point of a value stands in the file.

Meaning follows the core schema of YAML 1.2: only `null ~ true false` (three spellings each), decimal, octal and
hexadecimal integers and floats are not strings, so `on`, `no`, `09:00` and `1_000` stay what the author wrote.

Alignment. A value differs from its raw text in three ways: quotes and escapes, the indentation that block styles
drop, and line folding. All three leave the other characters in place and in order, so one walk over the raw text
finds them again. The raw text is cut into *solid* pieces (a character or an escape, which yields one character of
the value) and *folds* (white space around a line break, which yields a blank, some line breaks, or nothing). The
first blanks and breaks of a fold are mapped to its beginning and the blanks after its last break to its end, which
is where they stand if the value kept them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Scalar = str | int | float | bool | None

_NULL = {"", "~", "null", "Null", "NULL"}
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_FIRST = frozenset("-+.0123456789~nNtTfF")


def resolve(text: str) -> Scalar:
    """Return the value of a plain scalar."""
    if text and text[0] not in _FIRST:
        return text
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    return _number(text)


def _number(text: str) -> Scalar:
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", ""))
    return text


def _integer(text: str) -> Scalar:
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    try:
        return int(text[2:] if base != 10 else text, base)
    except ValueError:  # more digits than Python converts
        return text


_BREAKS = "\n\r\x85\u2028\u2029"
_FOLD = rf"[ \t]*[{_BREAKS}][ \t{_BREAKS}]*"
_WORD = rf"(?P<run>[^ \t{_BREAKS}'\"\\]+)"  # characters that are themselves in every style
_PIECES = {
    "'": re.compile(rf"{_WORD}|(?P<fold>{_FOLD})|''|.", re.DOTALL),
    '"': re.compile(
        rf"{_WORD}|(?P<nothing>\\\r?[{_BREAKS}][ \t]*)|(?P<fold>{_FOLD})"
        r"|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\.|.",
        re.DOTALL,
    ),
}
_PIECES[""] = re.compile(rf"{_WORD}|(?P<fold>{_FOLD})|.", re.DOTALL)
_PIECES["|"] = _PIECES[">"] = re.compile(rf"{_WORD}|(?P<fold>{_FOLD}|(?<=[{_BREAKS}])[ \t]+)|.", re.DOTALL)


def shift(value: str, raw: str, style: str) -> int | None:
    """Return how far each code point of `value` stands behind its offset in `raw`, or None if that differs."""
    if style in ("'", '"'):
        return 1 if raw[1:-1] == value else None
    return 0 if raw == value else None


def alignment(value: str, raw: str, style: str) -> list[tuple[int, int]]:
    """Return the range in `raw` of each code point of `value`, and of its empty end; ascending.

    `raw` is the scalar as it is in the file, quotes or block header included; `style` is its first character,
    or "" for a plain scalar.
    """
    ranges: list[tuple[int, int]] = []
    end = 0
    for start, stop, kind in _pieces(raw, style):
        if len(ranges) == len(value):
            break
        end = stop
        if kind == "run":
            ranges.extend([(at, at + 1) for at in range(start, stop)])
        elif kind == "fold":
            blanks = _blanks(value, len(ranges), raw[start:stop], style)
            kept = not ranges and style in ("|", ">")
            ranges.extend((offset, offset + 1) for offset in _spread(blanks, start, stop, kept))
        else:
            ranges.append((start, stop))
    return ranges + [(end, end)] * (len(value) + 1 - len(ranges))


def _pieces(raw: str, style: str) -> Iterator[tuple[int, int, str | None]]:
    """Yield (start, end, kind) of what yields value: a `run` of characters, a `fold`, or one solid piece."""
    first, last = _content(raw, style)
    for piece in _PIECES[style].finditer(raw, first, last):
        if piece.lastgroup != "nothing":
            yield piece.start(), piece.end(), piece.lastgroup


def _content(raw: str, style: str) -> tuple[int, int]:
    if style in ("'", '"'):
        return 1, len(raw) - 1
    if style in ("|", ">"):
        header = re.search(f"\r\n|[{_BREAKS}]", raw)
        return (header.end() if header else len(raw)), len(raw)
    return 0, len(raw)


def _blanks(value: str, at: int, fold: str, style: str) -> str:
    """Return the white space of `value` at `at` that `fold` became."""
    end = at
    while end < len(value) and value[end] in " \t" + _BREAKS:
        end += 1
    if style in ("'", '"'):  # behind the fold an escape may yield more white space
        breaks = len(re.findall(rf"\r\n|[{_BREAKS}]", fold))
        end = min(end, at + max(1, breaks - 1))
    return value[at:end]


def _spread(blanks: str, start: int, end: int, kept: bool) -> list[int]:
    """Place the white space of a fold; `kept`: without a line break it is what follows the indentation."""
    breaks = max(blanks.rfind(char) for char in _BREAKS) + 1
    head = [min(start + index, end - 1) for index in range(breaks or (0 if kept else len(blanks)))]
    tail = len(blanks) - len(head)
    return head + [max(end - tail + index, head[-1] if head else start) for index in range(tail)]
