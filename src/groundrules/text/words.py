"""The word view: a folded match that does not begin or end inside a longer word.

`cat` is a word of `Cat!` and of `猫cat猫`, not of `concatenate`. Scripts written without spaces have no boundaries to
look for: `微信` is found in `加微信吧` and in `my微信is`, as under the folded view.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.text.scripts import in_spaced_word, is_unspaced


def starts_word(folded: str, start: int) -> bool:
    """Tell whether a match may begin at `start`: no letter or digit of the same word precedes it."""
    return start == 0 or is_unspaced(folded[start]) or not in_spaced_word(folded[start - 1])


def ends_word(folded: str, end: int) -> bool:
    """Tell whether a match may end before `end`."""
    return end == len(folded) or is_unspaced(folded[end - 1]) or not in_spaced_word(folded[end])


def occurrences(folded: str, needle: str) -> Iterator[tuple[int, int]]:
    """Yield where `needle`, folded and not empty, occurs as a word in a folded text, leftmost first."""
    start = folded.find(needle)
    while start >= 0:
        end = start + len(needle)
        if starts_word(folded, start) and ends_word(folded, end):
            yield start, end
        start = folded.find(needle, start + 1)
