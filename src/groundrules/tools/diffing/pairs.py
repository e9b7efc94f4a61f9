"""Matching the parts of two plans, and the details of how two values differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from groundrules.logic.implication import Sides
from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.tools.diffing.model import Detail
from groundrules.tools.diffing.texts import Texts, localised, unlike

T = TypeVar("T")


@dataclass(frozen=True)
class Both:
    """Two plans side by side, with the texts that show their parts."""

    old: ir.Plan
    new: ir.Plan
    before: Texts
    after: Texts
    sides: Sides

    @classmethod
    def of(cls, old: ir.Plan, new: ir.Plan) -> Both:
        return cls(old, new, Texts(old), Texts(new), Sides.of(old, new))


def paired(old: Sequence[T], new: Sequence[T], *likenesses: Callable[[T], Any]) -> list[tuple[T | None, T | None]]:
    """Pair the items of two lists: equal ones first, then those alike by each likeness in turn.

    The order is that of the new list; what only the old one has comes last. A missing partner is None.
    """
    partners: dict[int, T] = {}
    unpaired = list(old)
    for likeness in (definition_hash, *likenesses):
        for number, item in enumerate(new):
            if number not in partners:
                match = next((candidate for candidate in unpaired if likeness(candidate) == likeness(item)), None)
                if match is not None:
                    partners[number] = match
                    unpaired.remove(match)
    return [(partners.get(number), item) for number, item in enumerate(new)] + [(rest, None) for rest in unpaired]


def edit(part: str, before: str, after: str, about: str = "") -> list[Detail]:
    """Return what changed between two texts; nothing if they are equal."""
    return [] if before == after else [Detail(part=part, about=about, before=before, after=after)]


def wording(part: str, old: dict[str, str], new: dict[str, str]) -> list[Detail]:
    """Return what changed between two texts for people, in the languages in which they differ."""
    return edit(part, *map(localised, unlike(old, new)))


def entries(part: str, old: Iterable[str], new: Iterable[str], about: str = "") -> list[Detail]:
    """Return what was added and removed between two sets of entries; nothing if they are equal."""
    was, now = set(old), set(new)
    if was == now:
        return []
    return [Detail(part=part, about=about, added=tuple(sorted(now - was)), removed=tuple(sorted(was - now)))]
