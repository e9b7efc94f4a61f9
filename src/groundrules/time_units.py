"""Units of time in milliseconds and the words for them, and the days of the week. A leaf that all may know."""

from __future__ import annotations

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

UNITS = {"w": WEEK, "d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1}
"""From the longest to the shortest."""

LONGEST_DURATION = 36_500 * DAY

UNIT_WORDS = {
    **dict.fromkeys(("ms", "msec", "msecs", "millisecond", "milliseconds", "毫秒"), "ms"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒", "秒钟"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分钟", "分鐘"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "时", "小时", "小時", "钟头", "鐘頭"), "h"),
    **dict.fromkeys(("d", "day", "days", "天", "日"), "d"),
    **dict.fromkeys(("w", "wk", "week", "weeks", "周", "週", "星期", "礼拜", "禮拜"), "w"),
}
"""What people write for a unit, and ours."""

DAYS_OF_LONG_UNITS = {
    **dict.fromkeys(("mo", "month", "months", "月", "个月", "個月"), 30),
    **dict.fromkeys(("y", "yr", "year", "years", "年"), 365),
}
"""Units without a fixed length, which the language does not have, and the days that are meant by them."""

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
