"""Expressions: from checked nodes to the plan's, one function per class of node.

The tree keeps the author's shape. What changes: names are resolved to reads, constants or the text of their define;
literals are plain values; texts get the view that their types ask for; windows compared with constants become tests. A
define is lowered where it is used, in the context it was typed in, and keeps its own source places.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groundrules.checker.bindings import Context, DefineBinding, ScoreBinding
from groundrules.checker.constructs import Value
from groundrules.lower import comparisons, reads, values, windows
from groundrules.lower.ground import Ground
from groundrules.lower.reads import Place
from groundrules.plan import ir
from groundrules.syntax import nodes
from groundrules.types import kinds

Rule = Callable[["Lowerer", Any], ir.AnyExpr]


@dataclass(eq=False)
class Lowerer:
    """Lowers one expression. `variables` are those in scope, by the node that binds them; `depth` counts all.

    `language` is that of the message containing the expression ("": one for all), None outside of messages.
    """

    ground: Ground
    context: Context
    fragment: Any
    variables: dict[int, Place]
    depth: int = 0
    language: str | None = None

    def expression(self, node: nodes.Node) -> ir.AnyExpr:
        expr = RULES[type(node)](self, node)
        kept = self.ground.lowered
        if kept is not None and self.depth == 0:
            kept[self.context.id, id(node)] = expr
        return expr

    def key(self, node: nodes.Node) -> ir.AnyExpr:
        """Lower a key component: prose is folded, so that keys match where `==` holds."""
        expr = self.expression(node)
        if not isinstance(self.type_of(node), kinds.Prose):
            return expr
        return ir.Call(function="folded", arguments=(expr,), src=self.source(node))

    def type_of(self, node: nodes.Node) -> kinds.Type:
        return self.ground.typed(self.context, node).type

    def source(self, node: nodes.Node) -> int:
        return self.ground.source(self.fragment, node)

    def inside(self, binding: DefineBinding) -> Lowerer:
        """Return a lowerer of a define's text, as used here."""
        context = self.ground.checked.seen_from(self.context, binding.instance)
        return Lowerer(self.ground, context, binding.define.body.fragment, {}, self.depth, self.language)

    def of_hint(self, binding: ScoreBinding, parsed: nodes.Parsed[Any]) -> Lowerer:
        """Return a lowerer of part of a score, as used here."""
        context = self.ground.checked.seen_from(self.context, binding.instance)
        return Lowerer(self.ground, context, parsed.fragment, {}, self.depth, self.language)

    def of(self, value: Value) -> ir.AnyExpr:
        """Lower another expression in its own context."""
        return Lowerer(self.ground, value.context, value.parsed.fragment, {}).expression(value.parsed.root)

    def with_variable(self, node: nodes.Quantified, place: Place) -> Lowerer:
        variables = {**self.variables, id(node): place}
        return Lowerer(self.ground, self.context, self.fragment, variables, self.depth + 1, self.language)

    def elsewhere(self, context: Context) -> Lowerer:
        """Return a lowerer of the same text in another context: what a window counts."""
        return Lowerer(self.ground, context, self.fragment, {}, 0)


def lowerer(ground: Ground, context: Context, parsed: nodes.Parsed[Any]) -> Lowerer:
    """Return a lowerer for the nodes of a parsed text."""
    return Lowerer(ground, context, parsed.fragment, {})


def lowered(ground: Ground, context: Context, parsed: nodes.Parsed[Any]) -> ir.AnyExpr:
    """Lower a whole expression."""
    return lowerer(ground, context, parsed).expression(parsed.root)


def condition(ground: Ground, context: Context, parsed: nodes.Parsed[Any] | None) -> ir.AnyExpr:
    """Lower a whole condition; no condition is always true."""
    return ir.Const(value=True) if parsed is None else lowered(ground, context, parsed)


RULES: dict[type[nodes.Node], Rule] = {**values.RULES, **reads.RULES, **comparisons.RULES, **windows.RULES}
