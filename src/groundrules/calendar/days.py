"""Days of the proleptic Gregorian calendar as whole numbers, day 0 being 1970-01-01; any year, no overflow."""

from __future__ import annotations

_ERA = 146_097  # days in 400 years


def day_number(year: int, month: int, day: int) -> int:
    """Return the number of a date. Years are counted from March, so that a leap day comes last."""
    shifted = year - (month <= 2)
    era, year_of_era = divmod(shifted, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * _ERA + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def date_of(number: int) -> tuple[int, int, int]:
    """Return (year, month, day) of a numbered day."""
    era, day_of_era = divmod(number + 719_468, _ERA)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    return era * 400 + year_of_era + (month <= 2), month, day_of_year - (153 * shifted_month + 2) // 5 + 1


def weekday_of(number: int) -> int:
    """Return the weekday of a numbered day, 0 (Monday) to 6."""
    return (number + 3) % 7


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """Return 28 to 31."""
    if month == 2:
        return 29 if is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31
