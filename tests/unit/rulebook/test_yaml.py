import pytest
import yaml

from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.diagnostics.source import SourceFile
from groundrules.rulebook.yaml import MAX_DEPTH, YMapping, YNode, YScalar, YSequence, read_yaml

PARSERS = [
    pytest.param(yaml.SafeLoader, id="pure"),
    pytest.param(getattr(yaml, "CSafeLoader", yaml.SafeLoader), id="libyaml"),
]


def read(text: str, parser: type = yaml.SafeLoader) -> tuple[YNode | None, list[Diagnostic]]:
    report = Report()
    return read_yaml(SourceFile("x.yaml", text), report, parser), report.sorted


@pytest.mark.parametrize("parser", PARSERS)
def test_every_node_knows_where_it_stands(parser: type) -> None:
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
def test_what_is_refused(parser: type, text: str, code: str, place: tuple[int, int]) -> None:
    _, found = read(text, parser)
    assert [(one.code, one.span.line, one.span.column) for one in found] == [(code, *place)]


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("escape", ["\\ud800", "\\U00110000", "\\q", "\\x4"])
def test_escapes_that_are_none(parser: type, escape: str) -> None:
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
    root, found = read("\n".join(f"- word{n}" for n in range(50_000)), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    assert not found
    assert isinstance(root, YSequence)
    assert len(root.items) == 50_000
    last = root.items[-1]
    assert isinstance(last, YScalar)
    assert last.span.line == 50_000
