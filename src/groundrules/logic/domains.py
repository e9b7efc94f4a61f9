"""What a set of claims leaves open for one thing: a number's range, a text's values, a clock's minutes.

Domains of the same thing can be intersected, which gives what both allow, or None if that is nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Protocol

from groundrules.plan.ir import Relation
from groundrules.plan.relations import NEGATED
from groundrules.text.views import Needle, Text, View
from groundrules.time_units import MINUTE


class Domain(Protocol):
    def meet(self, other: Any) -> Domain | None: ...


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, each end included unless open, without `holes`."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    holes: frozenset[float] = frozenset()
    integer: bool = False

    def meet(self, other: Range) -> Range | None:
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, high_closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        holes, integer = self.holes | other.holes, self.integer or other.integer
        met = Range(low, high, low_open, not high_closed, holes, integer)._whole()
        return None if met._empty() else met

    def _whole(self) -> Range:
        """Convert a range's ends to the whole numbers just inside it."""
        if not self.integer:
            return self
        low = self.low if math.isinf(self.low) else math.floor(self.low) + 1 if self.low_open else math.ceil(self.low)
        high = (
            self.high
            if math.isinf(self.high)
            else math.ceil(self.high) - 1
            if self.high_open
            else math.floor(self.high)
        )
        while low in self.holes and low <= high:
            low += 1
        while high in self.holes and high >= low:
            high -= 1
        return replace(self, low=low, high=high, low_open=False, high_open=False)

    def _empty(self) -> bool:
        if self.low > self.high:
            return True
        return self.low == self.high and (self.low_open or self.high_open or self.low in self.holes)


def compared(relation: Relation, bound: float, wanted: bool) -> Range:
    """Return the numbers for which the outcome of `x relation bound` is `wanted`."""
    relation = relation if wanted else NEGATED[relation]
    match relation:
        case "<" | "<=":
            return Range(high=bound, high_open=relation == "<")
        case ">" | ">=":
            return Range(low=bound, low_open=relation == ">")
        case "==":
            return Range(bound, bound)
        case _:
            return Range(holes=frozenset({bound}))


@dataclass(frozen=True)
class Values:
    """One of `allowed` (anything, if None) and none of `banned`."""

    allowed: frozenset[Any] | None = None
    banned: frozenset[Any] = frozenset()

    def meet(self, other: Values) -> Values | None:
        allowed = self.allowed
        if other.allowed is not None:
            allowed = other.allowed if allowed is None else allowed & other.allowed
        met = Values(allowed, self.banned | other.banned)
        return None if met.allowed is not None and not met.allowed - met.banned else met


@dataclass(frozen=True)
class Truth:
    value: bool

    def meet(self, other: Truth) -> Truth | None:
        return self if self == other else None


@dataclass(frozen=True)
class Order:
    """How one value compares to another: a subset of -1 (below), 0 (equal) and 1 (above)."""

    allowed: frozenset[int]

    def meet(self, other: Order) -> Order | None:
        return Order(self.allowed & other.allowed) if self.allowed & other.allowed else None


ORDERS = {
    "<": frozenset({-1}),
    "<=": frozenset({-1, 0}),
    ">": frozenset({1}),
    ">=": frozenset({0, 1}),
    "==": frozenset({0}),
    "!=": frozenset({-1, 1}),
}


@dataclass(frozen=True)
class Minutes:
    """Minutes of the day, one bit each."""

    mask: int

    def meet(self, other: Minutes) -> Minutes | None:
        return Minutes(self.mask & other.mask) if self.mask & other.mask else None


_DAY = 24 * 60


def minutes(start: int, end: int, wanted: bool) -> Minutes:
    """Return the minutes in (or, if not wanted, outside) `[start, end)`, given in ms since midnight."""
    first, last = start // MINUTE, end // MINUTE
    whole = (1 << _DAY) - 1
    inside = (1 << last) - (1 << first) if first < last else whole - ((1 << first) - (1 << last))
    return Minutes(inside if wanted else whole - inside)


@dataclass(frozen=True)
class Words:
    """Texts that contain each of `present` and none of `absent`, under one view."""

    view: View
    present: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    def meet(self, other: Words) -> Words | None:
        met = Words(self.view, self.present | other.present, self.absent | other.absent)
        clash = any(Needle(self.view, absent).within(Text(word)) for absent in met.absent for word in met.present)
        return None if clash else met
