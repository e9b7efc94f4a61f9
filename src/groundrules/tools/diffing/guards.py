"""Which numbers moved in a guard, and which conditions came or went.

Leaves that are equal in the old and the new guard are left out. Among the others, two of the same *shape* (the
expression without its constants, with its windows written out) are the same condition with other numbers, even if the
operator differs, too. The rest was added or removed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.plan.order import alike
from groundrules.plan.spans import span
from groundrules.plan.walk import calendar_period
from groundrules.time_units import format_clock
from groundrules.tools.diffing.model import Detail
from groundrules.tools.diffing.texts import Texts, constant, length
from groundrules.window_kinds import KINDS

_MEANT = ("id", "src", "keep", "ids", "pane")  # of a window: what follows from who reads it


class Constant(NamedTuple):
    """A constant in an expression: its role, and its value as a text; `items` if it is a list."""

    role: str
    text: str
    items: tuple[str, ...] | None = None


class Shape(NamedTuple):
    """An expression without its constants, as a text, and the constants in order."""

    text: str
    operator: str
    constants: tuple[Constant, ...]


def differences(old: ir.AnyExpr | None, new: ir.AnyExpr | None, before: Texts, after: Texts, part: str) -> list[Detail]:
    """Return what changed between two guards of one block; empty if they are the same but for layout."""
    if old is None or new is None:
        detail = Detail(part=part, before=before.expression(old), after=after.expression(new))
        return [] if old is new else [detail]
    if alike(old, new):
        return []
    only_old, only_new = _unlike(list(leaves(old)), list(leaves(new)))
    details = list(_moved(only_old, only_new, before, after, part))
    removed = tuple(_guard_text(leaf, before) for leaf in only_old)
    added = tuple(_guard_text(leaf, after) for leaf in only_new)
    if removed or added or not details:
        guard_before, guard_after = _guard_text(old, before), _guard_text(new, after)
        guard_before, guard_after = ("", "") if guard_before == guard_after else (guard_before, guard_after)
        details.insert(0, Detail(part=part, before=guard_before, after=guard_after, added=added, removed=removed))
    return details


def leaves(guard: ir.AnyExpr, outcome: bool = True) -> Iterator[ir.AnyExpr]:
    """Yield the leaves of a guard; a leaf that must be false appears as its opposite."""
    if isinstance(guard, ir.Not):
        yield from leaves(guard.operand, not outcome)
    elif isinstance(guard, ir.And | ir.Or):
        for operand in guard.operands:
            yield from leaves(operand, outcome)
    elif isinstance(guard, ir.Const) and guard.value is True:
        return
    else:
        yield guard if outcome else ir.Not(operand=guard, src=guard.src)


def _guard_text(guard: ir.AnyExpr, texts: Texts) -> str:
    if isinstance(guard, ir.Not) and guard.src == getattr(guard.operand, "src", -1):
        return f"not {texts.expression(guard.operand)}"
    return texts.expression(guard)


def _unlike(old: list[ir.AnyExpr], new: list[ir.AnyExpr]) -> tuple[list[ir.AnyExpr], list[ir.AnyExpr]]:
    """Return the leaves that the other guard lacks; equal ones are left out as often as both have them."""
    theirs = [definition_hash(expr) for expr in new]
    only_old = []
    for leaf in old:
        name = definition_hash(leaf)
        if name in theirs:
            theirs.remove(name)
        else:
            only_old.append(leaf)
    only_new = []
    for leaf in new:
        name = definition_hash(leaf)
        if name in theirs:
            theirs.remove(name)
            only_new.append(leaf)
    return only_old, only_new


def _moved(
    only_old: list[ir.AnyExpr], only_new: list[ir.AnyExpr], before: Texts, after: Texts, part: str
) -> Iterator[Detail]:
    """Take pairs of one shape out of both lists; yield the constants that moved in each."""
    for exact in (True, False):
        for leaf in list(only_old):
            shape = _shape(leaf, before)
            other = next((candidate for candidate in only_new if _alike(shape, _shape(candidate, after), exact)), None)
            if other is None:
                continue
            only_old.remove(leaf)
            only_new.remove(other)
            about = _guard_text(other, after)
            moved = list(_constants(shape, _shape(other, after), part, about))
            yield from moved or [Detail(part=part, about=about)]  # only a score that it reads changed


def _alike(shape: Shape, other: Shape, exact: bool) -> bool:
    if shape.text != other.text or len(shape.constants) != len(other.constants):
        return False
    return shape.operator == other.operator or not exact


def _constants(old: Shape, new: Shape, part: str, about: str) -> Iterator[Detail]:
    for was, now in zip(old.constants, new.constants, strict=True):
        with_operator = was.role == "bound" and old.operator != new.operator
        if was == now and not with_operator:
            continue
        if was.items is not None and now.items is not None:
            added, removed = _items(was.items, now.items)
            yield Detail(part=part, about=about, added=added, removed=removed)
            continue
        role = "" if was.role == "bound" else was.role
        signs = (old.operator, new.operator) if with_operator else ("", "")
        sides = zip(signs, (was, now), strict=True)
        before, after = (" ".join(filter(None, (role, sign, constant.text))) for sign, constant in sides)
        yield Detail(part=part, about=about, before=before, after=after)


def _items(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(item for item in new if item not in old), tuple(item for item in old if item not in new)


def _shape(leaf: ir.AnyExpr, texts: Texts) -> Shape:
    constants: list[Constant] = []
    operators: list[str] = []
    plain = _abstract(leaf, texts, constants, operators)
    return Shape(json.dumps(plain, sort_keys=True), " ".join(operators), tuple(constants))


def _abstract(value: Any, texts: Texts, constants: list[Constant], operators: list[str]) -> Any:
    """Return an expression as plain data without constants and comparison signs, which are collected."""
    if isinstance(value, tuple | list):
        return [_abstract(item, texts, constants, operators) for item in value]
    if isinstance(value, ir.Const):
        listed = isinstance(value.value, list)
        items = tuple(constant(item, value.kind) for item in value.value) if listed else None
        constants.append(Constant("bound", constant(value.value, value.kind), items))
        return "constant"
    if not isinstance(value, msgspec.Struct):
        return value
    if isinstance(value, ir.Score) and value.id:
        return {"is": "Score", "id": value.id}
    fields = {name: getattr(value, name) for name in value.__struct_fields__ if name not in _MEANT}
    if isinstance(value, ir.WindowTest | ir.WindowValue):
        fields["window"] = window = texts.counted(fields["window"])
        within = fields.pop("within")
        if not calendar_period(value.key) and (isinstance(window, str) or KINDS[window.kind].looks_back):
            shown = length(within) if isinstance(window, str) else span(window, within)
            constants.append(Constant("within", shown))
    if isinstance(value, ir.WindowTest):
        constants.insert(0, Constant("bound", _bound(value, texts)))
        del fields["bound"]
    elif isinstance(value, ir.TallyTest):
        constants.append(Constant("bound", str(fields.pop("bound"))))
    elif isinstance(value, ir.InClock):
        constants.append(Constant("bound", f"{format_clock(fields.pop('start'))}-{format_clock(fields.pop('end'))}"))
    elif isinstance(value, ir.Window):
        del fields["within"]
    if isinstance(value, ir.WindowTest | ir.TallyTest | ir.Compare):
        operators.append(fields.pop("operator"))
    plain = {name: _abstract(field, texts, constants, operators) for name, field in fields.items()}
    return {"is": type(value).__name__, **plain}


def _bound(test: ir.WindowTest, texts: Texts) -> str:
    window = texts.counted(test.window)
    return length(test.bound) if isinstance(window, ir.Window) and KINDS[window.kind].elapsed else str(test.bound)
