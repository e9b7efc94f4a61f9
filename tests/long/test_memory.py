"""Memory stays flat over a hundred thousand events; ten million are run by hand (`python -m tests.long.memory`)."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from groundrules.engine.engine import Engine
from groundrules.engine.upkeep.lifetimes import lifetimes
from groundrules.frontend import load

from .memory import Measured, Stream, growth, measured


@pytest.fixture(scope="module")
def found() -> list[Measured]:
    """Measured in a process of its own, in which nothing else takes memory."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(measured, 100_000).result()


def test_rows_bytes_and_memory_are_flat(found: list[Measured]) -> None:
    assert all(rate < 1.05 for rate in growth(found).values()), (growth(found), found[-1].rows)


def test_every_space_is_as_full_as_it_gets(found: list[Measured]) -> None:
    quarter = len(found) // 4
    spaces = {space for one in found for space in one.rows}
    assert {space.partition("/")[0] for space in spaces} >= CELLS
    for space in spaces - {"meta", "schedule", "state"}:
        before = max(one.rows[space] for one in found[-2 * quarter : -quarter])
        after = max(one.rows[space] for one in found[-quarter:])
        assert after <= before * 1.3 + 20, f"{space} grew from {before} to {after}"


CELLS = {
    *("appeal", "approval", "cap", "fallback", "grants", "label", "ladder", "ledger", "meta", "once", "process"),
    *("roster", "schedule", "seen", "times", "window"),
}


def test_loaded_rows_grow_old_as_written_ones_do() -> None:
    engine, stream = Engine(load(Path(__file__).parent).plan), Stream()
    for event in stream.events(2000):
        engine.feed(event)
    known = lifetimes(engine._program)
    spaces = engine._runners["c"].partition.spaces
    forever = {name.partition("/")[0] for name in spaces.keys() - known.keys()}
    assert forever == {"approval", "label", "later", "process", "sanction", "schedule", "state"}
    assert {name: spaces[name].lifetime for name in spaces.keys() & known.keys()} == {
        name: known[name] for name in spaces.keys() & known.keys()
    }
    restored = Engine.restore(engine.plan, engine.snapshot())._runners["c"].partition.spaces
    assert {name: space.lifetime for name, space in restored.items()} == {
        name: spaces[name].lifetime for name in restored
    }
