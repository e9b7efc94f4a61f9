"""From a failed parse to the mistake behind it, in the author's words.

The parser knows where it stopped and which terminals it would have taken. The checks below look at the
lexemes around that place, most telling first: spelling, then operators, then how parts are put together.
Each is a function of the place that returns a flaw or None; the last one always answers.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import cast

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from groundrules.syntax.errors import FlawError
from groundrules.syntax.mistakes import operators, shapes, spelling, windows
from groundrules.syntax.mistakes.place import Place
from groundrules.syntax.scan import scan

CHECKS = (
    spelling.inner_quote,
    spelling.lookalikes,
    spelling.unclosed,
    shapes.dates,
    windows.last_events,
    spelling.written_date,
    spelling.numbers,
    operators.shouted,
    operators.any_without_operator,
    operators.misplaced_not,
    shapes.periods,
    shapes.calls,
    operators.foreign,
    operators.unknown_sign,
    operators.chained,
    shapes.empty_brackets,
    shapes.patterns,
    operators.missing_operand,
    shapes.brackets,
    spelling.unknown,
    operators.missing_operator,
)


def explain(text: str, start: int, end: int, form: str, error: UnexpectedInput) -> FlawError:
    """Return what is wrong with `text[start:end]`, which failed to parse as `form` with `error`."""
    lexemes = scan(text, start, end)
    if not lexemes:
        return shapes.empty(form, (start, end))
    position, expected = _failure(error, end)
    index = bisect_right([lexeme.start for lexeme in lexemes], position) - 1
    if position >= lexemes[-1].end:
        index = len(lexemes)
    place = Place(text, end, lexemes, max(index, 0), expected, form)
    return next((flaw for check in CHECKS if (flaw := check(place))), None) or shapes.general(place)


def _failure(error: UnexpectedInput, end: int) -> tuple[int, frozenset[str]]:
    """Where the parser stopped, and the terminals that could have stood there."""
    if isinstance(error, UnexpectedToken):
        ended = error.token.type == "$END"
        return end if ended else error.token.start_pos or 0, frozenset(error.expected)
    assert isinstance(error, UnexpectedCharacters)
    return cast("int", error.pos_in_stream), frozenset(error.allowed)
