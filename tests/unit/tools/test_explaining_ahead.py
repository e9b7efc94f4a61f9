"""Explaining an event far ahead of the clock: what follows it shows whether its time is true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groundrules.frontend import load
from groundrules.tools.explaining.events import explain_event

RULEBOOK = """
rulebook: ahead
use: [std/chat]
rules: [{id: burst, on: message, when: 'count(message by actor within 1h) >= 2', then: [delete]}]
"""
NEAR, FAR, BACK, THEN = "2026-01-01T00:00:00Z", "2026-11-01T00:00:00Z", "2026-01-01T00:00:09Z", "2026-11-01T00:00:09Z"


def explained(folder: Path, times: list[str], which: int) -> Any:
    (folder / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    common = {"type": "message", "community": {"id": "c"}, "actor": {"id": "li"}, "text": "x"}
    lines = [json.dumps({"id": str(n), "time": time, **common}).encode() for n, time in enumerate(times)]
    found = explain_event(load(folder).plan, lambda: lines, str(which))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("times", "which", "at", "verdict"),
    [
        ([NEAR, FAR, BACK], 1, NEAR, "fired"),
        ([NEAR, FAR, BACK], 2, BACK, "fired"),
        ([NEAR, FAR, THEN], 1, FAR, "not"),
        ([NEAR, FAR, THEN], 2, THEN, "fired"),
        ([NEAR, FAR], 1, FAR, "not"),
    ],
)
def test_it_is_decided_as_in_the_stream(tmp_path: Path, times: list[str], which: int, at: str, verdict: str) -> None:
    found = explained(tmp_path, times, which)
    (decision,) = found.decisions
    assert (decision.event, decision.at) == (str(which), at.replace("Z", ".000Z"))
    (rule,) = found.rule("burst")
    assert (rule.verdict == "fired") == (verdict == "fired") == bool(decision.fired)
