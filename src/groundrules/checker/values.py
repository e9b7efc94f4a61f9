"""Literals, arithmetic and defaults.

Arithmetic is a table from (operator, left, right) to the result, so that what is allowed can be read off. Division by
something that is not a constant other than zero may be missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from groundrules.checker import wording
from groundrules.checker.constants import fold
from groundrules.checker.literals import UNKNOWN, Quoted, is_textual
from groundrules.checker.views import alike
from groundrules.diagnostics.codes import types as codes
from groundrules.syntax import nodes
from groundrules.types import kinds
from groundrules.types.kinds import Typed

if TYPE_CHECKING:
    from groundrules.checker.expressions import Reader

_N, _D, _I = kinds.Number, kinds.Duration, kinds.Instant
_RESULTS: dict[tuple[str, type[kinds.Type], type[kinds.Type]], kinds.Type] = {
    ("+", _N, _N): _N(),
    ("-", _N, _N): _N(),
    ("*", _N, _N): _N(),
    ("/", _N, _N): _N(),
    ("%", _N, _N): _N(),
    ("+", _D, _D): _D(),
    ("-", _D, _D): _D(),
    ("*", _D, _N): _D(),
    ("*", _N, _D): _D(),
    ("/", _D, _N): _D(),
    ("/", _D, _D): _N(),
    ("%", _D, _D): _D(),
    ("+", _I, _D): _I(),
    ("+", _D, _I): _I(),
    ("-", _I, _D): _I(),
    ("-", _I, _I): _D(),
}


def _number(reader: Reader, node: nodes.Number) -> Typed:
    return Typed(kinds.Number(isinstance(node.value, int), node.value, node.value))


def _list(reader: Reader, node: nodes.ListLiteral) -> Typed:
    items = [(item, reader.type_of(item)) for item in node.items]
    if not items:
        return reader.error(codes.BAD_LIST, node, ("nothing is in an empty list", "list what is meant, or remove this"))
    known = [(item, typed.type) for item, typed in items if not isinstance(typed.type, kinds.Unknown)]
    if len(known) < len(items):
        return UNKNOWN
    first, type = known[0]
    for item, other in known[1:]:
        if not alike(type, other):
            words = wording.mixed_list(reader.text(first), type, reader.text(item), other)
            return reader.error(codes.BAD_LIST, item, words)
        type = _wider(type, other)
    return Typed(kinds.ListOf(type), any(typed.optional for _, typed in items))


def _wider(first: kinds.Type, second: kinds.Type) -> kinds.Type:
    """Return a type for both of two that are alike."""
    if isinstance(first, kinds.Number) and isinstance(second, kinds.Number):
        return kinds.Number(first.integer and second.integer)
    if is_textual(first) and first != second:
        return second if isinstance(first, Quoted) else (first if isinstance(second, Quoted) else kinds.Prose())
    return first


def _negate(reader: Reader, node: nodes.Negate) -> Typed:
    typed = reader.type_of(node.operand)
    if isinstance(typed.type, kinds.Number):
        return Typed(kinds.Number(typed.type.integer), typed.optional)
    if isinstance(typed.type, kinds.Duration | kinds.Unknown):
        return typed
    return reader.error(codes.WRONG_OPERAND, node, wording.not_negatable(reader.text(node.operand), typed.type))


def _arithmetic(reader: Reader, node: nodes.Arithmetic) -> Typed:
    left, right = reader.type_of(node.left), reader.type_of(node.right)
    if isinstance(left.type, kinds.Unknown) or isinstance(right.type, kinds.Unknown):
        return UNKNOWN
    result = _RESULTS.get((node.operator, type(left.type), type(right.type)))
    if result is None:
        return _impossible(reader, node, left.type, right.type)
    if isinstance(left.type, kinds.Number) and isinstance(right.type, kinds.Number) and node.operator != "/":
        result = kinds.Number(left.type.integer and right.type.integer)
    divides = node.operator in ("/", "%") and not fold(reader, node.right)
    return Typed(result, left.optional or right.optional or divides)


def _impossible(reader: Reader, node: nodes.Arithmetic, left: kinds.Type, right: kinds.Type) -> Typed:
    for number, other in ((node.right, (left, right)), (node.left, (right, left))):
        if isinstance(other[0], _D | _I) and isinstance(other[1], _N) and isinstance(number, nodes.Number):
            timed = node.left if number is node.right else node.right
            text = reader.text(number)
            message = f"`{reader.text(timed)}` is {wording.described(other[0])} and `{text}` is a number without a unit"
            return reader.error(codes.MISSING_UNIT, number, (message, wording.missing_unit("", text)[1]))
    words = wording.wrong_operand(node.operator, reader.text(node.left), left, reader.text(node.right), right)
    return reader.error(codes.WRONG_OPERAND, node, words)


def _coalesce(reader: Reader, node: nodes.Coalesce) -> Typed:
    value, default = reader.type_of(node.value), reader.type_of(node.default)
    if isinstance(value.type, kinds.Unknown) or isinstance(default.type, kinds.Unknown):
        return UNKNOWN
    if not alike(value.type, default.type):
        words = (
            f"`{reader.text(node.value)}` is {wording.described(value.type)} "
            f"and its default `{reader.text(node.default)}` is {wording.described(default.type)}",
            "the default is of the same kind",
        )
        return reader.error(codes.TYPES_DIFFER, node.default, words)
    if not value.optional and not reader.used:
        reader.error(codes.NEVER_MISSING, node.value, wording.never_missing(reader.text(node.value)))
    return Typed(_wider(value.type, default.type), default.optional)


RULES: dict[type[nodes.Node], Callable[[Reader, Any], Typed]] = {
    nodes.Number: _number,
    nodes.Percent: lambda reader, node: Typed(kinds.Number()),
    nodes.String: lambda reader, node: Typed(Quoted()),
    nodes.Boolean: lambda reader, node: Typed(kinds.Boolean()),
    nodes.Duration: lambda reader, node: Typed(kinds.Duration()),
    nodes.ClockTime: lambda reader, node: Typed(kinds.ClockTime()),
    nodes.ClockRange: lambda reader, node: Typed(kinds.ClockRange()),
    nodes.ListLiteral: _list,
    nodes.Negate: _negate,
    nodes.Arithmetic: _arithmetic,
    nodes.Coalesce: _coalesce,
}
