"""Lengths of time as people say them: `1 hour 30 minutes`, `1 小时 30 分钟`."""

from __future__ import annotations

_UNITS = (
    (86_400_000, "day", "天"),
    (3_600_000, "hour", "小时"),
    (60_000, "minute", "分钟"),
    (1_000, "second", "秒"),
    (1, "millisecond", "毫秒"),
)


def length_in_words(milliseconds: int, lang: str) -> str:
    """Return a length of time in words, in Chinese for `zh` and its variants, else in English."""
    chinese = lang.split("-")[0] == "zh"
    parts = []
    for unit, english, name in _UNITS:
        count, milliseconds = divmod(milliseconds, unit)
        if count:
            parts.append(f"{count} {name}" if chinese else f"{count} {english}{'s' * (count != 1)}")
    return " ".join(parts) or ("0 秒" if chinese else "0 seconds")
