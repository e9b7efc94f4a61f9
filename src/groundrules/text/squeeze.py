"""The squeezed view: the folded one without separators and repeats inside words.

`s.p.a.m`, `s p a m`, `spaaaam` match `spam`, and `加.微-信`, `加 微 信`, `加微微信` match `加微信`; `grass hit` and
`grass.Hit` stay two words. In this order:

1. `@`, `$`, `!`, one or two of them between Latin letters, are read as letters: `cla$$ic`, `f@ke`;
2. other separators (punctuation, symbols, emoji, controls) become a space between three or more letters on both sides,
   which is more likely the end of a word than a disguise; elsewhere, and between digits, they are removed;
3. a run of white space becomes one space; spaces next to a letter of a script written without spaces are removed;
4. one or two of the digits 0 1 3 4 5 7 between Latin letters are read as letters: `v1agra`, `p0rn`, but not `mp3`,
   `4k`, `100` or `vx12345`;
5. a run of one letter becomes a single one; digits keep their repeats;
6. spaces between single-character words are removed, and 4 and 5 are repeated for what is now joined.

The result has letters, marks, digits and single spaces, and squeezing it again changes nothing.

**Repeats.** If runs were simply dropped, `ass` would be found in `was`, `天天彩票` in `今天彩票` and `god` in `good`.
So the squeezed text is a necessary condition only, good for indexes. A needle matches where its squeezed form occurs in
the squeezed text, each letter at least as often as in the needle, and where any excess looks like a disguise
(`stretches`): some letter inside the match occurs three times or is one that Latin words hardly ever double (`pooorn`,
`spaam`, `加微微信`). At the ends of the needle anything may follow, as in any search.

Each step is one pattern and its replacement, applied by `squeeze` to strings and by `squeeze_runs` to characters that
know where they came from.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from groundrules.text.fold import fold, fold_map
from groundrules.text.scripts import PUNCTUATION, SEPARATORS, UNSPACED, WHITE_SPACE

_SYMBOLS, _DIGITS = "@$!", "013457"
_LEET = str.maketrans(_SYMBOLS + _DIGITS, "asioieast")
_WORD = f"[^{SEPARATORS}{UNSPACED}]"
_OFTEN_DOUBLED = frozenset("bcdefglmnoprstz")
_DOUBLES = [(letter * 2, letter) for letter in string.ascii_lowercase]

_symbols = re.compile(r"[@$!](?<=[a-z].)[@$!]?(?=[a-z])")
_word_ends = re.compile(
    f"[{PUNCTUATION}](?<={_WORD}{{3}}.)(?:(?<![0-9].)[{PUNCTUATION}]*|[{PUNCTUATION}]*(?![0-9]))(?={_WORD}{{3}})"
)
_separators = re.compile(f"[{PUNCTUATION}]")
_white = re.compile(f"[{WHITE_SPACE}]+")
_margin = re.compile(r"^ | $")
_unspaced_space = re.compile(f" (?:(?<=[{UNSPACED}] )|(?=[{UNSPACED}]))")
_digits = re.compile(r"[013457](?<=[a-z].)[013457]?(?=[a-z])")
_runs = re.compile(r"([^0-9 ])\1+")
_single_space = re.compile(r" (?:(?<=^[^ ] )|(?<= [^ ] ))(?=[^ ](?: |$))")
_ASCII_SEPARATORS = bytes(code for code in range(128) if _separators.match(chr(code)))
_in_ascii = re.escape(_ASCII_SEPARATORS.decode())
_ascii_word_ends = re.compile(  # as `_word_ends`, with so few characters that it is four times as fast
    f"[{_in_ascii}](?<=[a-z0-9]{{3}}.)(?:(?<![0-9].)[{_in_ascii}]*|[{_in_ascii}]*(?![0-9]))(?=[a-z0-9]{{3}})"
)


def _read_leet(match: re.Match[str]) -> str:
    return match[0].translate(_LEET)


def squeeze(s: str) -> str:
    """Return the squeezed view of `s`; never raises."""
    return squeeze_folded(fold(s))


def squeeze_folded(folded: str) -> str:
    """Return the squeezed view of a text that is already folded."""
    text = folded
    if "!" in text or "@" in text or "$" in text:
        text = _symbols.sub(_read_leet, text)
    if text.isascii():
        text = " ".join(_without_separators(text).split())
    else:
        text = " ".join(_separators.sub("", _word_ends.sub(" ", text)).split())
        text = _unspaced_space.sub("", text)
    text = _without_runs(text)
    if list(map(len, text.split(" "))).count(1) < 2:
        return text
    together = _single_space.sub("", text)
    return text if together == text else _without_runs(together)


def _without_separators(text: str) -> str:
    """Return an ASCII text without separators other than white space; those that end words become blanks."""
    bare = text.encode().translate(None, _ASCII_SEPARATORS)
    if len(bare) == len(text):
        return text
    parted = _ascii_word_ends.sub(" ", text)
    return (bare if parted == text else parted.encode().translate(None, _ASCII_SEPARATORS)).decode()


def _without_runs(text: str) -> str:
    """Read digits between letters as letters; written out, this is far faster than a pattern that finds none."""
    if "0" in text or "1" in text or "3" in text or "4" in text or "5" in text or "7" in text:
        text = _digits.sub(_read_leet, text)
    if not text.isascii():
        return _runs.sub(r"\1", text)
    for double, letter in _DOUBLES:
        while double in text:
            text = text.replace(double, letter)
    return text


class Piece(NamedTuple):
    """A character of the squeezed view, the raw code points `[start, end)` behind it, and its number of repeats."""

    char: str
    start: int
    end: int
    repeats: int = 1


def squeeze_runs(s: str) -> list[Piece]:
    """Return the squeezed view of `s` as pieces; their characters joined are `squeeze(s)`."""
    folded = fold(s)
    origins = fold_map(s)
    ends = [max(start + 1, following) for start, following in pairwise(origins)]
    pieces = list(map(Piece, folded, origins, ends))
    for pattern, change in _STEPS:
        pieces = _rewrite(pieces, pattern, change)
    return pieces


def stretches(needle: list[Piece], place: list[Piece]) -> bool:
    """Tell whether `place`, with the same letters as `needle`, is the needle or disguises it by repeats."""
    pairs = list(zip(needle, place, strict=True))
    if any(piece.repeats < asked.repeats for asked, piece in pairs):
        return False
    stretched = [piece for asked, piece in pairs[1:-1] if piece.repeats > asked.repeats]
    return not stretched or any(piece.repeats > 2 or piece.char not in _OFTEN_DOUBLED for piece in stretched)


def squeeze_map(s: str) -> list[int]:
    """Return, for each character of `squeeze(s)`, the index in `s` where it begins; at the end `len(s)`."""
    return [piece.start for piece in squeeze_runs(s)] + [len(s)]


Change = Callable[[list[Piece]], list[Piece]]


def _rewrite(pieces: list[Piece], pattern: re.Pattern[str], change: Change) -> list[Piece]:
    result: list[Piece] = []
    done = 0
    for match in pattern.finditer("".join([piece.char for piece in pieces])):
        result += pieces[done : match.start()]
        result += change(pieces[match.start() : match.end()])
        done = match.end()
    return result + pieces[done:] if done else pieces


def _letters(pieces: list[Piece]) -> list[Piece]:
    return [piece._replace(char=piece.char.translate(_LEET)) for piece in pieces]


def _nothing(pieces: list[Piece]) -> list[Piece]:
    return []


def _space(pieces: list[Piece]) -> list[Piece]:
    return [Piece(" ", pieces[0].start, pieces[-1].end)]


def _single(pieces: list[Piece]) -> list[Piece]:
    repeats = sum(piece.repeats for piece in pieces)
    return [Piece(pieces[0].char, pieces[0].start, pieces[-1].end, repeats)]


_STEPS: tuple[tuple[re.Pattern[str], Change], ...] = (
    (_symbols, _letters),
    (_word_ends, _space),
    (_separators, _nothing),
    (_white, _space),
    (_margin, _nothing),
    (_unspaced_space, _nothing),
    (_digits, _letters),
    (_runs, _single),
    (_single_space, _nothing),
    (_digits, _letters),
    (_runs, _single),
)
