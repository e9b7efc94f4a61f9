"""A table means what its rows would mean as separate rules."""

from __future__ import annotations

import pytest

from groundrules.frontend import check_text
from groundrules.lower import lower
from groundrules.plan import ir
from groundrules.plan.codec import definition_hash

HEAD = """\
rulebook: t
use: [std/chat]
lists: {prices: [price]}
parameters: {most: {type: integer, default: 2}}
rules:
"""


def rules(text: str) -> list[ir.Rule]:
    result = check_text(HEAD + text)
    assert not [found for found in result.diagnostics if found.is_error], result.diagnostics
    assert result.checked is not None
    return list(lower(result.checked).rules)


def guard(column: str, cell: str, when: str | None = None) -> ir.AnyExpr:
    """The condition of a table's only row."""
    above = [f"    when: >\n      {when}"] if when else []
    table = [
        "    table:",
        f"      columns:\n      - >\n        {column}",
        f"      rows:\n      - when:\n        - >\n          {cell}\n        then: [delete]",
    ]
    (rule,) = rules("\n".join(["  - id: a\n    on: message", *above, *table]))
    return rule.when


@pytest.mark.parametrize(
    ("column", "cell", "condition"),
    [
        ("length(links)", "3", "length(links) == 3"),
        ("length(links)", ">= most and < 9", "length(links) >= most and length(links) < 9"),
        ("length(links) + 1", "in [1, 2]", "length(links) + 1 in [1, 2]"),
        ("text", "not contains any of prices", "not text contains any of prices"),
        ("text", '(first(links).domain ?? "x")', 'text == (first(links).domain ?? "x")'),
        ("age(actor.joined)", "not < 3d", "not age(actor.joined) < 3d"),
        ('actor.roles has "a" or actor.bot', "true", 'actor.roles has "a" or actor.bot'),
        ('actor.roles has "a" or actor.bot', "false", 'not (actor.roles has "a" or actor.bot)'),
        ("count(message by actor within 1h)", "> 3", "count(message by actor within 1h) > 3"),
        ("now", "not in 09:00-10:00", "now not in 09:00-10:00"),
    ],
)
def test_a_cell_is_a_condition_on_its_column(column: str, cell: str, condition: str) -> None:
    (rule,) = rules(f"  - id: a\n    on: message\n    when: >\n      {condition}\n    then: [delete]\n")
    assert definition_hash(guard(column, cell)) == definition_hash(rule.when)


def test_what_stands_beside_the_table_goes_for_each_row() -> None:
    when = 'text == "a" or text == "b"'
    (rule,) = rules(f"  - id: a\n    on: message\n    when: ({when}) and length(links) > 1\n    then: [delete]\n")
    assert definition_hash(guard("length(links)", "> 1", when)) == definition_hash(rule.when)
    first, second = rules(
        "  - id: a\n    was: b\n    on: message\n    once_per: actor\n    tags: [x]\n    mode: shadow\n"
        "    table: {columns: [text], rows: [{when: [-], then: [warn]}, {title: B, when: ['\"x\"'], then: [warn]}]}\n"
    )
    assert (first.id, second.id, first.was, second.was) == ("a#row-1", "a#row-2", "b#row-1", "b#row-2")
    assert first.once == second.once is not None
    assert (first.tags, first.mode, first.when) == (("x",), "shadow", ir.Const(value=True))
    assert (first.title, second.title) == ({}, {"": "B"})


def test_the_place_of_a_condition_is_its_cell() -> None:
    result = check_text(
        HEAD + "  - id: a\n    on: message\n    table:\n      columns: [length(links), text]\n"
        "      rows:\n        - {when: ['>= 3 and < 9', '\"x\"'], then: [warn]}\n"
    )
    assert result.checked is not None
    plan = lower(result.checked)
    places = {(source.text, source.line, source.column) for source in plan.sources}
    assert {("length(links)", 9, 17), ("length(links) >= 3", 11, 20), ("length(links) < 9", 11, 29)} <= places
    assert ('text == "x"', 11, 36) in places
