"""What a condition is changed to, so that tests show whether they would notice."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from groundrules.plan import ir
from groundrules.tools.measuring.variants import conditions

MINUTE = 60_000
QUIET = ir.Window(id="w", kind="quiet", type="message")
COUNT = ir.Window(id="w", kind="count", type="message")


@pytest.mark.parametrize(("operator", "within"), [(">=", 30 * MINUTE), (">", 30 * MINUTE + 1)])
def test_a_length_of_time_is_doubled_and_halved(operator: ir.Relation, within: int) -> None:
    test = ir.WindowTest(window="w", key=(), within=within, operator=operator, bound=30 * MINUTE)
    bounds = [changed.bound for _, _, changed in conditions(test, {"w": QUIET})]
    assert bounds == [60 * MINUTE, 15 * MINUTE]


def test_a_number_gets_its_neighbours_however_long_it_is_counted() -> None:
    test = ir.WindowTest(window="w", key=(), within=1000, operator=">=", bound=1000)
    changed = [(variant.bound, variant.within) for _, _, variant in conditions(test, {"w": COUNT})]
    assert changed == [(1001, 1000), (999, 1000), (1000, 2000), (1000, 500)]


def test_a_number_of_events_is_doubled_and_halved() -> None:
    windows = {"w": replace(COUNT, by_events=True)}
    test = ir.WindowTest(window="w", key=(), within=20, operator=">=", bound=3)
    said = {phrase.parts: variant.within for _, phrase, variant in conditions(test, windows) if variant.bound == 3}
    assert said == {("last 20", "last 40"): 40, ("last 20", "last 10"): 10}
    one = ir.WindowTest(window="w", key=(), within=1, operator=">=", bound=1)
    assert [variant.within for _, _, variant in conditions(one, windows) if variant.bound == 1] == [2]
