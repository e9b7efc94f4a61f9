"""PostgreSQL where it hurts: hubs that die or lose a community, servers that vanish, others' tables."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from dev.postgres import Server

from groundrules.stores import DamagedError, OwnedError, Store, StoreError, UnavailableError
from groundrules.stores.postgres import PostgresStore, schema, sessions
from groundrules.stores.records import Erasure, Query, Row
from groundrules.testing.store_suite.hands import FAR, Hand, action, entry, everything, segment
from strategies.committing import check, killed, started


@pytest.fixture
def store(postgres: str) -> Iterator[PostgresStore]:
    with PostgresStore(postgres) as opened:
        yield opened


@contextmanager
def beside(postgres: str) -> Iterator[psycopg.Connection[Any]]:
    """Work on the tables by hand."""
    conninfo, name = sessions._apart(postgres)
    with psycopg.connect(conninfo, autocommit=True) as base:
        base.execute(f"set search_path to {name}")
        yield base


def cut_off(store: PostgresStore, postgres: str) -> None:
    """End the connection by which a hub writes, as a firewall or an administrator does."""
    with beside(postgres) as base:
        pid = store._sessions._writer.info.backend_pid
        base.execute("select pg_terminate_backend(%s)", (pid,))
        while base.execute("select from pg_stat_activity where pid = %s", (pid,)).fetchone() is not None:
            time.sleep(0.01)


# --- whose a community is -------------------------------------------------------------------------


def test_a_hub_that_lost_its_community_can_not_commit(store: PostgresStore, postgres: str) -> None:
    hand = Hand(store, "c", "d")
    hand.commit("c", "d", rows=[Row("c", "s", "k", b"1")])
    cut_off(store, postgres)
    with PostgresStore(postgres) as second:
        other = Hand(second, "c")
        with pytest.raises(OwnedError, match="the community c was claimed by another hub"):
            hand.commit("c", "d", rows=[Row("c", "s", "k", b"lost")], entries=[entry("d", b"lost")])
        with pytest.raises(OwnedError):
            store.erase([Erasure("c")])
        other.commit("c", rows=[Row("c", "s", "k", b"2")])
        hand.commit("d", entries=[entry("d", b"still ours")])
        with pytest.raises(OwnedError, match="belongs to another hub"):
            store.claim("c")
        with pytest.raises(OwnedError):
            second.claim("d")
    assert hand.claim("c").version == 2
    assert [one.body for one in store.decisions(Query())] == [b"still ours"]
    assert everything(store, "c")["c"]["rows"] == [Row("c", "s", "k", b"2")]


def test_taken_and_given_back_it_is_not_ours_as_before(store: PostgresStore, postgres: str) -> None:
    hand = Hand(store, "c")
    hand.commit("c")
    cut_off(store, postgres)
    with PostgresStore(postgres) as second:
        second.claim("c")
    with pytest.raises(OwnedError):
        hand.commit("c")  # of the same version, and nobody has it now
    hand.claim("c")
    hand.commit("c")


def test_of_a_hub_that_was_cut_off_and_that_nobody_robbed_all_goes_on(store: PostgresStore, postgres: str) -> None:
    hand = Hand(store, "c")
    for turn in range(3):
        cut_off(store, postgres)
        hand.commit("c", entries=[entry("c", b"%d" % turn)])
        with PostgresStore(postgres) as second, pytest.raises(OwnedError):
            second.claim("c")
    assert len(store.decisions(Query())) == 3


def test_what_a_killed_hub_had_can_be_claimed_at_once(store: PostgresStore, postgres: str) -> None:
    process = started(postgres)
    with pytest.raises(OwnedError):
        store.claim("c")
    said = killed(process)
    ends = time.monotonic() + 5  # the server sees the end of its connection
    while True:
        try:
            kept = check(store)
            break
        except OwnedError:
            assert time.monotonic() < ends
            time.sleep(0.01)
    assert kept - said in (0, 1)
    Hand(store, "c", "d").commit("c", "d")


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes can't be halted here")
def test_a_hub_that_stands_still_keeps_what_it_has(store: PostgresStore, postgres: str) -> None:
    process = started(postgres)
    os.kill(process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(StoreError):
            store.claim("c")
    finally:
        killed(process)


def test_what_is_due_elsewhere_is_left_to_others(store: PostgresStore, postgres: str) -> None:
    with PostgresStore(postgres) as second:
        Hand(second, "theirs", "nobodys").commit("theirs", "nobodys", head={"due": 1})
        second.release(["nobodys"])
        Hand(store, "ours").commit("ours", head={"due": 2})
        assert [head.community for head in store.due(FAR)] == ["nobodys", "ours"]
    assert [head.community for head in store.due(FAR)] == ["nobodys", "theirs", "ours"]


# --- connections and servers that vanish ----------------------------------------------------------


@pytest.mark.parametrize("kept_before", [True, False], ids=["after the commit", "before the commit"])
def test_a_batch_whose_answer_is_lost_is_kept_once(
    store: PostgresStore, postgres: str, kept_before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(store, "c")
    hand.commit("c")
    commit, left = psycopg.Connection.commit, [1]

    def lost(base: psycopg.Connection[Any]) -> None:
        if not left or base is not store._sessions._writer:
            return commit(base)
        left.clear()
        if kept_before:
            commit(base)
        cut_off(store, postgres)
        return None if kept_before else commit(base)

    monkeypatch.setattr(psycopg.Connection, "commit", lost)
    batch = hand.batch("c", entries=[entry("c", b"once")], rows=[Row("c", "s", "k", b"1")])
    position = hand.keep(batch)
    assert store.commit(batch) == position
    assert [one.position for one in store.decisions(Query())] == [position]
    assert not left


def test_a_server_that_vanishes_and_comes_back(postgres_server: Server, postgres: str) -> None:
    with PostgresStore(postgres) as store:
        hand = Hand(store, "c")
        hand.commit("c", entries=[entry("c", b"1")])
        batch = hand.batch("c", entries=[entry("c", b"2")])
        postgres_server.stop(at_once=True)
        try:
            looks: tuple[Callable[[], object], ...] = (
                lambda: store.commit(batch),
                lambda: store.claim("c"),
                store.heads,
            )
            for look in looks:
                with pytest.raises(UnavailableError):
                    look()
            with pytest.raises(UnavailableError):
                PostgresStore(postgres)
        finally:
            postgres_server.start()
        hand.keep(batch)
        _soon(lambda: store.decisions(Query()), [b"1", b"2"])
        with PostgresStore(postgres) as second, pytest.raises(OwnedError):
            second.claim("c")


def _soon(look: Callable[[], list[Any]], expected: list[bytes]) -> None:
    ends = time.monotonic() + 20
    while True:
        try:
            assert [one.body for one in look()] == expected
            return
        except UnavailableError:
            assert time.monotonic() < ends
            time.sleep(0.1)


def test_readers_that_were_cut_off_are_replaced(store: PostgresStore, postgres: str) -> None:
    Hand(store, "c").commit("c")
    for _ in range(3):
        assert len(store.heads()) == 1
        with beside(postgres) as base:
            base.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where pid not in (%s, %s) "
                "and backend_type = 'client backend'",
                (base.info.backend_pid, store._sessions._writer.info.backend_pid),
            )
        assert len(store.heads()) == 1


def test_who_locks_the_tables_is_waited_for_and_not_for_ever(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sessions._SETTINGS, "lock_timeout", "200ms")
    with PostgresStore(postgres) as store, beside(postgres) as base:
        hand = Hand(store, "c")
        hand.commit("c")
        batch = hand.batch("c", rows=[Row("c", "s", "k", b"")])
        with base.transaction():
            base.execute("select from heads for update")
            with pytest.raises(UnavailableError, match="lock timeout"):
                hand.keep(batch)
        hand.keep(batch)


def test_there_is_no_server() -> None:
    with pytest.raises(UnavailableError):
        PostgresStore("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StoreError):
        PostgresStore("postgresql://host/base?no_such_option=1")


# --- tables of others, older, newer, damaged ------------------------------------------------------


def test_a_schema_of_something_else_is_left_alone(postgres: str) -> None:
    _, name = sessions._apart(postgres)
    with beside(postgres) as base:
        base.execute(f"create schema {name}")
        base.execute("create table heads (x int)")
        with pytest.raises(StoreError, match="holds something else"):
            PostgresStore(postgres)
        assert base.execute("select * from heads").fetchall() == []


def test_a_newer_version_is_refused_and_an_older_one_moves_on(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with PostgresStore(postgres) as store:
        Hand(store, "c").commit("c", rows=[Row("c", "s", "k", b"1")])
    with beside(postgres) as base:
        version = schema.VERSION
        base.execute("update version set number = %s", (version + 1,))
        with pytest.raises(StoreError, match="a newer version of groundrules wrote it"):
            PostgresStore(postgres)
        base.execute("update version set number = %s", (version,))
        monkeypatch.setattr(schema, "VERSION", version + 1)
        steps = schema._STEPS
        monkeypatch.setattr(schema, "_STEPS", (*steps, "create table more (x int); select 1/0"))
        with pytest.raises(StoreError, match="division"):
            PostgresStore(postgres)
        assert base.execute("select number from version").fetchall() == [(version,)]
        monkeypatch.setattr(schema, "_STEPS", (*steps, "create table more (x int)"))
        for _ in range(2):
            with PostgresStore(postgres) as store:
                assert Hand(store).claim("c").version == 1
        assert base.execute("select number from version").fetchall() == [(version + 1,)]


def test_two_schemas_of_one_database_know_nothing_of_each_other(store: PostgresStore, postgres: str) -> None:
    Hand(store, "c").commit("c")
    with PostgresStore(postgres + "_b") as other:
        assert other.heads() == []
        Hand(other, "c").commit("c")


@pytest.mark.parametrize(
    ("change", "look", "message"),
    [
        ("update rows set row = 'x'", lambda store: store.claim("c"), "the state of c is damaged: a row of .s."),
        ("update rows set name = '\\xff00'", lambda store: store.claim("c"), "the state of c is damaged"),
        ("update heads set number = 5", lambda store: store.claim("c"), "the state of c is damaged: its head"),
        ("update events set body = ''", lambda store: list(store.events("c")), "the recorded events of c are damaged"),
    ],
)
def test_what_is_not_as_it_was_written_is_refused(
    store: PostgresStore, postgres: str, change: str, look: Callable[[Store], object], message: str
) -> None:
    row = [Row("c", "s", "k", b"1")]
    Hand(store, "c").commit("c", rows=row, events=[segment("c", 1, 1)], entries=[entry("c", b"1")])
    with beside(postgres) as base:
        base.execute(change)
    with pytest.raises(DamagedError, match=message):
        look(store)
    assert [head.community for head in store.heads()] == ["c"]
    Hand(store, "new").commit("new", entries=[entry("new", b"the others go on")])


def test_of_a_damaged_log_and_damaged_actions_the_rest_is_told(store: PostgresStore, postgres: str) -> None:
    three = [action("c", number, status="waiting") for number in (1, 2, 3)]
    Hand(store, "c").commit("c", entries=[entry("c", b"%d" % one.number) for one in three], actions=three)
    with beside(postgres) as base:
        base.execute("update decisions set body = 'x' where position = 2")
        base.execute("update actions set status = 'waitinh' where number = 2")
    assert [(one.body, bool(one.damage)) for one in store.decisions(Query())] == [(b"1", 0), (b"", 1), (b"3", 0)]
    assert [one.status for one in store.outgoing()] == ["waiting", "damaged", "waiting"]


def test_scrubbed_tables_hold_nothing_of_what_was_erased(
    postgres_server: Server, store: PostgresStore, postgres: str
) -> None:
    hand = Hand(store, "c")
    said = b"said by somebody who is forgotten"
    position = hand.commit("c", rows=[Row("c", "s", "k", said)], entries=[entry("c", said, member="li")])
    hand.commit("c", rows=[Row("c", "s", "k", None)])
    store.erase([Erasure("c", entries=[(position, None)], members=["li"])])
    store.scrub()
    with beside(postgres) as base:
        base.execute("checkpoint")
    files = [path for path in (postgres_server.data / "base").rglob("*") if path.is_file()]
    assert files
    assert not any(said in path.read_bytes() for path in files)
    hand.commit("c")


def test_a_location_may_name_a_schema() -> None:
    assert sessions._apart("postgresql://host/base") == ("postgresql://host/base", "groundrules")
    location = "postgres://li:a%20b@host:5/base?sslmode=disable&schema=mine"
    assert sessions._apart(location) == ("postgres://li:a%20b@host:5/base?sslmode=disable", "mine")
    assert sessions._apart("host=/tmp dbname=base") == ("host=/tmp dbname=base", "groundrules")


def test_it_closes_while_it_is_used(postgres: str) -> None:
    with closing(PostgresStore(postgres)) as store:
        hand = Hand(store, "c")
        hand.commit("c")
    for look in (store.heads, lambda: hand.commit("c"), lambda: store.claim("c")):
        with pytest.raises(StoreError, match="closed"):
            look()
