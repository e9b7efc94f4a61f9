"""Instants and durations as text."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.calendar.days import date_of, day_number, days_in_month, weekday_of
from groundrules.calendar.instants import FIRST, LAST, format_ms, parse_rfc3339
from groundrules.time_units import DAY, HOUR, MINUTE, format_duration


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.001Z", 1),
        ("1970-01-01t08:00:00.9999+08:00", 999),
        ("1969-12-31 23:59:59-00:00", -1000),
        ("1990-12-31T23:59:60Z", 662_688_000_000),  # a leap second
        ("2024-02-29T12:00:00-05:30", 1_709_227_800_000),
        ("0001-01-01T00:00:00Z", FIRST),
        ("9999-12-31T23:59:59.999Z", LAST),
    ],
)
def test_parse(text: str, ms: int) -> None:
    assert parse_rfc3339(text) == ms


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-02",
        "2026-01-02T03:04Z",
        "2026-01-02T03:04:05",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00.Z",
        "２026-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z\n",
        "+2026-01-01T00:00:00Z",
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"no such|not an RFC 3339"):
        parse_rfc3339(text)


@given(st.integers(FIRST, LAST))
def test_format_and_parse_agree_with_datetime(ms: int) -> None:
    text = format_ms(ms)
    assert parse_rfc3339(text) == ms
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    assert text == moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def test_format_clamps_to_the_years_1_to_9999() -> None:
    assert format_ms(LAST + 1) == "9999-12-31T23:59:59.999Z"
    assert format_ms(FIRST - 10**18) == "0001-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0s"),
        (250, "250ms"),
        (90 * MINUTE, "1h30m"),
        (DAY + HOUR + MINUTE + 1001, "1d1h1m1s1ms"),
        (-DAY, "-1d"),
        (90 * DAY, "90d"),
    ],
)
def test_durations(ms: int, text: str) -> None:
    assert format_duration(ms) == text


@given(st.integers(-4_000_000, 4_000_000))
def test_day_numbers_go_both_ways(number: int) -> None:
    year, month, day = date_of(number)
    assert day_number(year, month, day) == number
    assert 1 <= day <= days_in_month(year, month)
    assert weekday_of(number + 1) == (weekday_of(number) + 1) % 7


def test_known_days() -> None:
    assert day_number(1970, 1, 1) == 0
    assert weekday_of(day_number(2026, 1, 5)) == 0
    assert date_of(-719_162) == (1, 1, 1)
