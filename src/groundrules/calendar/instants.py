"""Instants and durations as text. An instant is a number of milliseconds since 1970-01-01T00:00Z."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache

from groundrules.calendar.days import date_of, day_number, days_in_month
from groundrules.time_units import DAY, HOUR, MINUTE, SECOND

FIRST = day_number(1, 1, 1) * DAY
LAST = day_number(10_000, 1, 1) * DAY - 1
"""The first and last millisecond of the years 1 to 9999."""

_rfc3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))"
)


def parse_rfc3339(s: str) -> int:
    """Return the instant of an RFC 3339 date-time, truncated to whole milliseconds.

    The year is 1 to 9999, the date must exist, an offset is required, its colon is not. A leap second counts as the
    second after it. Raises ValueError.
    """
    match = _rfc3339.fullmatch(s)
    if match is None:
        raise ValueError("not an RFC 3339 date and time such as 2026-01-02T03:04:05Z")
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    if not (year >= 1 and 1 <= month <= 12 and 1 <= day <= days_in_month(year, month)):
        raise ValueError("no such date")
    if hour > 23 or minute > 59 or second > 60:
        raise ValueError("no such time of day")
    fraction = int(((match[7] or "") + "000")[:3])
    local = day_number(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * SECOND + fraction
    if local > LAST:
        raise ValueError("no such time of day")
    return local - _offset(match[8], match[9], match[10])


def _offset(sign: str | None, hours: str, minutes: str) -> int:
    if sign is None:
        return 0
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError("no such offset from UTC")
    size = int(hours) * HOUR + int(minutes) * MINUTE
    return size if sign == "+" else -size


def cut_rfc3339(s: str) -> str:
    """Return a date-time without what readers of ISO 8601 round or refuse: a seventh digit, a leap second.

    Anything else is returned unchanged.
    """
    match = _rfc3339.fullmatch(s)
    if match is None or (match[6] != "60" and len(match[7] or "") <= 6):
        return s
    try:
        second = datetime.fromisoformat(f"{s[:10]}T{s[11:17]}{min(match[6], '59')}")
        second += timedelta(seconds=match[6] == "60")
    except (ValueError, OverflowError):
        return s
    offset = s[19:].lstrip(".0123456789")
    return f"{second.isoformat()}.{(match[7] or '0')[:6]}{offset}"


def format_ms(ms: int) -> str:
    """Return an instant as `2026-01-02T03:04:05.678Z`; outside the years 1 to 9999, the nearest inside."""
    if not FIRST <= ms <= LAST:
        ms = FIRST if ms < FIRST else LAST
    minutes, rest = divmod(ms, MINUTE)
    days, minute = divmod(minutes, 1440)
    seconds, fraction = divmod(rest, SECOND)
    return f"{_date(days)}T{_MINUTES[minute]}:{_SECONDS[seconds]}{_FRACTIONS[fraction]}"


_MINUTES = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(1440)]
_SECONDS = [f"{second:02}" for second in range(60)]
_FRACTIONS = [f".{fraction:03}Z" for fraction in range(1000)]


@lru_cache(maxsize=64)
def _date(days: int) -> str:
    year, month, day = date_of(days)
    return f"{year:04}-{month:02}-{day:02}"
