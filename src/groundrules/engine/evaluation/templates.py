"""Values as people and logs read them.

A message shows text, numbers and ids as they are, durations in the words of its language (`1 小时 30 分钟`), instants
and times of day in the rulebook's zone (`2026-05-01 09:30`, `09:30`), lists with commas; a missing value is left blank.
Where one text serves several languages durations are `1h30m`. The log writes them so too, and instants in UTC.
"""

from __future__ import annotations

from typing import Any

from groundrules.calendar.days import date_of
from groundrules.calendar.instants import format_ms
from groundrules.calendar.zones import local
from groundrules.engine.codegen.emitter import Frame
from groundrules.engine.codegen.program import Program
from groundrules.engine.codegen.units import Unit
from groundrules.engine.evaluation.kinds import kind_of
from groundrules.engine.state.scope import Scope
from groundrules.narrate.speech import length_in_words
from groundrules.plan import ir
from groundrules.time_units import DAY, format_clock, format_duration


def logged(expr: ir.Expr, value: Any) -> Any:
    """Return a value as a decision's clauses write it."""
    match kind_of(expr):
        case "instant":
            return format_ms(round(value))
        case "duration":
            return format_duration(round(value))
    return value


def shown(value: Any, kind: ir.Kind | None, zone: str, language: str = "") -> str:
    """Return a value as a message in that language shows it."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(shown(item, None, zone) for item in value)
    if kind == "duration":
        return length_in_words(round(value), language) if language else format_duration(round(value))
    if kind in ("instant", "clock"):
        return _local(round(value), zone) if kind == "instant" else format_clock(round(value) % DAY)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _local(instant: int, zone: str) -> str:
    day, time = local(zone, instant)
    year, month, day_of_month = date_of(day)
    return f"{year:04}-{month:02}-{day_of_month:02} {format_clock(time % DAY)}"


class Rendering:
    """A compiled template: call it with the event and the scope for a text per language."""

    __slots__ = ("_only", "_texts", "_zone")

    def __init__(self, program: Program, template: ir.Template, frame: Frame) -> None:
        languages = program.plan.languages
        self._only = languages[0] if len(languages) == 1 else ""
        self._zone = program.plan.timezone
        self._texts: dict[str, list[str | tuple[Unit, ir.Kind | None]]] = {
            language: [part if isinstance(part, str) else (program.unit(part, frame), kind_of(part)) for part in parts]
            for language, parts in template.texts.items()
        }

    def __call__(self, e: Any, x: Scope) -> dict[str, str]:
        return {
            language: "".join(self._part(part, language or self._only, e, x) for part in parts)
            for language, parts in self._texts.items()
        }

    def _part(self, part: str | tuple[Unit, ir.Kind | None], language: str, e: Any, x: Scope) -> str:
        if isinstance(part, str):
            return part
        unit, kind = part
        return shown(unit.value(e, x), kind, self._zone, language)
