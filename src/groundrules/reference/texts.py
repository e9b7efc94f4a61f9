"""Texts compared, searched and matched, under a view or as a list says.

`groundrules.text` says what each view does to a text; this page says only which function a condition asks. A view
applies to text; other values compare as they are. An entry of a list is compared under the list's own match, and also
under each of the further readings that the list names as options.
"""

from __future__ import annotations

from typing import Any

from groundrules.plan import ir
from groundrules.text import patterns, views
from groundrules.text.lists import ListMatcher

Range = tuple[int, int]


def equal(left: Any, right: Any, view: ir.View) -> bool:
    """Whether two values are the same under a view."""
    if isinstance(left, str) and isinstance(right, str) and view != "exact":
        return views.equals(view, left, right)
    return bool(left == right)


def contains(subject: str, needle: str, view: ir.View) -> bool:
    """Whether a text contains a needle."""
    return views.contains(view, subject, needle)


def has_affix(subject: str, needle: str, end: str, view: ir.View) -> bool:
    """Whether a text begins or ends with a needle."""
    return views.starts_with(view, subject, needle) if end == "start" else views.ends_with(view, subject, needle)


def matches(subject: str, pattern: str, flags: str, view: ir.View) -> bool:
    """Whether a pattern matches anywhere in a view of a text."""
    return patterns.Pattern(pattern, flags).matches(views.matched(view, subject))


# --- lists ----------------------------------------------------------------------------------------


def whole_list(words: ir.WordList) -> ListMatcher:
    return ListMatcher(words.match, words.items, words.options, scanner=False)


def in_list(item: Any, words: ir.WordList) -> bool:
    """Whether a value as a whole is an entry (of a list of domains: is one or lies under one)."""
    return entry_of(item, words) is not None


def entry_of(item: Any, words: ir.WordList) -> str | None:
    """The entry that a value as a whole matches."""
    return whole_list(words).holds(item) if isinstance(item, str) else None


def is_entry(item: Any, entry: str, words: ir.WordList) -> bool:
    """Whether a value as a whole is this one entry."""
    return (
        isinstance(item, str)
        and ListMatcher(words.match, [entry], words.options, scanner=False).holds(item) is not None
    )


def found_entries(subject: str, words: ir.WordList) -> list[tuple[int, int, str]]:
    """The leftmost occurrence of each entry that occurs in a text, as (start, end, entry)."""
    return whole_list(words).find_all(subject)


# --- where something occurs -----------------------------------------------------------------------


def affix_range(subject: str, needle: str, end: str, view: ir.View) -> Range | None:
    """The range of a needle that a text begins or ends with."""
    looked_for, text = views.Needle(view, needle), views.Text(subject)
    return looked_for.find_at_start(text) if end == "start" else looked_for.find_at_end(text)


def match_range(subject: str, pattern: str, flags: str, view: ir.View) -> Range | None:
    """Where a pattern first matches in the raw text: from the origin of the first matched character of the view to that
    of the character after the last."""
    match = patterns.Pattern(pattern, flags).search(views.matched(view, subject))
    if match is None:
        return None
    origins = views.matched_offsets(view, subject)
    first, behind = origins[match[0]], origins[match[1]]
    return first, behind if match[0] == match[1] else max(behind, origins[match[1] - 1] + 1)
