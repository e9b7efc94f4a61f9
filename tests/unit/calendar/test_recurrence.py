"""Schedules: when they are next due, and what a long silence has missed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.calendar.instants import FIRST, LAST, format_ms, parse_rfc3339
from groundrules.calendar.recurrence import last_until, next_after, occurrences_between
from groundrules.plan.ir import When
from groundrules.time_units import DAY, HOUR, MINUTE

NEW_YORK, SHANGHAI = "America/New_York", "Asia/Shanghai"
NINE = 9 * HOUR


def following(when: When, zone: str, after: str, count: int) -> list[str]:
    found = []
    ms: int | None = parse_rfc3339(after)
    for _ in range(count):
        assert ms is not None
        ms = next_after(when, zone, ms)
        found.append(format_ms(ms)[:16] if ms is not None else "never")
    return found


@pytest.mark.parametrize(
    ("when", "zone", "after", "dates"),
    [
        (When(time=NINE), SHANGHAI, "2026-01-01T01:00:00Z", ["2026-01-02T01:00", "2026-01-03T01:00"]),
        (When(time=NINE), SHANGHAI, "2026-01-01T00:59:59.999Z", ["2026-01-01T01:00"]),
        (When(time=NINE, weekday=0), SHANGHAI, "2026-01-01T00:00:00Z", ["2026-01-05T01:00", "2026-01-12T01:00"]),
        (When(day=31), "UTC", "2026-01-31T00:00:00Z", ["2026-03-31T00:00", "2026-05-31T00:00"]),
        (When(day=-1), "UTC", "2028-01-31T00:00:00Z", ["2028-02-29T00:00", "2028-03-31T00:00"]),
        (When(month=10, day=1, time=NINE), "UTC", "2026-10-01T09:00:00Z", ["2027-10-01T09:00"]),
        (When(month=2, day=29), "UTC", "2096-02-29T00:00:00Z", ["2104-02-29T00:00"]),
        (When(month=2, day=29, weekday=0), "UTC", "2080-01-01T00:00:00Z", ["2112-02-29T00:00"]),
        (When(month=2, day=-1), "UTC", "2027-01-01T00:00:00Z", ["2027-02-28T00:00", "2028-02-29T00:00"]),
        (When(day=13, weekday=4), "UTC", "2026-03-01T00:00:00Z", ["2026-03-13T00:00", "2026-11-13T00:00"]),
        (When(time=150 * MINUTE), NEW_YORK, "2026-03-07T12:00:00Z", ["2026-03-08T07:00", "2026-03-09T06:30"]),
        (When(time=90 * MINUTE), NEW_YORK, "2026-11-01T00:00:00Z", ["2026-11-01T05:30", "2026-11-02T06:30"]),
        (When(every=9 * HOUR), "UTC", "2026-01-01T09:00:00Z", ["2026-01-01T18:00", "2026-01-02T00:00"]),
        (When(every=12 * HOUR), NEW_YORK, "2026-03-08T05:00:00Z", ["2026-03-08T17:00", "2026-03-09T04:00"]),
        (When(every=7 * DAY), "UTC", "2026-01-01T00:00:00Z", ["2026-01-05T00:00", "2026-01-12T00:00"]),
        (When(every=36 * HOUR), "UTC", "1969-12-29T00:00:00Z", ["1969-12-30T12:00", "1970-01-01T00:00"]),
        (When(time=NINE), SHANGHAI, "9999-12-30T12:00:00Z", ["9999-12-31T01:00"]),
    ],
)  # fmt: skip
def test_next(when: When, zone: str, after: str, dates: list[str]) -> None:
    assert following(when, zone, after, len(dates)) == dates


def test_30_february_never_comes() -> None:
    never = When(month=2, day=30)
    assert next_after(never, "UTC", 0) is None
    assert last_until(never, "UTC", 0) is None
    assert occurrences_between(never, "UTC", 0, LAST).last is None


WHENS = st.sampled_from(
    [
        When(time=NINE),
        When(time=150 * MINUTE, weekday=6),
        When(day=31, time=DAY - 1),
        When(day=-1),
        When(month=2, day=29),
        When(every=30 * MINUTE),
        When(every=7 * HOUR),
        When(every=3 * DAY),
        When(every=100 * HOUR),
    ]
)
ZONES = st.sampled_from([NEW_YORK, SHANGHAI, "Australia/Lord_Howe", "America/St_Johns", "America/Sao_Paulo", "UTC"])


@given(WHENS, ZONES, st.integers(FIRST, LAST - 40_000 * DAY))
def test_next_and_last_agree(when: When, zone: str, ms: int) -> None:
    due = next_after(when, zone, ms)
    assert due is not None
    assert due > ms
    assert last_until(when, zone, due) == due
    before = last_until(when, zone, due - 1)
    assert before is not None
    assert before <= ms


@given(WHENS, ZONES, st.integers(0, 10**12), st.integers(0, 40 * DAY))
def test_a_silence_is_counted_as_it_would_have_been_lived(when: When, zone: str, after: int, silence: int) -> None:
    lived = []
    ms = next_after(when, zone, after)
    while ms is not None and ms <= after + silence:
        lived.append(ms)
        ms = next_after(when, zone, ms)
    missed = occurrences_between(when, zone, after, after + silence, limit=5000)
    assert missed.count == len(lived)
    assert missed.last == (lived[-1] if lived else None)


def test_a_thousand_years_of_silence_take_no_time() -> None:
    started = time.perf_counter()
    missed = occurrences_between(When(every=MINUTE), NEW_YORK, 0, 1000 * 365 * DAY, limit=1000)
    assert (missed.count, missed.last) == (1000, 1000 * 365 * DAY)
    assert time.perf_counter() - started < 1
