"""A rulebook of a country's working days, written from the library `holidays` (the extra `calendar`).

What a government declares is written down, not looked up while events are decided: the days off are under
version control, and a replay finds them as they were, whatever a later version of the library says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

import holidays

from groundrules.errors import GroundrulesError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
YEARS = range(1970, 2101)

_LANGUAGES = {"zh": "zh_CN", "en": "en_US"}
_TITLES = {"zh": "{where} 的工作日", "en": "Working days in {where}"}
_NOTES = {
    "zh": "用 holidays {version} 生成：{command}。政府尚未公布的安排不在其中。",
    "en": "Made with holidays {version}: {command}. What a government has not declared yet is not in it.",
}


class UnknownCountryError(GroundrulesError, ValueError):
    """No country or region has this code."""


@dataclass(frozen=True)
class WorkCalendar:
    """The days of some years that differ from their day of the week.

    place: ISO 3166, `CN` or `DE-BY`. weekend: days of the week, 0 is Monday. days_off: names of the public holidays,
    those on a weekend included. worked: days of a weekend on which people work, as when China shifts them.
    """

    place: str
    years: tuple[int, ...]
    weekend: frozenset[int]
    days_off: dict[date, str]
    worked: tuple[date, ...]


def places() -> list[str]:
    """Return the known codes: `CN` for a country, `DE-BY` for a region."""
    countries = holidays.list_supported_countries()
    return sorted([*countries, *(f"{country}-{part}" for country, parts in countries.items() for part in parts)])


def work_calendar(place: str, years: Iterable[int], lang: str) -> WorkCalendar:
    """Return the working days of a place; its holidays are named in the language if it has names for them.

    Raises UnknownCountryError.
    """
    country, _, part = place.upper().partition("-")
    wanted = tuple(sorted(set(years)))
    try:
        known = holidays.country_holidays(country, subdiv=part or None, years=wanted)
        if _LANGUAGES[lang] in known.supported_languages:
            known = holidays.country_holidays(country, subdiv=part or None, years=wanted, language=_LANGUAGES[lang])
    except NotImplementedError as error:
        raise UnknownCountryError(place) from error
    return WorkCalendar(
        place=place.upper(),
        years=wanted,
        weekend=frozenset(known.weekend),
        days_off={day: " ".join(name.split()) for day, name in sorted(known.items()) if day.year in wanted},
        worked=tuple(sorted(day for day in known.weekend_workdays if day.year in wanted)),
    )


def rulebook(calendar: WorkCalendar, command: str, lang: str) -> str:
    """Return the YAML of a rulebook with the lists `days_off` and `worked`, and a define `workday`."""
    name = "calendar-" + calendar.place.lower()
    free = ", ".join(f'"{WEEKDAYS[day]}"' for day in sorted(calendar.weekend))
    return "\n".join(
        [
            "# " + _NOTES[lang].format(version=version("holidays"), command=command),
            f"rulebook: {name}",
            f"title: {{{lang}: {_TITLES[lang].format(where=calendar.place)}}}",
            "",
            "lists:",
            *_list("days_off", list(calendar.days_off.items())),
            *_list("worked", [(day, "") for day in calendar.worked]),
            "",
            "define:",
            "  day_off: date(now) in days_off",
            "  workday: >",
            "    date(now) in worked",
            f"    or (not day_off and weekday(now) not in [{free}])",
            "",
        ]
    )


def _list(name: str, days: Sequence[tuple[date, str]]) -> list[str]:
    if not days:
        return [f"  {name}: {{match: exact, items: []}}"]
    entries = (f'      - "{day}"' + (f"  # {what}" if what else "") for day, what in days)
    return [f"  {name}:", "    match: exact", "    items:", *entries]
