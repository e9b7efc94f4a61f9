"""Tallies and scores: how much is certain, and how much more is possible.

The lower bound counts the conditions that are true, the upper bound those that are not false; a comparison is decided
as soon as both bounds give the same outcome. So each outcome evaluates the conditions in one mode only. A score whose
points are written out is added up from the cheapest hint on, until those that are left cannot reach the bound.
"""

from __future__ import annotations

from collections.abc import Iterable

from groundrules.engine.codegen.emitter import Emitter, Operand, Test, emits_test, emits_value
from groundrules.engine.codegen.loops import items_of
from groundrules.engine.codegen.ranking import cost
from groundrules.plan import ir
from groundrules.plan.ir import Relation
from groundrules.plan.relations import NEGATED

_FROM_BELOW: tuple[Relation, ...] = (">=", ">")  # become true, and stay so, as a number grows


@emits_test(ir.TallyTest)
def tally_test(emitter: Emitter, expr: ir.TallyTest) -> Test:
    bound, relation = emitter.constant(expr.bound), expr.operator
    if relation in ("==", "!="):
        needs, _, _, both = _bounds(emitter, expr.tally)
        same, other = f"(({both}) == ({bound}, {bound}))", f"differs({both}, {bound})"
        return Test(needs, same, other) if relation == "==" else Test(needs, other, same)
    above = relation if relation in _FROM_BELOW else NEGATED[relation]
    needs = ()
    if isinstance(expr.tally, ir.Score) and _is_plain(expr.tally):
        reached, missed = _staged(emitter, expr.tally, above, bound)
    else:
        needs, least, most, _ = _bounds(emitter, expr.tally)
        reached, missed = f"({least} {above} {bound})", f"({most} {NEGATED[above]} {bound})"
    return Test(needs, reached, missed) if above == relation else Test(needs, missed, reached)


@emits_value(ir.TallyTest)
def outcome(emitter: Emitter, expr: ir.TallyTest) -> Operand:
    test = tally_test(emitter, expr)
    return emitter.present(test.needs, f"(False if {test.no} else True if {test.yes} else None)")


@emits_value(ir.Tally)
@emits_value(ir.Score)
def tally(emitter: Emitter, expr: ir.Tally | ir.Score) -> Operand:
    needs, _, _, both = _bounds(emitter, expr)
    return emitter.present(needs, f"settled({both})")


@emits_value(ir.Hint)
def hint(emitter: Emitter, expr: ir.Hint) -> Operand:
    worth = _worth(emitter, expr)
    return emitter.present((), f"({worth} if {emitter.true(expr.when)} else 0 if {emitter.false(expr.when)} else None)")


def _bounds(emitter: Emitter, expr: ir.Tally | ir.Score) -> tuple[tuple[str, ...], str, str, str]:
    """Return a number's needs, and expressions for its lower bound, its upper bound, and both joined by a comma."""
    if isinstance(expr, ir.Score):
        terms = _terms(emitter, expr)
        least, most = _sum(least for least, _ in terms), _sum(most for _, most in terms)
        return (), least, most, f"{least}, {most}"
    collection, items = items_of(emitter, expr.collection), emitter.local()
    call = emitter.calls(emitter.program.loop(expr, emitter.frame), items)
    holds, fails = call("holds"), call("fails")
    named = f"({items} := {collection.source})"
    least = f"({holds} if {named} else 0)"
    most = f"(len({items}) - {fails} if {named} else 0)"
    return collection.needs, least, most, f"{least}, (len({items}) - {fails} if {items} else 0)"


def _staged(emitter: Emitter, score: ir.Score, above: Relation, bound: str) -> tuple[str, str]:
    """Return the conditions under which a score is certainly above a bound, and certainly not."""
    hints = sorted(score.hints, key=lambda hint: (cost(hint.when), -_most(hint)))
    terms, rests = [_term(emitter, hint) for hint in hints], [_most(hint) for hint in hints]
    left = [sum(rests[number + 1 :]) for number in range(len(rests))]
    least, most = emitter.local(), emitter.local()
    reached = [
        f"({_added(least, number, term)}) + {left[number]} {above} {bound}" for number, (term, _) in enumerate(terms)
    ]
    missed = [
        f"({_added(most, number, term)}) + {left[number]} {NEGATED[above]} {bound}"
        for number, (_, term) in enumerate(terms)
    ]
    return f"({' and '.join(reached)})", f"({' or '.join(missed)})"


def _added(variable: str, number: int, term: str) -> str:
    return f"{variable} := {variable} + {term}" if number else f"{variable} := {term}"


def _is_plain(score: ir.Score) -> bool:
    """Tell whether the points of all hints are literal whole numbers."""
    points = [hint.points.value if isinstance(hint.points, ir.Const) else None for hint in score.hints]
    return bool(points) and all(type(value) is int for value in points)


def _most(hint: ir.Hint) -> int:
    """Return what a hint adds at most."""
    assert isinstance(hint.points, ir.Const)
    return max(0, int(hint.points.value))


def _sum(terms: Iterable[str]) -> str:
    return f"total(({''.join(f'{term}, ' for term in terms)}))"


def _terms(emitter: Emitter, expr: ir.Score) -> list[tuple[str, str]]:
    """Return what each hint adds at least, and at most."""
    return [_term(emitter, hint) for hint in expr.hints]


def _term(emitter: Emitter, hint: ir.Hint) -> tuple[str, str]:
    worth, true, false = _worth(emitter, hint), emitter.true(hint.when), emitter.false(hint.when)
    surely, possibly = f"({worth} if {true} else 0)", f"(0 if {false} else {worth})"
    if isinstance(hint.points, ir.Const):
        return (surely, possibly) if hint.points.value >= 0 else (possibly, surely)
    return f"at_least({true}, {false}, {worth})", f"at_most({true}, {false}, {worth})"


def _worth(emitter: Emitter, hint: ir.Hint) -> str:
    if isinstance(hint.points, ir.Const):
        return emitter.constant(hint.points.value)
    return f"({emitter.operand(hint.points).optional} or 0)"
