"""The folded view: what people read, whatever way it was typed.

A map per code point that takes no notice of its neighbours: case, width, compatibility forms (circled, mathematical,
squared, superscript, …), digit styles, traditional to simplified Chinese, accents, look-alike letters; what cannot be
seen (zero-width and bidirectional marks, variation selectors, soft hyphens, tags) goes. On ASCII it is the identity
but for case, and it is idempotent. A lone surrogate becomes U+FFFD. `build_table` says where the map comes from.

`codecs.charmap_encode` with a dictionary of UTF-8 is the fastest way that Python has to apply such a map. The
dictionary learns code points that stay as they are when it first meets them; only those of the basic plane are kept,
so that no flood of rare characters makes it grow beyond a few megabytes.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from functools import cache
from itertools import repeat
from pathlib import Path

_FILE = Path(__file__).with_name("fold.tsv")


def _read_version() -> str:
    with _FILE.open(encoding="utf-8") as file:
        return file.readline().split()[-1]


TABLE_VERSION = _read_version()
"""Format, Unicode version and content hash of the map; texts fold alike under equal versions."""


def hexadecimal_ranges(text: str) -> Iterator[tuple[int, int]]:
    """Read `9-D 20 2000-200A`, as the tables write code points: first and last of each range."""
    for item in text.split():
        first, _, last = item.partition("-")
        yield int(first, 16), int(last or first, 16)


class _Table(dict[int, bytes]):
    def __missing__(self, code: int) -> bytes:
        own = chr(code).encode("utf-8") if not 0xD800 <= code <= 0xDFFF else b"\xef\xbf\xbd"
        if code <= 0xFFFF:
            self[code] = own
        return own


@cache
def _table() -> _Table:
    table = _Table()
    with _FILE.open(encoding="utf-8") as file:
        next(file)
        for line in file:
            target, characters, ranges = line[:-1].split("\t")
            encoded = target.encode()
            table.update(zip(map(ord, characters), repeat(encoded)))
            for first, last in hexadecimal_ranges(ranges):
                table.update(zip(range(first, last + 1), repeat(encoded)))
    table.update((code, chr(code).lower().encode()) for code in range(128))
    return table


def fold_bytes(s: str) -> bytes:
    """Return the UTF-8 of `fold(s)`."""
    if s.isascii():
        return s.lower().encode()
    return codecs.charmap_encode(s, "strict", _table())[0]


def fold(s: str) -> str:
    """Return the folded view of `s`; never raises."""
    if s.isascii():
        return s.lower()
    return codecs.charmap_encode(s, "strict", _table())[0].decode()


def fold_map(s: str) -> list[int]:
    """Return, for each code point of `fold(s)`, the index in `s` that it came from; at the end `len(s)`."""
    if s.isascii():
        return list(range(len(s) + 1))
    table = _table()
    origins = [index for index, char in enumerate(s) for _ in table[ord(char)].decode()]
    origins.append(len(s))
    return origins
