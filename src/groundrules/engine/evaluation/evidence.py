"""Where a clause found something in a text of the event.

For every needle, list entry or pattern that occurs in a text, this is the leftmost occurrence, in the order of the
text, and at most `MOST` per clause. Offsets are code points of the raw text, whatever view the clause looked through;
for an equality the evidence is the whole text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from groundrules.decisions import Evidence
from groundrules.engine.codegen.program import Program
from groundrules.engine.codegen.total import listed
from groundrules.engine.texts.needles import texts_of
from groundrules.engine.texts.views import viewed
from groundrules.plan import ir
from groundrules.text.lists import ListMatcher
from groundrules.text.views import Needle, Range, Text, View, find, matched, matched_offsets

MOST = 8

Place = tuple[int, int, str]
Value = Callable[[ir.Expr], Any]
Matcher = Callable[[str], ListMatcher]
Search = Callable[[str, Value, Matcher], Iterable[Place]]
"""From the raw text, the values of operands, and the lists as they are now, to the places found."""


def search(program: Program, leaf: ir.Expr) -> Search:
    """Return the function that searches a text for a leaf, its constant parts prepared."""
    if not (isinstance(leaf, ir.Contains) and isinstance(leaf.needles, ir.Const)):
        return partial(_places, program, leaf)
    texts, needles = program.texts, [(needle, Needle(leaf.view, needle).find) for needle in texts_of(leaf.needles)]
    return lambda text, *_: [(*place, needle) for needle, find in needles if (place := find(texts[text])) is not None]


def evidence(field: str, text: str, places: Iterable[Place]) -> tuple[Evidence, ...]:
    """Return places in the text of a field as a clause lists them."""
    ordered = list(places)
    if len(ordered) > 1:
        ordered = sorted(set(ordered))[:MOST]
    return tuple(
        [
            Evidence(field=field, start=start, end=end, text=text[start:end], pattern=pattern)
            for start, end, pattern in ordered
        ]
    )


def subject_of(leaf: ir.Expr) -> ir.Field | None:
    """Return the field of the event whose text a leaf searches, if there is one."""
    match leaf:
        case ir.Contains() | ir.ContainsList() | ir.Affix() | ir.Matches():
            sides = [leaf.subject]
        case ir.Compare(operator="==" | "!="):
            sides = [leaf.left, leaf.right]
        case ir.In() | ir.InList():
            sides = [leaf.item]
        case _:
            return None
    fields = (side for side in sides if isinstance(side, ir.Field))
    return next((field for field in fields if field.root == "event" and field.kind == "text"), None)


def _places(program: Program, leaf: ir.Expr, text: str, value: Value, matcher: Matcher) -> Iterable[Place]:
    places: Iterable[Place] = ()
    match leaf:
        case ir.Contains():
            places = _contained(leaf.view, program.texts[text], listed(value(leaf.needles) or ()))
        case ir.ContainsList():
            places = matcher(leaf.list).find_all(text)
        case ir.Affix():
            places = (place for needle in listed(value(leaf.needle) or ()) for place in _affix(leaf, text, needle))
        case ir.Matches():
            places = _place(_match(program, leaf, text), leaf.pattern)
        case ir.InList():
            places = _whole(text, matcher(leaf.list).holds(text))
        case ir.In():
            same = (item for item in listed(value(leaf.collection) or ()) if _equal(text, item, leaf.view))
            places = (place for item in same for place in _whole(text, item))
        case ir.Compare():
            other = value(leaf.right if leaf.left is subject_of(leaf) else leaf.left)
            places = _whole(text, other if _equal(text, other, leaf.view) else None)
    return places


def _contained(view: View, text: Text, needles: Iterable[str]) -> list[Place]:
    return [(*place, needle) for needle in needles if (place := find(view, text, needle)) is not None]


def _place(place: Range | None, pattern: str) -> Iterator[Place]:
    if place is not None:
        yield (*place, pattern)


def _whole(text: str, pattern: str | None) -> Iterator[Place]:
    if pattern is not None:
        yield 0, len(text), pattern


def _affix(leaf: ir.Affix, text: str, needle: str) -> Iterator[Place]:
    looked_for = Needle(leaf.view, needle)
    find = looked_for.find_at_start if leaf.end == "start" else looked_for.find_at_end
    yield from _place(find(Text(text)), needle)


def _match(program: Program, leaf: ir.Matches, text: str) -> Range | None:
    """Return the raw code points of the leftmost match in the text's view."""
    match = program.pattern(leaf.pattern, leaf.flags).search(matched(leaf.view, text))
    if match is None:
        return None
    origins = matched_offsets(leaf.view, text)
    start, end = origins[match[0]], origins[match[1]]
    return (start, end) if match[0] == match[1] else (start, max(end, origins[match[1] - 1] + 1))


def _equal(text: str, other: Any, view: ir.View) -> bool:
    return bool(viewed(text, view) == viewed(other, view))
