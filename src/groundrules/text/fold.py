"""The folded view: what people read, whatever way it was typed.

A map per code point that takes no notice of its neighbours: case, width, compatibility forms (circled, mathematical,
squared, superscript, …), digit styles, traditional to simplified Chinese, accents, look-alike letters; what cannot be
seen (zero-width and bidirectional marks, variation selectors, soft hyphens, tags) goes. On ASCII it is the identity
but for case, and it is idempotent. A lone surrogate becomes U+FFFD. `build_table` says where the map comes from.

Most texts hold few characters that change, or none. One search over a character class finds those; each distinct one
is then replaced throughout, or, where they are many, one after the other. Characters beyond the basic plane are always
looked up, because a class that lists them is searched range by range.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import repeat
from pathlib import Path

_FILE = Path(__file__).with_name("fold.tsv")


def _read_version() -> str:
    with _FILE.open(encoding="utf-8") as file:
        return file.readline().split()[-1]


TABLE_VERSION = _read_version()
"""Format, Unicode version and content hash of the map; texts fold alike under equal versions."""

FEW = 100
"""So many distinct characters are replaced sooner throughout than where they stand."""


def hexadecimal_ranges(text: str) -> Iterator[tuple[int, int]]:
    """Read `9-D 20 2000-200A`, as the tables write code points: first and last of each range."""
    for item in text.split():
        first, _, last = item.partition("-")
        yield int(first, 16), int(last or first, 16)


@cache
def _table() -> dict[str, str]:
    """Return what characters become; those that it lacks stay."""
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


@cache
def _changing() -> re.Pattern[str]:
    """Return the class of the characters that may change."""
    basic = re.escape("".join(sorted(char for char in _table() if char <= "\uffff")))
    return re.compile(f"[{basic}\U00010000-\U0010ffff]")


def folding_into(wanted: Callable[[str], bool]) -> list[str]:
    """Return the characters beyond ASCII that fold into something `wanted`."""
    return [char for char, target in _table().items() if not char.isascii() and wanted(target)]


def fold(s: str) -> str:
    """Return the folded view of `s`; never raises."""
    if s.isascii():
        return s.lower()
    found = _changing().findall(s)
    if not found:
        return s
    table, distinct = _table(), set(found)
    if len(distinct) > FEW:
        return _changing().sub(lambda match: table.get(match[0], match[0]), s)
    for char in distinct:
        s = s.replace(char, table.get(char, char))
    return s


def fold_bytes(s: str) -> bytes:
    """Return the UTF-8 of `fold(s)`."""
    return s.lower().encode() if s.isascii() else fold(s).encode()


def fold_map(s: str) -> Sequence[int]:
    """Return, for each code point of `fold(s)`, the index in `s` that it came from; at the end `len(s)`."""
    if s.isascii():
        return range(len(s) + 1)
    table = _table()
    if all(len(table.get(char, char)) == 1 for char in set(_changing().findall(s))):
        return range(len(s) + 1)
    origins = [index for index, char in enumerate(s) for _ in table.get(char, char)]
    origins.append(len(s))
    return origins
