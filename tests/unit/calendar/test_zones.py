"""Local time, gaps and overlaps."""

import pytest
import tzdata
from hypothesis import given
from hypothesis import strategies as st

from groundrules.calendar.days import day_number
from groundrules.calendar.instants import FIRST, LAST, format_ms, parse_rfc3339
from groundrules.calendar.zones import (
    TZDATA_VERSION,
    instants_of,
    local,
    local_day,
    local_to_instant,
    names,
    offset,
    problem,
    time_of_day,
)
from groundrules.time_units import DAY, HOUR, MINUTE

NEW_YORK, SHANGHAI, LORD_HOWE = "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"


@pytest.mark.parametrize(
    ("zone", "date", "time", "instant"),
    [
        (SHANGHAI, (2026, 1, 2), 9 * HOUR, "2026-01-02T01:00:00.000Z"),
        (NEW_YORK, (2026, 7, 1), 0, "2026-07-01T04:00:00.000Z"),
        (NEW_YORK, (2026, 3, 8), 150 * MINUTE, "2026-03-08T07:00:00.000Z"),  # gap: 03:00 EDT
        (NEW_YORK, (2026, 11, 1), 90 * MINUTE, "2026-11-01T05:30:00.000Z"),  # overlap: the first, EDT
        (LORD_HOWE, (2026, 10, 4), 130 * MINUTE, "2026-10-03T15:30:00.000Z"),  # half an hour's gap: 02:30
        (LORD_HOWE, (2026, 4, 5), 105 * MINUTE, "2026-04-04T14:45:00.000Z"),
        ("Pacific/Apia", (2011, 12, 30), 12 * HOUR, "2011-12-30T10:00:00.000Z"),  # a day that was left out
        ("America/Sao_Paulo", (2018, 11, 4), 0, "2018-11-04T03:00:00.000Z"),  # a midnight that was left out
        (SHANGHAI, (1986, 5, 4), 150 * MINUTE, "1986-05-03T18:00:00.000Z"),  # summer time began at 02:00
        ("UTC", (9999, 12, 31), DAY - 1, "9999-12-31T23:59:59.999Z"),
    ],
)
def test_local_to_instant(zone: str, date: tuple[int, int, int], time: int, instant: str) -> None:
    assert format_ms(local_to_instant(zone, *date, time)) == instant


def test_an_overlap_has_two_instants() -> None:
    first, last = instants_of(NEW_YORK, day_number(2026, 11, 1), 90 * MINUTE)
    assert last - first == HOUR
    first, last = instants_of(LORD_HOWE, day_number(2026, 4, 5), 105 * MINUTE)
    assert last - first == 30 * MINUTE


@pytest.mark.parametrize("zone", [NEW_YORK, SHANGHAI, LORD_HOWE, "Asia/Kathmandu", "UTC"])
@pytest.mark.parametrize("ms", [FIRST, FIRST + 1, LAST, LAST + 1, FIRST - 400 * DAY, LAST + 10**15, 0])
def test_nothing_overflows(zone: str, ms: int) -> None:
    day, time = local(zone, ms)
    assert day * DAY + time == ms + offset(zone, ms)
    assert ms in instants_of(zone, day, time)


@given(st.sampled_from(sorted(names())), st.integers(FIRST, LAST))
def test_every_instant_is_one_of_its_local_time(zone: str, ms: int) -> None:
    assert ms in instants_of(zone, local_day(zone, ms), time_of_day(zone, ms))


def test_names() -> None:
    assert problem(SHANGHAI) is None
    assert problem("asia/shanghai") == "no time zone is called `asia/shanghai`; it is spelled `Asia/Shanghai`"
    assert problem("../../etc/passwd") == "no time zone is called `../../etc/passwd`"
    with pytest.raises(ValueError, match="no time zone"):
        offset("Mars/Olympus", parse_rfc3339("2026-01-01T00:00:00Z"))


def test_the_edition_is_the_packages() -> None:
    assert tzdata.IANA_VERSION == TZDATA_VERSION
