"""What is written for a parameter of an action: how its YAML is read follows from the parameter's type.

Prose is a message, one text or one per language, with holes. Durations, numbers, conditions, members and lists are
expressions. Ids, roles, URLs and enums are taken literally, unless they are written `{expression}` or have holes. A
recipient is an expression if its first name means something here, else the name of a channel or role.
"""

from __future__ import annotations

import re
from typing import Literal

from groundrules.checker import messages, wording
from groundrules.checker.bindings import ParameterBinding
from groundrules.checker.constants import fold
from groundrules.checker.constructs import Constant, Given, Several, Texts, Value
from groundrules.checker.literals import Quoted, is_entity, is_textual
from groundrules.checker.places import AMOUNT
from groundrules.checker.scope import Scope
from groundrules.checker.sites import Site
from groundrules.checker.views import alike
from groundrules.checker.windows import constant_duration
from groundrules.diagnostics.codes import types as codes
from groundrules.diagnostics.model import Fix
from groundrules.diagnostics.source import Span
from groundrules.rulebook.yaml import YNode, YScalar, YSequence
from groundrules.syntax import nodes, parse
from groundrules.syntax.errors import ParseError
from groundrules.types import kinds
from groundrules.types.actions import ActionType, Parameter

Arguments = dict[str, tuple[Span, YNode]]
Failed = Literal[False]

_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")
_FIRST_NAME = re.compile(r"[^\W\d]\w*")
_NAMING_FORMATS = ("role", "recipient")
_LITERAL = (kinds.Identifier, kinds.Enum, kinds.Url, kinds.Domain, kinds.Date)


def given(site: Site, action: ActionType, parameter: Parameter, node: YNode) -> Given | Failed:
    """Read what is given for a parameter; False once a mistake is reported."""
    type = parameter.field.type
    if parameter.is_template:
        return messages.message(site, node)
    if isinstance(type, kinds.ListOf) and isinstance(node, YSequence):
        return _several(site, node, type.item)
    if not isinstance(node, YScalar):
        return _unfit(site, parameter, node)
    if parameter.format in _NAMING_FORMATS:
        return _named(site, parameter, node)
    if isinstance(type, _LITERAL):
        return _literal(site, parameter.name, node, type)
    return _value(site, action, parameter, node)


def _unfit(site: Site, parameter: Parameter, node: YNode) -> Failed:
    message = f"`{parameter.name}` is {wording.described(parameter.field.type)}"
    site.session.add(codes.WRONG_VALUE.at(node.span, message, None))
    return False


# --- literals -----------------------------------------------------------------------------------


def _several(site: Site, node: YSequence, item: kinds.Type) -> Several | Failed:
    values: list[Given] = []
    for entry in node.items:
        if not isinstance(entry, YScalar):
            site.session.add(codes.WRONG_VALUE.at(entry.span, f"{wording.described(item)} is needed here", None))
            return False
        value = _literal(site, "an item", entry, item) if is_textual(item) else False
        if value is False:
            return False
        values.append(value)
    return Several(tuple(values))


def _named(site: Site, parameter: Parameter, node: YScalar) -> Given | Failed:
    """Read a role or recipient: what a name here stands for, else what is written."""
    if parameter.format == "recipient" and names_something(site, node):
        return _recipient(site, node)
    binding = Scope(site.session, site.context).lookup(node.text.strip())
    if isinstance(binding, ParameterBinding):
        setting = binding.instance.settings.get(binding.name)
        return Constant(setting.value) if setting and isinstance(setting.type, Quoted) else False
    return _literal(site, parameter.name, node, parameter.field.type)


def _recipient(site: Site, node: YScalar) -> Value | Failed:
    parsed = expression(site, node)
    if parsed is None:
        return False
    typed = site.reader(parsed).type_of(parsed.root)
    if isinstance(typed.type, kinds.Unknown):
        return False
    fits = is_entity(typed.type) or isinstance(typed.type, kinds.Identifier | Quoted)
    if not fits:
        message = f"a member or channel is needed here, and `{node.text}` is {wording.described(typed.type)}"
        site.session.add(codes.WRONG_VALUE.at(node.span, message, None))
        return False
    return _present(site, Value(site.context, parsed), typed)


def names_something(site: Site, node: YScalar) -> bool:
    """Tell whether the first name of a text means something here, so that it is an expression."""
    first = _FIRST_NAME.match(node.text.strip())
    if first is None:
        return False
    return Scope(site.session, site.context).lookup(first[0]) is not None


def _literal(site: Site, name: str, node: YScalar, type: kinds.Type) -> Given | Failed:
    if "{" not in node.text:
        if isinstance(type, kinds.Enum) and node.text not in type.values:
            site.session.add(codes.NOT_ONE_OF.at(node.span, *wording.not_one_of(node.text, name, type.values)))
            return False
        return Constant(node.text) if not _is_unmarked_path(site, node) else False
    return _holed(site, node, type)


def _is_unmarked_path(site: Site, node: YScalar) -> bool:
    """Report a text that reads like a field and would be taken to the letter."""
    text = node.text.strip()
    if not _PATH.fullmatch(text) or not names_something(site, node):
        return False
    fix = Fix(node.span, f'"{{{text}}}"', "take the field's value")
    message = f"`{text}` would be literal text, not the field"
    help = f'write `"{{{text}}}"` for the field\'s value'
    site.session.add(codes.UNMARKED_PATH.at(node.span, message, help, fixes=(fix,)))
    return True


def _holed(site: Site, node: YScalar, type: kinds.Type) -> Given | Failed:
    """Read `{expression}`, or a text with holes."""
    try:
        parsed = parse.parse_template(node.fragment())
    except ParseError as problem:
        site.session.add(problem.diagnostic)
        return False
    site.session.tables.kept.append(parsed)
    parts = parsed.root.parts
    if len(parts) == 1 and isinstance(parts[0], nodes.Hole):
        inner = nodes.Parsed(parts[0].expression, parsed.fragment)
        site.session.tables.kept.append(inner)
        return _checked(site, inner, type)
    return Texts(site.context, {"": parsed}) if messages.template(site, parsed) else False


def _checked(site: Site, parsed: nodes.Parsed[nodes.Node], type: kinds.Type) -> Value | Failed:
    typed = site.reader(parsed).type_of(parsed.root)
    if isinstance(typed.type, kinds.Unknown):
        return False
    if not alike(typed.type, type):
        text = parsed.span(parsed.root).text
        message = f"`{text}` is {wording.described(typed.type)}, and {wording.described(type)} is needed"
        site.session.add(codes.WRONG_VALUE.at(parsed.span(parsed.root), message, None))
        return False
    return _present(site, Value(site.context, parsed), typed)


# --- expressions --------------------------------------------------------------------------------


def expression(site: Site, node: YScalar) -> nodes.Parsed[nodes.Node] | None:
    """Parse a scalar as an expression; None once a mistake is reported."""
    try:
        parsed = parse.parse_expression(node.fragment())
    except ParseError as problem:
        site.session.add(problem.diagnostic)
        return None
    site.session.tables.kept.append(parsed)
    return parsed


def _value(site: Site, action: ActionType, parameter: Parameter, node: YScalar) -> Value | Failed:
    parsed = expression(site, node)
    if parsed is None:
        return False
    reader = site.reader(parsed)
    typed = reader.type_of(parsed.root)
    if isinstance(typed.type, kinds.Unknown):
        return False
    wanted = parameter.field.type
    if not _fits(typed.type, wanted):
        words = wording.wrong_value(node.text.strip(), typed.type, parameter.name, wanted)
        code = codes.MISSING_UNIT if isinstance(typed.type, kinds.Number) else codes.WRONG_VALUE
        site.session.add((code if isinstance(wanted, kinds.Duration) else codes.WRONG_VALUE).at(node.span, *words))
        return False
    if not _in_range(site, action, parameter, node, fold(reader, parsed.root)):
        return False
    return _present(site, Value(site.context, parsed), typed)


def _fits(actual: kinds.Type, wanted: kinds.Type) -> bool:
    if isinstance(wanted, kinds.Number) and isinstance(actual, kinds.Number):
        return actual.integer or not wanted.integer
    return alike(actual, wanted)


def _in_range(site: Site, action: ActionType, parameter: Parameter, node: YScalar, value: object) -> bool:
    schema = action.schema["properties"][parameter.name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    if schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return True
    word, limit = ("least", schema["minimum"]) if value < schema.get("minimum", value) else ("most", schema["maximum"])
    shown = wording.shown(limit, parameter.field.type)
    message = f"`{node.text.strip()}` is out of range: `{parameter.name}` is at {word} {shown}"
    site.session.add(codes.WRONG_VALUE.at(node.span, message, None))
    return False


def _present(site: Site, value: Value, typed: kinds.Typed) -> Value | Failed:
    if not typed.optional:
        return value
    span = value.parsed.span(value.parsed.root)
    site.session.add(codes.MAY_BE_MISSING.at(span, *wording.may_be_missing(span.text, "an action's parameter")))
    return False


def length(site: Site, name: str, span: Span, node: YNode) -> int | None:
    """Return a length of time (ms) that is known before any event; None once a mistake is reported."""
    if not isinstance(node, YScalar):
        site.session.add(codes.WRONG_VALUE.at(span, f"`{name}` is a duration", None))
        return None
    parsed = expression(site, node)
    return None if parsed is None else constant_duration(site.reader(parsed, AMOUNT), parsed.root)
