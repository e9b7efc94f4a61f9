"""Mistakes inside one lexeme: look-alike characters, unclosed strings, numbers, durations, clock times."""

from __future__ import annotations

import re

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.codes import syntax as codes
from groundrules.syntax.errors import Edit, FlawError
from groundrules.syntax.mistakes.place import Place
from groundrules.syntax.scan import Lexeme, ascii_for
from groundrules.time_units import DAYS_OF_LONG_UNITS, UNIT_WORDS

_GOES_ON = re.compile(r" *[)\]},]| +(?:and|or|by|within|where)\b")
_AMOUNT = re.compile(r"([0-9]+)(\.[0-9]+)?(\w*)")
_DATE = re.compile(r"(?<![\w.])(?:19|20)[0-9]{2}(?:-[0-9]{1,2}-[0-9]{1,2}|年[0-9]{1,2}月[0-9]{1,2}日?)(?!\w)")
_SPOIL_YAML = frozenset("\"':,#[]{}")


def lookalikes(place: Place) -> FlawError | None:
    """Full-width and typographic characters; one finding fixes the whole text."""
    wrong = [lexeme for lexeme in place.lexemes if lexeme.kind in ("lookalike", "quoted")]
    if not wrong or wrong[0].start > place.reach:
        return None
    edits = tuple(edit for lexeme in wrong for edit in _to_ascii(lexeme))
    return FlawError(codes.FULL_WIDTH, wrong[0].at, *_look(wrong[0]), edits=edits)


def _to_ascii(lexeme: Lexeme) -> list[Edit]:
    if lexeme.kind == "quoted":
        quote = "'" if '"' in lexeme.text[1:-1] else '"'
        ends = ((lexeme.start, lexeme.start + 1), (lexeme.end - 1, lexeme.end))
        return [Edit(at, quote, "use straight quotes") for at in ends]
    text = "".join(ascii_for(char) or "" for char in lexeme.text)
    title = f"write `{text}`" if text.strip() else "write a plain space" if text else "remove it"
    return [Edit(lexeme.at, text, title, safe=not _SPOIL_YAML & set(text))]


def _look(lexeme: Lexeme) -> tuple[str, str]:
    """Message and help for the first look-alike."""
    inside = "inside quotes such characters are text and allowed"
    if lexeme.kind == "quoted":
        return f"`{lexeme.text[0]}{lexeme.text[-1]}` are not straight quotes", "write text in `\"…\"` or `'…'`"
    text = "".join(ascii_for(char) or "" for char in lexeme.text)
    if not text:
        return f"there is an invisible character here (U+{ord(lexeme.text[0]):04X})", "remove it"
    if not text.strip():
        return f"this is not a plain space (U+{ord(lexeme.text[0]):04X})", f"use the plain space; {inside}"
    return f"`{lexeme.text}` is not the plain `{text}`", f"write `{text}`; {inside}"


def unclosed(place: Place) -> FlawError | None:
    """An unterminated string or pattern."""
    for lexeme in place.lexemes:
        if lexeme.kind == "unclosed" and lexeme.start < place.reach:
            return _unclosed_pattern(lexeme) if lexeme.text[0] == "/" else _unclosed_string(lexeme, place)
    return None


def _unclosed_pattern(lexeme: Lexeme) -> FlawError:
    opening = ((lexeme.start, lexeme.start + 1), "opened here")
    help = r"end it with `/`; a slash inside the pattern is written `\/`"
    if lexeme.text.startswith("//"):
        return FlawError(codes.EMPTY, (lexeme.start, lexeme.start + 2), "this pattern is empty", "write it as `/…/`")
    return FlawError(codes.UNCLOSED, lexeme.at, "this pattern is never closed", help, (opening,))


def _unclosed_string(lexeme: Lexeme, place: Place) -> FlawError:
    quote = lexeme.text[0]
    opening = ((lexeme.start, lexeme.start + 1), "opened here")
    closing = re.search("[“”„＂‘’＇]", lexeme.text)
    if closing:
        at = (lexeme.start + closing.start(), lexeme.start + closing.end())
        message = f"`{closing[0]}` does not close a string opened with `{quote}`"
        edits = (Edit(at, quote, "use the straight quote"),)
        return FlawError(codes.FULL_WIDTH, at, message, f"write `{quote}`", (opening,), edits)
    return _never_opened(lexeme, place) or _never_closed(lexeme, "this string is never closed")


def _never_closed(lexeme: Lexeme, message: str) -> FlawError:
    """A string whose closing quote is missing where the language seems to go on."""
    quote, text = lexeme.text[0], lexeme.text.rstrip()
    other = "'" if quote == '"' else '"'
    goes_on = _GOES_ON.search(text, 1)
    end = lexeme.start + (goes_on.start() if goes_on else len(text))
    is_mixed = text.endswith(other) and text.count(other) == 1 and not goes_on
    edit = Edit((end - 1 if is_mixed else end, end), quote, f"close it with `{quote}`")
    help = f"close it with `{quote}`; a `{quote}` inside the text is written `\\{quote}`"
    opening = ((lexeme.start, lexeme.start + 1), "opened here")
    return FlawError(codes.UNCLOSED, (lexeme.start, end), message, help, (opening,), (edit,))


def _never_opened(lexeme: Lexeme, place: Place) -> FlawError | None:
    """`contains free"`: a quote right after a word, and none before it."""
    word = place.lexemes[place.lexemes.index(lexeme) - 1] if lexeme is not place.lexemes[0] else None
    if word is None or word.kind != "word" or word.end != lexeme.start:
        return None
    quote = lexeme.text[0]
    edit = Edit((word.start, word.start), quote, f"open it with `{quote}`")
    message = f"this string is closed with `{quote}`, and never opened"
    help = f"write `{quote}{word.text}{quote}`"
    return FlawError(codes.UNCLOSED, (word.start, lexeme.start + 1), message, help, edits=(edit,))


def inner_quote(place: Place) -> FlawError | None:
    """`"it"s"`: a string ends too early, and text follows without a space."""
    here, before = place.here, place.before
    if not (here and before and before.kind == "string" and before.end == here.start) or place.wants_value:
        return None
    if here.kind not in ("word", "number", "string", "unclosed", "other"):
        return None
    quote = before.text[0]
    is_odd = any(lexeme.kind == "unclosed" and lexeme.text[0] == quote for lexeme in place.lexemes[place.index :])
    if is_odd and _GOES_ON.search(before.text, 1, len(before.text) - 1):
        return _never_closed(before, f"this string goes on to the next `{quote}`")
    help = f"a `{quote}` inside the text is written `\\{quote}`; there is no operator to join texts"
    return FlawError(codes.MISSING_OPERATOR, (before.start, here.end), f"the string ends at this `{quote}`", help)


def written_date(place: Place) -> FlawError | None:
    """`actor.joined > 2026-01-01`: a date where a value should be."""
    if place.form != "expression" or place.here is None:
        return None
    for match in _DATE.finditer(place.text, place.lexemes[0].start, place.end):
        inside = any(
            lexeme.kind in ("string", "regex") and lexeme.start < match.start() < lexeme.end for lexeme in place.lexemes
        )
        if not inside and match.start() <= place.here.start < match.end():
            return FlawError(codes.MALFORMED_NUMBER, match.span(), *no_date(match[0]))
    return None


def no_date(written: str) -> tuple[str, str]:
    """Return what is wrong with a date in an expression, and what to write."""
    parts = re.findall("[0-9]+", written)
    iso = f"{parts[0]}-{int(parts[1]):02}-{int(parts[2]):02}"
    help = f'functions take dates, in quotes: `days_until("{iso}", now) <= 0`; `starts:` and `ends:` limit a rule'
    return f"a date can't be written here: `{written}`", help


def numbers(place: Place) -> FlawError | None:
    """Numbers, durations and clock times that the lexer did not accept."""
    here, before, after = place.here, place.before, place.after
    if here is None or here.kind not in ("number", "word"):
        return _half_number(place)
    if here.kind == "word":
        spaced = before is not None and before.kind == "number" and not place.wants_value
        return _spaced_unit(before, here) if before and spaced else None
    if after and after.kind == "word" and (flaw := _spaced_unit(here, after)):
        return flaw
    return _malformed(here, place)


def _malformed(here: Lexeme, place: Place) -> FlawError | None:
    if re.fullmatch("[0-9]{1,2}:[0-9]{2}", here.text):
        return None
    if ":" in here.text:
        help = "clock times have two digits on each side: `09:05`; a range is `23:00-07:00`"
        return FlawError(codes.MALFORMED_CLOCK, here.at, f"`{here.text}` is not a clock time", help)
    match = _AMOUNT.fullmatch(here.text.replace("_", "").lower().rstrip("%"))
    if match is None:
        return FlawError(
            codes.MALFORMED_NUMBER, here.at, f"`{here.text}` is not a number", "numbers look like `3` or `0.5`"
        )
    whole, decimals, unit = match[1], match[2] or "", match[3]
    return _with_letters(here, whole, decimals, unit) if unit else _digits(here, whole, decimals, place)


def _digits(here: Lexeme, whole: str, decimals: str, place: Place) -> FlawError | None:
    if "_" in here.text:
        return _rewrite(codes.MALFORMED_NUMBER, here.at, "numbers are written without `_`", whole + decimals)
    if len(whole) > 1 and whole[0] == "0":
        help = f'write `{whole.lstrip("0") or "0"}{decimals}`, or in quotes if it is an id: `"{here.text}"`'
        return FlawError(codes.MALFORMED_NUMBER, here.at, "a number has no leading zeros", help)
    if "DURATION" in place.expected and "NUMBER" not in place.expected:
        help = f"write `{whole}s`, `{whole}m`, `{whole}h` or `{whole}d`"
        if "LAST" in place.expected:
            help = f"write `{whole}m`, `{whole}h`, `{whole}d` or `last {whole}`"
        return FlawError(codes.MALFORMED_DURATION, here.at, f"`{here.text}` has no unit of time", help)
    return None


def _with_letters(here: Lexeme, whole: str, decimals: str, unit: str) -> FlawError | None:
    if _is_duration(here.text):
        return None
    if unit in UNIT_WORDS or unit in DAYS_OF_LONG_UNITS:
        return _unit(here.at, here.text, whole, decimals, unit)
    if re.fullmatch(r"(?:[0-9]+(?:ms|[smhdw]))+[0-9]+", here.text):
        return FlawError(codes.MALFORMED_DURATION, here.at, f"`{here.text}` ends without a unit", "write `1h30m`")
    help = "a duration has a unit `ms`, `s`, `m`, `h`, `d` or `w`; a name begins with a letter; text needs quotes"
    return FlawError(codes.MALFORMED_NUMBER, here.at, f"`{here.text}` is neither a number nor a duration", help)


def _is_duration(text: str) -> bool:
    return re.fullmatch(r"(?:[0-9]+(?:ms|[smhdw]))+", text) is not None


def _spaced_unit(before: Lexeme, here: Lexeme) -> FlawError | None:
    match = _AMOUNT.fullmatch(before.text)
    unit = here.text.lower()
    if match is None or match[3] or (unit not in UNIT_WORDS and unit not in DAYS_OF_LONG_UNITS):
        return None
    return _unit((before.start, here.end), f"{before.text} {here.text}", match[1], match[2] or "", unit)


def _unit(at: tuple[int, int], text: str, whole: str, decimals: str, unit: str) -> FlawError:
    """A duration with a decimal point or a unit that the language doesn't have."""
    if decimals:
        help = "write whole numbers and add units: `1h30m`, `90m`"
        return FlawError(codes.MALFORMED_DURATION, at, f"`{text}` has a decimal point", help)
    if unit in DAYS_OF_LONG_UNITS:
        days = f"{int(whole[:9]) * DAYS_OF_LONG_UNITS[unit]}d"
        return _rewrite(codes.MALFORMED_DURATION, at, f"`{text}` has no fixed length", days, safe=False)
    return _rewrite(codes.MALFORMED_DURATION, at, f"`{text}` is not a duration", whole + UNIT_WORDS[unit])


def _rewrite(code: Code, at: tuple[int, int], message: str, text: str, *, safe: bool = True) -> FlawError:
    return FlawError(code, at, message, f"did you mean `{text}`?", edits=(Edit(at, text, f"write `{text}`", safe),))


def _half_number(place: Place) -> FlawError | None:
    """`.5`."""
    here, after = place.here, place.after
    if here and here.text == "." and place.wants_value and after and after.kind == "number" and after.start == here.end:
        text = f"0.{after.text}"
        return _rewrite(codes.MALFORMED_NUMBER, (here.start, after.end), "a number begins with a digit", text)
    return None


def unknown(place: Place) -> FlawError | None:
    """A character that belongs to no part of the language."""
    here = place.here
    if here is None or here.kind != "other":
        return None
    help = 'text needs quotes: `"…"`'
    return FlawError(codes.UNKNOWN_CHARACTER, here.at, f"`{here.text}` has no meaning here", help)
