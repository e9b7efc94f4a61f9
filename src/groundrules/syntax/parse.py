"""From text to tree: one function per form of the language, each for the whole of a fragment.

Lark builds the LALR(1) tables once, at the first parse; `driver` runs them over valid texts, and Lark itself over
invalid ones, to say why. The nodes are built while parsing. Neither recurses, so the depth of a text is
bounded here: no tree is deeper than `MAX_DEPTH`, so code that walks one may recurse. Chains of `and` and `or` are one
level, however long. A text longer than `LONGEST` is refused before anything looks at it: telling what is wrong with
it takes two seconds for each `LONGEST` characters.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar, cast

from lark import Lark
from lark.exceptions import UnexpectedInput
from lark.utils import TextSlice

from groundrules.diagnostics.codes import syntax as codes
from groundrules.diagnostics.source import Fragment
from groundrules.syntax import nodes
from groundrules.syntax.build import Builder, bare
from groundrules.syntax.driver import Driver
from groundrules.syntax.errors import FlawError
from groundrules.syntax.mistakes import explain
from groundrules.syntax.scan import scan
from groundrules.syntax.template import Hole, cut

MAX_DEPTH = 64
LONGEST = 250_000  # characters
FORMS = ("expression", "length", "hours", "keys", "pairs", "once", "rate", "fade", "at", "cell")

N = TypeVar("N", bound=nodes.Node)

# Whatever can add a level; the depth of a text with few of them need not be checked.
_LEVELS = re.compile(r"[-+*/%(\[.?<>=]|\b(?:not|in|has|contains|with|matches)\b")


def parse_expression(fragment: Fragment) -> nodes.Parsed[nodes.Node]:
    """Parse a condition or a value. Raises ParseError."""
    return _parse(fragment, "expression", nodes.Node)


def parse_duration(fragment: Fragment) -> nodes.Parsed[nodes.Node]:
    """Parse `10m` (Duration) or a parameter's name (Name, Attribute). Raises ParseError."""
    return _parse(fragment, "length", nodes.Node)


def parse_hours(fragment: Fragment) -> nodes.Parsed[nodes.Node]:
    """Parse `09:00-22:00` (ClockRange) or a parameter's name (Name, Attribute). Raises ParseError."""
    return _parse(fragment, "hours", nodes.Node)


def parse_once(fragment: Fragment) -> nodes.Parsed[nodes.OnceClause]:
    """Parse `actor`, `actor, message within 90d` or `actor per day`. Raises ParseError."""
    return _parse(fragment, "once", nodes.OnceClause)


def parse_rate(fragment: Fragment) -> nodes.Parsed[nodes.RateClause]:
    """Parse `50 per day`. Raises ParseError."""
    return _parse(fragment, "rate", nodes.RateClause)


def parse_fade(fragment: Fragment) -> nodes.Parsed[nodes.FadeClause]:
    """Parse `1 every 30d`. Raises ParseError."""
    return _parse(fragment, "fade", nodes.FadeClause)


def parse_keys(fragment: Fragment) -> nodes.Parsed[nodes.KeysClause]:
    """Parse `actor, channel`. Raises ParseError."""
    return _parse(fragment, "keys", nodes.KeysClause)


def parse_pairs(fragment: Fragment) -> nodes.Parsed[nodes.PairsClause]:
    """Parse `actor, id = message.id`. Raises ParseError."""
    return _parse(fragment, "pairs", nodes.PairsClause)


def parse_at(fragment: Fragment) -> nodes.Parsed[nodes.AtClause]:
    """Parse `monday 09:00`, `last day 18:00`, `every 30m`. Raises ParseError."""
    return _parse(fragment, "at", nodes.AtClause)


def parse_cell(fragment: Fragment) -> nodes.Parsed[nodes.Cell]:
    """Parse a cell of a table: `< 3d`, `contains "x"`, `-`. Raises ParseError."""
    return _parse(fragment, "cell", nodes.Cell)


def parse_template(fragment: Fragment) -> nodes.Parsed[nodes.Template]:
    """Parse a message with `{expression}` holes. Raises ParseError."""
    try:
        _check_length(0, len(fragment.text), "a message")
        parts = tuple(_part(fragment.text, part) for part in cut(fragment.text))
    except FlawError as flaw:
        raise flaw.problem(fragment) from None
    return nodes.Parsed(nodes.Template(parts=parts, at=(0, len(fragment.text))), fragment)


def _part(text: str, part: str | Hole) -> str | nodes.Hole:
    if isinstance(part, str):
        return part
    expression = _tree(text, part.start + 1, part.end - 1, "expression")
    return nodes.Hole(expression=expression, at=(part.start, part.end))


@cache
def _lark() -> Lark:
    grammar = files("groundrules.syntax").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", start=list(FORMS), transformer=Builder())


@cache
def _driver() -> Driver:
    return Driver(_lark())


def _parse(fragment: Fragment, form: str, kind: type[N]) -> nodes.Parsed[N]:
    try:
        root = _tree(fragment.text, 0, len(fragment.text), form)
    except FlawError as flaw:
        raise flaw.problem(fragment) from None
    assert isinstance(root, kind)
    return nodes.Parsed(root, fragment)


def _tree(text: str, start: int, end: int, form: str) -> nodes.Node:
    """Parse `text[start:end]`; offsets count in `text`. Raises FlawError."""
    _check_length(start, end, "an expression")
    levels = len(_LEVELS.findall(text, start, end))
    if levels > MAX_DEPTH:
        _check_brackets(text, start, end)
    root = _driver().parse(text, start, end, form)
    if root is None:
        root = _by_lark(text, start, end, form)
    if levels > MAX_DEPTH:
        _check_depth(bare(root))
    return bare(root)


def _by_lark(text: str, start: int, end: int, form: str) -> Any:
    """Parse with Lark's own loop, which knows what it expected where it stops. Raises FlawError."""
    try:
        return _lark().parse(cast("str", TextSlice(text, start, end)), start=form)
    except UnexpectedInput as error:
        raise explain(text, start, end, form, error) from None


def _check_brackets(text: str, start: int, end: int) -> None:
    depth = 0
    for lexeme in scan(text, start, end):
        if lexeme.kind == "sign" and lexeme.text in "([":
            depth += 1
        elif lexeme.kind == "sign" and lexeme.text in ")]":
            depth -= 1
        if depth > MAX_DEPTH:
            raise _too_deep(lexeme.at)


def _check_depth(root: nodes.Node) -> None:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node.children()]
    if level:
        raise _too_deep(level[0].at)


def _check_length(start: int, end: int, what: str) -> None:
    if end - start > LONGEST:
        message = f"{what} of {end - start:,} characters is longer than the {LONGEST:,} that are read"
        raise FlawError(
            codes.TOO_LONG, (start, start), message, "put its words into a list, and its parts under `define`"
        )


def _too_deep(at: nodes.Offsets) -> FlawError:
    message = f"this is nested more than {MAX_DEPTH} levels deep"
    return FlawError(codes.TOO_DEEP, at, message, "give a part of it a name under `define`")
