"""Guards as the lints look at them: what the plan says, beside where and how its author wrote it.

The tree follows the author's `and`, `or`, `not`, `any` and `all`, with defines written out in place, so that two ways
to write one comparison have one expression. What `logic` should know of an expression beside what it says goes into
tables by its identity: what the types of operands allow, and which nodes hang on a parameter, so that what they say
holds for today's setting only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from groundrules.checker.bindings import Context, DefineBinding, ParameterBinding
from groundrules.checker.model import Checked
from groundrules.diagnostics.source import Fragment, Span
from groundrules.logic.domains import Domain, Range, Values
from groundrules.lower.expressions import Lowerer
from groundrules.lower.ground import Ground
from groundrules.lower.reads import Place, place_of
from groundrules.plan import ir
from groundrules.plan.walk import walk as walk_expression
from groundrules.syntax import nodes
from groundrules.types import kinds


@dataclass(frozen=True, eq=False)
class Condition:
    """A condition and its `parts`: operands, or what an `any` or `all` asks of each item."""

    fragment: Fragment
    node: nodes.Node
    context: Context
    expression: ir.AnyExpr
    parts: tuple[Condition, ...] = ()

    @property
    def span(self) -> Span:
        return self.fragment.span(*self.node.at)

    @property
    def text(self) -> str:
        """What the author wrote, in one line."""
        start, end = self.node.at
        return " ".join(self.fragment.text[start:end].split())


def walk(condition: Condition) -> Iterator[Condition]:
    """Yield a condition and everything below it, parents first."""
    yield condition
    for part in condition.parts:
        yield from walk(part)


def leaves(condition: Condition) -> Iterator[Condition]:
    """Yield the leaves of a condition, those inside of `any` and `all` too."""
    return (part for part in walk(condition) if not isinstance(part.node, nodes.And | nodes.Or | nodes.Not))


class Conditions:
    """Builds conditions of a checked rulebook, and notes in `types` and `settings` what `logic` asks for."""

    def __init__(self, checked: Checked, ground: Ground) -> None:
        self.ground = ground
        self.types: dict[int, Domain] = {}
        self.settings: set[int] = set()
        self._parametric = _parametric(checked)

    def build(self, context: Context, parsed: nodes.Parsed[Any]) -> Condition:
        """Return the condition of a whole guard."""
        return self._build(Lowerer(self.ground, context, parsed.fragment, {}), parsed.root)

    def _build(self, lowerer: Lowerer, node: nodes.Node) -> Condition:
        expression: ir.AnyExpr
        match node:
            case nodes.And() | nodes.Or():
                parts = tuple(self._build(lowerer, operand) for operand in node.operands)
                connective = ir.And if isinstance(node, nodes.And) else ir.Or
                expression = connective(operands=tuple(part.expression for part in parts))
            case nodes.Not():
                parts = (self._build(lowerer, node.operand),)
                expression = ir.Not(operand=parts[0].expression)
            case _:
                binding = self.ground.binding(lowerer.context, node)
                if isinstance(binding, DefineBinding):
                    return self._build(lowerer.inside(binding), binding.define.body.root)
                parts = (self._quantified(lowerer, node),) if isinstance(node, nodes.Quantified) else ()
                expression = self._leaf(lowerer, node)
        return Condition(lowerer.fragment, node, lowerer.context, expression, parts)

    def _leaf(self, lowerer: Lowerer, node: nodes.Node) -> ir.AnyExpr:
        expression = self._expression(lowerer, node)
        if any(id(part) in self._parametric for part in nodes.walk(node)):
            self.settings |= {id(part) for part in walk_expression(expression)}
        if isinstance(node, nodes.Compare) and isinstance(expression, ir.Compare):
            self._typed(lowerer, node.left, expression.left)
            self._typed(lowerer, node.right, expression.right)
        elif isinstance(node, nodes.In):
            within = expression.operand if isinstance(expression, ir.Not) else expression
            if isinstance(within, ir.In):
                self._typed(lowerer, node.item, within.item)
        return expression

    def _expression(self, lowerer: Lowerer, node: nodes.Node) -> ir.AnyExpr:
        """Return what the plan has for a node; what is read of variables is lowered again."""
        known = self.ground.lowered
        expression = known.get((lowerer.context.id, id(node))) if known and lowerer.depth == 0 else None
        return expression or lowerer.expression(node)

    def _quantified(self, lowerer: Lowerer, node: nodes.Quantified) -> Condition:
        listed = place_of(lowerer, node.collection)
        place = Place(f"${lowerer.depth}", ())
        if listed is not None:
            place = Place(place.root, (), listed.types, listed.whole, listed.listed_root or listed.root)
        return self._build(lowerer.with_variable(node, place), node.condition)

    def _typed(self, lowerer: Lowerer, node: nodes.Node, operand: ir.AnyExpr) -> None:
        """Note what the type of an operand allows it to be."""
        match lowerer.type_of(node):
            case kinds.Number(integer=integer, minimum=minimum, maximum=maximum):
                low, high = -math.inf if minimum is None else minimum, math.inf if maximum is None else maximum
                self.types[id(operand)] = Range(low=low, high=high, integer=integer)
            case kinds.Enum(values=values):
                self.types[id(operand)] = Values(frozenset(values))


def _parametric(checked: Checked) -> set[int]:
    """Return the ids of the nodes that stand for a parameter, or for a define that names one."""
    bindings = checked.tables.bindings
    settings = {node for (_, node), binding in bindings.items() if isinstance(binding, ParameterBinding)}
    uses = {node: binding.define for (_, node), binding in bindings.items() if isinstance(binding, DefineBinding)}
    known: dict[int, bool] = {}

    def names_one(define: Any) -> bool:
        if id(define) not in known:
            known[id(define)] = False
            known[id(define)] = any(
                id(part) in settings or (id(part) in uses and names_one(uses[id(part)]))
                for part in nodes.walk(define.body.root)
            )
        return known[id(define)]

    return settings | {node for node, define in uses.items() if names_one(define)}
