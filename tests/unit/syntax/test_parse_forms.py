"""What each form parses to: values, precedence, offsets, words that are keywords only in their place, limits."""

from __future__ import annotations

import time
from typing import Any

import pytest

from groundrules.diagnostics.source import Fragment, SourceFile, detached
from groundrules.syntax import nodes, parse
from groundrules.syntax.errors import ParseError
from groundrules.syntax.print import show


def tree(text: str) -> nodes.Node:
    return parse.parse_expression(detached(text)).root


LITERALS = [
    ("3", 3),
    ("0.5", 0.5),
    ("1e3", 1000.0),
    ("9007199254740992", 9007199254740992),
    ("30%", 0.3),
    ("true", True),
    ("90s", 90_000),
    ("250ms", 250),
    ("1h30m", 5_400_000),
    ("4w", 2_419_200_000),
    ("09:00", 32_400_000),
    ("9:05", 32_700_000),
    ('"a\\n\\t\\"\\u4f60\\ud83d\\ude00"', 'a\n\t"你😀'),
    ("'it\\'s'", "it's"),
]


@pytest.mark.parametrize(("text", "value"), LITERALS)
def test_literals(text: str, value: object) -> None:
    node = tree(text)
    assert node.value == value  # type: ignore[attr-defined]
    assert type(node.value) is type(value)  # type: ignore[attr-defined]


def test_clock_range() -> None:
    node = tree("now in 18:00 - 24:00")
    assert isinstance(node, nodes.In)
    assert isinstance(node.collection, nodes.ClockRange)
    assert (node.collection.start, node.collection.end) == (64_800_000, 86_400_000)


def test_regex_unescapes_its_slash_only() -> None:
    node = tree(r"text matches /a\/b\d\\/mi")
    assert isinstance(node, nodes.Matches)
    assert (node.regex.pattern, node.regex.flags) == (r"a/b\d\\", "im")


# Written with more brackets than needed; shown with the fewest.
PRECEDENCE = [
    ("a and b or c", "(a and b) or c"),
    ("a and (b or c)", "a and (b or c)"),
    ("(not a) and b", "not a and b"),
    ("not (a and b)", "not (a and b)"),
    ("not (a == b)", "not a == b"),
    ("(a ?? b) == (c + 1)", "a ?? b == c + 1"),
    ("(a + (b * c)) - d", "a + b * c - d"),
    ("a - (b - c)", "a - (b - c)"),
    ("(-a) * b", "-a * b"),
    ("-(a.b)", "-a.b"),
    ("(a or b) or (c or d)", "a or b or c or d"),
    ("a ?? (b ?? c)", "a ?? (b ?? c)"),
    ("09:00 - (07:00)", "09:00 - (07:00)"),
    ("count(message where text contains word this  week)", "count(message where text contains word this week)"),
    ("count(message by actor within last  20) > 2", "count(message by actor within last 20) > 2"),
    ("count(message within last  seats max 5)", "count(message within last seats max 5)"),
    ("count(message within last max 5)", "count(message within last max 5)"),
    ("count(message by actor today) > today", "count(message by actor today) > today"),
    ("text contains (word)", "text contains word"),
    ("text contains word (word)", "text contains word word"),
    ("a in ([1, 2,])", "a in [1, 2]"),
    ("90m", "1h30m"),
    ("2w", "14d"),
    ("'a'", '"a"'),
    ("30%  ", "30%"),
    ("x%7", "x % 7"),
]


@pytest.mark.parametrize(("text", "canonical"), PRECEDENCE)
def test_precedence_and_canonical_text(text: str, canonical: str) -> None:
    assert show(tree(text)) == canonical
    assert show(tree(canonical)) == canonical


KEYWORDS_AS_NAMES = [
    "event.any",
    "message.by",
    "start.id and event.and.or.not.in.true",
    "matches > 3 and has == word",
    "any has any",
    "by in within",
    "count > max",
    "text contains word",
    "per + every",
    "flood.count(actor)",
    "xs has all of all",
    "count(where.by where within == 1 by by = max, of within within max max)",
    "any(any in any where any)",
    "消息 contains 广告",
]


@pytest.mark.parametrize("text", KEYWORDS_AS_NAMES)
def test_keywords_are_names_elsewhere(text: str) -> None:
    assert show(tree(text)) == text


@pytest.mark.parametrize(
    ("text", "quantifier", "word"),
    [
        ("t contains x", "one", False),
        ("t contains any of x", "any", False),
        ("t contains all of x", "all", False),
        ('t contains word "x"', "one", True),
        ("t contains word x", "one", True),
        ("t contains any word of x", "any", True),
        ("t contains all words of x", "all", True),
    ],
)
def test_contains(text: str, quantifier: str, word: bool) -> None:
    node = tree(text)
    assert isinstance(node, nodes.Contains)
    assert (node.quantifier, node.word) == (quantifier, word)


def test_offsets_leave_the_brackets_of_a_node_out_and_those_of_its_parts_in() -> None:
    text = "(a or (b)) and c"
    both = tree(text)
    assert isinstance(both, nodes.And)
    assert both.at == (0, len(text))
    either = both.operands[0]
    assert isinstance(either, nodes.Or)
    assert text[slice(*either.at)] == "a or (b)"
    assert text[slice(*either.operands[1].at)] == "b"


def test_offsets_of_names_inside_nodes() -> None:
    text = 'any(x in a.b["c d"] where flood.points(x) > 1)'
    quantified = tree(text)
    assert isinstance(quantified, nodes.Quantified)
    item = quantified.collection
    compare = quantified.condition
    assert isinstance(item, nodes.Item)
    assert isinstance(compare, nodes.Compare)
    assert isinstance(compare.left, nodes.Call)
    places = [quantified.variable_at, item.name_at, compare.left.function_at]
    assert [text[slice(*at)] for at in places] == ["x", '"c d"', "flood.points"]


def test_window() -> None:
    node = tree("distinct(target.id of report.filed where kind == 1 by actor = member, text within 2m max limit)")
    assert isinstance(node, nodes.Window)
    assert (node.kind, node.event_type, len(node.keys)) == ("distinct", "report.filed", 2)
    assert [show(part) for part in (node.value, node.where, *node.keys, node.within, node.maximum) if part] == [
        "target.id",
        "kind == 1",
        "actor = member",
        "text",
        "2m",
        "limit",
    ]


def test_problems_point_into_the_file() -> None:
    file = SourceFile("rules.yaml", "rules:\n  - when: a = b\n")
    fragment = Fragment("a = b", file, lambda offset: offset + file.text.index("a = b"))
    with pytest.raises(ParseError) as raised:
        parse.parse_expression(fragment)
    span = raised.value.diagnostic.span
    assert (span.file.path, span.line, span.column) == ("rules.yaml", 2, 13)


def test_a_long_chain_is_one_flat_node() -> None:
    node = tree(" or ".join(f"text contains 'a{n}'" for n in range(5000)))
    assert isinstance(node, nodes.Or)
    assert len(node.operands) == 5000


DEEP = [
    "(" * 65 + "a" + ")" * 65,
    "[" * 500 + "]" * 500,
    "-" * 100_000 + "a",
    "not " * 65 + "a",
    " + ".join(["a"] * 66),
]


@pytest.mark.parametrize("text", DEEP, ids=range(len(DEEP)))
def test_depth_is_bounded(text: str) -> None:
    with pytest.raises(ParseError) as raised:
        tree(text)
    assert raised.value.diagnostic.code == "GR215"


def test_depth_below_the_bound_is_fine() -> None:
    tree("(" * 60 + "a" + ")" * 60)
    tree(" + ".join(["a"] * 60))
    tree(" and ".join(f"x{n}.y + 1 > -3" for n in range(200)))


def test_parsing_stays_linear() -> None:
    """Ten times the text takes about ten times as long, not a hundred times."""

    def seconds(terms: int) -> float:
        text = " or ".join(f"text contains word 'a{n}'" for n in range(terms))
        start = time.process_time()
        tree(text)
        return time.process_time() - start

    tree("a")
    assert seconds(4000) < 40 * max(seconds(400), 0.005)


TEMPLATE_PARTS = [
    ("", ()),
    ("hi", ("hi",)),
    ("{a}", ("a",)),
    ("{{a}} }}", ("{a} }",)),
    ("{{{a}}}", ("{", "a", "}")),
    ('x{a ?? "}"}y{b}', ("x", 'a ?? "}"', "y", "b")),
    ("第 {strikes(actor)} 次，", ("第 ", "strikes(actor)", " 次，")),
]


@pytest.mark.parametrize(("text", "parts"), TEMPLATE_PARTS)
def test_template_parts(text: str, parts: tuple[str, ...]) -> None:
    found = parse.parse_template(detached(text)).root.parts
    assert tuple(part if isinstance(part, str) else show(part.expression) for part in found) == parts


@pytest.mark.parametrize(
    ("parse_it", "text"),
    [
        (parse.parse_expression, " or ".join(["a"] * 60_000)),
        (parse.parse_expression, "a" * (parse.LONGEST + 1)),
        (parse.parse_template, "{a}" * 100_000),
        (parse.parse_keys, ", ".join(["actor"] * 40_000)),
    ],
)
def test_texts_too_long_to_answer_in_seconds_are_refused_unread(parse_it: Any, text: str) -> None:
    begun = time.process_time()
    with pytest.raises(ParseError) as raised:
        parse_it(detached(text))
    assert raised.value.diagnostic.code == "GR220"
    assert "put its words into a list" in (raised.value.diagnostic.help or "")
    assert time.process_time() - begun < 1
