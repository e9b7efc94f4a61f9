"""Lots are fair: each share is met, each of many is drawn equally often, rules' lots are independent."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from groundrules.engine.evaluation import lots
from groundrules.engine.state.scope import Scope

OCCASIONS = 4000
READINGS: Any = None
PEOPLE = [f"member-{number}" for number in range(20)]


def number(event: str, rule: str = "r") -> float:
    return lots.number("c", SimpleNamespace(id=event), Scope(0, READINGS), rule)


def drawn(event: str, people: list[str]) -> list[Any]:
    return lots.drawn("c", SimpleNamespace(id=event), Scope(0, READINGS), "r", people)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_share_is_met(share: float) -> None:
    hits = sum(number(f"e{at}") < share for at in range(OCCASIONS))
    assert abs(hits - OCCASIONS * share) < 4 * (OCCASIONS * share * (1 - share)) ** 0.5


def test_everybody_is_drawn_as_often() -> None:
    counts = Counter(who for at in range(OCCASIONS) for who in drawn(f"e{at}", PEOPLE)[:3])
    expected = OCCASIONS * 3 / len(PEOPLE)
    chi_square = sum((count - expected) ** 2 / expected for count in counts.values())
    assert len(counts) == len(PEOPLE)
    assert chi_square < 43.8  # one in a thousand for 19 degrees of freedom


def test_the_order_of_those_who_are_drawn_from_says_nothing() -> None:
    assert drawn("e", PEOPLE) == drawn("e", [*PEOPLE[::-1], PEOPLE[3]])


def test_rules_draw_apart() -> None:
    both = sum(number(f"e{at}") < 0.5 and number(f"e{at}", "s") < 0.5 for at in range(OCCASIONS))
    assert abs(both - OCCASIONS / 4) < 4 * (OCCASIONS * 3 / 16) ** 0.5
