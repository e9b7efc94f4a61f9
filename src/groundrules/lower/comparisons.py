"""Comparisons and text searches: which view applies, and which node of the plan expresses it.

`folded(x)` and `squeezed(x)` as the text being searched become a view of `x`, which the engine indexes; with `==` both
sides are squeezed, because an author writes the needle normally, not squeezed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from groundrules.checker.bindings import Binding, DefineBinding, ListBinding
from groundrules.checker.views import comparing, ending, looking_into
from groundrules.lower import windows
from groundrules.lower.constants import in_order
from groundrules.plan import ir
from groundrules.plan.relations import MIRRORED
from groundrules.syntax import nodes
from groundrules.types import kinds

if TYPE_CHECKING:
    from groundrules.lower.expressions import Lowerer
    from groundrules.lower.ground import Ground

_VIEWS: dict[str, ir.View] = {"folded": "folded", "squeezed": "squeezed"}


def _compare(lowerer: Lowerer, node: nodes.Compare) -> ir.AnyExpr:
    tested = windows.tested(lowerer, node)
    if tested is not None:
        return tested
    left, right = lowerer.expression(node.left), lowerer.expression(node.right)
    added_up = _tallied(left, right, node.operator, lowerer.source(node))
    if added_up is not None:
        return added_up
    if any(isinstance(side, ir.Call) and side.function == "squeezed" for side in (left, right)):
        left, right = _squeezed(left), _squeezed(right)
    view = comparing(lowerer.type_of(node.left), lowerer.type_of(node.right))
    return ir.Compare(operator=node.operator, left=left, right=right, view=view, src=lowerer.source(node))


def _tallied(left: ir.AnyExpr, right: ir.AnyExpr, relation: ir.Relation, source: int) -> ir.TallyTest | None:
    """Return the test of a tally or score that is compared with a constant."""
    if isinstance(left, ir.Const):
        left, right, relation = right, left, MIRRORED[relation]
    if not isinstance(left, ir.Tally | ir.Score) or not isinstance(right, ir.Const):
        return None
    return ir.TallyTest(tally=left, operator=relation, bound=right.value, src=source)


def _squeezed(side: ir.AnyExpr) -> ir.AnyExpr:
    if isinstance(side, ir.Call) and side.function == "squeezed":
        return side
    return ir.Call(function="squeezed", arguments=(side,), src=side.src)


def _in(lowerer: Lowerer, node: nodes.In) -> ir.AnyExpr:
    expr = _positive_in(lowerer, node)
    return ir.Not(operand=expr) if node.negated else expr


def _positive_in(lowerer: Lowerer, node: nodes.In) -> ir.AnyExpr:
    source = lowerer.source(node)
    item = lowerer.expression(node.item)
    type = lowerer.type_of(node.collection)
    if isinstance(type, kinds.ClockRange):
        start, end = hours(lowerer, node.collection)
        return ir.InClock(instant=item, start=start, end=end, src=source)
    if isinstance(type, kinds.WordList):
        return ir.InList(item=item, list=listed(lowerer, node.collection), src=source)
    view, collection = comparing(lowerer.type_of(node.item), _item(type)), lowerer.expression(node.collection)
    if view == "domain" and (domains := _domains(lowerer, collection)) is not None:
        return ir.InList(item=item, list=domains, src=source)
    return ir.In(item=item, collection=_unordered(collection), view=view, src=source)


def _domains(lowerer: Lowerer, written: ir.AnyExpr) -> str | None:
    """Return the id of a list of the domains written out, equivalent to a declared one."""
    if not isinstance(written, ir.Const) or not isinstance(written.value, list):
        return None
    items = tuple(in_order(list(dict.fromkeys(map(str, written.value)))))
    id = f"[{', '.join(items)}]"
    lowerer.ground.lists.setdefault(id, ir.WordList(id=id, match="domain", items=items))
    return id


def hours(lowerer: Lowerer, node: nodes.Node) -> tuple[int, int]:
    """Return the bounds of a range of times of day, in ms of the day."""
    if isinstance(node, nodes.ClockRange):
        return node.start, node.end
    window = lowerer.expression(node)
    assert isinstance(window, ir.Const), "hours are a literal or a parameter"
    start, end = window.value
    return int(start), int(end)


def _has(lowerer: Lowerer, node: nodes.Has) -> ir.AnyExpr:
    source = lowerer.source(node)
    collection = lowerer.expression(node.collection)
    quantifier: ir.Quantifier = "all" if node.quantifier == "all" else "any"
    type = lowerer.type_of(node.value)
    if isinstance(type, kinds.WordList):
        return ir.HasList(collection=collection, quantifier=quantifier, list=listed(lowerer, node.value), src=source)
    view = comparing(_item(lowerer.type_of(node.collection)), _item(type))
    values = _several(lowerer, node.value, node.quantifier)
    if view == "domain" and (domains := _domains(lowerer, values)) is not None:
        return ir.HasList(collection=collection, quantifier=quantifier, list=domains, src=source)
    return ir.Has(collection=collection, quantifier=quantifier, values=values, view=view, src=source)


def _contains(lowerer: Lowerer, node: nodes.Contains) -> ir.AnyExpr:
    source = lowerer.source(node)
    quantifier: ir.Quantifier = "all" if node.quantifier == "all" else "any"
    type = lowerer.type_of(node.needle)
    if isinstance(type, kinds.WordList) and type.match == "pattern":
        return _any_pattern(lowerer, node)
    if isinstance(type, kinds.WordList):
        subject, name = lowerer.expression(node.subject), listed(lowerer, node.needle)
        return ir.ContainsList(subject=subject, quantifier=quantifier, list=name, src=source)
    subject, view = _viewed(lowerer, node.subject, looking_into(lowerer.type_of(node.subject)))
    needles = _several(lowerer, node.needle, node.quantifier)
    return ir.Contains(
        subject=subject, quantifier=quantifier, needles=needles, view="word" if node.word else view, src=source
    )


def _any_pattern(lowerer: Lowerer, node: nodes.Contains) -> ir.AnyExpr:
    """Lower a search for a list's patterns: each is a separate condition."""
    subject, view = _viewed(lowerer, node.subject, "exact")
    operands = [
        ir.Matches(subject=subject, pattern=pattern, flags="", view=view, src=lowerer.source(node))
        for pattern in entries(lowerer, node.needle)
    ]
    if len(operands) == 1:
        return operands[0]
    return ir.And(operands=tuple(operands)) if node.quantifier == "all" else ir.Or(operands=tuple(operands))


def _affix(lowerer: Lowerer, node: nodes.Affix) -> ir.AnyExpr:
    viewed = ending if node.end == "end" else looking_into
    subject, view = _viewed(lowerer, node.subject, viewed(lowerer.type_of(node.subject)))
    needle: ir.AnyExpr
    if isinstance(lowerer.type_of(node.needle), kinds.WordList):
        binding = _list(lowerer, node.needle)
        needle, view = ir.Const(value=_entries(binding)), cast(ir.View, binding.declaration.match)
    else:
        needle = lowerer.expression(node.needle)
        needle = _unordered(needle) if node.quantifier == "any" else needle
    return ir.Affix(subject=subject, end=node.end, needle=needle, view=view, src=lowerer.source(node))


def _matches(lowerer: Lowerer, node: nodes.Matches) -> ir.AnyExpr:
    subject, view = _viewed(lowerer, node.subject, "exact")
    pattern, flags = node.regex.pattern, "".join(sorted(set(node.regex.flags)))
    return ir.Matches(subject=subject, pattern=pattern, flags=flags, view=view, src=lowerer.source(node))


def _viewed(lowerer: Lowerer, node: nodes.Node, view: ir.View) -> tuple[ir.AnyExpr, ir.View]:
    """Return the text being searched and its view: `folded(x)` is a view of `x`."""
    subject = lowerer.expression(node)
    if isinstance(subject, ir.Call) and subject.function in _VIEWS:
        return subject.arguments[0], _VIEWS[subject.function]
    return subject, view


def _several(lowerer: Lowerer, node: nodes.Node, quantifier: nodes.Quantifier) -> ir.AnyExpr:
    """Return the list of needles."""
    expr = lowerer.expression(node)
    if quantifier != "one":
        return _unordered(expr)
    return ir.Const(value=[expr.value]) if isinstance(expr, ir.Const) else ir.Sequence(items=(expr,))


def _unordered(expr: ir.AnyExpr) -> ir.AnyExpr:
    if isinstance(expr, ir.Const) and isinstance(expr.value, list):
        return ir.Const(value=in_order(expr.value))
    return expr


def _item(type: kinds.Type) -> kinds.Type:
    return type.item if isinstance(type, kinds.ListOf) else type


def listed(lowerer: Lowerer, node: nodes.Node) -> str:
    """Return the id of the list that a node names, and ensure that the plan has it."""
    return kept_list(lowerer.ground, _list(lowerer, node))


def kept_list(ground: Ground, binding: ListBinding) -> str:
    """Return the id of a list, and ensure that the plan has it."""
    declaration = binding.declaration
    if binding.id not in ground.lists:
        ground.lists[binding.id] = ir.WordList(
            id=binding.id,
            match=cast(ir.View, declaration.match),
            items=tuple(_entries(binding)),
            options=tuple(sorted(declaration.options)),
            weights={str(item.value): weight for item, weight in declaration.weights.items()},
            changes=declaration.changes,
        )
    return binding.id


def entries(lowerer: Lowerer, node: nodes.Node) -> list[str]:
    """Return the entries of the list that a node names, sorted."""
    return _entries(_list(lowerer, node))


def _entries(binding: ListBinding) -> list[str]:
    return in_order([str(item.value) for item in binding.declaration.items])


def _list(lowerer: Lowerer, node: nodes.Node) -> ListBinding:
    binding, inner = lowerer.ground.binding(lowerer.context, node), lowerer
    while isinstance(binding, DefineBinding):
        inner = inner.inside(binding)
        binding = _bound(inner, binding)
    assert isinstance(binding, ListBinding), "the checker wants a list"
    return binding


def _bound(lowerer: Lowerer, binding: DefineBinding) -> Binding | None:
    return lowerer.ground.binding(lowerer.context, binding.define.body.root)


RULES: dict[type[nodes.Node], Callable[[Lowerer, Any], ir.AnyExpr]] = {
    nodes.Compare: _compare,
    nodes.In: _in,
    nodes.Has: _has,
    nodes.Contains: _contains,
    nodes.Affix: _affix,
    nodes.Matches: _matches,
}
