"""Does one guard imply another? Over the expressions of two plans, sound, and under Kleene's logic.

`lint.solver` knows true and false only. A leaf that lacks a value is neither, so what is asked of it here is *certain
truth*: `surely` writes a guard as a two-valued condition that holds exactly where the guard is true, each leaf beside
the claim that what it reads is known. Where two guards read one thing, they share that claim.

What two versions call by one name need not be one thing. A list whose entries changed gets a name of its own in the
old version, and the solver is told that what stands in a sublist stands in the list (`axioms`); a window over such a
list becomes another window. A count within a shorter time is no larger than within a longer one. Ledgers and states
are taken as they are: guards are compared for the same event and the same memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from groundrules.diagnostics.source import detached
from groundrules.lint.conditions import Both, Condition, Leaf, Opposite
from groundrules.logic.solver import satisfiable
from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.plan.walk import within
from groundrules.syntax import nodes
from groundrules.tools.diffing.model import Direction
from groundrules.tools.diffing.order import alike
from groundrules.types import kinds

S = TypeVar("S", bound=msgspec.Struct)

_FRAGMENT = detached("")
_NODE = nodes.Boolean(at=(0, 0), value=True)
_CONTEXT: Any = None  # the solver never asks for it
_OLD = "\x00old"

_OPERANDS: dict[type[ir.Expr], tuple[str, ...]] = {
    ir.Compare: ("left", "right"),
    ir.InClock: ("instant",),
    ir.In: ("item", "collection"),
    ir.InList: ("item",),
    ir.Has: ("collection", "values"),
    ir.HasList: ("collection",),
    ir.Contains: ("subject", "needles"),
    ir.ContainsList: ("subject",),
    ir.Affix: ("subject", "needle"),
    ir.Matches: ("subject",),
    ir.WindowTest: ("key",),
}
"""Leaves that are unknown if, and only if, one of these operands is missing."""

_NEVER_UNKNOWN = (ir.Const, ir.Known, ir.InState)


class Guard(msgspec.Struct, frozen=True):
    """What lets an event through: `when` is true and `unless` is not."""

    when: ir.AnyExpr
    unless: ir.AnyExpr | None = None

    def passes(self) -> Condition:
        """Return a two-valued condition that holds exactly where an event is let through."""
        if self.unless is None:
            return surely(self.when)
        return Both(_FRAGMENT, _NODE, (surely(self.when), Opposite(_FRAGMENT, _NODE, surely(self.unless))), False)


@dataclass(frozen=True)
class Sides:
    """Two plans of which guards are compared: where their names mean different things, and how those relate."""

    old: ir.Plan
    new: ir.Plan
    lists: frozenset[str]  # of both, with other entries or another match
    windows: frozenset[str]  # of both, over such a list

    @classmethod
    def of(cls, old: ir.Plan, new: ir.Plan) -> Sides:
        ours = {one.id: one for one in new.lists}
        lists = frozenset(one.id for one in old.lists if one.id in ours and one != ours[one.id])
        known = {one.id for one in new.windows}
        windows = frozenset(one.id for one in old.windows if one.id in known and _speaks_of(one, lists))
        return cls(old, new, lists, windows)

    def direction(self, old: Guard, new: Guard) -> Direction:
        """Tell how the events that a guard lets through changed."""
        apart = Guard(self._apart(old.when), None if old.unless is None else self._apart(old.unless))
        if alike(apart, new):
            return "same"
        axioms = [(axiom, True) for axiom in self._axioms([apart, new])]
        was, now = apart.passes(), new.passes()
        fewer = not satisfiable((now, True), (was, False), *axioms)
        more = not satisfiable((was, True), (now, False), *axioms)
        if fewer and more:
            return "same"
        return "fewer" if fewer else "more" if more else "unclear"

    def lists_of(self, guard: Guard) -> list[str]:
        """Return the lists that a guard looks into and that changed, sorted."""
        windows = [one.window for kind in (ir.WindowTest, ir.WindowValue) for one in _all(guard, kind)]
        counted = [one for one in self.new.windows if one.id in windows]
        return sorted(_lists_in([guard, counted]) & self.lists)

    # --- names ----------------------------------------------------------------------------------

    def _apart(self, expression: ir.AnyExpr) -> ir.AnyExpr:
        """Return an expression of the old plan with other names for what is another thing in the new one."""
        found: ir.AnyExpr = self._renamed(expression)
        return found

    def _renamed(self, value: Any) -> Any:
        if isinstance(value, tuple | list):
            return type(value)(map(self._renamed, value))
        if not isinstance(value, msgspec.Struct):
            return value
        fields = {name: self._renamed(getattr(value, name)) for name in value.__struct_fields__}
        for name, other in (("list", self.lists), ("window", self.windows)):
            if fields.get(name) in other and isinstance(fields.get(name), str):
                fields[name] += _OLD
        return replace(value, **fields)

    # --- what else is so ------------------------------------------------------------------------

    def _axioms(self, guards: list[Guard]) -> Iterator[Condition]:
        tests = {definition_hash(one): one for one in within(guards, ir.WindowTest)}
        yield from _longer_holds_more(
            tests.values(), {one.id: one.kind for one in (*self.old.windows, *self.new.windows)}
        )
        for kind in (ir.InList, ir.HasList, ir.ContainsList):
            yield from self._sublists({definition_hash(one): one for one in within(guards, kind)}.values())

    def _sublists(self, leaves: Iterable[Any]) -> Iterator[Condition]:
        """Yield that what is found in a list is found in a longer one; what needs all of it, the other way round."""
        for one, other in permutations(leaves, 2):
            if replace(one, list=other.list, src=other.src) == other and self._within(one.list, other.list):
                narrow, wide = (other, one) if getattr(one, "quantifier", "any") == "all" else (one, other)
                yield _either(Opposite(_FRAGMENT, _NODE, _leaf(narrow)), _leaf(wide))

    def _within(self, one: str, other: str) -> bool:
        """Whether each entry of the list `one` is one of `other`, under the same match."""
        a, b = self._list(one), self._list(other)
        return (a.match, a.options) == (b.match, b.options) and set(a.items) <= set(b.items)

    def _list(self, name: str) -> ir.WordList:
        plan = self.old if name.endswith(_OLD) else self.new
        id = name.removesuffix(_OLD)
        found = [one for one in (*plan.lists, *self.old.lists) if one.id == id]
        return found[0]


def _speaks_of(window: ir.Window, lists: frozenset[str]) -> bool:
    return bool(_lists_in(window) & lists)


def _lists_in(part: Any) -> set[str]:
    return {one.list for kind in (ir.InList, ir.HasList, ir.ContainsList) for one in _all(part, kind)}


def _all(part: Any, kind: type[ir.Expr]) -> list[Any]:
    return list(within(part, kind))


def _longer_holds_more(tests: Iterable[ir.WindowTest], kinds: dict[str, str]) -> Iterator[Condition]:
    """Yield that a count reached within a shorter time is reached within a longer one."""
    for short, long in permutations(tests, 2):
        alike = (short.window, definition_hash(list(short.key))) == (long.window, definition_hash(list(long.key)))
        kind = kinds.get(short.window.removesuffix(_OLD))
        if alike and kind in ("count", "distinct") and 0 < short.within < long.within:
            for bound in {max(test.bound + more, 1) for test in (short, long) for more in (0, 1)}:
                reached = [_leaf(replace(test, operator=">=", bound=bound)) for test in (short, long)]
                yield _either(Opposite(_FRAGMENT, _NODE, reached[0]), reached[1])


# --- certain truth ------------------------------------------------------------------------------


def surely(guard: ir.AnyExpr, outcome: bool = True) -> Condition:
    """Return a two-valued condition that holds exactly where a guard certainly has this outcome."""
    if isinstance(guard, ir.Not):
        return surely(guard.operand, not outcome)
    if isinstance(guard, ir.And | ir.Or):
        parts = tuple(surely(operand, outcome) for operand in guard.operands)
        return Both(_FRAGMENT, _NODE, parts, isinstance(guard, ir.Or) == outcome)
    leaf = _leaf(guard) if outcome else Opposite(_FRAGMENT, _NODE, _leaf(guard))
    known = tuple(_leaf(ir.Known(operand=one)) for one in _read(guard))
    return Both(_FRAGMENT, _NODE, (leaf, *known), False) if known else leaf


def _read(leaf: ir.AnyExpr) -> Iterator[ir.AnyExpr]:
    """Yield what must be known for a leaf to be decided: its operands, or itself where that is not all."""
    if isinstance(leaf, _NEVER_UNKNOWN):
        return
    if type(leaf) not in _OPERANDS:
        yield leaf
    for name in _OPERANDS.get(type(leaf), ()):
        operand = getattr(leaf, name)
        for one in operand if isinstance(operand, tuple) else (operand,):
            if not isinstance(one, ir.Const):
                yield one


def _leaf(expression: ir.AnyExpr) -> Leaf:
    types = None
    if isinstance(expression, ir.Compare):
        types = (_type(expression.left), _type(expression.right))
    return Leaf(_FRAGMENT, _NODE, expression, _CONTEXT, parametric=False, types=types)


def _type(value: ir.AnyExpr) -> kinds.Type:
    """Balances are whole numbers; of other values the plan does not say."""
    return kinds.Number(integer=True) if isinstance(value, ir.LedgerValue | ir.LedgerRank) else kinds.Unknown()


def _either(*parts: Condition) -> Condition:
    return Both(_FRAGMENT, _NODE, parts, True)


# --- directions ---------------------------------------------------------------------------------


def together(directions: Iterable[Direction]) -> Direction:
    """Return where several changes lead together; unclear where they pull apart."""
    found = set(directions) - {"same"}
    if not found:
        return "same"
    return found.pop() if len(found) == 1 else "unclear"
