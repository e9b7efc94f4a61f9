"""`and`, `or`, `not`, `any`, `all`, `known`, and `count` over the items of a list.

A condition's `optional` says whether it can be unknown because something it reads may be missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from groundrules.checker import loose_values, wording
from groundrules.checker.bindings import VariableBinding
from groundrules.checker.literals import UNKNOWN
from groundrules.diagnostics.codes import types as codes
from groundrules.syntax import nodes
from groundrules.types import kinds
from groundrules.types.kinds import Typed

if TYPE_CHECKING:
    from groundrules.checker.expressions import Reader


def _together(reader: Reader, node: nodes.And | nodes.Or) -> Typed:
    conditions, is_reported = loose_values.settled(reader, node)
    operands = [reader.condition(operand) for operand in conditions]
    return UNKNOWN if is_reported else Typed(kinds.Boolean(), any(operand.optional for operand in operands))


def _not(reader: Reader, node: nodes.Not) -> Typed:
    return Typed(kinds.Boolean(), reader.condition(node.operand).optional)


def _known(reader: Reader, node: nodes.Known) -> Typed:
    typed = reader.type_of(node.operand)
    if isinstance(typed.type, kinds.WordList | kinds.ClockRange):
        text = reader.text(node.operand)
        words = (f"`{text}` is {wording.described(typed.type)} and never missing", "ask for a field or a fact")
        return reader.error(codes.NOT_A_VALUE, node.operand, words)
    return Typed(kinds.Boolean())


def _quantified(reader: Reader, node: nodes.Quantified) -> Typed:
    collection = reader.type_of(node.collection)
    item: kinds.Type = kinds.Unknown()
    if isinstance(collection.type, kinds.ListOf):
        item = collection.type.item
    elif isinstance(collection.type, kinds.WordList) and collection.type.changes:
        words = (
            f"the entries of `{reader.text(node.collection)}` change",
            "ask `text contains any of …`, or `found(…)`",
        )
        return reader.error(codes.NOT_A_LIST, node.collection, words)
    elif isinstance(collection.type, kinds.WordList):
        item = kinds.Domain() if collection.type.match == "domain" else kinds.Prose()
    elif not isinstance(collection.type, kinds.Unknown):
        text = reader.text(node.collection)
        return reader.error(
            codes.NOT_A_LIST, node.collection, wording.not_a_list(node.quantifier, text, collection.type)
        )
    inner = reader.binding(VariableBinding(node, item)).condition(node.condition)
    if isinstance(collection.type, kinds.Unknown):
        return UNKNOWN
    optional = collection.optional or inner.optional
    return Typed(kinds.Number(integer=True, minimum=0) if node.quantifier == "count" else kinds.Boolean(), optional)


RULES: dict[type[nodes.Node], Callable[[Reader, Any], Typed]] = {
    nodes.And: _together,
    nodes.Or: _together,
    nodes.Not: _not,
    nodes.Known: _known,
    nodes.Quantified: _quantified,
}
