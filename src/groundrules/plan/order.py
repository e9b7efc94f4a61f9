"""Parts of plans that mean the same although they are ordered differently.

No decision depends on the order of the sides of `and` and `or`, or of a rule's effects.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.plan.walk import rebuilt

_UNORDERED: dict[Any, tuple[str, ...]] = {
    ir.And: ("operands",),
    ir.Or: ("operands",),
    ir.Rule: ("effects",),
    ir.Act: ("or_else",),
}


def alike(first: Any, other: Any) -> bool:
    """Tell whether two parts of plans mean the same, regardless of order."""
    return definition_hash([first]) == definition_hash([other]) or _hash(first) == _hash(other)


def _hash(value: Any) -> str:
    return definition_hash([rebuilt(value, _ordered)])


def _ordered(node: Any) -> Any:
    names = _UNORDERED.get(type(node), ())
    changes = {name: tuple(sorted(getattr(node, name), key=definition_hash)) for name in names}
    return replace(node, **changes) if changes else node


def as_written(effects: Iterable[ir.AnyEffect]) -> list[ir.AnyEffect]:
    """Return effects in the order in which their author wrote them; a plan has its own."""
    return sorted(effects, key=lambda effect: effect.src)
