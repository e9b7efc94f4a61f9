"""Mistakes in how many events a window looks back: `within last 10 minutes`, `within last 10 messages`."""

from __future__ import annotations

import re

from groundrules.diagnostics.codes import syntax as codes
from groundrules.syntax.errors import Edit, FlawError
from groundrules.syntax.mistakes.place import Place
from groundrules.syntax.scan import Lexeme
from groundrules.time_units import DAYS_OF_LONG_UNITS, UNIT_WORDS

MOST = 10_000
_LENGTH = re.compile(r"([0-9]+)([^\W\d]\w*)")
_FURTHER = frozenset({"and", "or", "not", "max", "per", "every", "in", "where", "by"})


def last_events(place: Place) -> FlawError | None:
    """Something other than a number of events after `within last`."""
    if place.here is None:
        return None
    for index in (place.index - 1, place.index - 2):
        if index > 0 and [lexeme.text for lexeme in place.lexemes[index - 1 : index + 1]] == ["within", "last"]:
            number, *behind = place.lexemes[index + 1 : index + 3]
            return _misread(place.lexemes[index], number, behind[0] if behind else None)
    return None


def _misread(last: Lexeme, number: Lexeme, behind: Lexeme | None) -> FlawError | None:
    if number.text == "-" and behind is not None:
        message = f"`last` is a whole number from 1 to {MOST:,}, and `-{behind.text}` is not one"
        return FlawError(codes.MALFORMED_CALL, (number.start, behind.end), message, "write `within last 10`")
    if glued := _LENGTH.fullmatch(number.text):
        return _time(last, number, glued[1], glued[2])
    if behind is None or behind.kind != "word" or behind.text in _FURTHER or not number.text.isdecimal():
        return None
    if behind.text.lower() in (*UNIT_WORDS, *DAYS_OF_LONG_UNITS):
        return _time(last, behind, number.text, behind.text)
    message = f"`last {number.text}` is a number of events; `{behind.text}` is not allowed here"
    edits = (Edit((number.end, behind.end), "", f"remove `{behind.text}`"),)
    return FlawError(codes.MALFORMED_CALL, behind.at, message, f"remove `{behind.text}`", edits=edits)


def _time(last: Lexeme, end: Lexeme, amount: str, unit: str) -> FlawError:
    """`last` with a length of time."""
    days = DAYS_OF_LONG_UNITS.get(unit.lower())
    length = f"{int(amount[:9]) * days}d" if days else amount + UNIT_WORDS.get(unit.lower(), unit)
    at = (last.start, end.end)
    edits = (Edit(at, length, f"write `within {length}`"),)
    message = "`last` takes a number of events"
    return FlawError(codes.MALFORMED_CALL, at, message, f"for a time write `within {length}`", edits=edits)
