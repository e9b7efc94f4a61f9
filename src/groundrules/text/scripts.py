"""Kinds of folded characters: separators, letters of scripts written without spaces, and all others.

Given as the inside of a regular expression's character class, because that is how they are used. Letters, digits and
marks that are not separators count as parts of words; those of Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese,
Tibetan, Yi and Javanese stand by themselves, since spaces don't separate words there (Korean has spaces, but glues
particles to its nouns).
"""

from __future__ import annotations

import re
from pathlib import Path

from groundrules.text.fold import hexadecimal_ranges

_UNSPACED = (
    "E00-E3E E40-E4E E50-E59 E80-EFF F00 F18-F19 F20-F33 F35 F37 F39 F3E-F84 F86-FBD FC6 1000-1049 1050-109D "
    "1100-11FF 1780-17D3 17D7 17DC-17F9 19E0-19FF 1A20-1AAD 2E9A 2E9F 2EA1-2EF1 2F00-2FDF 3005-3007 3021-302F "
    "3031-3036 3038-303C 3041-309F 30A1-30FA 30FC-318F 31A0-31BF 31F0-31FF 3400-4DBF 4E00-9FFF A000-A48F A960-A97F "
    "A980-A9C0 A9CF-A9D9 AC00-D7FF F900-FAFF 1AFF0-1B16F 20000-3FFFF"
)


def character_class(ranges: str) -> str:
    """Return ranges, as the tables write them, as the inside of a character class."""
    return "".join(f"\\U{first:08X}-\\U{last:08X}" for first, last in hexadecimal_ranges(ranges))


def _separators() -> str:
    return Path(__file__).with_name("separators.tsv").read_text(encoding="utf-8").splitlines()[1]


def _beyond_ascii() -> str:
    ranges = ((max(first, 0x80), last) for first, last in hexadecimal_ranges(_separators()) if last > 0x7F)
    return character_class(" ".join(f"{first:X}-{last:X}" for first, last in ranges))


def _punctuation() -> str:
    """Cut white space, all of it within the first range, out of the separators."""
    first, _, rest = _separators().partition(" ")
    assert first == "0-2F"
    return character_class(f"0-8 E-1B 21-2F {rest}")


SEPARATORS = character_class(_separators())
"""Punctuation, symbols, controls and white space."""

SEPARATORS_BEYOND_ASCII = _beyond_ascii()

WHITE_SPACE = character_class("9-D 1C-20")

PUNCTUATION = _punctuation()
"""Separators without white space."""

UNSPACED = character_class(_UNSPACED)
"""Letters of scripts written without spaces."""

INVISIBLE = (
    "AD 34F 61C 115F-1160 17B4-17B5 180B-180F 200B-200F 202A-202E 2060-206F 3164 FE00-FE0F FEFF FFA0 FFF0-FFFB "
    "1BCA0-1BCA3 1D173-1D17A E0000-E0FFF"
)
"""Invisible characters: zero-width and bidirectional marks, variation selectors, soft hyphens, tags."""

_WHITE = "9-D 1C-20 85 A0 1680 2000-200A 2028-2029 202F 205F 2800 3000"

BLANK = "".join(
    chr(code) for first, last in hexadecimal_ranges(f"{_WHITE} {INVISIBLE}") for code in range(first, last + 1)
)
"""White space and invisible characters, of all scripts."""

_in_spaced_word = re.compile(f"[^{SEPARATORS}{UNSPACED}]").match
_unspaced = re.compile(f"[{UNSPACED}]").match


def in_spaced_word(char: str) -> bool:
    """Tell whether a folded character is a letter, digit or mark of a script that puts spaces between words."""
    return _in_spaced_word(char) is not None


def is_unspaced(char: str) -> bool:
    return _unspaced(char) is not None
