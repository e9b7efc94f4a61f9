"""Dates that recur every year, solar (`2001-02-28`, `--02-28`) and lunar (`lunar:2001-08-15`, `lunar:08-15`).

Lunar dates are those of the Chinese calendar, known for 1900-01-31 to 2101-01-28; outside that range, nothing falls on
a lunar date. What a date means in years that lack it is a parameter:

- `leap`: 29 February in other years is kept on 28 February, on 1 March, or skipped;
- `leap_month`: a lunar date is kept in its regular month only, or in both where a leap month of that number follows;
- `missing_day`: day 30 of a lunar month that has 29 is kept on the 29th, or skipped; so `lunar:12-30` is New Year's
  Eve.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from groundrules.calendar.days import date_of, day_number, days_in_month, is_leap
from groundrules.calendar.zones import local_day

LeapDay = Literal["feb28", "mar1", "skip"]
LeapMonth = Literal["regular", "both"]
MissingDay = Literal["last", "skip"]

_date = re.compile(r"(lunar:)?(?:([0-9]{4})-|--)?([0-9]{2})-([0-9]{2})")
_LUNAR_FIRST = day_number(1900, 1, 31)
_LUNAR_LAST = day_number(2101, 1, 28)


class AnnualDate(NamedTuple):
    """A date of every year; `year` is its first, if it is known."""

    lunar: bool
    year: int | None
    month: int
    day: int


@lru_cache(maxsize=1024)
def parse_date(date: str) -> AnnualDate | None:
    """Return the date in a text, or None if there is no such date."""
    match = _date.fullmatch(date)
    if match is None or (match[2] is None and (match[1] is None) != ("--" in date)):
        return None
    year = int(match[2]) if match[2] else None
    month, day = int(match[3]), int(match[4])
    if not 1 <= month <= 12 or year == 0:
        return None
    most = 30 if match[1] else days_in_month(2000 if year is None else year, month)
    return AnnualDate(match[1] is not None, year, month, day) if 1 <= day <= most else None


def falls_on(
    date: str,
    ms: int,
    zone: str,
    leap: LeapDay = "feb28",
    leap_month: LeapMonth = "regular",
    missing_day: MissingDay = "last",
) -> bool | None:
    """Tell whether the local day of an instant is the date or an anniversary of it.

    None if `date` is not a date, or is lunar and the day outside the known range. Years before the date's are False.
    """
    wanted = parse_date(date)
    if wanted is None:
        return None
    today = local_day(zone, ms)
    if wanted.lunar:
        return _lunar_falls_on(wanted, today, leap_month, missing_day)
    year, month, day = date_of(today)
    if wanted.year is not None and year < wanted.year:
        return False
    if (wanted.month, wanted.day) == (2, 29) and not is_leap(year):
        return leap != "skip" and (month, day) == ((2, 28) if leap == "feb28" else (3, 1))
    return (month, day) == (wanted.month, wanted.day)


def _lunar_falls_on(wanted: AnnualDate, today: int, leap_month: LeapMonth, missing_day: MissingDay) -> bool | None:
    known = lunar_date(today)
    if known is None:
        return None
    year, month, day, is_leap_month, length = known
    if month != wanted.month or (is_leap_month and leap_month == "regular"):
        return False
    if wanted.year is not None and year < wanted.year:
        return False
    return day == (min(wanted.day, length) if missing_day == "last" else wanted.day)


class LunarDay(NamedTuple):
    """A day of the Chinese calendar and the length of its month."""

    year: int
    month: int
    day: int
    is_leap_month: bool
    length: int


@lru_cache(maxsize=64)
def lunar_date(day: int) -> LunarDay | None:
    """Return the lunar date of a numbered day, or None outside the known range."""
    if not _LUNAR_FIRST <= day <= _LUNAR_LAST:
        return None
    from borax.calendars.lunardate import LCalendars, LunarDate  # 30 ms that most rulebooks never need

    lunar = LunarDate.from_solar_date(*date_of(day))
    length = LCalendars.ndays(lunar.year, lunar.month, lunar.leap)
    return LunarDay(lunar.year, lunar.month, lunar.day, bool(lunar.leap), length)
