"""`contains`, `starts with`, `ends with` and `matches`: looking into text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from groundrules.checker import wording
from groundrules.checker.bindings import ListBinding
from groundrules.checker.comparisons import needle
from groundrules.checker.literals import UNKNOWN, is_textual
from groundrules.diagnostics.codes import types as codes
from groundrules.syntax import nodes
from groundrules.text.patterns import problem
from groundrules.types import kinds
from groundrules.types.kinds import Typed

if TYPE_CHECKING:
    from groundrules.checker.expressions import Reader


def _subject(reader: Reader, node: nodes.Node, operator: str) -> Typed | None:
    """Return the type of the text that is looked into, or None if it is none."""
    typed = reader.type_of(node)
    if isinstance(typed.type, kinds.Unknown):
        return None
    if is_textual(typed.type):
        return typed
    reader.error(codes.NOT_A_TEXT, node, wording.not_a_text(operator, reader.text(node), typed.type))
    return None


def _contains(reader: Reader, node: nodes.Contains) -> Typed:
    subject = _subject(reader, node.subject, "contains")
    value = reader.type_of(node.needle)
    if subject is None or isinstance(value.type, kinds.Unknown):
        return UNKNOWN
    item = needle(reader, node.needle, value.type, node.quantifier, "contains word" if node.word else "contains")
    if item is None:
        return UNKNOWN
    fine = isinstance(item, kinds.WordList) or _is_text(reader, node.needle, item)
    return Typed(kinds.Boolean(), subject.optional or value.optional) if fine else UNKNOWN


def _is_text(reader: Reader, node: nodes.Node, type: kinds.Type) -> bool:
    if is_textual(type):
        return True
    text = reader.text(node)
    reader.error(
        codes.NOT_A_TEXT, node, (f"only text is contained in text, and `{text}` is {wording.described(type)}", None)
    )
    return False


def _affix(reader: Reader, node: nodes.Affix) -> Typed:
    subject = _subject(reader, node.subject, f"{node.end}s with")
    value = reader.type_of(node.needle)
    if subject is None or isinstance(value.type, kinds.Unknown):
        return UNKNOWN
    item = needle(reader, node.needle, value.type, node.quantifier, f"{node.end}s with")
    if item is None or not (isinstance(item, kinds.WordList) or _is_text(reader, node.needle, item)):
        return UNKNOWN
    if isinstance(item, kinds.WordList) and item.match == "pattern":
        return patterns_only(reader, node.needle)
    if isinstance(item, kinds.WordList) and item.changes:
        changing = (f"the entries of `{reader.text(node.needle)}` change", "ask `text contains any of …`")
        return reader.error(codes.NOT_A_LIST, node.needle, changing)
    if isinstance(item, kinds.WordList) and (trouble := _in_disguise(reader, node.needle)):
        message = f"`{node.end}s with` does not look for the disguises of `{reader.text(node.needle)}`: {trouble}"
        return reader.error(codes.NOT_A_TEXT, node.needle, (message, "name a list without `options`"))
    return Typed(kinds.Boolean(), subject.optional or value.optional)


def patterns_only(reader: Reader, node: nodes.Node) -> Typed:
    """Report a list of patterns that is asked for anything but where they match."""
    words = (f"`{reader.text(node)}` is a list of patterns", "write `text contains any of …`")
    return reader.error(codes.NOT_A_LIST, node, words)


def _in_disguise(reader: Reader, node: nodes.Node) -> str:
    """Return the options of the list that a node names."""
    binding = reader.session.tables.bindings.get((reader.context.id, id(node)))
    return ", ".join(binding.declaration.options) if isinstance(binding, ListBinding) else ""


def _matches(reader: Reader, node: nodes.Matches) -> Typed:
    subject = _subject(reader, node.subject, "matches")
    reader.type_of(node.regex)
    return Typed(kinds.Boolean(), subject.optional) if subject else UNKNOWN


def _regex(reader: Reader, node: nodes.Regex) -> Typed:
    trouble = problem(node.pattern, node.flags)
    if trouble:
        return reader.error(codes.BAD_PATTERN, node, (trouble.message, trouble.help))
    return Typed(kinds.Pattern())


RULES: dict[type[nodes.Node], Callable[[Reader, Any], Typed]] = {
    nodes.Contains: _contains,
    nodes.Affix: _affix,
    nodes.Matches: _matches,
    nodes.Regex: _regex,
}
