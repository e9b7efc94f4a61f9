"""The length of time that a text states, as people write one: `10m`, `2 hours`, `1h30m`, `3天`, `半小时`.

Texts are read folded, so that width, case and script make no difference. A date, a clock time or the number of a day
(`3月5日`, `10点30分`, `第3天`) is no length of time, nor is what usually means something else (`十分` is "very"). An
amount begins where a run of digits or numerals begins and has a bounded length, and each part of a sum is of a smaller
unit than the one before, so that the search is linear in the text.
"""

from __future__ import annotations

import re

from groundrules.text.fold import fold
from groundrules.time_units import DAY, DAYS_OF_LONG_UNITS, LONGEST_DURATION, UNIT_WORDS, UNITS

_MARCH = "月"  # `3月` is a month of the calendar, `3个月` three months
_SIZES = {
    **{word: UNITS[unit] for word, unit in UNIT_WORDS.items()},
    **{word: days * DAY for word, days in DAYS_OF_LONG_UNITS.items() if word != _MARCH},
}
_NUMERALS = {numeral: count for count, numeral in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_HALVES = ("半", "half a", "half an")
_AMBIGUOUS = ("分", "时", "日")

_words = sorted(_SIZES, key=len, reverse=True)
_digits = r"(?P<whole> [0-9]{1,3} (?:,[0-9]{3}){1,4} (?![0-9]) | [0-9]{1,15} ) (?: \. (?P<decimals> [0-9]{1,9} ) )?"
_numeral = "(?P<numeral> [一二三四五六七八九]?十[一二三四五六七八九]? | [一二三四五六七八九两半] )"
_english = rf"(?P<english> {'|'.join(_ENGLISH)} | half\ an? ) (?=\ )"
_unit = rf"""
    \s{{0,3}}
    (?:
        (?P<latin> {"|".join(word for word in _words if word.isascii())} ) (?![a-z_])
      | 个? (?P<half> 半? ) (?P<han> {"|".join(word for word in _words if not word.isascii())} ) (?![年级候])
    )
"""
_first = re.compile(
    rf"(?: (?<![0-9a-z_.@#/=&%第月点]){_digits} | (?<![第月点期周拜一二三四五六七八九十两半百千万亿零几数]){_numeral}"
    rf" | (?<![0-9a-z_]){_english} ) {_unit}",
    re.VERBOSE,
)
_further = re.compile(
    rf"\s{{0,3}} (?: ,\s? | and\s | 又 | 零 )? (?: {_digits} | {_numeral} | {_english} ) {_unit}", re.VERBOSE
)


def duration_in(text: str) -> int | None:
    """The first length of time in a text, in milliseconds, at most the longest duration; None if there is none."""
    plain = fold(text)
    for match in _first.finditer(plain):
        if length := _length(match):
            return min(length, LONGEST_DURATION)
    return None


def _length(first: re.Match[str]) -> int:
    """The length that begins with a part, with further ones added; 0 if it is none."""
    if _is_something_else(first):
        return 0
    total, size, end = _amount(first), _size(first), first.end()
    while (further := _further.match(first.string, end)) and _size(further) < size:
        total, size, end = total + _amount(further), _size(further), further.end()
    following = first.string[end : end + 1]
    if following == "半":
        return total + size // 2
    return 0 if following.isdigit() and first.string[end - 1].isascii() else total


def _size(part: re.Match[str]) -> int:
    return _SIZES[part["latin"] or part["han"]]


def _amount(part: re.Match[str]) -> int:
    size = _size(part)
    half = size // 2 if part["half"] else 0
    if part["whole"] is None:
        return half + _in_words(part["numeral"] or part["english"], size)
    billionths = int((part["decimals"] or "").ljust(9, "0"))
    return half + int(part["whole"].replace(",", "")) * size + billionths * size // 10**9


def _in_words(amount: str, size: int) -> int:
    if amount in _HALVES:
        return size // 2
    if amount in _ENGLISH:
        return (_ENGLISH.index(amount) + 1) * size
    tens, ten, ones = amount.rpartition("十")
    return (10 * _NUMERALS.get(tens, 1) * bool(ten) + _NUMERALS.get(ones, 0)) * size


def _is_something_else(part: re.Match[str]) -> bool:
    """Whether it is a year, or an adverb or date that begins like an amount: `2026年`, `十分`, `一时`."""
    if part["han"] == "年":
        return part["whole"] is not None and len(part["whole"]) > 2
    return part["numeral"] is not None and part["han"] in _AMBIGUOUS
