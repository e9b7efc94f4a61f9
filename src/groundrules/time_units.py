"""Units of time in milliseconds, and the days of the week, as the language writes them. A leaf that all may know."""

from __future__ import annotations

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

UNITS = {"w": WEEK, "d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1}
"""From the longest to the shortest."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def format_duration(ms: int) -> str:
    """Return a duration as `1h30m`, in days, hours, minutes, seconds and milliseconds; `0s`, `-1d`.

    A week reads as `7d` just as well.
    """
    if ms < 0:
        return "-" + format_duration(-ms)
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        count, ms = divmod(ms, UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def format_clock(ms: int) -> str:
    """Return a time of day as `09:00`; the end of the day is `24:00`."""
    minutes = ms // MINUTE
    return f"{minutes // 60:02}:{minutes % 60:02}"
