"""Why a guard came out as it did.

**Clauses** are the leaf conditions that decided an outcome. A leaf is any condition that is not `and`, `or`, `not`,
`any` or `all`. For a true `or` they are those of every true side, for a true `and` those of all sides; for a false
`and` those of every false side, for a false `or` those of all sides. `not x` has the clauses of `x`. For `any` and
`all` they are those of the items that witness the outcome: the true items of a true `any`, the false items of a false
`all`, otherwise all items. A comparison with a tally or a score is a clause of its own, which says how much is certain
and the points of each hint that holds; the clauses of the conditions that hold are listed beside it. A clause that two
items share word for word and value for value is listed once. Clauses are in the order of the author's text, then of the
items.

A clause gives the value of each operand that is not constant and, if it looked for something in a text of the event,
where that was found: the leftmost occurrence of everything found, at most eight, in the order of the text.

**Blame** explains unknown: it is the reads whose absence left a condition undecided. For `and` and `or` they are those
of the undecided sides, for `any` and `all` those of the undecided items, for anything else its missing operands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Clause, Evidence
from groundrules.plan import ir
from groundrules.plan.walk import parts
from groundrules.reference import tallies, texts
from groundrules.reference.conditions import items_of
from groundrules.reference.kinds import kind_of
from groundrules.reference.scope import Scope
from groundrules.reference.values import evaluate, raw
from groundrules.text import views
from groundrules.time_units import format_duration

MOST_EVIDENCE = 8
COMPARING = (ir.Compare, ir.InClock, ir.In, ir.InList, ir.Has, ir.HasList, ir.Known)
SEARCHING = (ir.Contains, ir.ContainsList, ir.Affix, ir.Matches)
REMEMBERING = (ir.WindowTest, ir.InState, ir.HasLabel, ir.InForce)
ADDING = (ir.TallyTest,)
LEAVES = (*COMPARING, *SEARCHING, *REMEMBERING, *ADDING)


def clauses(expr: Any, scope: Scope) -> tuple[Clause, ...]:
    """The clauses of a decided guard in source order; none for a guard that is always true."""
    if isinstance(expr, ir.Const):
        return ()
    leaves = sorted(deciding(expr, scope), key=lambda leaf: place(leaf[0], scope))
    listed = [(leaf.src, clause(leaf, seen_from)) for leaf, seen_from in leaves]
    return tuple(item[1] for index, item in enumerate(listed) if item not in listed[:index])


def place(expr: ir.Expr, scope: Scope) -> tuple[str, int, int]:
    """Where an expression was written, for sorting."""
    source = source_of(expr, scope)
    return (source.file, source.line, source.column) if source else ("", 0, 0)


def source_of(expr: ir.Expr, scope: Scope) -> ir.Source | None:
    return scope.plan.sources[expr.src] if expr.src >= 0 else None


def text_of(expr: ir.Expr, scope: Scope) -> str:
    """The author's text of an expression, "" if it was not written by anyone."""
    source = source_of(expr, scope)
    return source.text if source else ""


# --- the leaves that decided ----------------------------------------------------------------------


def deciding(expr: Any, scope: Scope) -> Iterator[tuple[Any, Scope]]:
    """Yield the leaves that decided the outcome of `expr`, each with the scope it was evaluated in."""
    match expr:
        case ir.And() | ir.Or():
            for operand in witnesses(list(expr.operands), expr, scope):
                yield from deciding(operand, scope)
        case ir.Not():
            yield from deciding(expr.operand, scope)
        case ir.Quantified():
            for inner in witnessing_items(expr, scope):
                yield from deciding(expr.condition, inner)
        case ir.TallyTest():
            yield expr, scope
            for condition, inner, _ in tallies.conditions(expr.tally, scope):
                if evaluate(condition, inner) is True:
                    yield from deciding(condition, inner)
        case _:
            yield expr, scope


def witnesses(operands: list[Any], expr: ir.And | ir.Or, scope: Scope) -> list[Any]:
    """The sides that made an `or` true or an `and` false; all sides if it took them all."""
    outcome = evaluate(expr, scope)
    if outcome is isinstance(expr, ir.Or):
        return [operand for operand in operands if evaluate(operand, scope) is outcome]
    return operands


def witnessing_items(expr: ir.Quantified, scope: Scope) -> list[Scope]:
    """The items that made an `any` true or an `all` false; all items if it took them all."""
    outcome = evaluate(expr, scope)
    inner = [scope.binding(item) for item in raw(expr.collection, scope)]
    if outcome is (expr.quantifier == "any"):
        return [item for item in inner if evaluate(expr.condition, item) is outcome]
    return inner


# --- one clause -----------------------------------------------------------------------------------


def clause(leaf: Any, scope: Scope) -> Clause:
    """The clause of one leaf."""
    source = source_of(leaf, scope)
    return Clause(
        text=text_of(leaf, scope),
        line=source.line if source else 0,
        file=source.file if source else "",
        outcome=bool(evaluate(leaf, scope)),
        reads=reads(leaf, scope),
        evidence=tuple(evidence(leaf, scope)),
    )


def reads(leaf: Any, scope: Scope) -> dict[str, Any]:
    """The values of the operands that are not constant, under their source text."""
    if isinstance(leaf, ir.TallyTest):
        return points(leaf, scope)
    values = {}
    for operand in operands_of(leaf):
        value = evaluate(operand, scope)
        if not isinstance(operand, ir.Const) and value is not None:
            values[text_of(operand, scope)] = written(value, operand)
    return values


def points(leaf: ir.TallyTest, scope: Scope) -> dict[str, Any]:
    """What a tally or score is at least, and the points of each hint that holds."""
    bounds = tallies.bounds(leaf.tally, scope)
    listed: dict[str, Any] = {} if bounds is None else {text_of(leaf.tally, scope): bounds[0]}
    for hint in leaf.tally.hints if isinstance(leaf.tally, ir.Score) else ():
        if evaluate(hint.when, scope) is True:
            listed[text_of(hint, scope)] = evaluate(hint.points, scope) or 0
    return listed


def operands_of(leaf: Any) -> list[Any]:
    """The expressions that a leaf compares, searches or asks about; for a value used as a condition, itself."""
    return parts(leaf) if isinstance(leaf, LEAVES) else [leaf]


def written(value: Any, expr: Any) -> Any:
    """A value as the log writes it: instants in UTC, durations as `10m`, things as their id."""
    match kind_of(expr):
        case "instant":
            return format_ms(round(value))
        case "duration":
            return format_duration(round(value))
    return value


# --- evidence -------------------------------------------------------------------------------------


def evidence(leaf: Any, scope: Scope) -> tuple[Evidence, ...]:
    """Where a clause found something in a text of the event: the leftmost occurrences, at most eight."""
    field = subject_of(leaf)
    if field is None:
        return ()
    raw_text = evaluate(field, scope)
    if not isinstance(raw_text, str):
        return ()
    places = sorted({(start, end, pattern) for pattern, (start, end) in occurrences(leaf, raw_text, scope)})
    return tuple(
        Evidence(field=".".join(field.path), start=start, end=end, text=raw_text[start:end], pattern=pattern)
        for start, end, pattern in places[:MOST_EVIDENCE]
    )


def subject_of(leaf: Any) -> ir.Field | None:
    """The text of the event that a leaf searches, if there is one."""
    match leaf:
        case ir.Contains() | ir.ContainsList() | ir.Affix() | ir.Matches():
            looked_into: tuple[Any, ...] = (leaf.subject,)
        case ir.Compare(operator="==" | "!="):
            looked_into = (leaf.left, leaf.right)
        case ir.In() | ir.InList():
            looked_into = (leaf.item,)
        case _:
            return None
    fields = (field for field in looked_into if isinstance(field, ir.Field))
    return next((field for field in fields if field.root == "event" and field.kind == "text"), None)


def occurrences(leaf: Any, subject: str, scope: Scope) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield everything a leaf looks for that occurs in the subject, with its leftmost place."""
    whole = (0, len(subject))
    match leaf:
        case ir.Contains():
            needles = items_of(evaluate(leaf.needles, scope) or [])
            matches = [(needle, views.find(leaf.view, subject, needle)) for needle in needles]
        case ir.ContainsList():
            places = texts.found_entries(subject, scope.partition.lists[leaf.list])
            matches = [(entry, (start, end)) for start, end, entry in places]
        case ir.Affix():
            needles = items_of(evaluate(leaf.needle, scope) or [])
            matches = [(needle, texts.affix_range(subject, needle, leaf.end, leaf.view)) for needle in needles]
        case ir.Matches():
            matches = [(leaf.pattern, texts.match_range(subject, leaf.pattern, leaf.flags, leaf.view))]
        case ir.InList():
            entry = texts.entry_of(subject, scope.partition.lists[leaf.list])
            matches = [] if entry is None else [(entry, whole)]
        case ir.In():
            others = items_of(evaluate(leaf.collection, scope) or [])
            matches = [(other, whole) for other in others if texts.equal(subject, other, leaf.view)]
        case _:
            sides = [evaluate(side, scope) for side in (leaf.left, leaf.right) if side is not subject_of(leaf)]
            matches = [(side, whole) for side in sides if side is not None and texts.equal(subject, side, leaf.view)]
    yield from ((pattern, place) for pattern, place in matches if place is not None)
