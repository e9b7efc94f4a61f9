"""What is printed parses to the tree it was printed from; offsets say where each node is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.diagnostics.source import detached
from groundrules.syntax import nodes, parse
from groundrules.syntax.print import show
from strategies import trees

NO_EXPRESSION = (
    nodes.CalendarPeriod,
    nodes.LastEvents,
    nodes.Regex,
    nodes.KeyPart,
    nodes.Taken,
    nodes.Hole,
    nodes.Template,
)

PARSERS: dict[str, Any] = {
    "keys": parse.parse_keys,
    "pairs": parse.parse_pairs,
    "once": parse.parse_once,
    "rate": parse.parse_rate,
    "fade": parse.parse_fade,
    "duration": parse.parse_duration,
    "hours": parse.parse_hours,
}


def check_round_trip(tree: nodes.Node, parser: Any) -> Any:
    text = show(tree)
    parsed = parser(detached(text)).root
    assert nodes.same(parsed, tree), text
    assert show(parsed) == text
    return parsed


@given(trees.expressions)
def test_expression(tree: nodes.Node) -> None:
    check_round_trip(tree, parse.parse_expression)


_SUBJECTS = {
    nodes.Compare: "left",
    nodes.In: "item",
    nodes.Has: "collection",
    nodes.Contains: "subject",
    nodes.Affix: "subject",
    nodes.Matches: "subject",
}


@given(st.lists(st.tuples(trees.expressions, st.booleans()), max_size=3))
def test_cell(given_: list[tuple[nodes.Node, bool]]) -> None:
    tests: list[nodes.Node] = []
    for node, denied in given_:
        if type(node) in _SUBJECTS and not getattr(node, "negated", False):
            changed: Any = {_SUBJECTS[type(node)]: nodes.ColumnValue(at=(0, 0))}
            test = replace(node, **changed)
            tests.append(nodes.Not(operand=test, at=(0, 0)) if denied else test)
        elif not isinstance(node, nodes.And | nodes.Or | nodes.Not | nodes.In):
            tests.append(nodes.Compare(operator="==", left=nodes.ColumnValue(at=(0, 0)), right=node, at=(0, 0)))
    check_round_trip(nodes.Cell(tests=tuple(tests), at=(0, 0)), parse.parse_cell)


@given(trees.templates)
def test_template(tree: nodes.Template) -> None:
    check_round_trip(tree, parse.parse_template)


@pytest.mark.parametrize("form", sorted(PARSERS))
def test_clause(form: str) -> None:
    @settings(max_examples=30)
    @given(trees.clauses[form])
    def check(tree: nodes.Node) -> None:
        check_round_trip(tree, PARSERS[form])

    check()


DATES = ["monday", "sunday", "1st", "2nd", "3rd", "11th", "22nd", "31st", "last day", "10-01", "02-29"]


@pytest.mark.parametrize("text", [*DATES, "09:00", "every 30m", "every pace", "moment"])
def test_time(text: str) -> None:
    assert show(parse.parse_at(detached(text)).root) == text


@given(st.sampled_from(DATES), trees.clock | trees.path)
def test_date_and_time(date: str, time: nodes.Node) -> None:
    text = f"{date} {show(time)}"
    clause = parse.parse_at(detached(text)).root
    assert clause.time is not None
    assert nodes.same(clause.time, time)
    assert show(clause) == text


@given(trees.expressions)
def test_offsets_of_every_node_give_text_that_parses_to_it(tree: nodes.Node) -> None:
    text = show(tree)
    for node in nodes.walk(parse.parse_expression(detached(text)).root):
        start, end = node.at
        if isinstance(node, NO_EXPRESSION):
            assert show(node) == text[start:end]
        else:
            assert nodes.same(parse.parse_expression(detached(text[start:end])).root, node)


@given(trees.templates)
def test_offsets_inside_holes_count_in_the_template(tree: nodes.Template) -> None:
    text = show(tree)
    for hole in parse.parse_template(detached(text)).root.children():
        start, end = hole.at
        assert (text[start], text[end - 1]) == ("{", "}")
        for node in nodes.walk(hole):
            if not isinstance(node, NO_EXPRESSION):
                assert nodes.same(parse.parse_expression(detached(text[slice(*node.at)])).root, node)
