"""How texts are compared: the views, and searching through a view with answers in the raw text.

| view | what is compared |
|---|---|
| exact | the text as is |
| folded | `fold_view`: case, width, accents, look-alikes and the like don't count, nor which white space |
| squeezed | `squeeze`: nor do separators and repeats inside words |
| word | folded, and the match begins and ends where words do |
| domain | domain names: a needle is found where it or a domain under it occurs |

A view is applied to both sides. A needle that is empty in its view matches nothing. Offsets are code points of the raw
text; a slice covers everything that was folded into the match, so that its view contains the needle's view. For this, a
squeezed match that would read differently by itself (a letter of `s p a m`) is widened to whole words.

`Text` and `Needle` cache the views, for texts and needles used more than once. All functions accept them in place of a
string.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any, Literal

from groundrules.text import words
from groundrules.text.addresses import hosts
from groundrules.text.domains import covers, normalise
from groundrules.text.fold import fold, fold_map, fold_view_map, one_blank
from groundrules.text.squeeze import Piece, squeeze_folded, squeeze_map, squeeze_runs, stretches

View = Literal["exact", "folded", "squeezed", "word", "domain"]
Range = tuple[int, int]


class Text:
    """A raw text and its views, each computed on first use."""

    __slots__ = ("folded", "hosts", "origins", "pieces", "raw", "spaced", "squeezed")

    spaced: str  # folded, white space unchanged: what patterns see
    folded: str
    squeezed: str
    origins: Sequence[int]
    pieces: list[Piece]
    hosts: list[tuple[int, int, str]]

    def __init__(self, raw: str) -> None:
        self.raw = raw

    def __getattr__(self, view: str) -> Any:
        """Compute a view; only called if its slot is empty."""
        if view not in _VIEWS:
            raise AttributeError(view)
        viewed = _VIEWS[view](self)
        setattr(self, view, viewed)
        return viewed

    def view(self, view: View) -> str:
        """Return the text under `view`; for domain, the normalised name or the empty string."""
        if view == "exact":
            return self.raw
        if view == "squeezed":
            return self.squeezed
        return normalise(self.raw) or "" if view == "domain" else self.folded


_VIEWS: dict[str, Callable[[Text], Any]] = {
    "spaced": lambda text: fold(text.raw),
    "folded": lambda text: one_blank(text.spaced),
    "squeezed": lambda text: squeeze_folded(text.folded),
    "origins": lambda text: fold_view_map(text.raw),
    "pieces": lambda text: squeeze_runs(text.raw),
    "hosts": lambda text: hosts(text.raw),
}


class Needle:
    """Something to search for under one view.

    `key` is its view: if the text's view doesn't contain it, there is no match. `sufficient`: if it does, there is one,
    so that a plain substring test answers.
    """

    def __init__(self, view: View, raw: str) -> None:
        self.view = view
        self.raw = raw
        self.key = apply(view, raw)
        self.sufficient = view in ("exact", "folded")

    def within(self, text: Text) -> bool:
        """Tell whether the text contains this needle."""
        if not self.key:
            return False
        if self.view == "domain":
            return any(covers(self.key, name) for _, _, name in text.hosts)
        if self.key not in text.view(self.view):
            return False
        return self.sufficient or next(self.ranges(text), None) is not None

    def ranges(self, text: Text) -> Iterator[Range]:
        """Yield where the needle occurs in the text's view, leftmost first; overlaps included. Not for domains."""
        if not self.key:
            return
        if self.view == "word":
            yield from words.occurrences(text.folded, self.key)
            return
        viewed = text.view(self.view)
        start = viewed.find(self.key)
        while start >= 0:
            end = start + len(self.key)
            if self.sufficient or stretches(self.pieces, text.pieces[start:end]):
                yield start, end
            start = viewed.find(self.key, start + 1)

    @cached_property
    def pieces(self) -> list[Piece]:
        return squeeze_runs(self.raw)

    def raw_range(self, text: Text, start: int, end: int) -> Range:
        """Return the raw code points behind `[start, end)` of the text's view."""
        if self.view == "exact":
            return start, end
        if self.view == "squeezed":
            return self._readable(text.raw, text.pieces[start].start, text.pieces[end - 1].end)
        if text.raw.isascii() and len(text.folded) == len(text.raw):
            return start, end
        first, after = text.origins[start], text.origins[end]
        return first, max(after, text.origins[end - 1] + 1)

    def _readable(self, raw: str, start: int, end: int) -> Range:
        while not self.within(Text(raw[start:end])):
            start, end = _outwards(raw, start, end)
        return start, end

    def find(self, text: Text) -> Range | None:
        """Return the leftmost match in raw code points."""
        if self.view == "domain":
            return next(((start, end) for start, end, name in text.hosts if covers(self.key, name)), None)
        if self.sufficient:
            start = text.view(self.view).find(self.key) if self.key else -1
            return None if start < 0 else self.raw_range(text, start, start + len(self.key))
        place = next(self.ranges(text), None)
        return self.raw_range(text, *place) if place else None

    def find_at_start(self, text: Text) -> Range | None:
        """Return the match that the text's view begins with, in raw code points."""
        if self.view == "domain":
            return self._whole(text) if equals("domain", text, self.raw) else None
        place = next(self.ranges(text), None)
        return self.raw_range(text, *place) if place and place[0] == 0 else None

    def find_at_end(self, text: Text) -> Range | None:
        """Return the match that the text's view ends with, in raw code points."""
        if self.view == "domain":
            return self._whole(text) if covers(self.raw.lstrip("."), text.raw) else None
        last = len(text.view(self.view))
        place = next((candidate for candidate in self.ranges(text) if candidate[1] == last), None)
        return self.raw_range(text, *place) if place else None

    def _whole(self, text: Text) -> Range:
        return 0, len(text.raw)


def _outwards(raw: str, start: int, end: int) -> Range:
    """Widen a range by the words it touches or, if it touches none, by one word on each side."""
    start, end = max(start - 1, 0), min(end + 1, len(raw))
    while start > 0 and not raw[start - 1].isspace():
        start -= 1
    while end < len(raw) and not raw[end].isspace():
        end += 1
    return start, end


@lru_cache(maxsize=4096)
def _needle(view: View, raw: str) -> Needle:
    return Needle(view, raw)


def _as_text(text: str | Text) -> Text:
    return text if isinstance(text, Text) else Text(text)


def _as_needle(view: View, needle: str | Needle) -> Needle:
    return needle if isinstance(needle, Needle) else _needle(view, needle)


def apply(view: View, s: str) -> str:
    """Return `s` under `view`; for domain, the normalised name or the empty string."""
    return Text(s).view(view)


def matched(view: View, s: str) -> str:
    """Return what a pattern sees of `s` under `view`: a folded text keeps its lines."""
    return fold(s) if view == "folded" else apply(view, s)


def matched_offsets(view: View, s: str) -> Sequence[int]:
    """Return the offsets of `matched`, as `offsets` does."""
    return fold_map(s) if view == "folded" else offsets(view, s)


def offsets(view: View, s: str) -> Sequence[int]:
    """Return for each code point of `apply(view, s)` the index in `s` where it begins; at the end `len(s)`."""
    if view == "exact":
        return range(len(s) + 1)
    if view == "squeezed":
        return squeeze_map(s)
    if view == "domain":
        return [0] * len(apply(view, s)) + [len(s)]
    return fold_view_map(s)


def equals(view: View, a: str | Text, b: str | Text) -> bool:
    """Tell whether two texts are the same under `view`; what is not a domain equals no domain."""
    left = _as_text(a).view(view)
    return left == _as_text(b).view(view) and (view != "domain" or left != "")


def contains(view: View, text: str | Text, needle: str | Needle) -> bool:
    """Tell whether `needle` occurs in `text` under `view`."""
    return _as_needle(view, needle).within(_as_text(text))


def find(view: View, text: str | Text, needle: str | Needle) -> Range | None:
    """Return where `needle` first occurs in `text`, as raw code points."""
    return _as_needle(view, needle).find(_as_text(text))


def starts_with(view: View, text: str | Text, needle: str | Needle) -> bool:
    """Tell whether the view of `text` begins with `needle` (domain: whether they are equal)."""
    return _as_needle(view, needle).find_at_start(_as_text(text)) is not None


def ends_with(view: View, text: str | Text, needle: str | Needle) -> bool:
    """Tell whether the view of `text` ends with `needle` (domain: whether it covers the text)."""
    return _as_needle(view, needle).find_at_end(_as_text(text)) is not None
