"""Comparisons: `== != < <= > >=`, `in` and `has`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from groundrules.checker import loose_values, windows, wording
from groundrules.checker.constants import fold
from groundrules.checker.literals import ORDERED, UNKNOWN, Quoted
from groundrules.checker.views import alike
from groundrules.diagnostics.codes import types as codes
from groundrules.diagnostics.codes.names import UNKNOWN_NAME
from groundrules.diagnostics.model import Fix
from groundrules.syntax import nodes
from groundrules.types import kinds
from groundrules.types.kinds import Typed

if TYPE_CHECKING:
    from groundrules.checker.expressions import Reader


_WORDS = {"yes": "true", "no": "false"}


def _compare(reader: Reader, node: nodes.Compare) -> Typed:
    if _yes_or_no(reader, node):
        return UNKNOWN
    left = windows.operand(reader, node.left)
    right = windows.operand(reader, node.right)
    if isinstance(left.type, kinds.Unknown) or isinstance(right.type, kinds.Unknown):
        return UNKNOWN
    if not windows.bounded(reader, node):
        return UNKNOWN
    if not (_equal if node.operator in ("==", "!=") else _ordered)(reader, node, left.type, right.type):
        return UNKNOWN
    return Typed(kinds.Boolean(), left.optional or right.optional)


def _equal(reader: Reader, node: nodes.Compare, left: kinds.Type, right: kinds.Type) -> bool:
    if isinstance(left, kinds.ListOf) and isinstance(right, kinds.ListOf):
        words = wording.lists_equal(reader.text(node.left), reader.text(node.right), node.operator)
        reader.error(codes.TYPES_DIFFER, node, words)
        return False
    if alike(left, right):
        return _in_enum(reader, node.left, left, node.right) and _in_enum(reader, node.right, right, node.left)
    if not _unit_missing(reader, node, left, right):
        message, help = wording.never_alike(reader.text(node.left), left, reader.text(node.right), right)
        quoted = node.right if isinstance(left, kinds.Number) else node.left
        numbers = isinstance(left, kinds.Number) or isinstance(right, kinds.Number)
        reader.error(codes.TYPES_DIFFER, node, (message, (numbers and _unquoted(quoted)) or help))
    return False


def _yes_or_no(reader: Reader, node: nodes.Compare) -> bool:
    """Report a condition compared with `yes` or `no`, if it is."""
    word, other = node.right, node.left
    if not isinstance(word, nodes.Name) or word.name not in _WORDS or reader.scope.lookup(word.name, reader.variables):
        return False
    if not isinstance(reader.session.quietly(lambda: reader.type_of(other)).type, kinds.Boolean):
        return False
    value, text = _WORDS[word.name], reader.text(other)
    alone = text if (value == "true") == (node.operator == "==") else f"not {text}"
    fixes = (Fix(reader.span(word), value, f"write `{value}`"),)
    words = (f"unknown name `{word.name}`", f"write `{value}`, or `{alone}` alone")
    reader.error(UNKNOWN_NAME, word, words, fixes=fixes)
    return True


def _unquoted(node: nodes.Node) -> str | None:
    """Return the help line for a number in quotes, or None if a node is none."""
    is_number = isinstance(node, nodes.String) and re.fullmatch(r"[0-9]+(\.[0-9]+)?", node.value) is not None
    return f"write `{node.value}` without quotes" if is_number and isinstance(node, nodes.String) else None


def _ordered(reader: Reader, node: nodes.Compare, left: kinds.Type, right: kinds.Type) -> bool:
    if _unit_missing(reader, node, left, right):
        return False
    if {type(left), type(right)} == {kinds.Instant, kinds.ClockTime}:
        names = (node.left, node.right) if isinstance(left, kinds.Instant) else (node.right, node.left)
        instant, clock = map(reader.text, names)
        words = wording.clock_order(instant, clock, loose_values.clock_range(reader, node))
        reader.error(codes.TYPES_DIFFER, node, words)
        return False
    for side, operand_type in ((node.left, left), (node.right, right)):
        if not isinstance(operand_type, ORDERED):
            message, help = wording.no_order(reader.text(side), operand_type, node.operator)
            other = right if side is node.left else left
            help = _unquoted(side) if isinstance(other, kinds.Number) and _unquoted(side) else help
            reader.error(codes.NO_ORDER, side, (message, help))
            return False
    if type(left) is type(right):
        return True
    words = wording.no_common_order(reader.text(node.left), left, reader.text(node.right), right, node.operator)
    reader.error(codes.TYPES_DIFFER, node, words)
    return False


def _unit_missing(reader: Reader, node: nodes.Compare, left: kinds.Type, right: kinds.Type) -> bool:
    """Report a duration compared with a bare number, if it is one."""
    for timed, number, timed_type, number_type in (
        (node.left, node.right, left, right),
        (node.right, node.left, right, left),
    ):
        if isinstance(timed_type, kinds.Duration) and isinstance(number_type, kinds.Number):
            if isinstance(timed, nodes.Duration) and not isinstance(number, nodes.Number):
                words = wording.needless_unit(reader.text(timed), reader.text(number))
                reader.error(codes.MISSING_UNIT, timed, words)
                return True
            reader.error(codes.MISSING_UNIT, number, wording.missing_unit(reader.text(timed), reader.text(number)))
            return True
    return False


def _in_enum(reader: Reader, side: nodes.Node, type: kinds.Type, other: nodes.Node) -> bool:
    """Check that constant text on the other side is among the values of an enum."""
    if not isinstance(type, kinds.Enum):
        return True
    fine = True
    for at, value in _constants(reader, other):
        if isinstance(value, str) and value not in type.values:
            reader.error(codes.NOT_ONE_OF, at, wording.not_one_of(value, reader.text(side), type.values))
            fine = False
    return fine


def _constants(reader: Reader, node: nodes.Node) -> Iterator[tuple[nodes.Node, Any]]:
    """Yield the constants of a node, those of a list literal one by one."""
    if isinstance(node, nodes.ListLiteral):
        for item in node.items:
            yield from _constants(reader, item)
        return
    value = fold(reader, node)
    yield from ((node, item) for item in (value if isinstance(value, list) else [value]))


def _in(reader: Reader, node: nodes.In) -> Typed:
    item, collection = reader.type_of(node.item), reader.type_of(node.collection)
    if isinstance(item.type, kinds.Unknown) or isinstance(collection.type, kinds.Unknown):
        return UNKNOWN
    if isinstance(collection.type, kinds.ClockRange):
        return _in_hours(reader, node, item)
    text = reader.text(node.collection)
    if isinstance(collection.type, kinds.WordList):
        fine = fits_list(reader, node.item, item.type, text, collection.type)
    elif isinstance(collection.type, kinds.ListOf):
        fine = _fits(reader, node, node.item, item.type, collection.type.item)
        fine = fine and _in_enum(reader, node.item, item.type, node.collection)
        fine = fine and _in_enum(reader, node.collection, collection.type.item, node.item)
    else:
        reader.error(codes.NOT_A_LIST, node.collection, wording.not_a_list("in", text, collection.type))
        fine = False
    return Typed(kinds.Boolean(), item.optional or collection.optional) if fine else UNKNOWN


def _in_hours(reader: Reader, node: nodes.In, item: Typed) -> Typed:
    if isinstance(item.type, kinds.Instant):
        return Typed(kinds.Boolean(), item.optional)
    text = reader.text(node.item)
    words = (f"`{text}` is {wording.described(item.type)}, and only an instant lies in a range of times of day", None)
    return reader.error(codes.TYPES_DIFFER, node.item, words)


def _fits(reader: Reader, node: nodes.Node, value: nodes.Node, type: kinds.Type, item: kinds.Type) -> bool:
    """Check that a value can be one of the items of a list."""
    if alike(type, item):
        return True
    if isinstance(item, kinds.Duration) and isinstance(type, kinds.Number):
        reader.error(codes.MISSING_UNIT, value, wording.missing_unit(reader.text(node), reader.text(value)))
        return False
    text = reader.text(value)
    message = f"`{text}` is {wording.described(type)}, and the list holds {_plural(item)}"
    help = f"did you mean `{text}.id`?" if isinstance(type, kinds.Object) and type.entity else None
    reader.error(codes.TYPES_DIFFER, value, (message, help))
    return False


def _plural(type: kinds.Type) -> str:
    if isinstance(type, kinds.Prose | Quoted):
        return "text"
    return f"{type}s" if not isinstance(type, kinds.Enum) else str(type)


def fits_list(reader: Reader, value: nodes.Node, type: kinds.Type, name: str, words: kinds.WordList) -> bool:
    """Check that a value, or the items of a list, can be compared with the entries of a declared list."""
    if words.match == "pattern":
        help = "write `text contains any of …`"
        reader.error(codes.NOT_A_LIST, value, (f"`{name}` is a list of patterns", help))
        return False
    subject = type.item if isinstance(type, kinds.ListOf) else type
    if words.match == "domain":
        if isinstance(subject, kinds.Domain | Quoted):
            return True
        reader.error(codes.DOMAINS_WANTED, value, wording.needs_domain(reader.text(value), name, type))
        return False
    if isinstance(subject, kinds.Date) and words.match == "exact":
        return True
    return alike(subject, kinds.Prose()) or _fits(reader, value, value, type, kinds.Prose())


def _has(reader: Reader, node: nodes.Has) -> Typed:
    collection, value = reader.type_of(node.collection), reader.type_of(node.value)
    if isinstance(collection.type, kinds.Unknown) or isinstance(value.type, kinds.Unknown):
        return UNKNOWN
    text = reader.text(node.collection)
    if not isinstance(collection.type, kinds.ListOf):
        return reader.error(codes.NOT_A_LIST, node.collection, wording.not_a_list("has", text, collection.type))
    item = needle(reader, node.value, value.type, node.quantifier, "has")
    if item is None:
        return UNKNOWN
    if isinstance(item, kinds.WordList):
        fine = fits_list(reader, node.collection, collection.type, reader.text(node.value), item)
    else:
        fine = _fits(reader, node, node.value, item, collection.type.item)
        fine = fine and _in_enum(reader, node.collection, collection.type.item, node.value)
    return Typed(kinds.Boolean(), collection.optional or value.optional) if fine else UNKNOWN


def needle(
    reader: Reader, node: nodes.Node, type: kinds.Type, quantifier: nodes.Quantifier, operator: str
) -> kinds.Type | None:
    """Return the type of what is looked for: of one value, or of the items behind `any of` and `all of`."""
    several = isinstance(type, kinds.ListOf | kinds.WordList)
    if several == (quantifier != "one"):
        return type.item if isinstance(type, kinds.ListOf) else type
    if several:
        reader.error(codes.TYPES_DIFFER, node, wording.list_wants_any_of(operator, reader.text(node)))
    else:
        reader.error(codes.NOT_A_LIST, node, wording.any_of_wants_list(reader.text(node), type))
    return None


RULES: dict[type[nodes.Node], Callable[[Reader, Any], Typed]] = {
    nodes.Compare: _compare,
    nodes.In: _in,
    nodes.Has: _has,
}
