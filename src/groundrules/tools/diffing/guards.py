"""Which numbers moved in a guard, and which conditions came or went.

Leaves of the old and the new guard that are equal are left out. Of the others, two of one *shape*, which is the
expression without its constants, its windows written out, are the same condition with other numbers; two that differ
in the operator besides are so too. The rest was added or removed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.plan.order import alike
from groundrules.time_units import format_clock
from groundrules.tools.diffing.model import Detail
from groundrules.tools.diffing.texts import Texts, constant, length
from groundrules.window_kinds import KINDS

_MEANT = ("id", "src", "keep", "ids", "pane")  # of a window: what follows from who reads it


class Constant(NamedTuple):
    """A constant that stands in an expression: as what, and its value as a text; `items` if it is a list."""

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
        one = Detail(part=part, before=before.expression(old), after=after.expression(new))
        return [] if old is new else [one]
    if alike(old, new):
        return []
    gone, come = _unlike(list(leaves(old)), list(leaves(new)))
    found = list(_moved(gone, come, before, after, part))
    removed = tuple(_said(leaf, before) for leaf in gone)
    added = tuple(_said(leaf, after) for leaf in come)
    if removed or added or not found:
        said, says = _said(old, before), _said(new, after)
        said, says = ("", "") if said == says else (said, says)
        found.insert(0, Detail(part=part, before=said, after=says, added=added, removed=removed))
    return found


def leaves(guard: ir.AnyExpr, outcome: bool = True) -> Iterator[ir.AnyExpr]:
    """Yield the leaves of a guard; one that must be false as its opposite."""
    if isinstance(guard, ir.Not):
        yield from leaves(guard.operand, not outcome)
    elif isinstance(guard, ir.And | ir.Or):
        for operand in guard.operands:
            yield from leaves(operand, outcome)
    elif isinstance(guard, ir.Const) and guard.value is True:
        return
    else:
        yield guard if outcome else ir.Not(operand=guard, src=guard.src)


def _said(guard: ir.AnyExpr, texts: Texts) -> str:
    if isinstance(guard, ir.Not) and guard.src == getattr(guard.operand, "src", -1):
        return f"not {texts.expression(guard.operand)}"
    return texts.expression(guard)


def _unlike(old: list[ir.AnyExpr], new: list[ir.AnyExpr]) -> tuple[list[ir.AnyExpr], list[ir.AnyExpr]]:
    """Return the leaves that the other guard does not have; of equal ones as many are left out as both have."""
    theirs = [definition_hash(one) for one in new]
    gone = []
    for leaf in old:
        name = definition_hash(leaf)
        if name in theirs:
            theirs.remove(name)
        else:
            gone.append(leaf)
    come = []
    for leaf in new:
        name = definition_hash(leaf)
        if name in theirs:
            theirs.remove(name)
            come.append(leaf)
    return gone, come


def _moved(gone: list[ir.AnyExpr], come: list[ir.AnyExpr], before: Texts, after: Texts, part: str) -> Iterator[Detail]:
    """Take pairs of one shape out of both lists; yield the constants that moved in each."""
    for exact in (True, False):
        for leaf in list(gone):
            shape = _shape(leaf, before)
            other = next((one for one in come if _alike(shape, _shape(one, after), exact)), None)
            if other is None:
                continue
            gone.remove(leaf)
            come.remove(other)
            about = _said(other, after)
            yield from _constants(shape, _shape(other, after), part, about)


def _alike(one: Shape, other: Shape, exact: bool) -> bool:
    if one.text != other.text or len(one.constants) != len(other.constants):
        return False
    return one.operator == other.operator or not exact


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
        before, after = (" ".join(filter(None, (role, sign, one.text))) for sign, one in sides)
        yield Detail(part=part, about=about, before=before, after=after)


def _items(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(one for one in new if one not in old), tuple(one for one in old if one not in new)


def _shape(leaf: ir.AnyExpr, texts: Texts) -> Shape:
    found: list[Constant] = []
    operators: list[str] = []
    plain = _abstract(leaf, texts, found, operators)
    return Shape(json.dumps(plain, sort_keys=True), " ".join(operators), tuple(found))


def _abstract(value: Any, texts: Texts, found: list[Constant], operators: list[str]) -> Any:
    """Return an expression as plain data without constants and comparison signs, which are collected."""
    if isinstance(value, tuple | list):
        return [_abstract(one, texts, found, operators) for one in value]
    if isinstance(value, ir.Const):
        listed = isinstance(value.value, list)
        items = tuple(constant(one, value.kind) for one in value.value) if listed else None
        found.append(Constant("bound", constant(value.value, value.kind), items))
        return "constant"
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: getattr(value, name) for name in value.__struct_fields__ if name not in _MEANT}
    if isinstance(value, ir.WindowTest | ir.WindowValue):
        fields["window"] = window = texts.counted(fields["window"])
        within = fields.pop("within")
        if isinstance(window, str) or KINDS[window.kind].looks_back:
            found.append(Constant("within", length(within)))
    if isinstance(value, ir.WindowTest):
        found.insert(0, Constant("bound", _bound(value, texts)))
        del fields["bound"]
    elif isinstance(value, ir.InClock):
        found.append(Constant("bound", f"{format_clock(fields.pop('start'))}-{format_clock(fields.pop('end'))}"))
    elif isinstance(value, ir.Window):
        del fields["within"]
    if isinstance(value, ir.WindowTest | ir.Compare):
        operators.append(fields.pop("operator"))
    plain = {name: _abstract(one, texts, found, operators) for name, one in fields.items()}
    return {"is": type(value).__name__, **plain}


def _bound(test: ir.WindowTest, texts: Texts) -> str:
    window = texts.counted(test.window)
    return length(test.bound) if isinstance(window, ir.Window) and KINDS[window.kind].elapsed else str(test.bound)
