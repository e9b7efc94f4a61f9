"""Conditions case by case: their outcome for each combination of values of the things they refer to.

This looks for examples where `solver` looks for contradictions, so it handles only conditions understood down to each
leaf, about independent things: numbers and lengths of time, clock times, values of an enumeration, members of a list of
texts. Of the numbers between two comparands, one represents the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from math import isinf, prod
from typing import Any

from groundrules.logic.domains import Domain, Minutes, Range, Truth, Values
from groundrules.logic.solver import Name, Solver
from groundrules.plan import ir

MOST = 4000  # the most cases examined
OTHER = "\0"  # a text that nothing is compared with

Key = Any
Case = dict[Key, Any]  # thing → value


@dataclass(frozen=True, eq=False)
class Thing:
    """What conditions refer to: the leaves about it, its values in the cases; `closed` if it can have no others."""

    leaves: tuple[ir.AnyExpr, ...]
    values: tuple[Any, ...]
    closed: bool


def things(solver: Solver, conditions: Iterable[ir.AnyExpr]) -> dict[Key, Thing] | None:
    """Return what conditions refer to; None if not all of it is understood, or the things are not independent."""
    about: dict[Key, list[ir.AnyExpr]] = {}
    for leaf in (leaf for condition in conditions for leaf in leaves(condition)):
        keys = {key for wanted in (True, False) for way in solver.ways(leaf, wanted) for key, _ in way}
        if solver.hangs_on_settings(leaf) or not all(_understood(leaf, key) for key in keys):
            return None
        for key in keys:
            about.setdefault(key, []).append(leaf)
    if not _apart(solver, about):
        return None
    known = {key: _thing(solver, key, tuple(of_key)) for key, of_key in about.items()}
    return known if prod(len(thing.values) for thing in known.values()) <= MOST else None


def cases(known: dict[Key, Thing]) -> Iterator[Case]:
    """Yield each case of some things."""
    for values in product(*(thing.values for thing in known.values())):
        yield dict(zip(known, values, strict=True))


def leaves(condition: ir.AnyExpr) -> Iterator[ir.AnyExpr]:
    """Yield the leaves of a condition, except constants."""
    match condition:
        case ir.And() | ir.Or():
            for operand in condition.operands:
                yield from leaves(operand)
        case ir.Not():
            yield from leaves(condition.operand)
        case ir.Const():
            return
        case _:
            yield condition


def holds(solver: Solver, condition: ir.AnyExpr, case: Case) -> bool:
    """Tell whether a condition holds in a case."""
    match condition:
        case ir.And():
            return all(holds(solver, operand, case) for operand in condition.operands)
        case ir.Or():
            return any(holds(solver, operand, case) for operand in condition.operands)
        case ir.Not():
            return not holds(solver, condition.operand, case)
        case ir.Const():
            return condition.value is True
    return any(all(_contains(domain, case[key]) for key, domain in way) for way in solver.ways(condition, True))


def _understood(leaf: ir.AnyExpr, key: Key) -> bool:
    match key[0]:
        case "number" | "value" | "clock" | "window" | "has":
            return True
        case "leaf":
            return isinstance(leaf, ir.Field | ir.Fact)
    return False


def _apart(solver: Solver, about: dict[Key, list[ir.AnyExpr]]) -> bool:
    """Tell whether none of the things says anything about another; texts in one list don't."""
    read: dict[Name, Key] = {}
    for key, of_key in about.items():
        source = ("has", key[1]) if key[0] == "has" else ("window",) if key[0] == "window" else key
        names = {name for leaf in of_key for name in solver.reads(leaf)} | ({"window"} if key[0] == "window" else set())
        if any(read.setdefault(name, source) != source for name in names):
            return False
    return len([key for key in about if key[0] == "window"]) <= 1


def _thing(solver: Solver, key: Key, of_key: tuple[ir.AnyExpr, ...]) -> Thing:
    domains = [
        domain
        for leaf in of_key
        for wanted in (True, False)
        for way in solver.ways(leaf, wanted)
        for met, domain in way
        if met == key
    ]
    values = {
        value for domain in domains for value in _values(domain, domains) if any(_contains(d, value) for d in domains)
    }
    closed = not isinstance(domains[0], Values) or OTHER not in values
    return Thing(of_key, tuple(sorted(values)), closed)


def _values(domain: Domain, all_domains: list[Domain]) -> Iterator[Any]:
    match domain:
        case Truth():
            yield from (False, True)
        case Values():
            yield from domain.allowed or ()
            yield from domain.banned
            yield OTHER
        case Minutes():
            yield from (minute for minute in range(24 * 60) if _turns(domain, minute))
        case Range() if domain is all_domains[0]:
            yield from _numbers([other for other in all_domains if isinstance(other, Range)])


def _turns(domain: Minutes, minute: int) -> bool:
    return minute == 0 or (domain.mask >> minute) & 1 != (domain.mask >> (minute - 1)) & 1


def _numbers(ranges: list[Range]) -> Iterator[float]:
    """Yield each number compared with, one between each two, and one beyond each end."""
    ends = {end for known in ranges for end in (known.low, known.high) if not isinf(end)}
    bounds = sorted(ends | {hole for known in ranges for hole in known.holes})
    whole = any(known.integer for known in ranges)
    yield from bounds
    yield from ((low + high) // 2 if whole else (low + high) / 2 for low, high in pairwise(bounds))
    yield bounds[0] / 2 if bounds[0] > 0 and not whole else bounds[0] - 1
    yield bounds[-1] * 2 if bounds[-1] > 0 and not whole else bounds[-1] + 1


def _contains(domain: Domain, value: Any) -> bool:
    match domain:
        case Range():
            return domain.meet(Range(value, value)) is not None
        case Values():
            return domain.meet(Values(frozenset({value}))) is not None
        case Minutes():
            return domain.mask >> int(value) & 1 == 1
    return isinstance(domain, Truth) and domain.value == value
