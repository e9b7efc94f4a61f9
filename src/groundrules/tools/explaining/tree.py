"""A guard as a tree of conditions, each with its outcome and why.

The tree has the author's `and`, `or` and `not`; `any` and `all` have a part for each item of their list. A part is
decisive if the outcome of the whole rests on it: in a true `or` or a false `and`, the sides that made it so, otherwise
all sides; in an unknown guard, the sides that are unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundrules.calendar.instants import format_ms
from groundrules.plan import ir
from groundrules.plan.walk import calendar_period, walk
from groundrules.reference import clauses, tallies
from groundrules.reference.missing_reads import missing_reads
from groundrules.reference.scope import Scope, identity
from groundrules.reference.values import evaluate, raw
from groundrules.reference.windows import Entry, encoded
from groundrules.time_units import format_duration
from groundrules.tools.explaining.event_lines import Json, summary
from groundrules.tools.explaining.model import Condition, EventSummary, WindowReading
from groundrules.window_kinds import KINDS

MOST_EVENTS = 8
Events = Mapping[str, Json]


def condition(expr: Any, scope: Scope, events: Events, decisive: bool = True) -> Condition:
    """The tree of a guard as evaluated in `scope`; `events` are those that windows may hold, by id."""
    match expr:
        case ir.And() | ir.Or() | ir.Not():
            return _branch(expr, scope, events, decisive)
        case ir.Quantified():
            return _quantified(expr, scope, events, decisive)
        case ir.TallyTest():
            return _tally_test(expr, scope, events, decisive)
        case _:
            return _leaf(expr, scope, events, decisive)


def _branch(expr: ir.And | ir.Or | ir.Not, scope: Scope, events: Events, decisive: bool) -> Condition:
    operands = (expr.operand,) if isinstance(expr, ir.Not) else expr.operands
    shape = {ir.And: "and", ir.Or: "or", ir.Not: "not"}[type(expr)]
    outcome = evaluate(expr, scope)
    chosen = [decisive and _decides(shape, outcome, evaluate(part, scope)) for part in operands]
    parts = [condition(part, scope, events, decides) for part, decides in zip(operands, chosen, strict=True)]
    return _node(expr, scope, shape, decisive, parts=tuple(parts))


def _decides(shape: str, whole: bool | None, part: bool | None) -> bool:
    """Whether the outcome of a whole rests on a part with this outcome."""
    if whole is None or (whole is True and shape in ("or", "any")) or (whole is False and shape in ("and", "all")):
        return part is whole
    return True


def _quantified(expr: ir.Quantified, scope: Scope, events: Events, decisive: bool) -> Condition:
    outcome = evaluate(expr, scope)
    parts = []
    for item in raw(expr.collection, scope) or ():
        inner = scope.binding(item)
        chosen = decisive and _decides(expr.quantifier, outcome, evaluate(expr.condition, inner))
        below = condition(expr.condition, inner, events, chosen)
        parts.append(
            Condition(shape="item", outcome=below.outcome, decisive=chosen, item=shown_item(item), parts=(below,))
        )
    reads = {clauses.text_of(expr.collection, scope): len(parts)} if not parts else {}
    return _node(expr, scope, expr.quantifier, decisive, parts=tuple(parts), reads=reads)


def _tally_test(expr: ir.TallyTest, scope: Scope, events: Events, decisive: bool) -> Condition:
    """A comparison with what adds up; its parts are those that are counted."""
    bounds = tallies.bounds(expr.tally, scope)
    counted = () if bounds is None else tallies.conditions(expr.tally, scope)
    parts = tuple(condition(part, inner, events, decisive) for part, inner, _ in counted)
    unknown = missing_reads(expr, scope) if evaluate(expr, scope) is None else ()
    reads = clauses.reads(expr, scope)
    most = None if bounds is None or bounds[0] == bounds[1] else bounds[1]
    return _node(expr, scope, "tally", decisive, parts=parts, reads=reads, most=most, missing=unknown)


def shown_item(item: Any) -> Any:
    """An item of a list in a word: a link's address, a person's name or id, the value itself."""
    return item.get("url") or identity(item) if isinstance(item, dict) else item


def _node(expr: Any, scope: Scope, shape: Any, decisive: bool, **more: Any) -> Condition:
    source = clauses.source_of(expr, scope)
    return Condition(
        shape=shape,
        outcome=evaluate(expr, scope),
        decisive=decisive,
        text=" ".join(source.text.split()) if source else "",
        file=source.file if source else "",
        line=source.line if source else 0,
        **more,
    )


def _leaf(expr: Any, scope: Scope, events: Events, decisive: bool) -> Condition:
    outcome = evaluate(expr, scope)
    searched = outcome is True and isinstance(expr, clauses.SEARCHING)
    evidence = tuple(clauses.evidence(expr, scope)) if searched else ()
    return _node(
        expr,
        scope,
        "leaf",
        decisive,
        reads={} if isinstance(expr, ir.Const) else clauses.reads(expr, scope),
        missing=missing_reads(expr, scope) if outcome is None else (),
        evidence=evidence,
        looked_into=_looked_into(expr, scope),
        windows=tuple(windows_in(expr, scope, events)),
    )


def _looked_into(expr: Any, scope: Scope) -> dict[str, str]:
    field = clauses.subject_of(expr) if isinstance(expr, clauses.SEARCHING) else None
    text = None if field is None else evaluate(field, scope)
    return {".".join(field.path): text} if field is not None and isinstance(text, str) else {}


# --- windows --------------------------------------------------------------------------------------


def windows_in(expr: Any, scope: Scope, events: Events) -> list[WindowReading]:
    """The windows that a leaf reads, with the events in them."""
    return [window_seen(part, scope, events) for part in walk(expr) if isinstance(part, ir.WindowTest | ir.WindowValue)]


def window_seen(expr: ir.WindowTest | ir.WindowValue, scope: Scope, events: Events) -> WindowReading:
    """What a window holds for the key that `expr` reads it with."""
    windows = scope.partition.windows
    window = windows.definitions[expr.window]
    key = [evaluate(part, scope) for part in expr.key]
    names = [clauses.text_of(part, scope) or ".".join(getattr(part, "path", ())) for part in expr.key]
    within = expr.within or scope.plan.retain
    entries = [] if None in key else _held(window, key, within, scope)
    value = None if None in key else windows.value(expr.window, key, expr.within, None, scope.now)
    return WindowReading(
        kind=window.kind,
        type=window.type,
        key=dict(zip(names, key, strict=True)),
        **looks_back(window, expr),
        value=written(window, value),
        wanted=f"{expr.operator} {written(window, expr.bound)}" if isinstance(expr, ir.WindowTest) else "",
        events=tuple(_entry_summary(entry, events) for entry in entries[-MOST_EVENTS:]),
        left_out=max(0, len(entries) - MOST_EVENTS),
    )


def looks_back(window: ir.Window, expr: ir.WindowTest | ir.WindowValue) -> dict[str, Any]:
    """Over how many events, or how long, a window is asked; nothing if that is no number."""
    if window.by_events:
        return {"last": expr.within}
    return {"within": format_duration(expr.within)} if expr.within and not calendar_period(expr.key) else {}


def _held(window: ir.Window, key: list[Any], within: int, scope: Scope) -> list[Entry]:
    """The entries that make up a window's number: of distinct values and of days the last each, of quiet the last."""
    windows, kind = scope.partition.windows, KINDS[window.kind]
    if not kind.looks_back:
        return windows.all(window.id, key)[-1 if kind.elapsed else 0 :]
    entries = windows.entries(window.id, key, within, scope.now)
    if kind.takes != "key":
        return entries
    latest = {encoded(entry.value): entry for entry in entries}
    return [entry for entry in entries if latest[encoded(entry.value)] is entry]


def _entry_summary(entry: Entry, events: Events) -> EventSummary:
    event = events.get(entry.event)
    if event is None:
        return EventSummary(id=entry.event, at=format_ms(entry.at), type="")
    return summary(event, entry.at)


def written(window: ir.Window, value: Any) -> Any:
    """A window's number as the log writes it: quiet is a length of time."""
    return format_duration(value) if KINDS[window.kind].elapsed and isinstance(value, int) else value
