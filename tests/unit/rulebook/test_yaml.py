from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.diagnostics.source import SourceFile
from groundrules.rulebook.yaml import LIBYAML, MAX_DEPTH, YMapping, YNode, YScalar, YSequence, read_yaml

PARSERS = [
    pytest.param(None, id="pure"),
    pytest.param(LIBYAML, id="libyaml", marks=pytest.mark.skipif(LIBYAML is None, reason="needs libyaml")),
]
PIECES = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ": ",
    ":",
    "- ",
    "-",
    "? ",
    "?",
    " ?",
    "!",
    "!x ",
    "&a ",
    "*a",
    "|",
    ">",
    "|+\n",
    ">-2\n",
]
PIECES += ["#", " #", '"', "'", "\\", "%YAML 1.2\n", "---", "...", "<<: ", "@", "`", "~", "a", "b c", "，", "：", "😀"]
PIECES += ["\t", "\n", "\n  ", "\n\n", "\r", " ", "  ", "\x85", "\u2028", "\u3000", "\ufeff"]


def read(text: str, parser: type | None = None) -> tuple[YNode | None, list[Diagnostic]]:
    report = Report()
    return read_yaml(SourceFile("x.yaml", text), report, parser), report.sorted


def tree(node: YNode | None) -> Any:
    """Return all that a tree holds, places included."""
    if node is None:
        return None
    place = (node.start, node.end)
    if isinstance(node, YScalar):
        return (*place, node.text, node.style, node.value)
    if isinstance(node, YSequence):
        return (*place, node.flow, [tree(item) for item in node.items])
    return (*place, node.flow, [(tree(key), tree(value)) for key, value in node.items])


def outcome(text: str, parser: type | None) -> tuple[Any, list[str]]:
    root, findings = read(text, parser)
    return tree(root), [f"{one.code} {one.span.start} {one.span.end} {one.message} {one.help}" for one in findings]


@pytest.mark.skipif(LIBYAML is None, reason="needs libyaml")
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example("[" * 100_000)  # libyaml 0.2.6 refuses this at level 1,000
@example("{a: why?, b: [what? , ?]}")
@example("{?a: b}")
@example("[a:\n]")
@example("- a\t# b")
@example("a:\tb \tc\t# d")
@example("-\ta")
@example("a: >#\n  b")
@example("- \ufeff]")
def test_what_is_read_and_told_does_not_depend_on_the_parser(text: str) -> None:
    assert outcome(text, LIBYAML) == outcome(text, None)


@pytest.mark.parametrize("parser", PARSERS)
def test_a_tab_behind_the_indentation_does_no_harm(parser: type | None) -> None:
    root, findings = read("a:\tb\tc \td\t# e\nf: [g\t,\th\t]\ni\t: 'j\tk'\nl: |\n  m\tn\t\n", parser)
    assert not findings
    assert root is not None
    assert root.plain() == {"a": "b\tc \td", "f": ["g", "h"], "i": "j\tk", "l": "m\tn\t\n"}


@pytest.mark.parametrize("parser", PARSERS)
def test_a_question_mark_may_end_a_text_in_brackets(parser: type | None) -> None:
    root, findings = read("[what?, why ?, a?b, ?c, 'd?']", parser)
    assert not findings
    assert root is not None
    assert root.plain() == ["what?", "why ?", "a?b", "?c", "d?"]


@pytest.mark.parametrize("parser", PARSERS)
def test_every_node_knows_where_it_stands(parser: type | None) -> None:
    root, found = read("# c\na: [1, {b: 'x'}]\nc:\n  - d\n  - e  # f\n\n# g\nh: >\n  i\n\n", parser)
    assert not found
    assert isinstance(root, YMapping)
    spans = {key.text: value.span.text for key, value in root.items}
    assert spans == {"a": "[1, {b: 'x'}]", "c": "- d\n  - e", "h": ">\n  i"}
    assert root.plain() == {"a": [1, {"b": "x"}], "c": ["d", "e"], "h": "i\n"}
    assert [key.span.line for key, _ in root.items] == [2, 3, 8]


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: \x07", "GR004", (1, 4)),
        ("a: \x00", "GR004", (1, 4)),
        ("a: \ud800", "GR004", (1, 4)),
        ("a: b: c", "GR005", (1, 5)),
        ('a: "b', "GR005", (1, 4)),
        ("a: [b\nc: d", "GR005", (1, 4)),
        ("a:\n\tb: c", "GR006", (2, 1)),
        ("a: 1\na: 2", "GR007", (2, 1)),
        ("1: x\n'1': y", "GR007", (2, 1)),
        ("a: !!python/none", "GR008", (1, 4)),
        ("a: *b", "GR009", (1, 4)),
        ("a: &a [*a]", "GR009", (1, 8)),
        ("[" * 100_000, "GR010", (1, MAX_DEPTH + 1)),
        ("{a: " * 5_000, "GR010", (1, 4 * MAX_DEPTH + 1)),
        ("- " * 5_000, "GR010", (1, 2 * MAX_DEPTH + 1)),
        ("? " * 5_000, "GR010", (1, 2 * MAX_DEPTH + 1)),
        ("a: 1\n---\nb: 2", "GR011", (2, 1)),
        ("<<: {a: b}", "GR013", (1, 1)),
        ("~: b", "GR014", (1, 1)),
        ("a：b\nc: d", "GR016", (1, 2)),
    ],
)
def test_what_is_refused(parser: type | None, text: str, code: str, place: tuple[int, int]) -> None:
    _, found = read(text, parser)
    assert [(one.code, one.span.line, one.span.column) for one in found] == [(code, *place)]


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("escape", ["\\ud800", "\\U00110000", "\\q", "\\x4"])
def test_escapes_that_are_none(parser: type | None, escape: str) -> None:
    _, found = read(f'a: "{escape}"', parser)
    assert [(one.code, one.span.line) for one in found] == [("GR005", 1)]


def test_the_second_of_two_keys_points_at_the_first() -> None:
    root, found = read("a: 1\nb: 2\na: 3")
    assert found[0].labels[0].span.line == 1
    assert root is not None
    assert root.plain() == {"a": 1, "b": 2}


def test_a_document_that_nests_aliases_is_bounded_by_depth() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, MAX_DEPTH + 5)]
    _, found = read("\n".join(lines))
    assert [one.code for one in found] == ["GR010"]


def test_an_alias_is_the_value_that_it_repeats() -> None:
    root, found = read("a: &x {b: [1]}\nc: *x")
    assert not found
    assert isinstance(root, YMapping)
    assert root.get("c") is root.get("a")


@pytest.mark.parametrize("text", ["", "# only this\n", "\n\n"])
def test_nothing_is_no_tree_and_no_finding(text: str) -> None:
    assert read(text) == (None, [])


def test_a_value_cut_by_a_comma_is_mended() -> None:
    root, found = read("{a: f(b, c, d), e: g}")
    assert [one.code for one in found] == ["GR015"]
    assert root is not None
    assert root.plain() == {"a": "f(b, c, d)", "e": "g"}
    fragment = root.get("a").fragment()  # type: ignore[union-attr]
    assert fragment.span(5, 6).text == "c"


def test_fixes_mend() -> None:
    for text in ["{a: f(b, c), e: it's}", "a：b\nc: d", "a:\n\tb: c\n"]:
        _, found = read(text)
        (fix,) = found[0].fixes
        mended = text[: fix.span.start] + fix.text + text[fix.span.end :]
        assert read(mended)[1] == [], mended


def test_long_lists_are_read_without_recursion() -> None:
    root, found = read("\n".join(f"- word{n}" for n in range(50_000)), LIBYAML)
    assert not found
    assert isinstance(root, YSequence)
    assert len(root.items) == 50_000
    last = root.items[-1]
    assert isinstance(last, YScalar)
    assert last.span.line == 50_000


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("a:\n\tb: c", "a:\n  b: c"),
        ("a:\n    b: c\n\td: e", "a:\n    b: c\n    d: e"),
        ("a:\n  b:  # opens\n\tc: d", "a:\n  b:  # opens\n    c: d"),
        ("a:\n  - b: c\n\td: e", "a:\n  - b: c\n    d: e"),
        ("a:\n  - b: c\n\t- b: d", "a:\n  - b: c\n  - b: d"),
        ("a:\n  - b:\n\t\tc: d", "a:\n  - b:\n      c: d"),
        ("a:\n  b: c\n\n  # apart\n \td: e", "a:\n  b: c\n\n  # apart\n  d: e"),
    ],
)
def test_a_line_behind_a_tab_goes_where_the_lines_above_lead(text: str, mended: str) -> None:
    _, found = read(text)
    (fix,) = found[0].fixes
    assert text[: fix.span.start] + fix.text + text[fix.span.end :] == mended
