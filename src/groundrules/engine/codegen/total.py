"""What generated code calls: total functions, which never raise and answer None where there is no value.

Arithmetic has no value where its result is NaN, infinite or an integer beyond 64 bits, or where its divisor is zero.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any

from groundrules.engine.intake.decode import attribute, milliseconds, plan_value
from groundrules.functions import numbers
from groundrules.functions.numbers import HIGHEST, LOWEST
from groundrules.plan import ir
from groundrules.text.lists import ListMatcher
from groundrules.text.views import Text, View, contains, ends_with, starts_with

Number = int | float


def finite(number: Number) -> Number | None:
    """Return `number`, or None if it is NaN, infinite or an integer that does not fit in 64 bits."""
    if isinstance(number, float):
        return number if isfinite(number) else None
    return number if LOWEST <= number <= HIGHEST else None


def add(left: Number, right: Number) -> Number | None:
    try:
        return finite(left + right)
    except OverflowError:
        return None


def subtract(left: Number, right: Number) -> Number | None:
    try:
        return finite(left - right)
    except OverflowError:
        return None


def multiply(left: Number, right: Number) -> Number | None:
    try:
        return finite(left * right)
    except OverflowError:
        return None


def divide(left: Number, right: Number) -> Number | None:
    try:
        return finite(left / right)
    except (OverflowError, ZeroDivisionError):
        return None


def modulo(left: Number, right: Number) -> Number | None:
    """Return the remainder, which has the divisor's sign."""
    try:
        return finite(left % right)
    except (OverflowError, ZeroDivisionError):
        return None


def negate(number: Number) -> Number | None:
    return finite(-number)


def reach(value: Any, path: Sequence[str]) -> Any:
    """Follow a path of JSON names through structs and dicts; None as soon as something is absent."""
    for name in path:
        if value is None:
            return None
        if isinstance(value, list):
            value = item(value, int(name)) if name in (ir.FIRST, ir.LAST) else None
        else:
            value = value.get(name) if isinstance(value, dict) else getattr(value, attribute(name), None)
    return value


def item(values: Sequence[Any], at: int) -> Any:
    """Return the first (0) or last (-1) of a list; None if it is empty."""
    return values[at] if values else None


def own_act(e: Any) -> bool:
    """Whether an event is the bot's own act."""
    return getattr(getattr(e, "actor", None), "self", None) is True


def instant(value: Any) -> int:
    """Return an instant in ms, whether it was decoded from an event or is one already."""
    return milliseconds(value) if isinstance(value, datetime) else value


def listed(value: Any) -> Sequence[Any]:
    """Return a list as it is and a single value as a list of one."""
    return value if isinstance(value, list | tuple) else (value,)


def has_any(held: Collection[Any], wanted: Collection[Any]) -> bool:
    """Whether one of `wanted` is held."""
    return any(item in wanted for item in held)


def has_all(held: Collection[Any], wanted: Collection[Any]) -> bool:
    """Whether all of `wanted` are held."""
    return all(item in held for item in wanted)


def contains_any(view: View, text: Text, needles: Sequence[str]) -> bool:
    """Whether one of the needles occurs in the text."""
    return any(contains(view, text, needle) for needle in needles)


def contains_all(view: View, text: Text, needles: Sequence[str]) -> bool:
    """Whether all of the needles occur in the text."""
    return all(contains(view, text, needle) for needle in needles)


def starts_with_any(view: View, text: Text, needles: Sequence[str]) -> bool:
    """Whether the text begins with one of the needles."""
    return any(starts_with(view, text, needle) for needle in needles)


def ends_with_any(view: View, text: Text, needles: Sequence[str]) -> bool:
    """Whether the text ends with one of the needles."""
    return any(ends_with(view, text, needle) for needle in needles)


def entries_in(words: ListMatcher, text: str) -> list[str]:
    """Return the entries that occur in a text, in order of occurrence."""
    return [entry for _, _, entry in words.find_all(text)]


def weigh(weights: Mapping[str, int], words: ListMatcher, text: str) -> int:
    """Return the sum of the weights of the entries that occur in a text."""
    return sum(weights.get(entry, 1) for entry in entries_in(words, text))


def contain_all(entries: Sequence[ListMatcher], text: str) -> bool:
    """Whether each of the lists, of one entry each, occurs in the text."""
    return all(entry.contains_any(text) for entry in entries)


def holds_any(words: ListMatcher, items: Sequence[str]) -> bool:
    """Whether one of the items is an entry."""
    return any(words.holds(item) is not None for item in items)


def hold_all(entries: Sequence[ListMatcher], items: Sequence[str]) -> bool:
    """Whether each of the lists, of one entry each, holds one of the items."""
    return all(holds_any(entry, items) for entry in entries)


def differs(least: Number, most: Number, number: Number) -> bool:
    """Whether a number lies outside two bounds."""
    return most < number or least > number


def settled(least: Number, most: Number) -> Number | None:
    """Return the number that two bounds agree on, if they do."""
    return least if least == most else None


def at_least(true: bool, false: bool, points: Number) -> Number:
    """Return what a hint adds at least."""
    return points if true else 0 if false else min(points, 0)


def at_most(true: bool, false: bool, points: Number) -> Number:
    """Return what a hint adds at most."""
    return points if true else 0 if false else max(points, 0)


NAMES: dict[str, Any] = {
    function.__name__: function
    for function in (
        *(add, subtract, multiply, divide, modulo, negate),
        *(plan_value, reach, item, instant, listed, has_any, has_all),
        *(differs, settled, at_least, at_most),
        *(entries_in, weigh),
        *(contains_any, contains_all, starts_with_any, ends_with_any, contain_all, holds_any, hold_all),
    )
} | {"ms": milliseconds, "total": numbers.total, "any": any}
