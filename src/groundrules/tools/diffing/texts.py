"""Parts of a plan as short texts: values, effects, what an expression's author wrote.

Source text is shown where the plan's sources have it; constants are always shown by value, so that one sees a
parameter's number and not its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from groundrules.calendar.instants import format_ms
from groundrules.plan import ir
from groundrules.plan.order import as_written
from groundrules.time_units import WEEKDAYS, format_clock, format_duration

T = TypeVar("T")

LONGEST = 30  # items of a list that stand in a text


class Texts:
    """Shows the parts of one plan."""

    def __init__(self, plan: ir.Plan) -> None:
        self._plan = plan
        self._specs = {spec.name: spec for spec in plan.actions}
        self._windows = {window.id: window for window in plan.windows}

    def written(self, place: int) -> str:
        """Return what was written at a place, in one line; empty without a place."""
        return " ".join(self._plan.sources[place].text.split()) if 0 <= place < len(self._plan.sources) else ""

    def expression(self, expression: Any) -> str:
        if expression is None:
            return ""
        if isinstance(expression, ir.Const):
            return constant(expression.value, expression.kind)
        if isinstance(expression, ir.Template):
            return self._template(expression)
        if isinstance(expression, ir.Field | ir.Fact) and expression.src < 0:
            return ".".join(expression.path) + (f".{expression.fact}" if isinstance(expression, ir.Fact) else "")
        if isinstance(expression, ir.And | ir.Or) and expression.src < 0:
            word = " and " if isinstance(expression, ir.And) else " or "
            return word.join(map(self.expression, expression.operands))
        return self.written(expression.src) or "…"

    def keys(self, keys: Iterable[ir.AnyExpr]) -> str:
        return ", ".join(map(self.expression, keys))

    def window(self, id: str) -> str:
        """Return how a window was written; its id is a hash, which means nothing to a reader."""
        window = self._windows.get(id)
        return (self.written(window.src) or f"{window.kind}({window.type})") if window else id

    def counted(self, id: str) -> ir.Window | str:
        """Return a window's definition; its id if the plan has none."""
        return self._windows.get(id, id)

    def _template(self, template: ir.Template) -> str:
        parts = [
            (f"{lang}: " if lang else "") + f"“{''.join(self._pieces(pieces))}”"
            for lang, pieces in sorted(template.texts.items())
        ]
        return "; ".join(parts)

    def _pieces(self, pieces: Iterable[str | ir.AnyExpr]) -> Iterator[str]:
        for piece in pieces:
            yield piece if isinstance(piece, str) else "{" + self.expression(piece).strip("{}") + "}"

    # --- effects --------------------------------------------------------------------------------

    def about(self, effect: ir.AnyEffect) -> str:
        """Return what an effect does, without its values: `mute`, `strikes`, `label spam`."""
        match effect:
            case ir.Act():
                return effect.do
            case ir.Delta() | ir.Reset():
                return effect.ledger
            case ir.Label() | ir.Enlist():
                return f"label {effect.label}" if isinstance(effect, ir.Label) else f"list {effect.list}"
            case ir.Later():
                return f"{effect.act.do} later"
            case ir.Exempt() | ir.Open():
                return "exempt" if isinstance(effect, ir.Exempt) else effect.process

    def effect(self, effect: ir.AnyEffect) -> str:
        """Return an effect in a line: `mute: 10m`, `strikes: +1`, `send: “…” (to owner)`."""
        match effect:
            case ir.Act():
                return self._act(effect)
            case ir.Delta():
                amount, who = self.expression(effect.amount), self.expression(effect.who)
                sign = "+" if amount[:1].isdigit() else ""
                return f"{effect.ledger}: {sign}{amount} ({who}{f', cap {effect.cap}' if effect.cap else ''})"
            case ir.Reset():
                return f"{effect.ledger}: reset ({self.expression(effect.who)})"
            case ir.Label() | ir.Enlist():
                return self._mark(effect)
            case ir.Later():
                return f"{self._act(effect.act)} after {self.expression(effect.after)}"
            case ir.Exempt() | ir.Open():
                return (
                    f"exempt: {', '.join(effect.rules)}" if isinstance(effect, ir.Exempt) else f"open {effect.process}"
                )

    def _mark(self, effect: ir.Label | ir.Enlist) -> str:
        if isinstance(effect, ir.Enlist):
            return f"{'unlist' if effect.remove else 'enlist'}: {self.expression(effect.entry)} in {effect.list}"
        lasts = f" for {format_duration(effect.lasts)}" if effect.lasts else ""
        return f"{'remove label' if effect.remove else 'label'} {effect.label}{lasts} ({effect.entity})"

    def effects(self, effects: Iterable[ir.AnyEffect]) -> str:
        return ", ".join(map(self.effect, as_written(effects)))

    def _act(self, act: ir.Act) -> str:
        spec = self._specs.get(act.do)
        main = spec.shorthand if spec else None
        parameters = {name: self.expression(expr) for name, expr in act.parameters.items() if _was_written(expr)}
        value = f": {parameters.pop(main)}" if main in parameters else ""
        rest = [f"{name} {text}" for name, text in parameters.items()]
        if act.who is not None and act.who.src >= 0:
            rest.insert(0, f"who {self.expression(act.who)}")
        if act.or_else:
            rest.append(f"or else {self.effects(act.or_else)}")
        return act.do + value + (f" ({', '.join(rest)})" if rest else "")

    # --- times ----------------------------------------------------------------------------------

    def due(self, due: ir.Due) -> str:
        when = f"after {length(due.after)}" if due.after is not None else f"due {self.expression(due.at)}"
        return when + (f", {due.repeat} times, {length(due.every)} apart" if due.repeat > 1 else "")


def _was_written(parameter: ir.AnyExpr | ir.Template) -> bool:
    """Whether an author gave a parameter; a schema's default has no source position."""
    return isinstance(parameter, ir.Const | ir.Template) or parameter.src >= 0


def at(when: ir.When) -> str:
    """Return a recurring time as it is written: `monday 09:00`, `every 30m`."""
    if when.every is not None:
        return f"every {length(when.every)}"
    if when.weekdays:
        return f"{'weekdays' if 0 in when.weekdays else 'weekends'} {format_clock(when.time)}"
    parts = [WEEKDAYS[when.weekday]] if when.weekday is not None else []
    if when.day is not None:
        day = "last day" if when.day == -1 else f"{when.day:02}"
        parts.append(f"{when.month:02}-{day}" if when.month is not None else f"day {day}" if when.day > 0 else day)
    return " ".join([*parts, format_clock(when.time)])


def hours(span: tuple[int, int] | None) -> str:
    return "" if span is None else f"{format_clock(span[0])}-{format_clock(span[1])}"


def length(ms: int | None) -> str:
    return "" if ms is None else format_duration(ms)


def once(limit: ir.Once | None, texts: Texts) -> str:
    if limit is None:
        return ""
    return texts.keys(limit.key) + (f" per {limit.per}" if limit.per else f" within {length(limit.within)}")


def ranking(ranking: ir.Ranking | None, texts: Texts) -> str:
    """Return which of those it finds a schedule applies to."""
    if ranking is None:
        return ""
    limit = f", limit {ranking.limit}" if ranking.limit else ""
    return f"{'least' if ranking.least else 'most'} {texts.expression(ranking.by)}{limit}"


def approval(required: ir.Approval | None) -> str:
    if required is None:
        return ""
    extra = "".join(f", {name}" for name in ("batch", "recheck") if getattr(required, name))
    return f"by {', '.join(required.by)}, approvals {required.approvals}, within {length(required.within)}{extra}"


def constant(value: Any, kind: str | None = None) -> str:
    """Return a constant as authors write it."""
    if kind == "duration" and isinstance(value, int):
        return length(value)
    if kind == "clock" and isinstance(value, int):
        return format_clock(value)
    if kind == "instant" and isinstance(value, int):
        return format_ms(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        items = [constant(item, kind) for item in value[:LONGEST]]
        return "[" + ", ".join(items) + (", …" if len(value) > LONGEST else "") + "]"
    return str(value)


def localised(texts: dict[str, str]) -> str:
    return "; ".join((f"{lang}: " if lang else "") + f"“{text}”" for lang, text in sorted(texts.items()))


def unlike(old: dict[str, T], new: dict[str, T]) -> tuple[dict[str, T], dict[str, T]]:
    """Return the languages of two texts in which they differ."""
    differ = {lang for lang in {*old, *new} if old.get(lang) != new.get(lang)}
    return {lang: old[lang] for lang in differ if lang in old}, {lang: new[lang] for lang in differ if lang in new}
