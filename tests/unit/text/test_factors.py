"""Literal factors: every match of the pattern contains one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.text.factors import factors
from groundrules.text.fold import fold
from groundrules.text.patterns import Pattern


@pytest.mark.parametrize(
    ("pattern", "flags", "wanted"),
    [
        ("spam[0-9]{2,4}x", "", {"spam"}),
        ("a|b", "", {"a", "b"}),
        ("(?:foo|bar)+baz?", "", {"foo", "bar"}),
        ("(?P<who>hello) you", "", {"hello"}),
        ("^加?微信", "", {"微信"}),
        (r"\$100\b", "i", {"$100"}),
        ("(foo|)bar", "", {"bar"}),
        ("ab{2,}c", "", {"a"}),
        ("straße", "i", {"stra"}),
        ("x{0,3}", "", None),
        ("x*", "", None),
        ("[a-z]+", "", None),
        (".|a", "", None),
        ("", "", None),
        ("(?i)abc", "", None),
        ("[[:alpha:]]x", "", None),
        (r"\pLx", "", None),
        (r"\x41bc", "", None),
        (r"\Qa+b\E", "", None),
        ("a)", "", None),
    ],
)
def test_factors(pattern: str, flags: str, wanted: set[str] | None) -> None:
    assert factors(pattern, flags) == (None if wanted is None else frozenset(wanted))


letters = st.sampled_from(["a", "b", "s", "k", "S", "ſ", "微", "ab", r"\.", r"\$", "é", "ß"])
classes = st.sampled_from(["[ab]", "[^a]", "[]a]", ".", r"\d", r"\w", "^", "$", r"\b"])
patterns = st.recursive(
    letters | classes,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda found: f"(?:{'|'.join(found)})"),
        st.builds(
            lambda one, times: f"(?:{one}){times}", inner, st.sampled_from(["*", "+?", "?", "{2}", "{0,1}", "{,2}"])
        ),
        st.builds(lambda one, times: f"{one}{times}", letters, st.sampled_from(["*", "+", "{1,2}", "{,2}", "??"])),
    ),
    max_leaves=8,
)
texts = st.text(st.sampled_from("aAbsSſkK\u212a微.$éßẞ,{}2"), max_size=12)


@given(patterns, st.sampled_from(["", "i"]), st.lists(texts, min_size=4, max_size=12))
def test_where_a_pattern_matches_a_factor_stands(pattern: str, flags: str, samples: list[str]) -> None:
    found = factors(pattern, flags)
    try:
        compiled = Pattern(pattern, flags)
    except ValueError:
        return
    for text in samples:
        if found is not None and compiled.matches(text):
            assert any(fold(factor) in fold(text) for factor in found), (found, text)
