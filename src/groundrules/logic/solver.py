"""Can these claims all hold? A small search that says no only where it is sure.

A claim is a condition and the outcome asked of it. `and` and `or` are taken apart, branch by branch; what a leaf claims
becomes the domain of one thing (`domains`), and a branch is closed when some thing has nothing left. Leaves that are
not understood are free, but the same leaf cannot be true and false at once. A search that grows too long gives up and
says that the claims can hold. Missing values need no care here: a claim asks for true or false, and both mean that the
values are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from groundrules.lint.conditions import Both, Condition, Leaf, Opposite
from groundrules.logic.domains import ORDERS, Domain, Order, Range, Truth, Values, Words, compared, minutes
from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.plan.walk import holding
from groundrules.text.views import apply
from groundrules.types import kinds

Name = str | tuple[str, ...]
Claim = tuple[Condition, bool]
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
_WHOLE_MINUTE = 60_000


def satisfiable(*claims: Claim) -> bool:
    """Tell whether the claims can hold together; True where that is not known."""
    if len(claims) > 1:
        return _Search().run(list(claims), {})
    condition, wanted = claims[0]
    if wanted not in condition.known:
        condition.known[wanted] = _Search().run(list(claims), {})
    return bool(condition.known[wanted])


def implies(one: Condition, other: Condition) -> bool:
    """Tell whether `other` is surely true wherever `one` is."""
    if not reads(other) <= reads(one):
        return False
    held = _held(one)
    return held is None or not _Search().run([*held[1], (other, False)], held[0])


def _held(condition: Condition) -> tuple[Known, list[Claim]] | None:
    """Return what holds wherever a condition is true, and the claims that leave a choice; None if it never is.

    Worked out once for a condition that is compared with many.
    """
    if "held" not in condition.known:
        condition.known["held"] = _settled([(condition, True)])
    found: tuple[Known, list[Claim]] | None = condition.known["held"]
    return found


def _settled(claims: list[Claim]) -> tuple[Known, list[Claim]] | None:
    known, open_claims = Known(), list[Claim]()
    while claims:
        condition, wanted = claims.pop()
        if isinstance(condition, Opposite):
            claims.append((condition.operand, not wanted))
        elif isinstance(condition, Both) and condition.either != wanted:
            claims.extend([(part, wanted) for part in condition.operands])
        elif isinstance(condition, Leaf) and len(alternatives := _ways(condition, wanted)) == 1:
            met = _met(known, alternatives[0])
            if met is None:
                return None
            known = met
        else:
            open_claims.append((condition, wanted))
    return known, open_claims


def reads(condition: Condition) -> frozenset[Name]:
    """Return what a condition reads, so that one with no more reads than another is known where that one is."""
    found: frozenset[Name] | None = condition.known.get("reads")
    if found is None:
        if isinstance(condition, Leaf):
            found = frozenset(_reads(condition.expression))
        else:
            found = frozenset[Name]().union(*map(reads, condition.parts))
        condition.known["reads"] = found
    return found


def _reads(value: Any) -> set[Name]:
    if isinstance(value, ir.Const):
        return set()
    if isinstance(value, ir.Field | ir.Fact | ir.LedgerRank | ir.Silence):
        return {_named(value)}
    if isinstance(value, ir.Expr):
        return set().union(*[_reads(getattr(value, name)) for name in holding(value.__class__)])
    if isinstance(value, tuple | list):
        return set().union(*map(_reads, value))
    return set()


def _named(term: Any) -> Name:
    """Return what tells a term from others: the place that it reads, else a hash."""
    if term.__class__ is ir.Field:
        return (term.root, *term.path)
    if term.__class__ is ir.Fact:
        return (term.root, *term.path, "fact", term.fact)
    return definition_hash(term)


class _Search:
    def __init__(self) -> None:
        self.steps = 0

    def run(self, claims: list[Claim], known: Known) -> bool:
        while claims:
            self.steps += 1
            if self.steps > _STEPS:
                return True
            condition, wanted = claims.pop()
            if isinstance(condition, Both):
                if condition.either == wanted:
                    return any(self.run([*claims, (part, wanted)], known) for part in condition.operands)
                claims.extend([(part, wanted) for part in condition.operands])
            elif isinstance(condition, Opposite):
                claims.append((condition.operand, not wanted))
            elif isinstance(condition, Leaf):
                alternatives = _ways(condition, wanted)
                if len(alternatives) != 1:
                    return any(self._branch(claims, known, one) for one in alternatives)
                met = _met(known, alternatives[0])
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
        found = met[key].meet(domain) if key in met else domain
        if found is None:
            return None
        met[key] = found
    return met


# --- what a leaf claims -------------------------------------------------------------------------


def _ways(leaf: Leaf, wanted: bool) -> list[Alternative]:
    """Return the alternatives of a leaf, worked out once."""
    key = "when true" if wanted else "when false"
    found: list[Alternative] | None = leaf.known.get(key)
    if found is None:
        found = leaf.known[key] = _alternatives(leaf, leaf.expression, wanted)
    return found


def _alternatives(leaf: Leaf, expression: ir.AnyExpr, wanted: bool) -> list[Alternative]:
    """Return the ways in which a leaf comes out as `wanted`; each is a list of domains that must all be met."""
    claims = _CLAIMS.get(type(expression))
    found = claims(leaf, expression, wanted) if claims else None
    return [[(("leaf", definition_hash(expression)), Truth(wanted))]] if found is None else found


def _opposite(leaf: Leaf, found: ir.Not, wanted: bool) -> list[Alternative]:
    return _alternatives(leaf, found.operand, not wanted)


def _constant(leaf: Leaf, found: ir.Const, wanted: bool) -> list[Alternative] | None:
    if leaf.parametric or not isinstance(found.value, bool):
        return None
    return [[]] if found.value == wanted else []


def _window(leaf: Leaf, found: ir.WindowTest, wanted: bool) -> list[Alternative]:
    key = (found.window, definition_hash(list(found.key)), found.within)
    if leaf.parametric:
        return _order(("window at", *key, found.bound), found.operator, wanted)
    return _within(("window", *key), Range(low=0, integer=True), compared(found.operator, found.bound, wanted))


def _in(leaf: Leaf, found: ir.In, wanted: bool) -> list[Alternative] | None:
    if leaf.parametric or not isinstance(found.collection, ir.Const):
        return None
    return _one_of(leaf, found.item, found.collection.value, found.view, wanted)


def _clock(leaf: Leaf, found: ir.InClock, wanted: bool) -> list[Alternative] | None:
    if leaf.parametric or found.start % _WHOLE_MINUTE or found.end % _WHOLE_MINUTE:
        return None
    return [[(("clock", definition_hash(found.instant)), minutes(found.start, found.end, wanted))]]


def _has(leaf: Leaf, found: ir.Has, wanted: bool) -> list[Alternative] | None:
    if leaf.parametric or not isinstance(found.values, ir.Const) or not isinstance(found.values.value, list):
        return None
    collection = _named(found.collection)
    keys = [("has", collection, found.view, one) for one in found.values.value]
    return _several(keys, found.quantifier == "any", wanted)


def _contains(leaf: Leaf, found: ir.Contains, wanted: bool) -> list[Alternative] | None:
    if leaf.parametric or not isinstance(found.needles, ir.Const):
        return None
    return _containing(found, found.needles.value, wanted)


def _within(key: Any, base: Range, claimed: Range) -> list[Alternative]:
    met = base.meet(claimed)
    return [] if met is None else [[(key, met)]]


def _order(key: Any, operator: str, wanted: bool) -> list[Alternative]:
    allowed = ORDERS[operator]
    return [[(key, Order(allowed if wanted else frozenset({-1, 0, 1}) - allowed))]]


def _compared(leaf: Leaf, found: ir.Compare, wanted: bool) -> list[Alternative]:
    left, right, operator = found.left, found.right, found.operator
    types = leaf.types or (kinds.Unknown(), kinds.Unknown())
    if isinstance(left, ir.Const) and not isinstance(right, ir.Const):
        left, right, types = right, left, (types[1], types[0])
        operator = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)  # type: ignore[assignment]
    if isinstance(right, ir.Const) and not leaf.parametric:
        if isinstance(right.value, str):
            wanted = wanted == (operator == "==")
            return _one_of(leaf, left, [right.value], found.view, wanted, types[0])
        if isinstance(right.value, int | float) and not isinstance(right.value, bool):
            claimed = compared(operator, right.value, wanted)
            return _within(("number", _named(left)), _bounds(left, types[0]), claimed)
    return _order(("order", definition_hash([left, right]), found.view), operator, wanted)


def _bounds(term: ir.AnyExpr, type: kinds.Type) -> Range:
    if isinstance(term, ir.Call) and term.function in _WITHIN:
        return Range(*_WITHIN[term.function], integer=True)
    if isinstance(term, ir.Call) and term.function in _COUNTING:
        return Range(low=0, integer=True)
    if isinstance(term, ir.Silence):
        return Range(low=0)
    if not isinstance(type, kinds.Number):
        return Range()
    low, high = type.minimum, type.maximum
    return Range(
        low=float("-inf") if low is None else low,
        high=float("inf") if high is None else high,
        integer=type.integer,
    )


def _one_of(
    leaf: Leaf, item: ir.AnyExpr, values: list[Any], view: ir.View, wanted: bool, type: kinds.Type | None = None
) -> list[Alternative]:
    type = type or (leaf.types[0] if leaf.types else None)
    listed = frozenset(apply(view, one) if isinstance(one, str) else one for one in values)
    domain = Values(listed) if wanted else Values(banned=listed)
    if isinstance(type, kinds.Enum):
        met = Values(frozenset(type.values)).meet(domain)
        return [] if met is None else [[(("value", _named(item), view), met)]]
    return [[(("value", _named(item), view), domain)]]


def _several(keys: list[Any], either: bool, wanted: bool) -> list[Alternative]:
    truths: Alternative = [(key, Truth(wanted)) for key in keys]
    return [[truth] for truth in truths] if either == wanted else [truths]


def _containing(found: ir.Contains, values: list[Any], wanted: bool) -> list[Alternative]:
    key = ("contains", _named(found.subject), found.view)
    words = [str(value) for value in values]
    groups = [[word] for word in words] if (found.quantifier == "any") == wanted else [words]
    sets = map(frozenset, groups)
    return [[(key, Words(found.view, one) if wanted else Words(found.view, absent=one))] for one in sets]


_CLAIMS: dict[type[ir.Expr], Callable[[Leaf, Any, bool], list[Alternative] | None]] = {
    ir.Not: _opposite,
    ir.Const: _constant,
    ir.Compare: _compared,
    ir.WindowTest: _window,
    ir.In: _in,
    ir.InClock: _clock,
    ir.Has: _has,
    ir.Contains: _contains,
}
