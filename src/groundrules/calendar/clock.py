"""Ranges of the local time of day, `[start, end)` in ms since midnight; they may run over midnight.

A range whose ends are the same is the whole day.
"""

from __future__ import annotations

from groundrules.calendar.zones import instants_of, local, time_of_day


def in_clock_range(zone: str, ms: int, start: int, end: int) -> bool:
    """Tell whether the local time of an instant is in the range."""
    return _inside(time_of_day(zone, ms), start, end)


def _inside(time: int, start: int, end: int) -> bool:
    if start < end:
        return start <= time < end
    return time >= start or time < end


def wait_for_hours(zone: str, ms: int, start: int, end: int) -> int:
    """Return `ms` if it is in the range, else the next instant that is.

    If daylight saving skips the start, the range begins after the gap; if it skips the whole range, the next day's is
    used.
    """
    day, time = local(zone, ms)
    while not _inside(time, start, end):
        later = [instant for instant in instants_of(zone, day, start) if instant > ms]
        if later:
            ms = later[0]
            time = time_of_day(zone, ms)
        day += 1
    return ms
