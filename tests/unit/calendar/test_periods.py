"""Calendar periods."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.calendar.instants import FIRST, LAST, format_ms, parse_rfc3339
from groundrules.calendar.periods import Period, period_end, period_index

NEW_YORK, SHANGHAI = "America/New_York", "Asia/Shanghai"
PERIODS: tuple[Period, ...] = ("day", "week", "month")


@pytest.mark.parametrize(
    ("zone", "at", "period", "end"),
    [
        (SHANGHAI, "2026-01-01T15:59:59Z", "day", "2026-01-01T16:00:00.000Z"),
        (SHANGHAI, "2026-01-01T16:00:00Z", "day", "2026-01-02T16:00:00.000Z"),
        (NEW_YORK, "2026-03-08T12:00:00Z", "day", "2026-03-09T04:00:00.000Z"),  # a day of 23 hours
        (NEW_YORK, "2026-11-01T12:00:00Z", "day", "2026-11-02T05:00:00.000Z"),  # and one of 25
        (SHANGHAI, "2026-01-01T00:00:00Z", "week", "2026-01-04T16:00:00.000Z"),
        (SHANGHAI, "2026-01-31T12:00:00Z", "month", "2026-01-31T16:00:00.000Z"),
        ("UTC", "2024-02-29T12:00:00Z", "month", "2024-03-01T00:00:00.000Z"),
        ("UTC", "2026-12-31T12:00:00Z", "month", "2027-01-01T00:00:00.000Z"),
        ("America/Sao_Paulo", "2018-11-03T12:00:00Z", "day", "2018-11-04T03:00:00.000Z"),  # no midnight
        ("America/St_Johns", "2010-11-07T03:00:00Z", "day", "2010-11-07T03:30:00.000Z"),  # midnight comes twice
    ],
)
def test_period_end(zone: str, at: str, period: Period, end: str) -> None:
    assert format_ms(period_end(zone, parse_rfc3339(at), period)) == end


def test_weeks_begin_on_monday() -> None:
    sunday, monday = parse_rfc3339("2026-01-04T23:59:59.999Z"), parse_rfc3339("2026-01-05T00:00:00Z")
    assert period_index("UTC", monday, "week") == period_index("UTC", sunday, "week") + 1
    assert period_index("UTC", 0, "week") == 0


def test_months_count_from_1970() -> None:
    assert period_index("UTC", parse_rfc3339("1969-12-31T00:00:00Z"), "month") == -1
    assert period_index("UTC", parse_rfc3339("2026-02-01T00:00:00Z"), "month") == 56 * 12 + 1


@given(st.sampled_from([NEW_YORK, SHANGHAI, "America/St_Johns", "Pacific/Apia"]), st.integers(FIRST, LAST))
def test_a_period_ends_where_another_begins(zone: str, ms: int) -> None:
    for period in PERIODS:
        end = period_end(zone, ms, period)
        assert end > ms
        assert period_index(zone, end, period) > period_index(zone, ms, period)


def test_the_hour_that_goes_back_over_midnight_ends_too() -> None:
    for minute in range(240):
        ms = parse_rfc3339("2010-11-07T00:30:00Z") + minute * 60_000
        assert period_end("America/St_Johns", ms, "day") > ms
