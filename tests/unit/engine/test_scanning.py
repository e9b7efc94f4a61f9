"""One pass for many literals: the same answers as looking for each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.engine.texts import scanning
from groundrules.engine.texts.scanning import Scanner

words = st.lists(st.text(st.sampled_from("ab微信 "), min_size=1, max_size=4), unique=True, max_size=20)


@given(words, st.text(st.sampled_from("ab微信 "), max_size=20))
def test_finds_what_stands(literals: list[str], text: str) -> None:
    found = Scanner(literals).find(text.encode())
    assert sorted(found) == [number for number, literal in enumerate(literals) if literal in text]


@given(words, st.text(st.sampled_from("ab微信 "), max_size=20))
def test_a_kept_database_answers_alike(literals: list[str], text: str) -> None:
    first = Scanner(literals)
    second = Scanner(literals, first.dump())
    assert sorted(first.find(text.encode())) == sorted(second.find(text.encode()))


def test_a_database_that_does_not_fit_is_made_anew() -> None:
    literals = [f"word{number}" for number in range(20)]
    assert list(Scanner(literals, b"made elsewhere").find(b"a word7!")) == [7]


def test_very_long_literals_are_found() -> None:
    literals = ["x" * 1000, *(f"word{number}" for number in range(20))]
    assert sorted(Scanner(literals).find(b"word3 " + b"x" * 1200)) == [0, 4]


def test_without_hyperscan_the_answers_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    literals = [f"word{number}" for number in range(20)]
    monkeypatch.setattr(scanning, "hyperscan", None)
    scanner = Scanner(literals)
    assert scanner.dump() is None
    assert list(scanner.find(b"word7 word12")) == [1, 7, 12]
