"""Constants in members' words: lengths of time, days of the week, shares; and those that change on a date."""

from __future__ import annotations

from typing import Any

from groundrules.calendar import days
from groundrules.calendar.zones import local
from groundrules.errors import GroundrulesError
from groundrules.narrate.speech import Speech
from groundrules.plan import ir
from groundrules.time_units import format_clock

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class WordlessError(GroundrulesError):
    """There are no words for this."""


class Constants(Speech):
    """Phrases constants; `zone` is where days begin."""

    def __init__(self, domain: str, lang: str, zone: str) -> None:
        super().__init__(domain, lang)
        self._day_zone = zone

    def date_of(self, instant: int) -> str:
        """The local date of an instant."""
        year, month, day = days.date_of(local(self._day_zone, instant)[0])
        return f"{year:04}-{month:02}-{day:02}"

    def constants(self, constant: ir.Const | ir.ByDate, beside: Any) -> str:
        """A constant, or a series with dates."""
        if isinstance(constant, ir.Const):
            return self.constant(constant, beside)
        first, *later = [self.constant(ir.Const(value=it, kind=constant.kind), beside) for it in constant.values]
        dates = map(self.date_of, constant.dates)
        then = [self("from_date", date=date, what=it) for date, it in zip(dates, later, strict=True)]
        return first + self.aside(self.join(then))

    def constant(self, constant: ir.Const, beside: Any) -> str:
        """A constant as phrased next to what it is compared with."""
        value = constant.value
        if constant.kind == "duration":
            return self.length(value)
        if constant.kind == "clock":
            return format_clock(value)
        if isinstance(value, bool):
            return self("yes" if value else "no")
        if isinstance(value, str):
            return self.weekday(value) if calls(beside, "weekday") else self("quoted", text=value)
        if isinstance(value, float):
            return f"{value:.0%}" if _is_share(beside) else f"{value:g}"
        if isinstance(value, int):
            return str(value)
        raise WordlessError

    def weekday(self, name: str) -> str:
        """A day of the week, by its English name."""
        if name not in _WEEKDAYS:
            raise WordlessError
        return str(self.entries("weekdays")[_WEEKDAYS.index(name)])


def calls(expr: Any, function: str) -> bool:
    """Tell whether an expression calls a function."""
    return isinstance(expr, ir.Call) and expr.function == function


def _is_share(expr: Any) -> bool:
    return isinstance(expr, ir.Call) and expr.function == "caps"
