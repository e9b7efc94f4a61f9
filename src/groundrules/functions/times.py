"""Functions of instants in a time zone. The zone comes first; the checker has ensured that it exists."""

from __future__ import annotations

import re

from groundrules.calendar import anniversaries
from groundrules.calendar.days import date_of, day_number, days_in_month, weekday_of
from groundrules.calendar.instants import FIRST, LAST, format_ms
from groundrules.calendar.zones import local_day, time_of_day
from groundrules.time_units import HOUR, MINUTE, WEEKDAYS


def hour(zone: str, instant: int) -> int:
    return time_of_day(zone, _known(instant)) // HOUR


def minute(zone: str, instant: int) -> int:
    return time_of_day(zone, _known(instant)) % HOUR // MINUTE


def weekday(zone: str, instant: int) -> str:
    return WEEKDAYS[weekday_of(local_day(zone, _known(instant)))]


def day(zone: str, instant: int) -> int:
    return _date(zone, instant)[2]


def month(zone: str, instant: int) -> int:
    return _date(zone, instant)[1]


def year(zone: str, instant: int) -> int:
    return _date(zone, instant)[0]


def date(zone: str, instant: int) -> str:
    return "{:04}-{:02}-{:02}".format(*_date(zone, instant))


def falls_on(zone: str, date: str, instant: int, leap_month: anniversaries.LeapMonth = "regular") -> bool | None:
    return anniversaries.falls_on(date, _known(instant), zone, leap_month=leap_month)


def days_until(zone: str, date: str, instant: int) -> int | None:
    """Days from the instant's local day to a date; to the next anniversary, if the date has no year."""
    today = local_day(zone, _known(instant))
    match = _WRITTEN.fullmatch(date)
    if match is None:
        return None
    written, month, day = match["year"], int(match["month"]), int(match["day"])
    if written is not None:
        return day_number(int(written), month, day) - today if _exists(int(written), month, day) else None
    this = date_of(today)[0]
    coming = (day_number(year, month, day) for year in range(this, this + 9) if _exists(year, month, day))
    return next((number - today for number in coming if number >= today), None)


_WRITTEN = re.compile(r"(?:(?P<year>[0-9]{4})|-)-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= days_in_month(year, month)


def timestamp(instant: int) -> str:
    return format_ms(instant)


def _known(instant: int) -> int:
    """Return the nearest instant of the years 1 to 9999: calendars end there, arithmetic doesn't."""
    return min(max(instant, FIRST), LAST)


def _date(zone: str, instant: int) -> tuple[int, int, int]:
    return date_of(local_day(zone, _known(instant)))
