"""Recurring instants: daily, weekly, monthly, yearly at a local time, or at an interval.

- A day of the month that a month does not have is skipped (the 31st in June, 29 February in most years); -1 is the last
  day of every month. A weekday and a day of the month together mean days that are both.
- A time in a daylight-saving gap is the first instant after it; in an overlap the first of the two counts.
- An interval below a day restarts at each local midnight and counts elapsed time, so that it is even on days when
  clocks change. Intervals of whole days fall on local midnights, counted from Monday 1969-12-29, so that seven days are
  Mondays. Others count elapsed time from that midnight.

Finding an occurrence takes equally long however far away the last one was. Counting those between goes by the days or
months between, and only up to the limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from groundrules.calendar.days import date_of, day_number, days_in_month, weekday_of
from groundrules.calendar.zones import instant_of, local_day
from groundrules.time_units import DAY

_MONDAY = -3  # 1969-12-29
_MONTHS_TO_TRY = 12 * 50  # a weekday's 29 February recurs within 40 years


class When(Protocol):
    """A recurring local time; `groundrules.plan.ir.When` is one.

    time: ms since midnight. weekday: 0 (Monday) to 6. day: 1 to 31 or -1. month: 1 to 12. every: ms, instead of all.
    weekdays: several of them, instead of all but the time.
    """

    @property
    def time(self) -> int: ...
    @property
    def weekday(self) -> int | None: ...
    @property
    def day(self) -> int | None: ...
    @property
    def month(self) -> int | None: ...
    @property
    def every(self) -> int | None: ...
    @property
    def weekdays(self) -> tuple[int, ...]: ...


@dataclass(frozen=True)
class Occurrences:
    """How many there were, up to a limit, and the last one."""

    count: int
    last: int | None


def next_after(when: When, zone: str, ms: int) -> int | None:
    """Return the first occurrence after `ms`, or None if there is never one (30 February)."""
    if when.every and when.every % DAY:
        return _next_step(zone, ms, when.every)
    day = _matching(when, local_day(zone, ms) - 1, 1)
    while day is not None:
        instant = instant_of(zone, day, when.time)
        if instant > ms:
            return instant
        day = _matching(when, day + 1, 1)
    return None


def last_until(when: When, zone: str, ms: int) -> int | None:
    """Return the last occurrence at or before `ms`, or None if there is never one."""
    if when.every and when.every % DAY:
        start = _start_of_steps(zone, ms, when.every)
        return start + (ms - start) // when.every * when.every
    day = _matching(when, local_day(zone, ms) + 1, -1)
    while day is not None:
        instant = instant_of(zone, day, when.time)
        if instant <= ms:
            return instant
        day = _matching(when, day - 1, -1)
    return None


def occurrences_between(when: When, zone: str, after: int, until: int, limit: int = 1000) -> Occurrences:
    """Return how many occurrences are in `(after, until]`, counting up to `limit`, and the last of them."""
    last = last_until(when, zone, until)
    if last is None or last <= after:
        return Occurrences(0, None)
    first = next_after(when, zone, after)
    assert first is not None
    return Occurrences(min(limit, _count(when, zone, first, last, limit)), last)


def _count(when: When, zone: str, first: int, last: int, limit: int) -> int:
    """Return how many occurrences there are from the first to the last; beyond the limit, any larger number."""
    if when.every and when.every % DAY:
        return (last - first) // when.every + 1 if when.every > DAY else _steps(when.every, zone, first, last, limit)
    if when.weekdays:
        return _count_days(when, zone, first, last, limit)
    here, end = _day_of(when, zone, first), _day_of(when, zone, last)
    period = when.every // DAY if when.every else 7 if when.weekday is not None else 1
    if when.day is None and when.month is None:
        return (end - here) // period + 1
    count, day = 0, _matching(when, here, 1)
    while day is not None and day <= end and count < limit:
        count, day = count + 1, _matching(when, day + 1, 1)
    return count


def _count_days(when: When, zone: str, first: int, last: int, limit: int) -> int:
    """Count whole weeks, then the remaining days."""
    here, end = _day_of(when, zone, first), _day_of(when, zone, last)
    weeks, rest = divmod(end - here, 7)
    left = sum(weekday_of(end - days) in when.weekdays for days in range(rest + 1))
    return min(limit, weeks * len(when.weekdays) + left)


def _steps(every: int, zone: str, at: int, last: int, limit: int) -> int:
    """Count the steps of an interval below a day, a day at a time."""
    count, day = 0, local_day(zone, at)
    while count < limit:
        day += 1
        midnight = _midnight(zone, day)
        if midnight > last:
            return count + (last - at) // every + 1
        count, at = count + -(-(midnight - at) // every), midnight
    return count


@lru_cache(maxsize=4096)
def _midnight(zone: str, day: int) -> int:
    return instant_of(zone, day, 0)


def _day_of(when: When, zone: str, instant: int) -> int:
    """Return the day whose occurrence falls on this instant."""
    day = local_day(zone, instant)
    return day if instant_of(zone, day, when.time) == instant else day - 1


def _matching(when: When, day: int, step: int) -> int | None:
    """Return the first matching day from `day` on, forwards (`step` 1) or backwards (-1)."""
    if when.every:
        return day + step * (-step * (day - _MONDAY) % (when.every // DAY))
    if when.weekdays:
        return next(day + step * ahead for ahead in range(7) if weekday_of(day + step * ahead) in when.weekdays)
    if when.day is None and when.month is None:
        return day if when.weekday is None else day + step * (step * (when.weekday - weekday_of(day)) % 7)
    return _matching_date(when, day, step)


def _matching_date(when: When, day: int, step: int) -> int | None:
    year, month, _ = date_of(day)
    for _ in range(_MONTHS_TO_TRY):
        matching_day = _in_month(when, year, month)
        if matching_day is not None and step * (matching_day - day) >= 0:
            return matching_day
        month += step
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return None


def _in_month(when: When, year: int, month: int) -> int | None:
    length = days_in_month(year, month)
    wanted = 1 if when.day is None else length if when.day == -1 else when.day
    if when.month not in (None, month) or wanted > length:
        return None
    day = day_number(year, month, wanted)
    return day if when.weekday in (None, weekday_of(day)) else None


def _next_step(zone: str, ms: int, every: int) -> int:
    start = _start_of_steps(zone, ms, every)
    step = start + ((ms - start) // every + 1) * every
    if every > DAY:
        return step
    following = local_day(zone, start) + 1
    while (midnight := instant_of(zone, following, 0)) <= ms:
        following += 1
    return min(step, midnight)


def _start_of_steps(zone: str, ms: int, every: int) -> int:
    """Return the local midnight, not after `ms`, from which an interval's steps are counted."""
    if every > DAY:
        return instant_of(zone, _MONDAY, 0)
    day = local_day(zone, ms) + 1
    while (midnight := instant_of(zone, day, 0)) > ms:
        day -= 1
    return midnight
