"""Solar and lunar anniversaries."""

import pytest

from groundrules.calendar.anniversaries import LeapDay, falls_on, parse_date
from groundrules.calendar.zones import local_to_instant
from groundrules.time_units import HOUR

SHANGHAI = "Asia/Shanghai"


def noon(date: str) -> int:
    year, month, day = map(int, date.split("-"))
    return local_to_instant(SHANGHAI, year, month, day, 12 * HOUR)


@pytest.mark.parametrize(
    ("date", "today", "falls"),
    [
        ("2001-05-06", "2026-05-06", True),
        ("--05-06", "2026-05-06", True),
        ("2001-05-06", "2026-05-07", False),
        ("2001-05-06", "2001-05-06", True),
        ("2030-05-06", "2026-05-06", False),
        ("--02-29", "2028-02-29", True),
        ("--02-29", "2028-02-28", False),
        ("05-06", "2026-05-06", None),
        ("2026-02-29", "2026-02-28", None),
        ("--13-01", "2026-01-01", None),
        ("yesterday", "2026-01-01", None),
        ("", "2026-01-01", None),
    ],
)
def test_solar(date: str, today: str, falls: bool | None) -> None:
    assert falls_on(date, noon(today), SHANGHAI) is falls


@pytest.mark.parametrize(("leap", "kept"), [("feb28", ["2026-02-28"]), ("mar1", ["2026-03-01"]), ("skip", [])])
def test_29_february_in_other_years(leap: LeapDay, kept: list[str]) -> None:
    days = ["2026-02-27", "2026-02-28", "2026-03-01"]
    assert [day for day in days if falls_on("2004-02-29", noon(day), SHANGHAI, leap)] == kept


def test_the_day_is_the_zones() -> None:
    late = local_to_instant("UTC", 2026, 5, 6, 20 * HOUR)
    assert falls_on("--05-07", late, SHANGHAI)
    assert falls_on("--05-06", late, "UTC")


@pytest.mark.parametrize(
    ("date", "today", "falls"),
    [
        ("lunar:01-01", "2026-02-17", True),  # Spring Festival
        ("lunar:01-01", "2025-01-29", True),
        ("lunar:01-01", "2026-02-18", False),
        ("lunar:08-15", "2025-10-06", True),  # Mid-Autumn
        ("lunar:12-30", "2026-02-16", True),  # the last month of that year has 29 days
        ("lunar:12-30", "2024-02-09", True),  # and 30 here
        ("lunar:12-30", "2024-02-08", False),
        ("lunar:2001-08-15", "2025-10-06", True),
        ("lunar:2030-08-15", "2025-10-06", False),
        ("lunar:01-01", "1899-02-10", None),
        ("lunar:01-01", "2150-02-10", None),
        ("lunar:01-31", "2026-02-17", None),
        ("lunar:13-01", "2026-02-17", None),
    ],
)
def test_lunar(date: str, today: str, falls: bool | None) -> None:
    assert falls_on(date, noon(today), SHANGHAI) is falls


def test_leap_months_are_kept_on_request() -> None:
    regular, leap = noon("2025-07-04"), noon("2025-08-03")  # the tenth of the sixth month and of its leap month
    assert falls_on("lunar:06-10", regular, SHANGHAI)
    assert falls_on("lunar:06-10", leap, SHANGHAI) is False
    assert falls_on("lunar:06-10", leap, SHANGHAI, leap_month="both")


def test_a_missing_30th_may_be_skipped() -> None:
    assert falls_on("lunar:12-30", noon("2026-02-16"), SHANGHAI, missing_day="skip") is False


def test_parse() -> None:
    assert parse_date("lunar:08-15") == (True, None, 8, 15)
    assert parse_date("--02-29") == (False, None, 2, 29)
    assert parse_date("0000-01-01") is None
