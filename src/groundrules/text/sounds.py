"""The sound of a text: Chinese by its pinyin, whether written in characters or in letters.

The list option `pinyin` lets an entry match in three more ways: spelled (`jiaweixin`, `jia wei xin`), partly spelled
(`加wei信`), and, if it has three characters or more, in others of the same sound (`伽微芯`). Tones do not count. Both
sides become strings of letters: a character by its commonest syllable, Latin letters unchanged, separators dropped. If
a text's sound contains an entry's, there may be a match, which is confirmed syllable by syllable:

* a syllable is one character of that sound, or letters without a gap, so that `先` is not `西安`;
* letters at either end of a match begin and end a word, so that `jia wo` is found in no other word;
* a character replaces another only at the commonest sound of both, and only if it is a rare one: common characters mean
  themselves (the `家` of `大家微信联系` is not the `加` of `加微信`).

Entries of one character never match by sound, and those of two only if letters take part: two characters sound like too
many other words. Entries may hold Latin letters (`加vx`), which match as they are; any other entry has no sound. An
entry may be spelled by either reading of its characters (16 sounds at most), a text only by the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, cached_property, lru_cache
from itertools import islice, product
from pathlib import Path
from re import compile as pattern
from typing import NamedTuple

from groundrules.text.fold import fold, fold_map
from groundrules.text.scripts import SEPARATORS, in_spaced_word

Range = tuple[int, int]

COMMON = "*"  # the row of common characters

MOST_SOUNDS = 16
FEWEST_CHARACTERS = 3
"""From so many characters on, others of the same sound match."""

_separator = pattern(f"[{SEPARATORS}]").match
_parts = pattern(r"[a-z]+|.")


class Spelling(NamedTuple):
    """One way an entry sounds: its characters and runs of letters, and a syllable for each."""

    entry: str
    parts: tuple[str, ...]
    syllables: tuple[str, ...]

    @property
    def letters(self) -> str:
        return "".join(self.syllables)


@cache
def _table() -> list[list[str]]:
    rows = Path(__file__).with_name("pinyin.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [row.split("\t") for row in rows]


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    """Character → its one or two syllables."""
    readings: dict[str, tuple[str, ...]] = {}
    for column in (1, 2):
        for row in _table():
            for char in "" if row[0] == COMMON else row[column]:
                readings[char] = (*readings.get(char, ()), row[0])
    return readings


class _Sounds(dict[int, str]):
    """Code point → its sound: the commonest syllable; separators give nothing, anything else stays."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        syllables = _readings().get(char)
        sound = syllables[0] if syllables else "" if _separator(char) else char
        self[code] = sound
        return sound


@cache
def _sounds_of_letters() -> _Sounds:
    return _Sounds()


@cache
def _common() -> frozenset[str]:
    return frozenset(next(row[1] for row in _table() if row[0] == COMMON))


def sounds_of(entry: str) -> list[Spelling]:
    """Return how an entry may sound; empty if it has no sound or is too short."""
    parts: tuple[str, ...] = tuple(_parts.findall(fold(entry)))
    known = _readings()
    if len(parts) < 2 or not all(part in known or (part.isascii() and part.isalpha()) for part in parts):
        return []
    if not any(part in known for part in parts):
        return []
    choices = product(*(known.get(part, (part,)) for part in parts))
    return [Spelling(entry, parts, syllables) for syllables in sorted(set(islice(choices, MOST_SOUNDS)))]


def letters_heard(folded: str) -> str:
    """Return the sound of a folded text as letters."""
    return folded.translate(_sounds_of_letters())


class Sound:
    """The sound of a text. `letters` is searched; each letter has its position in the folded text."""

    def __init__(self, raw: str) -> None:
        self._raw = raw
        self._folded = fold(raw)
        self.letters = letters_heard(self._folded)

    @cached_property
    def _places(self) -> list[int]:
        """The position of each letter in the folded text."""
        sounds = _sounds_of_letters()
        return [place for place, char in enumerate(self._folded) for _ in sounds[ord(char)]]

    def find(self, spelling: Spelling) -> Range | None:
        """Return where an entry of this sound first occurs, as raw code points."""
        place = next(self._ranges(spelling), None)
        if place is None:
            return None
        origins = fold_map(self._raw)
        last = self._places[place[1] - 1]
        return origins[self._places[place[0]]], max(origins[last + 1], origins[last] + 1)

    def is_whole(self, spelling: Spelling) -> bool:
        """Tell whether the text is just this sound."""
        return (0, len(self.letters)) in self._ranges(spelling)

    def _ranges(self, spelling: Spelling) -> Iterator[Range]:
        wanted = spelling.letters
        start = self.letters.find(wanted)
        while start >= 0:
            if self._spells(start, spelling):
                yield start, start + len(wanted)
            start = self.letters.find(wanted, start + 1)

    def _spells(self, start: int, spelling: Spelling) -> bool:
        """Tell whether these syllables occur at `start` as syllables."""
        characters = 0
        at = start
        for part, syllable in zip(spelling.parts, spelling.syllables, strict=True):
            end = at + len(syllable)
            if self._is_character(at, end):
                characters += 1
                if not self._stands_for(self._folded[self._places[at]], part, syllable):
                    return False
            elif not self._is_spelled(at, end):
                return False
            at = end
        if characters == len(spelling.parts) < FEWEST_CHARACTERS:
            return False
        return self._begins_word(start) and self._ends_word(at - 1)

    def _stands_for(self, char: str, part: str, syllable: str) -> bool:
        return char == part or (char not in _common() and _readings().get(part, (part,))[0] == syllable)

    def _is_character(self, start: int, end: int) -> bool:
        place = self._places[start]
        before = self._places[start - 1] if start else -1
        after = self._places[end] if end < len(self._places) else -1
        return not self._folded[place].isascii() and before != place == self._places[end - 1] != after

    def _is_spelled(self, start: int, end: int) -> bool:
        first, last = self._places[start], self._places[end - 1]
        return last - first == end - start - 1 and self._folded[first : last + 1].isascii()

    def _begins_word(self, number: int) -> bool:
        place = self._places[number]
        return not self._folded[place].isascii() or place == 0 or not in_spaced_word(self._folded[place - 1])

    def _ends_word(self, number: int) -> bool:
        following = self._places[number] + 1
        at_end = following == len(self._folded) or not in_spaced_word(self._folded[following])
        return at_end or not self._folded[following - 1].isascii()


@lru_cache(maxsize=64)
def sound(raw: str) -> Sound:
    """Return the sound of a text; cached for a while, because several lists ask."""
    return Sound(raw)


def by_letters(entries: Sequence[str]) -> dict[str, list[Spelling]]:
    """Return letters → the entries that sound like them."""
    spellings: dict[str, list[Spelling]] = {}
    for entry in entries:
        for spelling in sounds_of(entry):
            spellings.setdefault(spelling.letters, []).append(spelling)
    return spellings
