"""Matching against declared lists, of a few words or of tens of thousands.

`holds` asks whether a value as a whole is an entry: a dictionary look-up of the value's view (for domains: of the name
and all its parents). `contains_any` and `find_all` ask which entries occur in a text. Entries with the same key share
one literal of a Hyperscan database, built on first use. Its hits are candidates: each is confirmed by the entry's
`Needle`, as without Hyperscan, where a plain search finds the candidates. So answers never depend on which of the two
is used.

Options widen what the entries of text lists match, not of domains or exact ones. Each is a further **reading** of the
text, searched for the same needles or, for `pinyin`, the same sounds:

* `leet`: digits and symbols that look like letters are read as letters everywhere (`fr33`, `@dult`, `5pam`);
* `split`: components of characters are rejoined (`components`: `力口` for `加`);
* `pinyin`: Chinese matches by its sound (`sounds`: `jiaweixin`, `伽微芯`).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from importlib import import_module
from typing import Any, Literal, NamedTuple

from groundrules.text.components import Joined, Joiner
from groundrules.text.domains import normalise, parents
from groundrules.text.sounds import Spelling, by_letters, letters_heard, sound
from groundrules.text.views import Needle, Range, Text, View


def _hyperscan() -> Any:
    try:
        return import_module("hyperscan")
    except ImportError:  # no wheel for this platform
        return None


hyperscan = _hyperscan()

OPTIONS = ("leet", "pinyin", "split")
"""The options that a list may have."""

_FEW = 8  # below, searching for each literal is faster than a scan
_LONGEST = 500  # characters of a literal that Hyperscan is given
_LEET = str.maketrans("0134578@$!|", "oieastbasii")
_LEET_BYTES = bytes.maketrans(b"0134578@$!|", b"oieastbasii")

Base = Literal["exact", "folded", "squeezed", "leet folded", "leet squeezed", "sound"]
"""A reading of a text that is searched for needles' keys: one of its views, or the result of an option."""

BASES: dict[str, Base] = {"exact": "exact", "folded": "folded", "word": "folded", "squeezed": "squeezed"}
"""View of a needle → the reading that contains its key if it occurs in the text."""

Match = tuple[int, int, str]
Scan = Callable[[str], list[int]]


class _Reading(NamedTuple):
    """A text as read; `joined` if that is not letter for letter."""

    text: Text
    joined: Joined | None = None

    def raw_range(self, place: Range) -> Range:
        return place if self.joined is None else self.joined.raw_range(*place)


def _leet(text: Text) -> Text | None:
    """Return a text read with its digits and symbols as letters; None if it has none."""
    read = text.raw.translate(_LEET)
    return None if read == text.raw else Text(read)


def _leet_folded(text: Text) -> str | None:
    """Return the folded view of `_leet`; for ASCII text, computed from its own folded view, twice as fast."""
    if not text.raw.isascii():
        return None if (read := _leet(text)) is None else read.folded
    folded = text.folded.encode()
    letters = folded.translate(_LEET_BYTES)
    return None if letters == folded else letters.decode()


READINGS: dict[Base, Callable[[Text], str | None]] = {
    "exact": lambda text: text.raw,
    "folded": lambda text: text.folded,
    "squeezed": lambda text: text.squeezed,
    "leet folded": _leet_folded,
    "leet squeezed": lambda text: None if (read := _leet(text)) is None else read.squeezed,
    "sound": lambda text: letters_heard(text.spaced),
}
"""How a text is read; None if a reading doesn't differ from its view."""


class ListMatcher:
    """A list ready for matching. Raises ValueError for an unknown option."""

    def __init__(self, match: View, items: Sequence[str], options: Sequence[str] = (), *, scanner: bool = True) -> None:
        unknown = sorted(set(options) - set(OPTIONS))
        if unknown:
            raise ValueError(f"unknown list option `{unknown[0]}`")
        self.match = match
        widened = set(options) if match in ("folded", "squeezed", "word") else set()
        self.leet = "leet" in widened
        self.splits = "split" in widened
        self._scanner = scanner and hyperscan is not None
        needles = [needle for item in sorted(set(items)) if (needle := Needle(match, item)).key]
        self._entries: dict[str, list[Needle]] = defaultdict(list)
        for needle in needles:
            self._entries[needle.key].append(needle)
        long = [needle.raw for needle in needles if len(needle.key) > 1]
        self._joiner = Joiner(long) if self.splits else None
        self._sounds = by_letters(long) if "pinyin" in widened else {}

    def holds(self, value: str) -> str | None:
        """Return the entry that `value` as a whole is (domain: the longest that it is under), or None."""
        if self.match == "domain":
            entries = (self._entries.get(above) for above in parents(normalise(value) or ""))
            return next((entry[0].raw for entry in entries if entry), None)
        whole = (needle.raw for reading in self._readings(value) for needle in self._whole(reading.text))
        return next(whole, None) or self._sounds_whole(value)

    @property
    def keys(self) -> frozenset[str] | None:
        """The views of all entries, if a value is an entry exactly when its view is among them; else None."""
        return None if self.match == "domain" or self.leet or self.splits or self._sounds else frozenset(self._entries)

    @property
    def needed(self) -> dict[Base, list[str]]:
        """Reading → the literals that entries need there. If a text contains an entry, one of these readings contains
        one of its literals, or characters are rejoined (`joins`). Not for domains."""
        base = BASES[self.match]
        wanted: dict[Base, list[str]] = {base: self._keys}
        if self.leet:
            wanted["leet squeezed" if base == "squeezed" else "leet folded"] = self._keys
        if self._sounds:
            wanted["sound"] = self._letters
        return wanted

    @property
    def spelled(self) -> list[tuple[str, str]]:
        """The longest syllable of each sound of an entry, and its letters: a text that only spells the sound contains
        that syllable as is."""
        return [
            (max(spelling.syllables, key=len), letters) for letters, heard in self._sounds.items() for spelling in heard
        ]

    def joins(self, text: Text) -> bool:
        """Tell whether characters of a text are rejoined, so that it has an additional reading."""
        return self._joiner is not None and self._joiner.has_apart(text.spaced)

    def contains_any(self, text: str) -> bool:
        """Tell whether any entry occurs in the text."""
        if self.match == "domain":
            return next(self._domains(text), None) is not None
        return any(
            needle.within(reading.text) for reading in self._readings(text) for needle in self._candidates(reading)
        ) or any(sound(text).find(spelling) is not None for spelling in self._heard(text))

    def find_all(self, text: str) -> list[Match]:
        """Return `(start, end, entry)` of the leftmost match of each entry, raw code points, sorted."""
        if self.match == "domain":
            places = {entry: (start, end) for start, end, entry in reversed(list(self._domains(text)))}
        else:
            places = {}
            for entry, place in self._places(text):
                places[entry] = min(place, places.get(entry, place))
        return sorted((start, end, entry) for entry, (start, end) in places.items())

    def _places(self, text: str) -> Iterator[tuple[str, Range]]:
        for reading in self._readings(text):
            for needle in self._candidates(reading):
                place = needle.find(reading.text)
                if place is not None:
                    yield needle.raw, reading.raw_range(place)
        for spelling in self._heard(text):
            place = sound(text).find(spelling)
            if place is not None:
                yield spelling.entry, place

    def _whole(self, text: Text) -> Iterator[Needle]:
        viewed = text.view(self.match)
        return (needle for needle in self._entries.get(viewed, ()) if (0, len(viewed)) in needle.ranges(text))

    def _sounds_whole(self, text: str) -> str | None:
        if not self._sounds:
            return None
        heard = self._sounds.get(sound(text).letters, ())
        return next((spelling.entry for spelling in heard if sound(text).is_whole(spelling)), None)

    def _readings(self, text: str) -> Iterator[_Reading]:
        yield _Reading(Text(text))
        if self.leet and (read := text.translate(_LEET)) != text:
            yield _Reading(Text(read))
        if self._joiner is not None and (joined := self._joiner.join(text)) is not None:
            yield _Reading(Text(joined.text), joined)

    def _domains(self, text: str) -> Iterator[Match]:
        for start, end, name in Text(text).hosts:
            for above in parents(name):
                for needle in self._entries.get(above, ()):
                    yield start, end, needle.raw

    def _candidates(self, reading: _Reading) -> Iterator[Needle]:
        """Yield the needles whose keys occur in the view of a reading."""
        for number in self._scan(reading.text.view(self.match)):
            for needle in self._entries[self._keys[number]]:
                if reading.joined is None or len(needle.key) > 1:
                    yield needle

    def _heard(self, text: str) -> Iterator[Spelling]:
        """Yield the entries whose letters occur in the sound of the text."""
        if self._sounds:
            for number in self._listen(sound(text).letters):
                yield from self._sounds[self._letters[number]]

    @cached_property
    def _letters(self) -> list[str]:
        return sorted(self._sounds)

    @cached_property
    def _listen(self) -> Scan:
        return self._scanned(self._letters)

    @cached_property
    def _keys(self) -> list[str]:
        return sorted(self._entries)

    @cached_property
    def _scan(self) -> Scan:
        return self._scanned(self._keys)

    def _scanned(self, keys: Sequence[str]) -> Scan:
        return hyperscan_scan(keys) if self._scanner and len(keys) > _FEW else plain_scan(keys)


def scan_for(keys: Sequence[str]) -> Scan:
    """Return what `plain_scan` does, as fast as possible here."""
    return plain_scan(keys) if hyperscan is None else hyperscan_scan(keys)


def plain_scan(keys: Sequence[str]) -> Scan:
    """Return a function from a text to the numbers of the keys that occur in it, ascending."""
    return lambda text: [number for number, key in enumerate(keys) if key in text]


def hyperscan_scan(keys: Sequence[str]) -> Scan:
    """Return what `plain_scan` does, in time that doesn't grow with the number of keys."""
    short = [number for number, key in enumerate(keys) if len(key) <= _LONGEST]
    long = [number for number, key in enumerate(keys) if len(key) > _LONGEST]
    if not short:
        return plain_scan(keys)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    literals = [keys[number].encode("utf-8", "surrogatepass") for number in short]
    database.compile(expressions=literals, ids=short, flags=hyperscan.HS_FLAG_SINGLEMATCH, literal=True)
    own = threading.local()  # a scratch space serves one thread

    def scan(text: str) -> list[int]:
        if not hasattr(own, "scratch"):
            own.scratch = hyperscan.Scratch(database)
        hits = [number for number in long if keys[number] in text]
        data = text.encode("utf-8", "surrogatepass")
        database.scan(data, lambda number, *_: hits.append(number), 0, None, own.scratch)
        return sorted(hits)

    return scan
