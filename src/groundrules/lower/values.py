"""Literals, arithmetic, defaults, and the connectives of conditions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from groundrules.checker.constants import calculated
from groundrules.lower.comparisons import entries
from groundrules.lower.constants import constant
from groundrules.lower.reads import Place, place_of
from groundrules.plan import codec, ir
from groundrules.syntax import nodes
from groundrules.types import kinds

if TYPE_CHECKING:
    from groundrules.lower.expressions import Lowerer


def _literal(lowerer: Lowerer, node: Any) -> ir.AnyExpr:
    return ir.Const(value=node.value)


def _list(lowerer: Lowerer, node: nodes.ListLiteral) -> ir.AnyExpr:
    items = tuple(map(lowerer.expression, node.items))
    plain = [item.value for item in items if isinstance(item, ir.Const)]
    if len(plain) == len(items):
        return ir.Const(value=plain)
    return ir.Sequence(items=items, src=lowerer.source(node))


def _negate(lowerer: Lowerer, node: nodes.Negate) -> ir.AnyExpr:
    operand = lowerer.expression(node.operand)
    if isinstance(operand, ir.Const):
        return ir.Const(value=-operand.value, kind=operand.kind)
    return ir.Negate(operand=operand, src=lowerer.source(node))


def _arithmetic(lowerer: Lowerer, node: nodes.Arithmetic) -> ir.AnyExpr:
    left, right = lowerer.expression(node.left), lowerer.expression(node.right)
    if isinstance(left, ir.Const) and isinstance(right, ir.Const):
        value = calculated(node.operator, left.value, right.value)
        if value is not None:
            return constant(value, lowerer.type_of(node))
    return ir.Arithmetic(operator=node.operator, left=left, right=right, src=lowerer.source(node))


def _coalesce(lowerer: Lowerer, node: nodes.Coalesce) -> ir.AnyExpr:
    value, default = lowerer.expression(node.value), lowerer.expression(node.default)
    return ir.Coalesce(value=value, default=default, src=lowerer.source(node))


def _and(lowerer: Lowerer, node: nodes.And) -> ir.AnyExpr:
    return ir.And(operands=tuple(map(lowerer.expression, node.operands)))


def _or(lowerer: Lowerer, node: nodes.Or) -> ir.AnyExpr:
    return ir.Or(operands=tuple(map(lowerer.expression, node.operands)))


def _not(lowerer: Lowerer, node: nodes.Not) -> ir.AnyExpr:
    return ir.Not(operand=lowerer.expression(node.operand))


def _known(lowerer: Lowerer, node: nodes.Known) -> ir.AnyExpr:
    return ir.Known(operand=lowerer.expression(node.operand), src=lowerer.source(node))


def _collection(lowerer: Lowerer, node: nodes.Node) -> ir.AnyExpr:
    if isinstance(lowerer.type_of(node), kinds.WordList):
        return ir.Const(value=entries(lowerer, node))
    return lowerer.expression(node)


def _quantified(lowerer: Lowerer, node: nodes.Quantified) -> ir.AnyExpr:
    if node.quantifier == "count" and (chosen := _chosen(lowerer, node)) is not None:
        return chosen
    variable = f"${lowerer.depth}"
    listed = place_of(lowerer, node.collection)
    place = Place(variable, ())
    if listed is not None:
        place = Place(variable, (), listed.types, listed.whole, listed.listed_root or listed.root)
    parts: dict[str, Any] = {
        "variable": variable,
        "collection": _collection(lowerer, node.collection),
        "condition": lowerer.with_variable(node, place).expression(node.condition),
        "src": lowerer.source(node),
    }
    return ir.Tally(**parts) if node.quantifier == "count" else ir.Quantified(quantifier=node.quantifier, **parts)


def _chosen(lowerer: Lowerer, node: nodes.Quantified) -> ir.Score | None:
    """Lower `count(x in [a, b] where x)`, how many of these conditions hold, to a score of one point each."""
    written, condition = node.collection, node.condition
    if not isinstance(written, nodes.ListLiteral) or not isinstance(condition, nodes.Name):
        return None
    if condition.name != node.variable:
        return None
    hints = [hint(lowerer, item, ir.Const(value=1)) for item in written.items]
    return ir.Score(hints=tuple(sorted(hints, key=codec.definition_hash)), src=lowerer.source(node))


def hint(lowerer: Lowerer, when: nodes.Node, points: ir.AnyExpr) -> ir.Hint:
    """Lower one hint of a score."""
    return ir.Hint(when=lowerer.expression(when), points=points, src=lowerer.source(when))


RULES: dict[type[nodes.Node], Callable[[Lowerer, Any], ir.AnyExpr]] = {
    nodes.Number: _literal,
    nodes.Percent: _literal,
    nodes.String: _literal,
    nodes.Boolean: _literal,
    nodes.Duration: lambda lowerer, node: ir.Const(value=node.value, kind="duration"),
    nodes.ClockTime: lambda lowerer, node: ir.Const(value=node.value, kind="clock"),
    nodes.ListLiteral: _list,
    nodes.Regex: lambda lowerer, node: ir.Const(value=f"(?{node.flags}){node.pattern}" if node.flags else node.pattern),
    nodes.Negate: _negate,
    nodes.Arithmetic: _arithmetic,
    nodes.Coalesce: _coalesce,
    nodes.And: _and,
    nodes.Or: _or,
    nodes.Not: _not,
    nodes.Known: _known,
    nodes.Quantified: _quantified,
}
