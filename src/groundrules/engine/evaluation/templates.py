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
from groundrules.plan import codec, ir
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
    if type(value) is str or value is None:
        return value or ""
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
    """A compiled template: call it with the event and the scope for a text per language.

    What several languages show is worked out once, and what is constant is text already.
    """

    __slots__ = ("_texts", "_units", "_zone")

    def __init__(self, program: Program, template: ir.Template, frame: Frame) -> None:
        languages = program.plan.languages
        only = languages[0] if len(languages) == 1 else ""
        self._zone = program.plan.timezone
        self._units: dict[str, Unit] = {}
        self._texts: dict[str, tuple[str, list[str | tuple[str, ir.Kind | None]]]] = {}
        for language, parts in template.texts.items():
            speech = language or only
            self._texts[language] = speech, [self._piece(part, speech, program, frame) for part in parts]

    def _piece(
        self, part: str | ir.Expr, speech: str, program: Program, frame: Frame
    ) -> str | tuple[str, ir.Kind | None]:
        """Return a part as text or, where it depends on the event, as the name of its value, and the value's kind."""
        if isinstance(part, str):
            return part
        if isinstance(part, ir.Const):
            return shown(part.value, kind_of(part), self._zone, speech)
        name = codec.definition_hash(part)
        self._units.setdefault(name, program.unit(part, frame))
        return name, kind_of(part)

    def __call__(self, e: Any, x: Scope) -> dict[str, str]:
        values = {name: unit.value(e, x) for name, unit in self._units.items()}
        return {
            language: "".join(
                [
                    piece if isinstance(piece, str) else shown(values[piece[0]], piece[1], self._zone, speech)
                    for piece in pieces
                ]
            )
            for language, (speech, pieces) in self._texts.items()
        }
