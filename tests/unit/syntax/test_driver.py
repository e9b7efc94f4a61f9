"""The driver accepts what Lark accepts, and builds the same tree with the same offsets."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark.exceptions import UnexpectedInput

from groundrules.syntax import nodes, parse
from groundrules.syntax.build import Group, bare
from groundrules.syntax.errors import FlawError

LEXEMES = (
    *("a", "text", "actor", "新人", "matches", "any", "count", "sum", "word", "last", "day", "monday", "1st", "10-01"),
    *("and", "or", "not", "in", "has", "contains", "starts", "with", "matches", "any of", "where", "by", "within"),
    *("max", "of", "per", "every", "known(", "any(", "all(", "count(", "distinct(", "any word of", "true"),
    *("==", "<", ">=", "=", "??", "+", "-", "*", "/", "%", ".", ",", "(", ")", "[", "]", "[]", "()"),
    *("1", "0.5", "30%", "10m", "09:00", "23:00-07:00", '"x"', "'加'", "/a+/i", "/", "#", '"'),
)
TEXTS = (
    ("expression", 'not (a == 1 or text contains any of ["x", "加",]) and -b.c["odd"] ?? 3 * 2 > 10m'),
    ("expression", "count(message where length(text) > 3 by actor, channel = other within 2m max 9) >= 3"),
    ("expression", "any(link in links where link.domain not in ours and link.url matches /a\\/b/i) or f()"),
    ("expression", "  distinct(a.b of c.d by e) + sum(a of b) % 2 - quiet(x) "),
    ("length", "1h30m"),
    ("length", "flood.limit"),
    ("hours", "23:00-07:00"),
    ("keys", 'actor, channel["x"].id'),
    ("pairs", "actor, id = message.id"),
    ("once", "actor, message within 90d"),
    ("once", "actor per day"),
    ("rate", "50 per week"),
    ("fade", "1 every 30d"),
    ("at", "last day 18:00"),
    ("at", "every 30m"),
)


def _shape(part: Any) -> Any:
    """Return a tree as tuples, offsets included."""
    if isinstance(part, Group):
        return "group", part.at, _shape(part.node)
    if isinstance(part, nodes.Node):
        return type(part).__name__, *(_shape(getattr(part, slot.name)) for slot in fields(part))
    return tuple(map(_shape, part)) if isinstance(part, tuple) else part


def _outcome(run: Any) -> Any:
    try:
        return _shape(run())
    except UnexpectedInput:
        return None
    except FlawError as flaw:
        return flaw.code.code, flaw.at, str(flaw)


def _lark(text: str, form: str) -> Any:
    return _outcome(lambda: parse._lark().parse(text, start=form))


def _driver(text: str, form: str) -> Any:
    return _outcome(lambda: parse._driver().parse(text, 0, len(text), form))


@pytest.mark.parametrize(("form", "text"), TEXTS)
def test_the_same_tree_as_lark(form: str, text: str) -> None:
    found = _driver(text, form)
    assert found is not None
    assert found == _lark(text, form)


@given(st.sampled_from(parse.FORMS), st.lists(st.sampled_from(LEXEMES), max_size=9), st.sampled_from(("", " ", "\n ")))
@settings(max_examples=300, deadline=None)
def test_takes_what_lark_takes(form: str, lexemes: list[str], between: str) -> None:
    text = between.join(lexemes)
    assert _driver(text, form) == _lark(text, form)


def test_a_part_of_a_text_counts_in_the_text() -> None:
    tree = bare(parse._driver().parse("{ a.b } }", 1, 6, "expression"))
    assert isinstance(tree, nodes.Attribute)
    assert (tree.at, tree.name_at) == ((2, 5), (4, 5))
