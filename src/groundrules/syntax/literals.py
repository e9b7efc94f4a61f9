"""From the text of one literal to its value: numbers, durations, clock times, strings, patterns.

The lexer has found the shape already (`[0-9]{1,2}:[0-9]{2}`); here it must also mean something (no 25:00).
Every function takes the text and the offset where it begins, and raises FlawError.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from groundrules.diagnostics.codes import syntax as codes
from groundrules.syntax.errors import Edit, FlawError
from groundrules.time_units import LONGEST_DURATION, UNITS

LARGEST = 2**53

_DURATION_PART = re.compile(r"([0-9]+)(ms|[smhdw])")
_ESCAPE = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(.)")
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\", "/": "/"}
_MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def number(text: str, start: int) -> int | float:
    """Return an int for digits alone, else a finite float."""
    value = int(text) if text.isdigit() and len(text) < 17 else float(text)
    if value > LARGEST:
        at = (start, start + len(text))
        raise FlawError(codes.MALFORMED_NUMBER, at, "this number is too large", f"numbers go up to {LARGEST}")
    return value


def percent(text: str) -> float:
    """Return the share: 0.3 for `30%`."""
    return float(Decimal(text[:-1]) / 100)


def duration(text: str, start: int) -> int:
    """Return milliseconds. Units go from large to small, each at most once."""
    parts = [
        (int(count) if len(count) < 16 else LONGEST_DURATION + 1, unit) for count, unit in _DURATION_PART.findall(text)
    ]
    sizes = [UNITS[unit] for _, unit in parts]
    at = (start, start + len(text))
    if any(later >= earlier for earlier, later in pairwise(sizes)):
        help = "write each unit once, the largest first: `1h30m`"
        raise FlawError(codes.MALFORMED_DURATION, at, f"the units of `{text}` are out of order", help)
    total = sum(count * UNITS[unit] for count, unit in parts)
    if total > LONGEST_DURATION:
        raise FlawError(
            codes.MALFORMED_DURATION, at, "this duration is too long", "durations go up to `36500d`, 100 years"
        )
    return total


def clock(text: str, start: int, *, closing: bool = False) -> int:
    """Return milliseconds since midnight; `24:00` only closes a range."""
    hours, minutes = (int(part) for part in text.split(":"))
    if minutes < 60 and (hours < 24 or (closing and (hours, minutes) == (24, 0))):
        return hours * UNITS["h"] + minutes * UNITS["m"]
    help = "clock times go from `00:00` to `23:59`"
    if (hours, minutes) == (24, 0):
        help = "a day begins at `00:00`; `24:00` may only end a range, as in `18:00-24:00`"
    raise FlawError(codes.MALFORMED_CLOCK, (start, start + len(text)), f"there is no clock time `{text}`", help)


def clock_range(text: str, start: int) -> tuple[int, int]:
    """Return (start, end) in milliseconds since midnight."""
    first, second = text.split("-")
    opening = clock(first.strip(), start)
    closing = clock(second.strip(), start + len(text) - len(second.strip()), closing=True)
    if opening == closing:
        help = "write `00:00-24:00` for the whole day"
        raise FlawError(codes.MALFORMED_CLOCK, (start, start + len(text)), "this range begins where it ends", help)
    return opening, closing


def month_day(text: str, start: int) -> tuple[int, int]:
    """Return (month, day) of `10-01`; 29 February is a date."""
    month, day = (int(part) for part in text.split("-"))
    if 1 <= month <= 12 and 1 <= day <= _MONTH_LENGTHS[month - 1]:
        return month, day
    help = "a yearly date is month, then day: `10-01` is the first of October"
    raise FlawError(codes.MALFORMED_CLAUSE, (start, start + len(text)), f"there is no date `{text}`", help)


def string(text: str, start: int) -> str:
    """Return the content of a quoted string, escapes replaced."""
    body = text[1:-1]
    if "\\" not in body:
        return body

    def replace(match: re.Match[str]) -> str:
        return _unescape(match, start + 1 + match.start())

    return _ESCAPE.sub(replace, body)


def _unescape(match: re.Match[str], start: int) -> str:
    high, low, unit, simple = match.groups()
    if simple is None:
        return _code_point((high, low) if high else (unit,), start)
    if simple in _SIMPLE_ESCAPES:
        return _SIMPLE_ESCAPES[simple]
    at = (start, start + len(match.group()))
    help = r"the escapes are `\n`, `\t`, `\r`, `\"`, `\'`, `\\` and `\uXXXX`; a backslash itself is `\\`"
    edits = (Edit((start, start), "\\", "double the backslash"),) if simple != "u" else ()
    raise FlawError(codes.MALFORMED_STRING, at, f"`{match.group()}` is not an escape", help, edits=edits)


def _code_point(units: tuple[str, ...], start: int) -> str:
    """The character of one code unit or a surrogate pair, in hexadecimal; a lone surrogate is not a character."""
    try:
        return bytes.fromhex("".join(units)).decode("utf-16-be")
    except UnicodeDecodeError:
        at = (start, start + 6)
        help = "write the character itself, or both halves: `\\ud83d\\ude00`"
        raise FlawError(codes.MALFORMED_STRING, at, "half of a surrogate pair is not a character", help) from None


def regex(text: str, start: int) -> tuple[str, str]:
    """Return (pattern, flags in the order `ims`)."""
    end = text.rindex("/")
    flags = text[end + 1 :]
    for index, flag in enumerate(flags):
        if flag not in "ims" or flag in flags[:index]:
            at = (start + end + 1 + index, start + end + 2 + index)
            help = "the flags are `i` (ignore case), `m` (lines) and `s` (`.` matches line breaks), each once"
            raise FlawError(codes.MALFORMED_PATTERN, at, f"`{flag}` is not a flag of a pattern here", help)
    pattern = re.sub(r"\\(.)", lambda match: "/" if match[1] == "/" else match[0], text[1:end])
    return pattern, "".join(sorted(flags))
