"""A process that commits is killed at any instant: what it stored is complete, and includes all that it reported."""

from __future__ import annotations

import random
import time
from contextlib import closing
from pathlib import Path

from groundrules.stores import OwnedError, Store
from groundrules.testing.store_suite.hands import Hand
from groundrules.tools.running.states import opened
from strategies.committing import check, commit, killed, started

KILLS = 6


def killed_again_and_again(where: str) -> None:
    chance = random.Random(5)
    before = 0
    for _ in range(KILLS):
        process = started(where)
        time.sleep(chance.random() * 0.1)
        said = killed(process) or before
        with closing(opened(where)) as store:
            before = _checked(store)
            assert before - said in (0, 1)
            before = commit(Hand(store, "c", "d"))
    assert before > 2 * KILLS


def _checked(store: Store) -> int:
    """Return how many batches are there; a server takes a moment to see that a process is gone."""
    ends = time.monotonic() + 10
    while True:
        try:
            return check(store)
        except OwnedError:
            assert time.monotonic() < ends
            time.sleep(0.01)


def test_sqlite(tmp_path: Path) -> None:
    killed_again_and_again(f"sqlite:{tmp_path / 'hub.db'}")


def test_postgres(postgres: str) -> None:
    killed_again_and_again(postgres)
