"""Calendar periods in a zone: days, weeks from Monday, months. Each has an index, one more than the previous one's."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from groundrules.calendar.days import date_of, day_number
from groundrules.calendar.zones import instants_of, local_day

Period = Literal["day", "week", "month"]

_MONDAY = 3  # day 0 is a Thursday


def period_index(zone: str, ms: int, period: Period) -> int:
    """Return the index of an instant's local day, week or month; index 0 contains 1970-01-01."""
    return _index(local_day(zone, ms), period)


def _index(day: int, period: Period) -> int:
    if period == "day":
        return day
    if period == "week":
        return (day + _MONDAY) // 7
    year, month, _ = date_of(day)
    return (year - 1970) * 12 + month - 1


@lru_cache(maxsize=64)
def _named(day: int, period: Period) -> str:
    year, month, number = date_of(first_day(_index(day, period), period))
    return f"{year:04}-{month:02}" + ("" if period == "month" else f"-{number:02}") + "w" * (period == "week")


def period_name(zone: str, ms: int, period: Period) -> str:
    """Return an instant's local day, week or month as a text: `2026-03-02`, `2026-03-02w`, `2026-03`."""
    return _named(local_day(zone, ms), period)


def first_day(index: int, period: Period) -> int:
    """Return the number of the first day of a period."""
    if period == "day":
        return index
    if period == "week":
        return index * 7 - _MONDAY
    return day_number(1970 + index // 12, index % 12 + 1, 1)


def period_end(zone: str, ms: int, period: Period) -> int:
    """Return the first instant of the period after the one containing `ms`; always later than `ms`."""
    following = first_day(period_index(zone, ms, period) + 1, period)
    first, last = instants_of(zone, following, 0)
    return first if first > ms else last
