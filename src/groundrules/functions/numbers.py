"""Functions of numbers. Integers are 64-bit and saturate at the limits."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any

LOWEST, HIGHEST = -(2**63), 2**63 - 1


def within_limits(number: int) -> int:
    """Return the 64-bit integer nearest to `number`."""
    return min(max(number, LOWEST), HIGHEST)


def total(values: Iterable[int | float]) -> int | float:
    """The sum, one value after the other; `sum` rounds fractions differently from Python 3.12 on."""
    return reduce(operator.add, values, 0)


def least(*values: int | float) -> int | float:
    return min(values)


def greatest(*values: int | float) -> int | float:
    return max(values)


def absolute(value: int | float) -> int | float:
    return within_limits(abs(value)) if isinstance(value, int) else abs(value)


def rounded(number: int | float) -> int:
    """The nearest integer; halves go up."""
    below = math.floor(number)
    return within_limits(below + 1 if number - below >= 0.5 else below)


def floor(number: int | float) -> int:
    return within_limits(math.floor(number))


def ceil(number: int | float) -> int:
    return within_limits(math.ceil(number))


def first(items: list[Any]) -> Any | None:
    return items[0] if items else None


def last(items: list[Any]) -> Any | None:
    return items[-1] if items else None


def parse_number(text: str) -> int | float | None:
    """Return the number written with ASCII digits, a sign, `,` and `.`; None if no value can hold it."""
    plain = text.replace(",", "")
    if "." not in plain and len(plain) <= 19:
        return within_limits(int(plain))
    value = float(plain)
    return value if math.isfinite(value) else None


def item(items: list[Any], place: int | float) -> Any | None:
    """The item at a position, 1 the first, -1 the last; None if there is none."""
    if place != int(place) or not 1 <= abs(place) <= len(items):
        return None
    return items[int(place) - 1 if place > 0 else int(place)]
