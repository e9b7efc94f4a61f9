"""What a message says.

A message has a text per language ("" where one text serves several). Its holes are expressions, evaluated when all
balances of the decision have settled, and shown as people write them: text, numbers and ids as they are, durations in
the words of the text's language (`1 小时 30 分钟`; as `1h30m` where one text serves several), instants and times of day
in the rulebook's zone (`2026-05-01 09:30`, `09:30`), lists with commas. A missing value is left blank.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundrules.calendar.days import date_of
from groundrules.calendar.zones import local
from groundrules.narrate.speech import length_in_words
from groundrules.plan import ir
from groundrules.reference.kinds import kind_of
from groundrules.reference.scope import Scope
from groundrules.reference.values import evaluate
from groundrules.time_units import DAY, format_clock, format_duration


def render(template: ir.Template, scope: Scope) -> dict[str, str]:
    """The text per language."""
    languages = scope.plan.languages
    only = languages[0] if len(languages) == 1 else ""
    return {
        language: "".join(part_of(part, language or only, scope) for part in parts)
        for language, parts in template.texts.items()
    }


def part_of(part: Any, language: str, scope: Scope) -> str:
    if isinstance(part, str):
        return part
    return shown(evaluate(part, scope), kind_of(part), scope.plan.timezone, language)


def shown(value: Any, kind: ir.Kind | None, zone: str, language: str = "") -> str:
    """A value as a message in that language shows it."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(shown(item, None, zone) for item in value)
    if kind == "duration":
        return length_in_words(round(value), language) if language else format_duration(round(value))
    if kind in TIMES:
        return TIMES[kind](round(value), zone)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def date_and_time(instant: int, zone: str) -> str:
    day, time = local(zone, instant)
    year, month, day_of_month = date_of(day)
    return f"{year:04}-{month:02}-{day_of_month:02} {format_clock(time % DAY)}"


TIMES: dict[ir.Kind | None, Callable[[int, str], str]] = {
    "instant": date_and_time,
    "clock": lambda time, _: format_clock(time % DAY),
}
