"""Conditions put together as people say them: `text contains "a" or "b"`, `now > 23:00 or now < 07:00`.

Each is read whole, so that one mistake gives one message and the mend says what the sentence says. What could mean two
things gets no mend.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from groundrules.checker import wording
from groundrules.diagnostics.codes import types as codes
from groundrules.diagnostics.model import Fix
from groundrules.syntax import nodes
from groundrules.time_units import DAY
from groundrules.types import kinds

if TYPE_CHECKING:
    from groundrules.checker.expressions import Reader

_EARLIER, _LATER = ("<", "<="), (">", ">=")
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_BEHIND = {  # what to write for several values, by what is asked of one and how they are joined
    ("==", nodes.Or): "in",
    ("!=", nodes.And): "not in",
    ("has", nodes.Or): "has any of",
    ("has", nodes.And): "has all of",
    ("contains", nodes.Or): "contains any of",
    ("contains", nodes.And): "contains all of",
    ("start", nodes.Or): "starts with any of",
    ("end", nodes.Or): "ends with any of",
}


def settled(reader: Reader, node: nodes.And | nodes.Or) -> tuple[list[nodes.Node], bool]:
    """Return the operands that are conditions of their own; those that others need were reported, which it says."""
    kept: list[nodes.Node] = []
    waiting = list(node.operands)
    while waiting:
        first = waiting.pop(0)
        if waiting and _one_range(reader, node, first, waiting[0]):
            waiting.pop(0)
            continue
        kept.append(first)
        values = _values(waiting)
        if values and _one_list(reader, node, first, values):
            del waiting[: len(values)]
    return kept, len(kept) < len(node.operands)


def _values(waiting: Sequence[nodes.Node]) -> list[nodes.Node]:
    values: list[nodes.Node] = []
    for operand in waiting:
        if not isinstance(operand, nodes.String | nodes.Number):
            break
        values.append(operand)
    return values


def _one_list(reader: Reader, node: nodes.And | nodes.Or, first: nodes.Node, values: list[nodes.Node]) -> bool:
    """Report values behind a condition that asks for one."""
    last = first.operands[-1] if isinstance(first, nodes.And) else first
    asked = _asked(last)
    operator = asked and _BEHIND.get((asked[0], type(node)))
    if asked is None or operator is None or not all(type(value) is type(asked[2]) for value in values):
        return False
    subject, listed = reader.text(asked[1]), ", ".join(map(reader.text, [asked[2], *values]))
    whole = f"{subject} {operator} [{listed}]"
    fix = _rewritten(reader, (last.at[0], values[-1].at[1]), whole)
    message, _ = wording.not_a_condition(reader.text(values[0]), reader.type_of(values[0]).type)
    reader.error(codes.NOT_A_CONDITION, values[0], (message, f"write `{whole}`"), fixes=fix)
    return True


def _asked(node: nodes.Node) -> tuple[str, nodes.Node, nodes.Node] | None:
    """Return what a condition asks, of what, and the one constant that it asks for."""
    question: tuple[str, nodes.Node, nodes.Node] | None = None
    match node:
        case nodes.Compare(operator="==" | "!=" as operator):
            question = operator, node.left, node.right
        case nodes.Has(quantifier="one"):
            question = "has", node.collection, node.value
        case nodes.Contains(quantifier="one", word=False):
            question = "contains", node.subject, node.needle
        case nodes.Affix(quantifier="one"):
            question = node.end, node.subject, node.needle
    return question if question and isinstance(question[2], nodes.String | nodes.Number) else None


def _rewritten(reader: Reader, at: nodes.Offsets, text: str) -> tuple[Fix, ...]:
    fragment = reader.parsed.fragment
    replaced, written = fragment.text[slice(*at)], fragment.written(text)
    if replaced.count("(") != replaced.count(")"):
        return ()  # a bracket around one of the conditions
    return (Fix(reader.offsets(at), written, f"write `{text}`"),)


# --- times of day -------------------------------------------------------------------------------


def _side(node: nodes.Node) -> tuple[str, nodes.Node, nodes.ClockTime] | None:
    """Return how a value is compared with a time of day, the value, and the time."""
    if not isinstance(node, nodes.Compare) or node.operator not in _MIRRORED:
        return None
    if isinstance(node.right, nodes.ClockTime):
        return node.operator, node.left, node.right
    if isinstance(node.left, nodes.ClockTime):
        return _MIRRORED[node.operator], node.right, node.left
    return None


def clock_range(reader: Reader, node: nodes.Compare) -> str | None:
    """Return the condition that says what an instant compared with one time of day is to say."""
    side = _side(node)
    if side is None:
        return None
    operator, value, clock = side
    start, end = ("00:00", reader.text(clock)) if operator in _EARLIER else (reader.text(clock), "24:00")
    return None if start == end or clock.value == DAY else f"{reader.text(value)} in {start}-{end}"


def _one_range(reader: Reader, node: nodes.And | nodes.Or, first: nodes.Node, second: nodes.Node) -> bool:
    """Report two comparisons of an instant with times of day that are one range."""
    sides = sorted(_sides(first, second), key=lambda side: side[0] in _EARLIER)
    if len(sides) < 2 or sides[0][0] not in _LATER or sides[1][0] not in _EARLIER:
        return False
    (_, value, start), (_, other, end) = sides
    text = reader.text(value)
    is_range = start.value > end.value or (isinstance(node, nodes.And) and start.value < end.value)
    if text != reader.text(other) or not is_range or not _is_instant(reader, value):
        return False
    whole = f"{text} in {reader.text(start)}-{reader.text(end)}"
    at = (first.at[0], second.at[1])
    message, _ = wording.clock_order(text, reader.text(start), None)
    words = (message, f"write a range: `{whole}`")
    reader.error(codes.TYPES_DIFFER, reader.offsets(at), words, fixes=_rewritten(reader, at, whole))
    return True


def _sides(*operands: nodes.Node) -> Iterator[tuple[str, nodes.Node, nodes.ClockTime]]:
    for operand in operands:
        side = _side(operand)
        if side is not None:
            yield side


def _is_instant(reader: Reader, node: nodes.Node) -> bool:
    typed = reader.session.quietly(lambda: reader.type_of(node))
    return isinstance(typed.type, kinds.Instant)
