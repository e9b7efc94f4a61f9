"""The solver against brute force: if it says no, no event of a small world makes the claims true."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from groundrules.frontend import check_text
from groundrules.lint.linted import Linted
from groundrules.reference import Interpreter

TERMS = ("length(text)", "length(links)")
NUMBERS = ("0", "1", "2", "3")


def conditions() -> st.SearchStrategy[str]:
    numeric = st.builds(
        "{} {} {}".format,
        st.sampled_from(TERMS),
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        st.sampled_from(NUMBERS),
    )
    textual = st.sampled_from(
        [
            'text == "ab"',
            'text != "AB"',
            'text in ["ab", "b"]',
            'text contains "b"',
            'text contains any of ["ab", "c"]',
            'text contains all of ["a", "b"]',
        ]
    )
    return st.recursive(
        numeric | textual,
        lambda inner: st.one_of(
            st.builds("({} and {})".format, inner, inner),
            st.builds("({} or {})".format, inner, inner),
            st.builds("not ({})".format, inner),
        ),
        max_leaves=6,
    )


def built(*texts: str) -> tuple[Linted, list[Any]]:
    """Return the conditions of one rulebook with a rule for each text."""
    rules = [f"  - {{id: r{number}, on: message, when: '{text}', then: [hold]}}" for number, text in enumerate(texts)]
    result = check_text("rulebook: x\nuse: [std/chat]\nrules:\n" + "\n".join(rules) + "\n")
    assert result.checked is not None
    assert not result.has_errors, result.diagnostics
    linted = Linted(result.checked)
    return linted, [linted.condition(rule) for rule in result.checked.rules]


WORLD = [
    {"text": text, "links": [{"url": "https://x.org"}] * links}
    for text, links in itertools.product(["", "a", "ab", "b", "c", "abc", "x"], range(5))
]


def outcomes(linted: Linted, number: int) -> list[bool]:
    decided = []
    interpreter = Interpreter(linted.plan)
    for index, event in enumerate(WORLD):
        line = {
            "id": str(index),
            "type": "message",
            "time": "2026-01-01T00:00:00Z",
            "community": {"id": "c"},
            "channel": {"id": "g"},
            "actor": {"id": "li"},
            **event,
        }
        decisions = interpreter.feed(line)
        decided.append(any(fired.rule == f"r{number}" for decision in decisions for fired in decision.fired))
    return decided


@given(conditions())
def test_what_cannot_hold_holds_for_no_event(text: str) -> None:
    linted, (condition,) = built(text)
    found = outcomes(linted, 0)
    assert linted.satisfiable((condition, True)) or not any(found)
    assert linted.satisfiable((condition, False)) or all(found)


@given(conditions(), conditions())
def test_what_is_implied_holds_wherever_the_other_does(one: str, other: str) -> None:
    linted, (first, second) = built(one, other)
    if linted.implies(first, second):
        assert all(b for a, b in zip(outcomes(linted, 0), outcomes(linted, 1), strict=True) if a)


def test_it_gives_up_on_what_takes_too_long() -> None:
    text = " and ".join(f"(length(text) > {n} or length(links) > {n})" for n in range(30))
    linted, (condition,) = built(text)
    assert linted.satisfiable((condition, True))
