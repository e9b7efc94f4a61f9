"""From tree to text: `show` writes the canonical form, with the fewest brackets that keep the meaning.

What `show` writes parses to an equal tree (`nodes.same`), and showing that again gives the same text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from groundrules.syntax import nodes
from groundrules.time_units import WEEKDAYS, format_clock, format_duration

# How tightly each form binds; a part that binds less tightly than its place requires is bracketed.
_OR, _AND, _NOT, _COMPARISON, _COALESCE, _SUM, _PRODUCT, _UNARY, _POSTFIX = range(9)

_LEVELS: dict[type[nodes.Node], int] = {
    nodes.Or: _OR,
    nodes.And: _AND,
    nodes.Not: _NOT,
    **dict.fromkeys(
        (nodes.Compare, nodes.In, nodes.Has, nodes.Contains, nodes.Affix, nodes.Matches),
        _COMPARISON,
    ),
    nodes.Coalesce: _COALESCE,
    nodes.Negate: _UNARY,
}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}

# Texts that would be parsed differently in their place, and so need brackets.
_NOT_A_NEEDLE = re.compile(r"(?:any|all|word)\[")
_NEEDLE_OF_WORD = re.compile(r"""["'\[(]|(?!(?:and|or|not|in|by|within|max|where|of)(?!\w))\w""")
_OPERATOR = re.compile(r"(?:in|has|contains|starts|ends|matches)(?!\w)")
_CLOCK_AT_END = re.compile(r"[0-9]:[0-9]{2}$")
_CLOCK_AT_START = re.compile(r"[0-9]{2}:[0-9]{2}")


def show(node: nodes.Node) -> str:
    """Return the canonical text of `node`."""
    return _WRITERS[type(node)](node)


def _level(node: nodes.Node) -> int:
    if isinstance(node, nodes.Arithmetic):
        return _SUM if node.operator in "+-" else _PRODUCT
    return _LEVELS.get(type(node), _POSTFIX)


def _inside(node: nodes.Node, level: int) -> str:
    text = show(node)
    return text if _level(node) >= level else f"({text})"


def _comma(parts: Iterable[nodes.Node], level: int = _OR) -> str:
    return ", ".join(_inside(part, level) for part in parts)


# --- literals -----------------------------------------------------------------------------------


def string(value: str) -> str:
    """Return `value` as a quoted literal."""
    return '"' + "".join(_ESCAPES.get(char) or _visible(char) for char in value) + '"'


def _visible(char: str) -> str:
    return f"\\u{ord(char):04x}" if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char


def _percent(node: nodes.Percent) -> str:
    share = (Decimal(repr(node.value)) * 100).normalize()
    return f"{share:f}%"


def _regex(node: nodes.Regex) -> str:
    pattern = re.sub(r"\\.|/", lambda match: "\\/" if match[0] == "/" else match[0], node.pattern)
    return f"/{pattern}/{node.flags}"


# --- values -------------------------------------------------------------------------------------


def _arithmetic(node: nodes.Arithmetic) -> str:
    level = _level(node)
    left, right = _inside(node.left, level), _inside(node.right, level + 1)
    if node.operator == "-" and _CLOCK_AT_END.search(left) and _CLOCK_AT_START.match(right):
        right = f"({right})"
    return f"{left} {node.operator} {right}"


def _item(node: nodes.Item) -> str:
    return f"{_inside(node.base, _POSTFIX)}[{string(node.key)}]"


# --- conditions ---------------------------------------------------------------------------------


def _or(node: nodes.Or) -> str:
    return " or ".join(_inside(operand, _NOT) for operand in node.operands)


def _and(node: nodes.And) -> str:
    return " and ".join(_inside(operand, _NOT) for operand in node.operands)


def _relation(left: nodes.Node, words: str, right: nodes.Node) -> str:
    return f"{_inside(left, _COALESCE)} {words} {_inside(right, _COALESCE)}"


def _in(node: nodes.In) -> str:
    return _relation(node.item, "not in" if node.negated else "in", node.collection)


def _has(node: nodes.Has) -> str:
    if node.quantifier == "one":
        return f"{_inside(node.collection, _COALESCE)} has {_needle(node.value)}"
    return _relation(node.collection, f"has {node.quantifier} of", node.value)


def _contains(node: nodes.Contains) -> str:
    if node.quantifier != "one":
        words = {"any": "any word of", "all": "all words of"}[node.quantifier]
        return _relation(node.subject, f"contains {words if node.word else node.quantifier + ' of'}", node.needle)
    needle = _needle(node.needle)
    if node.word:
        needle = "word " + (needle if _NEEDLE_OF_WORD.match(needle) else f"({needle})")
    return f"{_inside(node.subject, _COALESCE)} contains {needle}"


def _needle(node: nodes.Node) -> str:
    text = _inside(node, _COALESCE)
    return f"({text})" if _NOT_A_NEEDLE.match(text) else text


def _affix(node: nodes.Affix) -> str:
    if node.quantifier == "any":
        return _relation(node.subject, f"{node.end}s with any of", node.needle)
    return f"{_inside(node.subject, _COALESCE)} {node.end}s with {_needle(node.needle)}"


def _matches(node: nodes.Matches) -> str:
    return f"{_inside(node.subject, _COALESCE)} matches {_regex(node.regex)}"


def _quantified(node: nodes.Quantified) -> str:
    collection = _inside(node.collection, _COALESCE)
    return f"{node.quantifier}({node.variable} in {collection} where {show(node.condition)})"


def _key(node: nodes.KeyPart) -> str:
    counted = _inside(node.counted, _POSTFIX)
    return counted if node.reader is None else f"{counted} = {_inside(node.reader, _COALESCE)}"


def _taken(node: nodes.Taken) -> str:
    return node.event_type if node.where is None else f"{node.event_type} where {show(node.where)}"


def _window(node: nodes.Window) -> str:
    value = f"{_inside(node.value, _COALESCE)} of " if node.value is not None else ""
    parts = [value + node.event_type]
    if node.where is not None:
        parts.append(f"where {show(node.where)}")
    if node.less:
        parts.append(f"less {', '.join(map(show, node.less))}")
    if node.keys:
        parts.append(f"by {_comma(node.keys)}")
    if node.within is not None:
        calendar = isinstance(node.within, nodes.CalendarPeriod)
        parts.append(f"{'' if calendar else 'within '}{show(node.within)}")
    if node.maximum is not None:
        parts.append(f"max {show(node.maximum)}")
    return f"{'values' if node.listed else node.kind}({' '.join(parts)})"


# --- clauses and templates ----------------------------------------------------------------------


def _once(node: nodes.OnceClause) -> str:
    keys = _comma(node.keys, _POSTFIX)
    if node.per is not None:
        return f"{keys} per {node.per}"
    return keys if node.within is None else f"{keys} within {show(node.within)}"


def _at(node: nodes.AtClause) -> str:
    if node.every is not None:
        return f"every {show(node.every)}"
    time = [show(node.time)] if node.time is not None else []
    return " ".join([*_date(node), *time])


def _date(node: nodes.AtClause) -> list[str]:
    if node.weekday is not None:
        return [WEEKDAYS[node.weekday]]
    if node.weekdays:
        return ["weekdays" if 0 in node.weekdays else "weekends"]
    if node.day is None:
        return []
    if node.month is not None:
        return [f"{node.month:02}-{node.day:02}"]
    return ["last day" if node.day == -1 else ordinal(node.day)]


def ordinal(day: int) -> str:
    """Return `1st`, `2nd`, `3rd`, `4th` …"""
    suffix = "th" if 10 < day % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{suffix}"


def _cell(node: nodes.Cell) -> str:
    return " and ".join(map(_test, node.tests)) or "-"


def _test(node: nodes.Node) -> str:
    if isinstance(node, nodes.Not):
        return f"not {_test(node.operand)}"
    text = show(node).strip()
    if isinstance(node, nodes.Compare) and node.operator == "==" and not _OPERATOR.match(text[3:]):
        return text[3:]
    return text


def _template(node: nodes.Template) -> str:
    return "".join(
        part.replace("{", "{{").replace("}", "}}") if isinstance(part, str) else show(part) for part in node.parts
    )


_WRITERS: dict[type[nodes.Node], Callable[[Any], str]] = {
    nodes.Number: lambda node: repr(node.value),
    nodes.Percent: _percent,
    nodes.String: lambda node: string(node.value),
    nodes.Boolean: lambda node: "true" if node.value else "false",
    nodes.Duration: lambda node: format_duration(node.value),
    nodes.ClockTime: lambda node: format_clock(node.value),
    nodes.ClockRange: lambda node: f"{format_clock(node.start)}-{format_clock(node.end)}",
    nodes.ListLiteral: lambda node: f"[{_comma(node.items)}]",
    nodes.Regex: _regex,
    nodes.Name: lambda node: node.name,
    nodes.Attribute: lambda node: f"{_inside(node.base, _POSTFIX)}.{node.name}",
    nodes.Item: _item,
    nodes.Call: lambda node: f"{node.function}({_comma(node.arguments)})",
    nodes.Negate: lambda node: f"-{_inside(node.operand, _UNARY)}",
    nodes.Arithmetic: _arithmetic,
    nodes.Coalesce: lambda node: f"{_inside(node.value, _COALESCE)} ?? {_inside(node.default, _SUM)}",
    nodes.And: _and,
    nodes.Or: _or,
    nodes.Not: lambda node: f"not {_inside(node.operand, _NOT)}",
    nodes.Compare: lambda node: _relation(node.left, node.operator, node.right),
    nodes.In: _in,
    nodes.Has: _has,
    nodes.Contains: _contains,
    nodes.Affix: _affix,
    nodes.Matches: _matches,
    nodes.Quantified: _quantified,
    nodes.Known: lambda node: f"known({show(node.operand)})",
    nodes.KeyPart: _key,
    nodes.CalendarPeriod: lambda node: "today" if node.period == "day" else f"this {node.period}",
    nodes.LastEvents: lambda node: f"last {show(node.number)}",
    nodes.Taken: _taken,
    nodes.Window: _window,
    nodes.OnceClause: _once,
    nodes.RateClause: lambda node: f"{show(node.amount)} per {node.per}",
    nodes.FadeClause: lambda node: f"{show(node.amount)} every {show(node.every)}",
    nodes.KeysClause: lambda node: _comma(node.keys, _POSTFIX),
    nodes.PairsClause: lambda node: _comma(node.keys),
    nodes.AtClause: _at,
    nodes.ColumnValue: lambda _: "",
    nodes.Cell: _cell,
    nodes.Hole: lambda node: "{" + show(node.expression) + "}",
    nodes.Template: _template,
}
