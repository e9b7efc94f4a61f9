"""The summary of a run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from groundrules.display.lines import page
from groundrules.tools.running.summary import summary
from groundrules.tools.running.tally import Tally
from unit.tools.explained import plan_of


def test_a_schedule_that_acts_for_all_together_is_named_once(tmp_path: Path) -> None:
    tally = Tally(fired=Counter({"silent": 3, "silent#together": 1, "care#2": 2}))
    lines = page(summary(tally, plan_of(tmp_path, "rules: [{id: x, on: message, then: [delete]}]\n"), "en"))
    assert "  fired: silent 3, care (step 2) 2\n" in lines
