"""Guards as the lints look at them: a tree of conditions that knows where each was written.

The tree follows the author's `and`, `or`, `not`, `any` and `all`, with defines written out in place. Its leaves are the
plan's expressions, so that two ways to write one comparison are one leaf. A leaf that names a parameter is
`parametric`: what it says holds for today's setting only, so its constants prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from groundrules.checker.bindings import Context, DefineBinding, ParameterBinding
from groundrules.checker.model import Checked
from groundrules.diagnostics.source import Fragment, Span
from groundrules.lower.expressions import Lowerer
from groundrules.lower.ground import Ground
from groundrules.lower.reads import Place, place_of
from groundrules.plan import ir
from groundrules.syntax import nodes
from groundrules.types import kinds


@dataclass(frozen=True, eq=False)
class Condition:
    """Base of conditions; `fragment` and `node` say where it was written, `known` what was found out about it."""

    fragment: Fragment
    node: nodes.Node
    known: dict[Any, Any] = field(default_factory=dict, kw_only=True, repr=False)

    @property
    def span(self) -> Span:
        return self.fragment.span(*self.node.at)

    @property
    def text(self) -> str:
        """What the author wrote, in one line."""
        start, end = self.node.at
        return " ".join(self.fragment.text[start:end].split())

    @property
    def parts(self) -> tuple[Condition, ...]:
        return ()


@dataclass(frozen=True, eq=False)
class Both(Condition):
    """`and`, or `or` if `either`."""

    operands: tuple[Condition, ...]
    either: bool

    @property
    def parts(self) -> tuple[Condition, ...]:
        return self.operands


@dataclass(frozen=True, eq=False)
class Opposite(Condition):
    operand: Condition

    @property
    def parts(self) -> tuple[Condition, ...]:
        return (self.operand,)


@dataclass(frozen=True, eq=False)
class Leaf(Condition):
    """`types` are those of the two sides of a comparison. `inner` is the condition of an `any` or `all`."""

    expression: ir.AnyExpr
    context: Context
    parametric: bool
    types: tuple[kinds.Type, kinds.Type] | None = None
    inner: Condition | None = None

    @property
    def parts(self) -> tuple[Condition, ...]:
        return (self.inner,) if self.inner else ()


def walk(condition: Condition) -> Iterator[Condition]:
    """Yield a condition and everything below it, parents first."""
    yield condition
    for part in condition.parts:
        yield from walk(part)


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield the leaves of a condition, those inside of `any` and `all` too."""
    return (found for found in walk(condition) if isinstance(found, Leaf))


class Conditions:
    """Builds conditions of a checked rulebook."""

    def __init__(self, checked: Checked, ground: Ground) -> None:
        self.checked = checked
        self.ground = ground
        self._parametric = _parametric(checked)
        self._bounds = {ledger.id: _bounds(ledger.source) for ledger in checked.ledgers}

    def build(self, context: Context, parsed: nodes.Parsed[Any]) -> Condition:
        """Return the condition of a whole guard."""
        return self._build(Lowerer(self.ground, context, parsed.fragment, {}), parsed.root)

    def _build(self, lowerer: Lowerer, node: nodes.Node) -> Condition:
        if isinstance(node, nodes.And | nodes.Or):
            operands = tuple(self._build(lowerer, operand) for operand in node.operands)
            return Both(lowerer.fragment, node, operands, isinstance(node, nodes.Or))
        if isinstance(node, nodes.Not):
            return Opposite(lowerer.fragment, node, self._build(lowerer, node.operand))
        binding = self.ground.binding(lowerer.context, node)
        if isinstance(binding, DefineBinding):
            return self._build(lowerer.inside(binding), binding.define.body.root)
        return self._leaf(lowerer, node)

    def _leaf(self, lowerer: Lowerer, node: nodes.Node) -> Leaf:
        inner = self._quantified(lowerer, node) if isinstance(node, nodes.Quantified) else None
        expression = self._expression(lowerer, node)
        parametric = any(id(part) in self._parametric for part in nodes.walk(node))
        types = None
        if isinstance(node, nodes.Compare) and isinstance(expression, ir.Compare):
            types = (self._type(lowerer, node.left, expression.left), self._type(lowerer, node.right, expression.right))
        elif isinstance(node, nodes.In):
            types = (lowerer.type_of(node.item), lowerer.type_of(node.collection))
        return Leaf(lowerer.fragment, node, expression, lowerer.context, parametric, types, inner)

    def _expression(self, lowerer: Lowerer, node: nodes.Node) -> ir.AnyExpr:
        """Return what the plan has for a node; what is read of variables is lowered again."""
        known = self.ground.lowered
        found = known.get((lowerer.context.id, id(node))) if known and lowerer.depth == 0 else None
        return found or lowerer.expression(node)

    def _quantified(self, lowerer: Lowerer, node: nodes.Quantified) -> Condition:
        listed = place_of(lowerer, node.collection)
        place = Place(f"${lowerer.depth}", ())
        if listed is not None:
            place = Place(place.root, (), listed.types, listed.whole, listed.listed_root or listed.root)
        return self._build(lowerer.with_variable(node, place), node.condition)

    def _type(self, lowerer: Lowerer, node: nodes.Node, expression: ir.AnyExpr) -> kinds.Type:
        if isinstance(expression, ir.LedgerValue):
            return self._bounds.get(expression.ledger, kinds.Number(integer=True))
        return lowerer.type_of(node)


def _bounds(ledger: Any) -> kinds.Number:
    floor = int(ledger.floor.value) if ledger.floor else 0
    return kinds.Number(True, floor, int(ledger.ceiling.value) if ledger.ceiling else None)


def _parametric(checked: Checked) -> set[int]:
    """Return the ids of the nodes that stand for a parameter, or for a define that names one."""
    bindings = checked.tables.bindings
    found = {node for (_, node), binding in bindings.items() if isinstance(binding, ParameterBinding)}
    uses = {node: binding.define for (_, node), binding in bindings.items() if isinstance(binding, DefineBinding)}
    known: dict[int, bool] = {}

    def names_one(define: Any) -> bool:
        if id(define) not in known:
            known[id(define)] = False
            known[id(define)] = any(
                id(part) in found or (id(part) in uses and names_one(uses[id(part)]))
                for part in nodes.walk(define.body.root)
            )
        return known[id(define)]

    return found | {node for node, define in uses.items() if names_one(define)}
