"""A hub that is killed a few times; two hundred kills are run by hand (`python -m tests.long.kill`)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from .kill import places, schemas, told, trial

pytestmark = pytest.mark.skipif(os.name == "nt", reason="nothing is killed like that on Windows")


def killed(folder: Path, place: Callable[[str], str], kills: int) -> None:
    report = trial(folder, place, kills, events=100, seed=3)
    assert report.kills.total() >= kills, "\n".join(told(report))
    assert report.decisions > 20


def test_whatever_is_killed_when_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    with places("sqlite", tmp_path) as place:
        killed(tmp_path, place, 10)


def test_the_same_with_postgresql(tmp_path: Path, postgres: str) -> None:
    killed(tmp_path, schemas(postgres.rpartition("&")[0]), 4)
