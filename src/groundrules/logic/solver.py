"""Can these claims all hold? A small search that says no only when certain.

A claim is a condition of the plan and a required outcome. `and`, `or` and `not` are taken apart, branch by branch; what
a leaf claims becomes the domain of one thing (`domains`), and a branch is closed when some thing has no value left.
Leaves that are not understood are free, but the same leaf cannot be true and false at once. A search that grows too
long gives up and says that the claims can hold. Missing values need no care here: a claim asks for true or false, and
both mean that the values are there.

Whatever else is known about the values is passed to the solver: the bounds of ledgers, what an operand's type allows,
which nodes depend on a setting. Types and settings are tables by node identity, kept by the owner of the nodes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from groundrules.logic.domains import ORDERS, Domain, Order, Range, Truth, Values, Words, compared, minutes
from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.plan.relations import MIRRORED, NEGATED
from groundrules.plan.walk import parts
from groundrules.text.views import apply
from groundrules.time_units import MINUTE

Name = str | tuple[str, ...]
Claim = tuple[ir.Expr, bool]
Known = dict[Any, Domain]
Alternative = list[tuple[Any, Domain]]

_STEPS = 2000  # of one search
_COUNTING = frozenset({"length", "words", "lines", "emoji_count", "longest_run"})
_WITHIN: dict[str, tuple[int, int]] = {
    "hour": (0, 23),
    "minute": (0, 59),
    "day": (1, 31),
    "month": (1, 12),
}


@dataclass(eq=False)
class _Notes:
    """What is known about a node, which is kept alive so that its identity stays unique."""

    node: ir.Expr
    possible: dict[bool, bool] = field(default_factory=dict)
    ways: dict[bool, list[Alternative]] = field(default_factory=dict)
    held: list[tuple[Known, list[Claim]] | None] = field(default_factory=list)
    reads: frozenset[Name] | None = None


def ledger_bounds(ledgers: Iterable[ir.Ledger]) -> dict[str, Range]:
    """Return the possible balances of each ledger."""
    return {
        ledger.id: Range(
            low=-math.inf if ledger.floor is None else ledger.floor,
            high=math.inf if ledger.ceiling is None else ledger.ceiling,
            integer=True,
        )
        for ledger in ledgers
    }


@dataclass(eq=False)
class Solver:
    """Answers questions about conditions, each computed once.

    `types` maps an operand's identity to what its type allows; `settings` has the identities of nodes whose constants
    are only current settings and prove nothing.
    """

    ledgers: Mapping[str, Range] = field(default_factory=dict)
    types: Mapping[int, Domain] = field(default_factory=dict)
    settings: Container[int] = frozenset()
    _notes: dict[int, _Notes] = field(default_factory=dict, init=False)

    def satisfiable(self, *claims: Claim) -> bool:
        """Tell whether the claims can hold together; True if that is unknown."""
        if len(claims) > 1:
            return _Search(self).run(list(claims), {})
        condition, wanted = claims[0]
        possible = self._about(condition).possible
        if wanted not in possible:
            possible[wanted] = _Search(self).run(list(claims), {})
        return possible[wanted]

    def implies(self, first: ir.Expr, other: ir.Expr) -> bool:
        """Tell whether `other` is certainly true whenever `first` is."""
        if not self.reads(other) <= self.reads(first):
            return False
        held = self._held(first)
        return held is None or not _Search(self).run([*held[1], (other, False)], held[0])

    def reads(self, condition: ir.Expr) -> frozenset[Name]:
        """Return what a condition reads; a condition that reads no more than another is known when that one is."""
        notes = self._about(condition)
        if notes.reads is None:
            notes.reads = frozenset(_reads(condition))
        return notes.reads

    def ways(self, leaf: ir.Expr, wanted: bool) -> list[Alternative]:
        """Return the ways for a leaf to come out as `wanted`; each is a list of domains that must all be met."""
        ways = self._about(leaf).ways
        if wanted not in ways:
            claims = _CLAIMS.get(type(leaf))
            claimed = claims(self, leaf, wanted) if claims else None
            ways[wanted] = [[(("leaf", definition_hash(leaf)), Truth(wanted))]] if claimed is None else claimed
        return ways[wanted]

    def hangs_on_settings(self, node: ir.Expr) -> bool:
        return id(node) in self.settings

    def allowed(self, term: ir.Expr) -> Domain | None:
        """Return the values a term can ever have; None if nothing is known."""
        match term:
            case ir.Call() if term.function in _WITHIN:
                return Range(*_WITHIN[term.function], integer=True)
            case ir.Call() if term.function in _COUNTING:
                return Range(low=0, integer=True)
            case ir.Silence():
                return Range(low=0)
            case ir.LedgerValue():
                return self.ledgers.get(term.ledger, Range(integer=True))
            case ir.LedgerRank():
                return Range(low=1, integer=True)
        return self.types.get(id(term))

    def _about(self, node: ir.Expr) -> _Notes:
        notes = self._notes.get(id(node))
        if notes is None:
            notes = self._notes[id(node)] = _Notes(node)
        return notes

    def _held(self, condition: ir.Expr) -> tuple[Known, list[Claim]] | None:
        """Return what holds whenever a condition is true, and the claims that leave a choice; None if it never is.

        Computed once for a condition that is compared with many.
        """
        notes = self._about(condition)
        if not notes.held:
            notes.held.append(self._settled([(condition, True)]))
        return notes.held[0]

    def _settled(self, claims: list[Claim]) -> tuple[Known, list[Claim]] | None:
        known, undecided = Known(), list[Claim]()
        while claims:
            condition, wanted = claims.pop()
            if isinstance(condition, ir.Not):
                claims.append((condition.operand, not wanted))
            elif isinstance(condition, ir.And | ir.Or) and isinstance(condition, ir.Or) != wanted:
                claims.extend([(part, wanted) for part in condition.operands])
            elif not isinstance(condition, ir.And | ir.Or) and len(ways := self.ways(condition, wanted)) == 1:
                met = _met(known, ways[0])
                if met is None:
                    return None
                known = met
            else:
                undecided.append((condition, wanted))
        return known, undecided


def _reads(node: ir.Expr) -> set[Name]:
    if isinstance(node, ir.Field | ir.Fact | ir.LedgerRank | ir.Silence | ir.InForceUntil):
        return {_named(node)}
    return set[Name]().union(*map(_reads, parts(node)))


def _named(term: ir.Expr) -> Name:
    """Return what identifies a term: the place it reads, else a hash."""
    if isinstance(term, ir.Field):
        return (term.root, *term.path)
    if isinstance(term, ir.Fact):
        return (term.root, *term.path, "fact", term.fact)
    return definition_hash(term)


class _Search:
    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self.steps = 0

    def run(self, claims: list[Claim], known: Known) -> bool:
        while claims:
            self.steps += 1
            if self.steps > _STEPS:
                return True
            condition, wanted = claims.pop()
            if isinstance(condition, ir.And | ir.Or):
                if isinstance(condition, ir.Or) == wanted:
                    return any(self.run([*claims, (part, wanted)], known) for part in condition.operands)
                claims.extend([(part, wanted) for part in condition.operands])
            elif isinstance(condition, ir.Not):
                claims.append((condition.operand, not wanted))
            else:
                ways = self.solver.ways(condition, wanted)
                if len(ways) != 1:
                    return any(self._branch(claims, known, way) for way in ways)
                met = _met(known, ways[0])
                if met is None:
                    return False
                known = met
        return True

    def _branch(self, claims: list[Claim], known: Known, alternative: Alternative) -> bool:
        met = _met(known, alternative)
        return met is not None and self.run(list(claims), met)


def _met(known: Mapping[Any, Domain], constraints: Iterable[tuple[Any, Domain]]) -> Known | None:
    met = dict(known)
    for key, domain in constraints:
        both = met[key].meet(domain) if key in met else domain
        if both is None:
            return None
        met[key] = both
    return met


# --- what a leaf claims -------------------------------------------------------------------------


def _constant(solver: Solver, leaf: ir.Const, wanted: bool) -> list[Alternative] | None:
    if solver.hangs_on_settings(leaf) or not isinstance(leaf.value, bool):
        return None
    return [[]] if leaf.value == wanted else []


def _window(solver: Solver, leaf: ir.WindowTest, wanted: bool) -> list[Alternative]:
    key = (leaf.window, definition_hash(list(leaf.key)), leaf.within)
    if solver.hangs_on_settings(leaf):
        return _order(("window at", *key, leaf.bound), leaf.operator, wanted)
    return _meeting(("window", *key), Range(low=0, integer=True), compared(leaf.operator, leaf.bound, wanted))


def _in(solver: Solver, leaf: ir.In, wanted: bool) -> list[Alternative] | None:
    if solver.hangs_on_settings(leaf) or not isinstance(leaf.collection, ir.Const):
        return None
    return _one_of(solver, leaf.item, leaf.collection.value, leaf.view, wanted)


def _clock(solver: Solver, leaf: ir.InClock, wanted: bool) -> list[Alternative] | None:
    if solver.hangs_on_settings(leaf) or leaf.start % MINUTE or leaf.end % MINUTE:
        return None
    return [[(("clock", definition_hash(leaf.instant)), minutes(leaf.start, leaf.end, wanted))]]


def _has(solver: Solver, leaf: ir.Has, wanted: bool) -> list[Alternative] | None:
    if (
        solver.hangs_on_settings(leaf)
        or not isinstance(leaf.values, ir.Const)
        or not isinstance(leaf.values.value, list)
    ):
        return None
    collection = _named(leaf.collection)
    truths = [(("has", collection, leaf.view, value), Truth(wanted)) for value in leaf.values.value]
    return [[truth] for truth in truths] if (leaf.quantifier == "any") == wanted else [[*truths]]


def _contains(solver: Solver, leaf: ir.Contains, wanted: bool) -> list[Alternative] | None:
    if solver.hangs_on_settings(leaf) or not isinstance(leaf.needles, ir.Const):
        return None
    key = ("contains", _named(leaf.subject), leaf.view)
    words = [str(value) for value in leaf.needles.value]
    if "" in words:  # which no text contains
        words = [word for word in words if word]
        if leaf.quantifier == "all" or not words:
            return [] if wanted else [[]]
    groups = [[word] for word in words] if (leaf.quantifier == "any") == wanted else [words]
    sets = map(frozenset, groups)
    return [[(key, Words(leaf.view, each) if wanted else Words(leaf.view, absent=each))] for each in sets]


def _affix(solver: Solver, leaf: ir.Affix, wanted: bool) -> list[Alternative] | None:
    if solver.hangs_on_settings(leaf) or not isinstance(leaf.needle, ir.Const) or leaf.needle.value not in ("", [""]):
        return None
    return [] if wanted else [[]]  # no text begins or ends with an empty one


def _compared(solver: Solver, leaf: ir.Compare, wanted: bool) -> list[Alternative] | None:
    left, right, relation = leaf.left, leaf.right, leaf.operator
    if isinstance(left, ir.Const) and not isinstance(right, ir.Const):
        left, right, relation = right, left, MIRRORED[relation]
    if isinstance(right, ir.Const) and not solver.hangs_on_settings(leaf):
        value = right.value
        if isinstance(value, str):
            return _one_of(solver, left, [value], leaf.view, wanted == (relation == "=="))
        if isinstance(value, int | float) and not isinstance(value, bool):
            allowed = solver.allowed(left)
            base = allowed if isinstance(allowed, Range) else Range()
            return _meeting(("number", _named(left)), base, compared(relation, value, wanted))
    return _order(("order", definition_hash([left, right]), leaf.view), relation, wanted)


def _order(key: Any, relation: ir.Relation, wanted: bool) -> list[Alternative]:
    return [[(key, Order(ORDERS[relation if wanted else NEGATED[relation]]))]]


def _one_of(solver: Solver, item: ir.Expr, values: list[Any], view: ir.View, wanted: bool) -> list[Alternative]:
    if isinstance(item, ir.Call) and item.function == "lower" and view == "exact":
        values = [value for value in values if value == value.lower()]
    listed = frozenset(apply(view, value) if isinstance(value, str) else value for value in values)
    allowed = solver.allowed(item)
    base = allowed if isinstance(allowed, Values) else Values()
    return _meeting(("value", _named(item), view), base, Values(listed) if wanted else Values(banned=listed))


def _meeting(key: Any, base: Domain, claimed: Domain) -> list[Alternative]:
    met = base.meet(claimed)
    return [] if met is None else [[(key, met)]]


_CLAIMS: dict[type[ir.Expr], Callable[[Solver, Any, bool], list[Alternative] | None]] = {
    ir.Const: _constant,
    ir.Compare: _compared,
    ir.WindowTest: _window,
    ir.In: _in,
    ir.InClock: _clock,
    ir.Has: _has,
    ir.Contains: _contains,
    ir.Affix: _affix,
}
