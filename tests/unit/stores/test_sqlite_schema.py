"""Files of older versions: migrated, with a copy of the original, and nothing is lost on the way."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest

from groundrules import load
from groundrules.engine.engine import Engine
from groundrules.stores import StoreError, sqlite_schema
from groundrules.stores import sqlite as sqlite_store
from groundrules.stores.records import Head, Plan, Row
from groundrules.stores.sqlite import SqliteStore
from groundrules.testing.store_suite.hands import Hand, action, entry
from groundrules.tools.running.states import State
from long.memory import Stream
from strategies.running import log

RULEBOOK = Path(__file__).parents[2] / "long"
VERSION_0 = """
create table if not exists rows (
    partition text not null, space text not null, key text not null, row blob not null,
    primary key (partition, space, key)
) without rowid;
create table if not exists shapes (space text primary key, hash text not null) without rowid;
create table if not exists keeper (rulebook text not null);
"""


def written_by_0(file: Path) -> sqlite3.Connection:
    """Write a file as `run --state` of 0.2 did; what is returned keeps all of it in the log beside the file."""
    base = sqlite3.connect(file, isolation_level=None)
    base.execute("pragma journal_mode = wal")
    base.execute("pragma wal_autocheckpoint = 0")
    base.executescript(VERSION_0)
    base.execute("begin")
    base.executemany("insert into rows values (?, ?, ?, ?)", [("c", "s", "k", b"1"), ("d", "s", "k", b"2")])
    base.execute("insert into shapes values ('s', 'hash')")
    base.execute("insert into keeper values ('book@sha256:1')")
    base.execute("commit")
    return base


@pytest.mark.parametrize("in_the_log", [True, False])
def test_a_file_of_run_state_is_taken_over(tmp_path: Path, in_the_log: bool) -> None:
    file = tmp_path / "state.db"
    with closing(written_by_0(file)) as before:
        if in_the_log:
            assert b"sha256" not in file.read_bytes()
        else:
            before.execute("pragma wal_checkpoint(truncate)")
        with SqliteStore(file) as store:
            assert store.claim("c") == (Head("c", 1, plan="book@sha256:1"), [Row("c", "s", "k", b"1")])
            assert store.claim("d") == (Head("d", 1, plan="book@sha256:1"), [Row("d", "s", "k", b"2")])
            assert store.plan("book@sha256:1") == Plan("book@sha256:1", 0, b'{"s": "hash"}', b"")
            Hand(store, "c").commit("c", entries=[entry("c", b"1")])
        copy = tmp_path / "state.db.v0.bak"
        with closing(sqlite3.connect(copy)) as base:
            assert base.execute("select * from rows").fetchall() == [("c", "s", "k", b"1"), ("d", "s", "k", b"2")]
            assert base.execute("select * from keeper").fetchall() == [("book@sha256:1",)]
    assert not list(tmp_path.glob("*.part"))


def test_a_file_is_taken_over_once(tmp_path: Path) -> None:
    file, copy = tmp_path / "state.db", tmp_path / "state.db.v0.bak"
    written_by_0(file).close()
    for version in (1, 2):
        with SqliteStore(file) as store:
            hand = Hand(store, "c")
            assert hand.heads["c"].version == version
            hand.commit("c")
        assert copy.exists() == (version == 1)
        copy.unlink(missing_ok=True)


def test_a_move_that_breaks_off_is_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "state.db"
    written_by_0(file).close()
    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", lambda *names: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            SqliteStore(file)
    with monkeypatch.context() as broken:
        broken.setattr(sqlite_schema, "head_sum", lambda head: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            SqliteStore(file)
    with closing(sqlite3.connect(file)) as base:
        assert base.execute("select count(*) from rows").fetchone() == (2,)
        assert base.execute("pragma user_version").fetchone() == (0,)
    with SqliteStore(file) as store:
        assert [head.community for head in store.heads()] == ["c", "d"]


def test_rows_of_another_kind_are_not_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with closing(written_by_0(file)) as base:
        base.execute("update rows set row = 'text'")
    with pytest.raises(StoreError, match="its state is damaged"):
        SqliteStore(file)


def test_versions_to_come_keep_a_copy_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "hub.db"
    with SqliteStore(file) as store:
        Hand(store, "c").commit("c", rows=[Row("c", "s", "k", b"1")])

    def onwards(base: sqlite3.Connection) -> None:
        base.execute("create table more (x)")

    version = sqlite_schema.VERSION
    monkeypatch.setattr(sqlite_schema, "VERSION", version + 1)
    monkeypatch.setattr(sqlite_schema, "_STEPS", (*sqlite_schema._STEPS, onwards))
    with SqliteStore(file) as store:
        assert Hand(store).claim("c").version == 1
    with closing(sqlite3.connect(file)) as base:
        assert base.execute("select count(*) from more").fetchone() == (0,)
    with closing(sqlite3.connect(tmp_path / f"hub.db.v{version}.bak")) as base:
        assert base.execute("select count(*) from rows").fetchone() == (1,)
        assert base.execute("pragma user_version").fetchone() == (version,)


def test_a_file_of_version_1_is_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "hub.db"
    with monkeypatch.context() as before:
        before.setattr(sqlite_schema, "VERSION", 1)
        before.setattr(sqlite_schema, "_STEPS", sqlite_schema._STEPS[:1])
        with SqliteStore(file) as store:
            Hand(store, "c").commit("c", actions=[action("c", 1, status="waiting"), action("c", 2, status="done")])
    with SqliteStore(file) as store:
        assert [one.number for one in store.outgoing("c")] == [1]
        assert store.acting() == ["c"]
    assert (tmp_path / "hub.db.v1.bak").exists()


def test_a_run_goes_on_from_a_file_of_version_0(tmp_path: Path) -> None:
    book, events = load(RULEBOOK), list(Stream(1).events(1200))
    file, engine = tmp_path / "state.db", Engine(book, track=True)
    expected = [line for event in events for line in log(engine.feed(event))][-400:]
    half = Engine(book, track=True)
    for event in events[:600]:
        half.feed(event)
    with closing(sqlite3.connect(file)) as base:
        base.executescript(VERSION_0)
        base.executemany("insert into rows values (?, ?, ?, ?)", [row for row in half.drain() if row[3] is not None])
        base.executemany("insert into shapes values (?, ?)", half.shapes.items())
        base.execute("insert into keeper values (?)", (half.name,))
        base.commit()
    with closing(State(SqliteStore(file), book)) as state:
        found = [line for event in events[600:] for line in log(state.engine.feed(event))]
    assert found[-400:] == expected


def test_open_actions_are_asked_for_as_their_index_has_them(tmp_path: Path) -> None:
    """Statuses that steps of old spell out are those of today, else nothing would be found by the index."""
    with SqliteStore(tmp_path / "hub.db") as store:
        [(written,)] = store._writer.execute("select sql from sqlite_master where name = 'actions_open'")
        assert written.endswith(f"where {sqlite_store._OPEN}")
    postgres = pytest.importorskip("groundrules.stores.postgres.store")
    steps = import_module("groundrules.stores.postgres.schema")._STEPS
    [latest] = [step for step in steps if "index actions_open" in step][-1:]
    assert f"where {postgres._OPEN};" in latest
