"""A hub that is killed a few times; two hundred are run by hand (`python -m tests.long.kill`)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .kill import places, told, trial

pytestmark = pytest.mark.skipif(os.name == "nt", reason="nothing is killed like that on Windows")


def test_whatever_is_killed_when_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    report = trial(tmp_path, places("sqlite", tmp_path), kills=10, events=100, seed=3)
    assert report.kills.total() >= 10, "\n".join(told(report))
    assert len(report.kills) >= 5
    assert report.decisions > 50
