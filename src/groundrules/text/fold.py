"""The folded view: what people read, however it was typed.

A map per code point, regardless of neighbours: case, width, compatibility forms (circled, mathematical, squared,
superscript, …), digit styles, traditional to simplified Chinese, accents, look-alike letters; invisible characters
(zero-width and bidirectional marks, variation selectors, soft hyphens, tags) are removed. On ASCII it is the identity
except for case, and it is idempotent. A lone surrogate becomes U+FFFD. `dev/fold_table.py` says where the map comes
from.

Only Korean depends on neighbours: a syllable written as its letters (as macOS does) becomes one character, as
displayed. In the folded *view*, in which texts are compared and searched, any white space is also one blank.

Most texts have few characters that change, or none. One search over a character class finds them; each distinct one is
then replaced throughout or, if there are many, one after the other. Characters beyond the basic plane are always looked
up, because a class that lists them is searched range by range.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import repeat
from pathlib import Path
from unicodedata import normalize

_FILE = Path(__file__).with_name("fold.tsv")


def _read_version() -> str:
    with _FILE.open(encoding="utf-8") as file:
        return file.readline().split()[-1]


TABLE_VERSION = _read_version()
"""Format, Unicode version and content hash of the map; texts fold alike under equal versions."""

FEW = 100
"""Up to so many distinct characters, replacing each throughout is faster than one by one."""


def hexadecimal_ranges(text: str) -> Iterator[tuple[int, int]]:
    """Read `9-D 20 2000-200A`, as the tables write code points: first and last of each range."""
    for item in text.split():
        first, _, last = item.partition("-")
        yield int(first, 16), int(last or first, 16)


@cache
def _table() -> dict[str, str]:
    """Return what characters become; those not in it stay."""
    table = {chr(code): chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    with _FILE.open(encoding="utf-8") as file:
        next(file)
        for line in file:
            target, characters, ranges = line[:-1].split("\t")
            table.update(zip(characters, repeat(target)))
            for first, last in hexadecimal_ranges(ranges):
                table.update(zip(map(chr, range(first, last + 1)), repeat(target)))
    table.update(zip(map(chr, range(0xD800, 0xE000)), repeat("\ufffd")))
    return table


_OPEN = "".join(map(chr, range(0xAC00, 0xD7A4, 28)))  # syllables without a final consonant
_syllable = re.compile(f"[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[{_OPEN}][\u11a8-\u11c2]")
_white = re.compile(r"[\t-\r\x1c-\x20]{2,}|[\t-\r\x1c-\x1f]")
_LETTERS = re.compile("[\u1161-\u1175\u11a8-\u11c2]")
_EDGES = re.compile("^[\u1161-\u11ff]+|[\u1100-\u11ff]+$|[\uac00-\ud7a3]$")


@cache
def _vowels() -> frozenset[str]:
    """Return the characters that may end a Korean syllable written as its letters."""
    jamo = {chr(code) for code in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    return frozenset(jamo | {char for char, target in _table().items() if _LETTERS.search(target)})


@cache
def _changing() -> re.Pattern[str]:
    """Return the class of the characters that may change."""
    basic = re.escape("".join(sorted(char for char in (*_table(), *_vowels()) if char <= "\uffff")))
    return re.compile(f"[{basic}\U00010000-\U0010ffff]")


def folding_into(wanted: Callable[[str], bool]) -> list[str]:
    """Return the characters beyond ASCII that fold into something `wanted`."""
    return [char for char, target in _table().items() if not char.isascii() and wanted(target)]


def fold(s: str) -> str:
    """Return the folded view of `s`; never raises."""
    if s.isascii():
        return s.lower()
    changed = _changing().findall(s)
    if not changed:
        return s
    table, distinct = _table(), set(changed)
    if len(distinct) > FEW:
        s = _changing().sub(lambda match: table.get(match[0], match[0]), s)
    else:
        for char in distinct:
            s = s.replace(char, table.get(char, char))
    return s if _vowels().isdisjoint(distinct) else _syllable.sub(_composed, s)


def _composed(match: re.Match[str]) -> str:
    return normalize("NFC", match[0])


def fold_view(s: str) -> str:
    """Return the folded view of `s` in which texts are compared: folded, any white space one blank."""
    return one_blank(fold(s))


def one_blank(folded: str) -> str:
    """Return a folded text with each run of white space as one blank."""
    if folded.isascii() and folded.isprintable() and "  " not in folded:
        return folded
    return _white.sub(" ", folded)


def surely_within(folded: str) -> str:
    """Return the part of a folded text that is in the view of every text containing it, possibly empty."""
    return one_blank(_EDGES.sub("", folded))


def fold_bytes(s: str) -> bytes:
    """Return the UTF-8 of `fold_view(s)`."""
    return fold_view(s).encode()


def fold_map(s: str) -> Sequence[int]:
    """Return, for each code point of `fold(s)`, the index in `s` it came from; at the end `len(s)`."""
    if s.isascii():
        return range(len(s) + 1)
    table, distinct = _table(), set(_changing().findall(s))
    apart = not _vowels().isdisjoint(distinct)
    if not apart and all(len(table.get(char, char)) == 1 for char in distinct):
        return range(len(s) + 1)
    origins = [index for index, char in enumerate(s) for _ in table.get(char, char)]
    origins.append(len(s))
    return _of_firsts(_syllable, "".join([table.get(char, char) for char in s]), origins) if apart else origins


def fold_view_map(s: str) -> Sequence[int]:
    """Return, for each code point of `fold_view(s)`, the index in `s` it came from; at the end `len(s)`."""
    return _of_firsts(_white, fold(s), fold_map(s))


def _of_firsts(pattern: re.Pattern[str], text: str, origins: Sequence[int]) -> Sequence[int]:
    """Return the origins of a text in which each match has become one character."""
    kept: list[int] = []
    done = 0
    for match in pattern.finditer(text):
        kept += origins[done : match.start() + 1]
        done = match.end()
    return [*kept, *origins[done:]] if done else origins
