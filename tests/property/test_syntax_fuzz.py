"""Whatever is typed, the parser answers with a tree or with a problem inside the text; never with a crash."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.diagnostics.codes import CODES
from groundrules.diagnostics.source import detached
from groundrules.syntax import parse
from groundrules.syntax.errors import ParseError

PARSERS: list[Any] = [
    parse.parse_expression,
    parse.parse_duration,
    parse.parse_hours,
    parse.parse_once,
    parse.parse_rate,
    parse.parse_fade,
    parse.parse_keys,
    parse.parse_pairs,
    parse.parse_at,
    parse.parse_template,
]
WORDS = (
    "and or not in has contains any all of word starts ends with matches where by within max per every day last "
    "true false count( sum( distinct( any( all( known( f( ( ) [ ] , . .. == != < <= > >= = => && || ! ?? + - * / % "
    '/a/ /a/x / "a" "a \'b\' \' " \\ 1 1.5 007 10m 10min 10 m 30% 09:00 25:00 23:00-07:00 10-01 1st 99th monday Mon '
    "{ } {{ }} ｛ ｝ ： ， （ ） “ ” “a” 「a」 　 \u200b ＞＝ ａｎｄ – ≥ NOT AND is null x 名字 @ $ ; ? : 👍 _ # \n \t"
)

soup = st.lists(st.sampled_from(WORDS.split(" ")), max_size=12).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda glue: glue.join(pieces))
)


def check(parser: Any, text: str) -> None:
    try:
        parser(detached(text))
    except ParseError as problem:
        found = problem.diagnostic
        assert CODES[found.code].severity is found.severity
        assert found.message
        spans = [found.span, *(label.span for label in found.labels), *(fix.span for fix in found.fixes)]
        assert all(0 <= span.start <= span.end <= len(text) for span in spans)


@pytest.mark.parametrize("parser", PARSERS)
def test_token_soup(parser: Any) -> None:
    @settings(max_examples=150)
    @given(soup)
    def run(text: str) -> None:
        check(parser, text)

    run()


@given(st.sampled_from(PARSERS), st.text())
def test_random_text(parser: Any, text: str) -> None:
    check(parser, text)


@given(
    st.sampled_from("([-"), st.sampled_from(["not ", "a + ", "a.", "f(", "known(", "-", "a ?? "]), st.integers(1, 3000)
)
def test_depth(bracket: str, step: str, count: int) -> None:
    check(parse.parse_expression, bracket * count + "a")
    check(parse.parse_expression, step * count + "a" + ")" * (count if "(" in step else 0))
