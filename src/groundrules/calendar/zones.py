"""Local time in the zones of the tz database.

The rules come only from the `tzdata` package, never from the machine, so that decisions don't depend on where they are
made; `TZDATA_VERSION` is its version. Instants are milliseconds since 1970-01-01T00:00Z, local days are numbered from
1970-01-01, local times of day are milliseconds since midnight as clocks show it.

Clocks put forward leave a **gap**: a local time in it means the first instant after it. Clocks put back make an
**overlap**: a local time in it means the first of its two instants. Offsets before the year 1 and after 9999 are those
of the nearest year, so that nothing here overflows.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import tzdata

from groundrules.calendar.days import day_number
from groundrules.time_units import DAY, HOUR

TZDATA_VERSION: str = tzdata.IANA_VERSION

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = (datetime(1, 1, 3, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_LAST = (datetime(9999, 12, 29, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_WIDEST = 16 * HOUR  # no offset was ever larger


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """Return the names of all zones."""
    return frozenset((files("tzdata") / "zones").read_text(encoding="ascii").split())


def problem(name: str) -> str | None:
    """Return what is wrong with a zone's name, worded as in diagnostics, or None."""
    if name in names():
        return None
    same = next((known for known in sorted(names()) if known.lower() == name.lower()), None)
    return f"no time zone is called `{name}`" + (f"; it is spelled `{same}`" if same else "")


@lru_cache(maxsize=512)
def _zone(name: str) -> tzinfo:
    if name not in names():
        raise ValueError(f"no time zone is called `{name}`")
    if name == "UTC":
        return UTC
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """Return a moment as local time for display; in its own zone if that is outside the years 1 to 9999."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def offset(zone: str, ms: int) -> int:
    """Return how far local time is ahead of UTC at an instant, in ms. Raises ValueError for an unknown zone."""
    of_day = _offset_of_day(zone, ms // DAY)
    return _offset(zone, ms) if of_day is None else of_day


@lru_cache(maxsize=4096)
def _offset_of_day(zone: str, day: int) -> int | None:
    """Return the offset of a UTC day; None if clocks change in it."""
    at_start, at_end = _offset(zone, day * DAY), _offset(zone, (day + 1) * DAY - 1)
    return at_start if at_start == at_end else None


def _offset(zone: str, ms: int) -> int:
    if zone == "UTC":
        return 0
    instant = _EPOCH + timedelta(milliseconds=min(max(ms, _FIRST), _LAST))
    ahead = instant.astimezone(_zone(zone)).utcoffset()
    return ahead // timedelta(milliseconds=1) if ahead else 0


def local(zone: str, ms: int) -> tuple[int, int]:
    """Return (local day number, local time of day in ms) of an instant."""
    return divmod(ms + offset(zone, ms), DAY)


def local_day(zone: str, ms: int) -> int:
    """Return the number of the local day of an instant."""
    return (ms + offset(zone, ms)) // DAY


def time_of_day(zone: str, ms: int) -> int:
    """Return the local time of day of an instant, in ms since midnight."""
    return (ms + offset(zone, ms)) % DAY


@lru_cache(maxsize=4096)
def instants_of(zone: str, day: int, ms_of_day: int) -> tuple[int, int]:
    """Return the first and the last instant at which clocks show a local time; in a gap, the first after it, twice."""
    wanted = day * DAY + ms_of_day
    candidates = {wanted - offset(zone, wanted - _WIDEST), wanted - offset(zone, wanted + _WIDEST)}
    instants = [ms for ms in candidates if ms + offset(zone, ms) == wanted]
    if instants:
        return min(instants), max(instants)
    after = _transition(zone, wanted - _WIDEST, wanted + _WIDEST)
    return after, after


def _transition(zone: str, before: int, after: int) -> int:
    """Return the first instant in `(before, after]` whose offset differs from that of `before`."""
    known = offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if offset(zone, middle) == known:
            before = middle
        else:
            after = middle
    return after


def instant_of(zone: str, day: int, ms_of_day: int) -> int:
    """Return the instant of a local time on a numbered day; for gaps and overlaps see above."""
    return instants_of(zone, day, ms_of_day)[0]


def local_to_instant(zone: str, year: int, month: int, day: int, ms_of_day: int) -> int:
    """Return the instant of a local date and time; for gaps and overlaps see above."""
    return instant_of(zone, day_number(year, month, day), ms_of_day)
