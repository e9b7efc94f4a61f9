"""A Spark job that is killed twice; ten times is run by hand (`python -m tests.cluster.kill_spark`)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
def test_whatever_is_killed_nothing_is_lost_and_nothing_doubled(runnable: None, tmp_path: Path) -> None:
    from .kill_spark import trial

    killed = trial(tmp_path, kills=2, events=1000, communities=10, files=4)
    assert killed.decisions > 100
