import math

import pytest

from groundrules.diagnostics.model import Report
from groundrules.diagnostics.source import SourceFile
from groundrules.rulebook.scalars import resolve
from groundrules.rulebook.yaml import YMapping, YScalar, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(
            (text, text)
            for text in ["on", "off", "yes", "no", "y", "09:00", "1_000", "0b1", "2027-01-31", "1e", "+", "."]
        ),
        *((text, None) for text in ["", "~", "null", "Null", "NULL"]),
        *((text, True) for text in ["true", "True", "TRUE"]),
        ("false", False),
        ("nULL", "nULL"),
        ("0", 0),
        ("-12", -12),
        ("007", 7),
        ("0o17", 15),
        ("0xff", 255),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("-.inf", -math.inf),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_plain_scalars_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    found = resolve(text)
    assert found == value
    assert type(found) is type(value)


def test_nan() -> None:
    assert math.isnan(resolve(".nan"))  # type: ignore[arg-type]


def scalar(raw: str) -> YScalar:
    report = Report()
    root = read_yaml(SourceFile("x.yaml", f"k: {raw}"), report)
    assert not report.sorted
    assert isinstance(root, YMapping)
    found = root.get("k")
    assert isinstance(found, YScalar)
    return found


@pytest.mark.parametrize(
    ("raw", "word", "shown"),
    [
        ("text contains spam", "spam", "spam"),
        ("text\n  contains\n  spam", "spam", "spam"),
        ("text\n\n\n  contains spam", "contains", "contains"),
        ("'it''s spam'", "spam", "spam"),
        ("'it''s spam'", "'", "''"),
        ("'one\n  two spam'", "two", "two"),
        ('"a \\"spam\\" b"', '"spam"', '\\"spam\\"'),
        ('"\\u4f60\\x41 spam"', "A", "\\x41"),
        ('"\\U0001F382 spam"', "spam", "spam"),
        ('"one \\\n   two\\\n   three"', "three", "three"),
        ('"one\n   two\\n\n   three"', "three", "three"),
        ('"a\\n \\t b spam"', "spam", "spam"),
        ("|\n  one\n    two\n\n  three\n", "two", "two"),
        ("|2\n    one\n  two\n", "two", "two"),
        ("|-\r\n  one\r\n  two\r\n", "two", "two"),
        (">\n  one\n  two\n\n  three\n    four\n  five\n", "four", "four"),
        (">\n  one\n  two\n # a comment\n", "two", "two"),
        (">  # why\n  one two\n", "two", "two"),
        ("&mark one two", "two", "two"),
        ("!!str one two", "two", "two"),
        ("群规：不许 广告", "广告", "广告"),
    ],
)
def test_a_word_of_the_value_is_found_in_the_file(raw: str, word: str, shown: str) -> None:
    found = scalar(raw)
    fragment = found.fragment()
    start = fragment.text.index(word)
    assert fragment.span(start, start + len(word)).text == shown


@pytest.mark.parametrize("raw", ["one", "'one'", '"one"', "|\n  one\n", ">\n  one\n  two\n"])
def test_the_end_of_a_value_is_inside_its_scalar(raw: str) -> None:
    found = scalar(raw)
    fragment = found.fragment()
    end = fragment.span(len(fragment.text), len(fragment.text))
    assert found.start < end.start <= found.end


def test_an_escaped_break_stands_at_its_escape() -> None:
    fragment = scalar('"a\\nb"').fragment()
    assert fragment.span(1, 2).text == "\\n"
