"""State in a file: a run stopped anywhere continues as if it had not been, and the file has no more than the engine."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from groundrules import load
from groundrules.engine.engine import Engine
from groundrules.stores import StoreError
from groundrules.stores.sqlite import SqliteStore
from groundrules.tools.running.states import State
from long.memory import Stream
from strategies.running import log

RULEBOOK = Path(__file__).parents[2] / "long"
EVENTS = 3000


def rows(path: Path) -> dict[tuple[str, str, str], bytes]:
    with sqlite3.connect(path) as base:
        found = {(row[0], row[1], row[2]): row[3] for row in base.execute("select * from rows")}
    base.close()
    return found


def stored(engine: Engine) -> dict[tuple[str, str, str], bytes]:
    return {(id, space, key): row for id in engine.partitions for space, key, row in engine.rows(id)}


def test_stopped_at_any_points_it_decides_the_same(tmp_path: Path) -> None:
    book, chance = load(RULEBOOK), random.Random(3)
    events = list(Stream(1).events(EVENTS))
    whole = Engine(book)
    expected = [line for event in events for line in log(whole.feed(event))]
    found: list[str] = []
    at = 0
    while at < len(events):
        with closing(State(SqliteStore(tmp_path / "state.db"), book)) as state:
            for event in events[at : (at := at + chance.randrange(1, 700))]:
                found += log(state.engine.feed(event))
            state.save()
    assert found == expected


def test_the_file_holds_what_the_engine_holds(tmp_path: Path) -> None:
    book = load(RULEBOOK)
    with closing(State(SqliteStore(tmp_path / "state.db"), book)) as state:
        engine = state.engine
        for number, event in enumerate(Stream(1).events(20_000)):
            engine.feed(event)
            if number % 500 == 0:
                state.save()
        state.save()
    assert rows(tmp_path / "state.db") == stored(engine)


def test_who_is_forgotten_is_forgotten_in_the_file(tmp_path: Path) -> None:
    book = load(RULEBOOK)
    with closing(State(SqliteStore(tmp_path / "state.db"), book)) as state:
        engine = state.engine
        for event in Stream(1).events(500):
            engine.feed(event)
        state.save()
        assert any("member-7." in key for _, _, key in rows(tmp_path / "state.db"))
        engine.forget("member-7.")
        state.save()
    assert b"member-7." not in (tmp_path / "state.db").read_bytes()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_bytes(b"not a database at all, but long enough to be looked at" * 40)
    with pytest.raises(StoreError):
        SqliteStore(tmp_path / "state.db")


def test_nothing_is_written_by_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = load(RULEBOOK)
    with closing(State(SqliteStore(tmp_path / "state.db"), book)) as state:
        engine = state.engine
        engine.feed(next(iter(Stream(1).events(1))))
        state.save()
        before = rows(tmp_path / "state.db")
        monkeypatch.setattr("groundrules.stores.sqlite.row_sum", lambda *row: 1 / 0 if row[1] == "meta" else 0)
        for event in Stream(2).events(5):
            engine.feed(event)
        with pytest.raises(StoreError):
            state.save()
    assert rows(tmp_path / "state.db") == before


def test_a_file_whose_columns_hold_something_else_is_refused(tmp_path: Path) -> None:
    book = load(RULEBOOK)
    with closing(State(SqliteStore(tmp_path / "state.db"), book)) as state:
        engine = state.engine
        for event in Stream(1).events(5):
            engine.feed(event)
        state.save()
    with sqlite3.connect(tmp_path / "state.db") as base:
        base.execute("update or replace rows set space = x'ff00'")
    base.close()
    with SqliteStore(tmp_path / "state.db") as store, pytest.raises(StoreError, match="is damaged"):
        State(store, book)
