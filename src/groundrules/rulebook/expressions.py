"""From a YAML scalar to a tree of the small language.

A problem of syntax is reported here and marks the reader's current item as broken; where YAML has cut the text short,
that is what is reported instead, because the syntax error is only its echo.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from groundrules.diagnostics.codes import files as codes
from groundrules.diagnostics.codes.syntax import UNCLOSED
from groundrules.diagnostics.model import Diagnostic, Fix, Report
from groundrules.diagnostics.source import Fragment
from groundrules.errors import GroundrulesError
from groundrules.rulebook.joined import joined
from groundrules.rulebook.model import Expression, Located
from groundrules.rulebook.yaml import YNode, YScalar, YSequence
from groundrules.rulebook.yaml_errors import UNCUT
from groundrules.syntax import nodes, parse
from groundrules.syntax.errors import ParseError

N = TypeVar("N", bound=nodes.Node)
Parser = Callable[[Fragment], nodes.Parsed[N]]

_STRING = re.compile(r"""\"[^\"]*\"|'[^']*'""")
_COMMENT = re.compile(r"[ \t]+(#[^\n]*)")


class BrokenItemError(GroundrulesError):
    """Something that an item can't do without could not be read; the report says what."""


def located(node: YNode) -> Located:
    """Return a scalar's value, or any node's plain data, with its place."""
    return Located(node.plain(), node.span)


def text(node: YNode) -> Located:
    """Return what was written, whatever YAML takes it for."""
    return Located(node.text if isinstance(node, YScalar) else node.plain(), node.span)


def comment_behind(node: YScalar) -> re.Match[str] | None:
    """Return the comment that follows a plain scalar in its line."""
    return None if node.style else _COMMENT.match(node.file.text, node.end)


class Expressions:
    """Parses scalars and keeps count of what failed."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.failures = 0

    def parse(self, parser: Parser[N], node: YNode, key: str = "when") -> nodes.Parsed[N]:
        """Parse a scalar. Raises BrokenItemError once the problem is reported."""
        assert isinstance(node, YScalar)
        return self._parse(parser, node.fragment(), lambda problem: _cut(node, key, problem) or problem)

    def expression(self, node: YNode, key: str = "when") -> Expression:
        return self.parse(parse.parse_expression, node, key)

    def whole(self, fragment: Fragment) -> Expression:
        """Parse a text put together of several scalars. Raises BrokenItemError."""
        return self._parse(parse.parse_expression, fragment, lambda problem: problem)

    def optional(self, parser: Parser[N], node: YNode | None, key: str = "when") -> nodes.Parsed[N] | None:
        """Parse what may be absent. A problem is reported and counted, and leaves None."""
        if node is None:
            return None
        try:
            return self.parse(parser, node, key)
        except BrokenItemError:
            return None

    def keys(self, node: YNode) -> nodes.Parsed[nodes.KeysClause]:
        """Parse `actor, channel` or `[actor, channel]`. Raises BrokenItemError."""
        return self._listed(parse.parse_keys, node)

    def pairs(self, node: YNode) -> nodes.Parsed[nodes.PairsClause]:
        """Parse `actor, id = message.id` or `[actor, id = message.id]`. Raises BrokenItemError."""
        return self._listed(parse.parse_pairs, node)

    def _listed(self, parser: Parser[N], node: YNode) -> nodes.Parsed[N]:
        if not isinstance(node, YSequence):
            return self.parse(parser, node, "keys")
        fragment = joined([item.fragment() for item in node.items if isinstance(item, YScalar)])
        return self._parse(parser, fragment, lambda problem: problem)

    def _parse(
        self, parser: Parser[N], fragment: Fragment, instead: Callable[[Diagnostic], Diagnostic]
    ) -> nodes.Parsed[N]:
        try:
            return parser(fragment)
        except ParseError as problem:
            self.failures += 1
            self.report.add(instead(problem.diagnostic))
            raise BrokenItemError from None


def _cut(node: YScalar, key: str, problem: Diagnostic) -> Diagnostic | None:
    """The comment by which YAML cut an expression inside a string or bracket."""
    comment = comment_behind(node)
    if comment is None or problem.code != UNCLOSED.code:
        return None
    return codes.CUT_EXPRESSION.at(
        node.file.span(*comment.span(1)),
        f"YAML takes the rest of `{key}` for a comment",
        UNCUT.replace("when", key),
    )


def uncut(node: YNode, key: str, report: Report) -> list[YScalar]:
    """Return the expressions of a list; commas by which YAML cut one inside of a bracket are reported, and mended."""
    kept: list[YScalar] = []
    items = [item for item in node.items if isinstance(item, YScalar)] if isinstance(node, YSequence) else []
    while items:
        first = items.pop(0)
        parts = _parts_of_call(first, items) if isinstance(node, YSequence) and node.flow else 0
        if parts:
            last = items[parts - 1]
            report.add(_cut_by_comma(first, last, key))
            whole = first.file.text[first.start : last.end]
            first = YScalar(first.file, first.start, last.end, whole, "", whole)
            del items[:parts]
        kept.append(first)
    return kept


def _parts_of_call(first: YScalar, others: list[YScalar]) -> int:
    """Return how many of the items behind a plain one it takes to close its brackets, 0 if it needs none."""
    depth = _open_brackets(first)
    for number, other in enumerate(others, 1):
        if depth <= 0 or first.style or other.style:
            return 0
        depth += _open_brackets(other)
        if depth == 0:
            return number
    return 0


def _open_brackets(node: YScalar) -> int:
    text = _STRING.sub("", node.text)
    return text.count("(") - text.count(")")


def _cut_by_comma(first: YScalar, last: YScalar, key: str) -> Diagnostic:
    file = first.file
    comma, whole = file.text.find(",", first.end), file.span(first.start, last.end)
    fix = Fix(whole, "'" + whole.text.replace("'", "''") + "'", "put it in quotes")
    message = f"inside brackets a comma ends the item of `{key}`"
    return codes.CUT_EXPRESSION.at(file.span(comma, comma + 1), message, "put the whole item in quotes", fixes=(fix,))


def as_integer(node: YNode) -> Located:
    """Return a whole number that YAML may have written as `2.0`."""
    value: Any = node.plain()
    return Located(int(value), node.span)
