"""Changes that would flip a condition: the smallest for each leaf, combined as `and` and `or` require.

To make an `and` true, all of its parts that are not true must be flipped; to make an `or` true, one of them. The
results are proposals: each is decided again before anybody is told that it works.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, product
from typing import Any

from groundrules.plan import ir
from groundrules.plan.relations import HOLDS
from groundrules.reference import tallies
from groundrules.reference.values import raw
from groundrules.tools.counterfactual import altering
from groundrules.tools.counterfactual.altering import Alteration, Place
from groundrules.tools.counterfactual.leaves import leaf
from groundrules.tools.counterfactual.reaching import Site, written_for
from groundrules.tools.counterfactual.specimens import specimen
from groundrules.tools.explaining.model import Change

Way = tuple[Alteration, ...]
WIDEST = 6  # proposals kept at each branch


def turn(expr: Any, want: bool, site: Site) -> list[Way]:
    """Ways to make a condition true or false, the shortest first; the empty way if it is so already."""
    if site.value(expr) is want:
        return [()]
    match expr:
        case ir.And() | ir.Or():
            parts = [turn(part, want, site) for part in expr.operands]
            return _all(parts) if isinstance(expr, ir.And) is want else _any(parts)
        case ir.Not():
            return turn(expr.operand, not want, site)
        case ir.Quantified():
            return _items(expr, want, site)
        case ir.TallyTest():
            return _added_up(expr, want, site)
        case _:
            return _distinct((alteration,) for alteration in leaf(expr, want, site))


def _all(parts: Sequence[list[Way]]) -> list[Way]:
    """All parts at once."""
    if not all(parts):
        return []
    combined = (tuple(alteration for way in ways for alteration in way) for ways in islice(product(*parts), 4 * WIDEST))
    return _distinct(combined)


def _any(parts: Sequence[list[Way]]) -> list[Way]:
    """Any one part; the best ways of each come first, so that every part is represented."""
    return _distinct(ways[turn] for turn in range(WIDEST) for ways in parts if turn < len(ways))


def _distinct(ways: Any) -> list[Way]:
    distinct: dict[tuple[Any, ...], Way] = {}
    for way in ways:
        distinct.setdefault(tuple(repr(alteration.change) for alteration in way), way)
    return sorted(distinct.values(), key=len)[:WIDEST]


def _added_up(expr: ir.TallyTest, want: bool, site: Site) -> list[Way]:
    """The fewest conditions to flip for a tally or score to reach its bound, or drop below it; the weightiest first."""
    if tallies.bounds(expr.tally, site.scope) is None:
        return []
    rising = (expr.operator in (">=", ">", "==")) is want
    tally, counted = expr.tally, list(tallies.conditions(expr.tally, site.scope))
    sites = [site] * len(counted)
    if isinstance(tally, ir.Tally):
        base = site.place(tally.collection)
        items = raw(tally.collection, site.scope) or []
        sites = [site.binding(item, None if base is None else (*base, at)) for at, item in enumerate(items)]
    open_ones = []
    for (condition, _, points), inside in zip(counted, sites, strict=True):
        turned = turn(condition, (points > 0) is rising, inside)
        if turned and turned[0] and points:
            open_ones.append((abs(points), turned))
    open_ones.sort(key=lambda branch: -branch[0])
    least, most = tallies.bounds(tally, site.scope) or (0, 0)
    ways: list[list[Way]] = []
    for first in range(min(len(open_ones), WIDEST)):
        total, chosen = least if rising else most, list[list[Way]]()
        for points, turned in open_ones[first:]:
            total += points if rising else -points
            chosen.append(turned)
            if HOLDS[expr.operator](total, expr.bound) is want:
                ways.append(_all(chosen))
                break
    return _any(ways)


def _items(expr: ir.Quantified, want: bool, site: Site) -> list[Way]:
    """One more or another item of the list, or all of them otherwise."""
    items = raw(expr.collection, site.scope) or []
    base = site.place(expr.collection)
    inner = [site.binding(item, None if base is None else (*base, index)) for index, item in enumerate(items)]
    turned = [turn(expr.condition, want, site_of_item) for site_of_item in inner]
    if want is not (expr.quantifier == "any"):
        return _all(turned)
    return _any([*turned, _added(expr, base, len(items), want, site)])


def _added(expr: ir.Quantified, base: Place | None, count: int, want: bool, site: Site) -> list[Way]:
    """An item added to the list that makes the condition so."""
    if isinstance(expr.collection, ir.Call):
        return [(alteration,) for alteration in written_for(expr.collection, 1, site)]
    if base is None or site.scope.event is None:
        return []
    item = specimen(_items_schema(site, base))
    place = (*base, count)
    change = Change(kind="field", what=site.text(expr.collection), relation="one more", value=item)
    added = altering.field(place, item, change)
    return [(added, *way) for way in turn(expr.condition, want, site.binding(item, place)) if _is_whole(way)]


def _is_whole(way: Way) -> bool:
    return all(alteration.possible for alteration in way)


def _items_schema(site: Site, place: Place) -> dict[str, Any]:
    schema: dict[str, Any] = site.scope.plan.events[(site.scope.event or {}).get("type", "")]
    for name in place:
        schema = schema.get("items", {}) if isinstance(name, int) else schema.get("properties", {}).get(name, {})
    items: dict[str, Any] = schema.get("items", {})
    return items
