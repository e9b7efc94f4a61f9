"""Ranges of the time of day, and waiting for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.calendar.clock import in_clock_range, wait_for_hours
from groundrules.calendar.instants import FIRST, LAST, format_ms, parse_rfc3339
from groundrules.time_units import DAY, HOUR, MINUTE

NEW_YORK, SHANGHAI = "America/New_York", "Asia/Shanghai"


@pytest.mark.parametrize(
    ("at", "start", "end", "inside"),
    [
        ("09:00", 9, 22, True),
        ("22:00", 9, 22, False),
        ("08:59", 9, 22, False),
        ("23:00", 23, 7, True),
        ("06:59", 23, 7, True),
        ("07:00", 23, 7, False),
        ("12:00", 0, 24, True),
        ("12:00", 8, 8, True),
    ],
)
def test_ranges(at: str, start: int, end: int, inside: bool) -> None:
    ms = parse_rfc3339(f"2026-01-02T{at}:00+08:00")
    assert in_clock_range(SHANGHAI, ms, start * HOUR, end * HOUR) is inside


@pytest.mark.parametrize(
    ("zone", "at", "start", "end", "until"),
    [
        (SHANGHAI, "2026-01-02T12:00:00+08:00", 9 * HOUR, 22 * HOUR, "2026-01-02T04:00:00.000Z"),
        (SHANGHAI, "2026-01-02T23:00:00+08:00", 9 * HOUR, 22 * HOUR, "2026-01-03T01:00:00.000Z"),
        (SHANGHAI, "2026-01-02T03:00:00+08:00", 9 * HOUR, 22 * HOUR, "2026-01-02T01:00:00.000Z"),
        (SHANGHAI, "2026-01-02T12:00:00+08:00", 23 * HOUR, 7 * HOUR, "2026-01-02T15:00:00.000Z"),
        (NEW_YORK, "2026-03-08T06:00:00Z", 150 * MINUTE, 5 * HOUR, "2026-03-08T07:00:00.000Z"),  # starts in a gap
        (NEW_YORK, "2026-03-08T06:00:00Z", 130 * MINUTE, 150 * MINUTE, "2026-03-09T06:10:00.000Z"),  # lies in it
        (NEW_YORK, "2026-11-01T06:10:00Z", 90 * MINUTE, 100 * MINUTE, "2026-11-01T06:30:00.000Z"),  # comes twice
    ],
)
def test_waiting(zone: str, at: str, start: int, end: int, until: str) -> None:
    assert format_ms(wait_for_hours(zone, parse_rfc3339(at), start, end)) == until


@given(
    st.sampled_from([NEW_YORK, SHANGHAI, "Pacific/Apia", "Australia/Lord_Howe"]),
    st.integers(FIRST, LAST),
    st.integers(0, DAY - 1),
    st.integers(0, DAY),
)
def test_waiting_ends_inside(zone: str, ms: int, start: int, end: int) -> None:
    later = wait_for_hours(zone, ms, start, end)
    assert ms <= later < ms + 3 * DAY
    assert in_clock_range(zone, later, start, end)
