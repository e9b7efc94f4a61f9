"""Values known before any event: literals, parameters, defines of such, and arithmetic on them."""

from __future__ import annotations

import math
import operator as operators
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from groundrules.checker.bindings import DefineBinding, ParameterBinding
from groundrules.syntax import nodes

if TYPE_CHECKING:
    from groundrules.checker.expressions import Reader

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operators.add,
    "-": operators.sub,
    "*": operators.mul,
    "/": operators.truediv,
    "%": operators.mod,
}
_LITERALS = (nodes.Number, nodes.Percent, nodes.String, nodes.Boolean, nodes.Duration, nodes.ClockTime)


def fold(reader: Reader, node: nodes.Node) -> Any | None:
    """Return the run-time value of a typed node, or None if it depends on events (or has no value)."""
    if isinstance(node, _LITERALS):
        return node.value
    if isinstance(node, nodes.ClockRange):
        return (node.start, node.end)
    if isinstance(node, nodes.Name | nodes.Attribute):
        return _parameter(reader, node)
    if isinstance(node, nodes.Negate):
        value = fold(reader, node.operand)
        return -value if isinstance(value, int | float) else None
    if isinstance(node, nodes.ListLiteral):
        items = [fold(reader, item) for item in node.items]
        return None if None in items else items
    return _arithmetic(reader, node) if isinstance(node, nodes.Arithmetic) else None


def _parameter(reader: Reader, node: nodes.Node) -> Any | None:
    binding = reader.session.tables.bindings.get((reader.context.id, id(node)))
    if isinstance(binding, DefineBinding) and binding not in reader.session.open_defines:
        return fold(reader.inside(binding, node), binding.define.body.root)
    if not isinstance(binding, ParameterBinding):
        return None
    setting = binding.instance.settings.get(binding.name)
    return setting.value if setting else None


def _arithmetic(reader: Reader, node: nodes.Arithmetic) -> Any | None:
    left, right = fold(reader, node.left), fold(reader, node.right)
    return calculated(node.operator, left, right)


def calculated(operator: str, left: Any, right: Any) -> int | float | None:
    """Return the result of arithmetic on two constants, or None where there is none."""
    if not (isinstance(left, int | float) and isinstance(right, int | float)):
        return None
    try:
        value: int | float = _OPERATORS[operator](left, right)
    except (ArithmeticError, ValueError):
        return None
    return value if math.isfinite(value) else None
