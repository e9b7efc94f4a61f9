"""Variants of a condition, each with one small change, for mutants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from groundrules.narrate.speech import Phrase, phrase
from groundrules.plan import ir
from groundrules.plan.dated import is_date
from groundrules.plan.spans import span
from groundrules.plan.walk import calendar_period
from groundrules.time_units import DAY, HOUR, format_duration
from groundrules.window_kinds import KINDS

Windows = Mapping[str, ir.Window]  # by their ids
Variant = tuple[int, Phrase, Any]  # where it was written, what was changed, the changed condition

SWAPPED: dict[ir.Relation, ir.Relation] = {">=": ">", ">": ">=", "<": "<=", "<=": "<", "==": "!=", "!=": "=="}


def numbers(value: Any) -> tuple[Any, ...]:
    """The neighbours of a whole number; none of anything else."""
    return (value + 1, value - 1) if isinstance(value, int) and not isinstance(value, bool) else ()


def moved(before: object, after: object) -> Phrase:
    return phrase("changes.moved", before, after)


def durations(value: int | None, form: str = "moved") -> Iterator[tuple[Phrase, int]]:
    """A length of time doubled and halved, each with the words for it."""
    for other in (value * 2, value // 2) if value else ():
        yield phrase(f"changes.{form}", format_duration(value or 0), format_duration(other)), other


def windows_of(plan: ir.Plan) -> Windows:
    return {window.id: window for window in plan.windows}


def conditions(expr: Any, windows: Windows) -> Iterator[Variant]:
    """Yield every variant of a condition."""
    for change, changed in _own(expr, windows):
        yield expr.src, change, changed
    if isinstance(expr, ir.And | ir.Or):
        yield from _below(expr, windows)
    elif isinstance(expr, ir.Not):
        for src, change, changed in conditions(expr.operand, windows):
            yield src, change, replace(expr, operand=changed)
    elif isinstance(expr, ir.Quantified):
        for src, change, changed in conditions(expr.condition, windows):
            yield src, change, replace(expr, condition=changed)


def _below(expr: ir.And | ir.Or, windows: Windows) -> Iterator[Variant]:
    for number, operand in enumerate(expr.operands):
        if is_date(operand):
            continue
        before, after = expr.operands[:number], expr.operands[number + 1 :]
        rest = (*before, *after)
        yield (
            operand.src,
            phrase("changes.condition_left_out"),
            rest[0] if len(rest) == 1 else replace(expr, operands=rest),
        )
        for src, change, changed in conditions(operand, windows):
            yield src, change, replace(expr, operands=(*before, changed, *after))


def _own(expr: Any, windows: Windows) -> Iterator[tuple[Phrase, Any]]:
    match expr:
        case ir.WindowTest():
            yield from _window(expr, windows[expr.window])
        case ir.TallyTest():
            yield from _tally(expr, windows)
        case ir.Compare() if not is_date(expr):
            yield from _compare(expr)
        case ir.Not():
            yield phrase("changes.left_out", "`not`"), expr.operand
        case ir.Contains() | ir.Has():
            yield from _needles(expr)
        case ir.In(collection=ir.Const(value=list() | tuple() as values)):
            for items, left in _without(values):
                yield (
                    phrase("changes.left_out", f"`{left}`"),
                    replace(expr, collection=replace(expr.collection, value=items)),
                )
        case ir.InClock():
            yield phrase("changes.starts_later"), replace(expr, start=(expr.start + HOUR) % DAY)
            yield phrase("changes.ends_later"), replace(expr, end=(expr.end + HOUR) % DAY)


def _window(expr: ir.WindowTest, window: ir.Window) -> Iterator[tuple[Phrase, Any]]:
    if KINDS[window.kind].elapsed:
        for change, bound in durations(expr.bound):
            yield change, replace(expr, bound=bound, within=max(expr.within, bound))
        return
    yield moved(expr.bound, expr.bound + 1), replace(expr, bound=expr.bound + 1)
    yield moved(expr.bound, expr.bound - 1), replace(expr, bound=max(0, expr.bound - 1))
    for within in (expr.within * 2, expr.within // 2) if not calendar_period(expr.key) else ():
        if within:
            change = phrase("changes.within", span(window, expr.within), span(window, within))
            yield change, replace(expr, within=within)


def _tally(expr: ir.TallyTest, windows: Windows) -> Iterator[tuple[Phrase, Any]]:
    """Another bound; of a score, a hint left out or with other points."""
    for bound in numbers(expr.bound):
        yield moved(expr.bound, bound), replace(expr, bound=bound)
    score = expr.tally
    if not isinstance(score, ir.Score):
        return
    for number, hint in enumerate(score.hints):
        before, after = score.hints[:number], score.hints[number + 1 :]
        yield phrase("changes.condition_left_out"), replace(expr, tally=replace(score, hints=(*before, *after)))
        points: Any = hint.points
        for value in numbers(points.value) if isinstance(points, ir.Const) else ():
            other = replace(hint, points=replace(points, value=value))
            yield moved(points.value, value), replace(expr, tally=replace(score, hints=(*before, other, *after)))


def _compare(expr: ir.Compare) -> Iterator[tuple[Phrase, Any]]:
    relation = SWAPPED[expr.operator]
    yield moved(f"`{expr.operator}`", f"`{relation}`"), replace(expr, operator=relation)
    for side in ("left", "right"):
        constant = getattr(expr, side)
        if not isinstance(constant, ir.Const):
            continue
        if constant.kind == "duration":
            for change, value in durations(constant.value):
                yield change, replace(expr, **{side: replace(constant, value=value)})
        elif constant.kind is None and expr.operator not in ("==", "!="):
            for value in numbers(constant.value):
                yield moved(constant.value, value), replace(expr, **{side: replace(constant, value=value)})


def _needles(expr: ir.Contains | ir.Has) -> Iterator[tuple[Phrase, Any]]:
    name = "needles" if isinstance(expr, ir.Contains) else "values"
    constant = getattr(expr, name)
    values = constant.value if isinstance(constant, ir.Const) and isinstance(constant.value, list | tuple) else ()
    if len(values) < 2:
        return
    for items, left in _without(values):
        yield phrase("changes.left_out", f"`{left}`"), replace(expr, **{name: replace(constant, value=items)})
    other: ir.Quantifier = "all" if expr.quantifier == "any" else "any"
    yield moved(f"`{expr.quantifier} of`", f"`{other} of`"), replace(expr, quantifier=other)


def _without(values: Any) -> Iterator[tuple[Any, Any]]:
    """A list without each of its items in turn."""
    for number, left in enumerate(values):
        yield type(values)([*values[:number], *values[number + 1 :]]), left
