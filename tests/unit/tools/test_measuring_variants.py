"""What a condition is changed to, so that tests show whether they would notice."""

from __future__ import annotations

import pytest

from groundrules.plan import ir
from groundrules.tools.measuring.variants import conditions
from groundrules.window_kinds import KINDS

MINUTE = 60_000


@pytest.mark.parametrize(("operator", "within"), [(">=", 30 * MINUTE), (">", 30 * MINUTE + 1)])
def test_a_length_of_time_is_doubled_and_halved(operator: ir.Relation, within: int) -> None:
    test = ir.WindowTest(window="w", key=(), within=within, operator=operator, bound=30 * MINUTE)
    bounds = [changed.bound for _, _, changed in conditions(test, {"w": KINDS["quiet"]})]
    assert bounds == [60 * MINUTE, 15 * MINUTE]


def test_a_number_gets_its_neighbours_however_long_it_is_counted() -> None:
    test = ir.WindowTest(window="w", key=(), within=1000, operator=">=", bound=1000)
    changed = [(variant.bound, variant.within) for _, _, variant in conditions(test, {"w": KINDS["count"]})]
    assert changed == [(1001, 1000), (999, 1000), (1000, 2000), (1000, 500)]
