"""Characters taken apart: `力口微信` for `加微信`.

The list option `split` lets entries of two or more characters match with some of them written as their components, side
by side or with one separator between. `components.tsv` says which characters come apart, and into what; combining forms
of radicals count as the characters they come from (`亻` and `人`, `氵` and `水`). A text is read again with the
components rejoined, but only into characters in the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from groundrules.text.fold import fold, fold_map
from groundrules.text.scripts import SEPARATORS

_FORMS = (
    "亻人",
    "氵水",
    "讠言",
    "钅金",
    "扌手才",
    "忄心",
    "纟糸丝",
    "饣食",
    "礻示",
    "衤衣",
    "犭犬",
    "艹草",
    "足⻊",
    "刂刀",
)

Range = tuple[int, int]


class Joined(NamedTuple):
    """A text with characters rejoined; `spans`: the raw code points behind each of its own."""

    text: str
    spans: tuple[Range, ...]

    def raw_range(self, start: int, end: int) -> Range:
        return self.spans[start][0], self.spans[end - 1][1]


class Joiner:
    """Rejoins the characters of some entries."""

    def __init__(self, entries: Iterable[str]) -> None:
        wanted = {char for entry in entries for char in fold(entry)}
        apart = {parts: char for char, parts in _components().items() if char in wanted}
        self._whole = list(apart.values())
        patterns = "|".join(f"({_pattern(parts)})" for parts in apart)
        begins = "|".join(sorted({_any_form(parts[0]) for parts in apart}))
        self._begins = re.compile(begins) if apart else None
        self._apart = re.compile(f"(?={begins})(?:{patterns})") if apart else None

    def join(self, raw: str) -> Joined | None:
        """Return the text rejoined; None if nothing in it is apart."""
        if self._apart is None or self._begins is None or raw.isascii():
            return None
        folded = fold(raw)
        if not self._begins.search(folded):
            return None
        matches = list(self._apart.finditer(folded))
        return self._joined(raw, folded, matches) if matches else None

    def has_apart(self, folded: str) -> bool:
        """Tell whether characters of a folded text would be rejoined."""
        if self._apart is None or self._begins is None or folded.isascii():
            return False
        return self._begins.search(folded) is not None and self._apart.search(folded) is not None

    def _joined(self, raw: str, folded: str, matches: list[re.Match[str]]) -> Joined:
        ends = [max(start + 1, after) for start, after in pairwise(fold_map(raw))]
        spans = list(zip(fold_map(raw), ends, strict=False))
        chars: list[str] = []
        places: list[Range] = []
        done = 0
        for match in matches:
            start, end = match.span()
            chars += [*folded[done:start], self._whole[(match.lastindex or 1) - 1]]
            places += [*spans[done:start], (spans[start][0], spans[end - 1][1])]
            done = end
        return Joined("".join([*chars, *folded[done:]]), (*places, *spans[done:]))


@cache
def _components() -> dict[str, str]:
    rows = Path(__file__).with_name("components.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {fold(char): parts for char, parts in (row.split("\t") for row in rows)}


def _pattern(parts: str) -> str:
    return f"[{SEPARATORS}]?".join(_any_form(part) for part in parts)


def _any_form(part: str) -> str:
    forms = next((forms for forms in _FORMS if part in forms), part)
    return f"[{''.join(dict.fromkeys(fold(form) for form in forms))}]"
