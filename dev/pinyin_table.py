"""Writes `pinyin.tsv`: `python -m dev.pinyin_table`, for maintainers.

One line per syllable: the syllable without its tone, the characters mostly read that way, and those also read that way
(their second reading). The readings are pypinyin's, in its order, for the basic block of Chinese characters;
traditional ones are left out, because the folded view has simplified them. `ü` is written `v`, as on keyboards. A few
characters replace others of another sound, by their shape or by habit; `_TAKEN_FOR` gives their first reading.

Character dictionaries also list readings that nobody encounters (信 as shen). A second reading counts only if
pypinyin's phrases use it in a tenth of the character's occurrences. The same phrases say which characters are common:
those in at least `COMMON` phrases. They are on the line that begins with `*`.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from functools import cache
from importlib import import_module
from pathlib import Path

from groundrules.text.fold import fold

FILE = Path(__file__).parent.parent / "src" / "groundrules" / "text" / "pinyin.tsv"
FIRST, LAST = 0x4E00, 0x9FFF
SECOND = 0.1
COMMON = 100

_TAKEN_FOR = {"徽": "wei", "伽": "jia"}
"""徽 is written for 微; 伽 is read as in 瑜伽."""


def _toneless(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading).replace("u\u0308", "v").replace("ê", "e")
    return "".join(char for char in plain if "a" <= char <= "z")


@cache
def _in_phrases() -> dict[str, Counter[str]]:
    """Character → how often each of its readings occurs in pypinyin's phrases."""
    heard: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for phrase, spoken in import_module("pypinyin.constants").PHRASES_DICT.items():
        for char, syllables in zip(phrase, spoken, strict=False):
            heard[char][_toneless(syllables[0])] += 1
    return heard


def readings(char: str) -> list[str]:
    """Return the one or two toneless syllables of a character, the commonest first."""
    listed = import_module("pypinyin.constants").PINYIN_DICT.get(ord(char), "")
    syllables = dict.fromkeys([_TAKEN_FOR.get(char, ""), *map(_toneless, listed.split(","))])
    syllables.pop("", None)
    heard = _in_phrases().get(char, Counter())
    first = list(syllables)[:1]
    others = [other for other in list(syllables)[1:] if heard[other] >= max(1, SECOND * heard.total())]
    return first + sorted(others, key=lambda other: -heard[other])[:1]


def pinyin_table() -> str:
    """Return the content of `pinyin.tsv`."""
    first: defaultdict[str, list[str]] = defaultdict(list)
    second: defaultdict[str, list[str]] = defaultdict(list)
    for char in map(chr, range(FIRST, LAST + 1)):
        if fold(char) != char:
            continue
        for reading, group in zip(readings(char), (first, second), strict=False):
            group[reading].append(char)
    often = (char for char, heard in _in_phrases().items() if heard.total() >= COMMON)
    common = "".join(sorted(char for char in often if fold(char) == char))
    rows = (f"{char}\t{''.join(first[char])}\t{''.join(second[char])}\n" for char in sorted({*first, *second}))
    head = "# syllable, first reading of, second reading of; from pypinyin (MIT), see NOTICE\n"
    return f"{head}*\t{common}\t\n" + "".join(rows)


def main() -> None:
    """Write the table next to the module that reads it."""
    FILE.write_text(pinyin_table(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
