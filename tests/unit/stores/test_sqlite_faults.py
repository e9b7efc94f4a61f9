"""SQLite where it hurts: a full disk, a file that is locked, damaged or somebody else's, two processes."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from groundrules.stores import DamagedError, OwnedError, Store, StoreError, UnavailableError, sqlite
from groundrules.stores.records import Batch, Erasure, Query, Row
from groundrules.stores.sqlite import SqliteStore
from groundrules.testing.store_suite.hands import FAR, Hand, action, entry, everything, segment
from strategies.committing import started


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


def filled(file: Path) -> None:
    with SqliteStore(file) as store:
        hand = Hand(store, *"cdef")
        for turn in range(1, 30):
            hand.commit(
                *"cdef",
                head={"settings": b"{}" * turn, "number": turn, "due": turn},
                rows=[Row(of, "s", f"k{turn}", b"row" * turn) for of in "cdef"],
                events=[segment(of, turn, turn, body=b"event" * turn) for of in "cdef"],
                entries=[entry(of, b"decision" * turn, member=f"m{turn}") for of in "cdef"],
                actions=[action(of, turn) for of in "cdef"],
            )


# --- full -----------------------------------------------------------------------------------------

FULL = """
import resource, sys
from groundrules.stores import UnavailableError
from groundrules.stores.records import Row
from groundrules.stores.sqlite import SqliteStore
from groundrules.testing.store_suite.hands import Hand, everything

store = SqliteStore(sys.argv[1])
hand = Hand(store, "c")
hand.commit("c", rows=[Row("c", "s", "k", b"1")])
before = everything(store, "c")
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
batch = hand.batch("c", rows=[Row("c", "s", str(number), bytes(1000)) for number in range(500)])
for _ in range(3):
    try:
        hand.keep(batch)
    except UnavailableError as error:
        print(error)
    assert everything(store, "c") == before
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
hand.keep(batch)
assert len(everything(store, "c")["c"]["rows"]) == 501
store.close()
assert len(everything(SqliteStore(sys.argv[1]), "c")["c"]["rows"]) == 501
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size")
def test_a_full_disk_refuses_and_takes_the_same_batch_later(file: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", FULL, str(file)], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert len(ended.stdout.splitlines()) == 3


def test_a_file_that_may_not_grow(file: Path) -> None:
    with SqliteStore(file) as store:
        hand = Hand(store, "c")
        hand.commit("c")
        [pages] = store._writer.execute("pragma page_count").fetchone()
        store._writer.execute(f"pragma max_page_count = {pages}")
        batch = hand.batch("c", rows=[Row("c", "s", "k", bytes(100_000))])
        with pytest.raises(UnavailableError, match="full"):
            hand.keep(batch)
        assert everything(store, "c")["c"]["rows"] == []
        store._writer.execute("pragma max_page_count = 1000000")
        hand.keep(batch)


# --- locked ---------------------------------------------------------------------------------------


def test_a_file_is_of_one_process(file: Path) -> None:
    process = started(f"sqlite:{file}")
    with pytest.raises(UnavailableError, match="in use by another process"):
        SqliteStore(file)
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as reader:
        reader.execute("select count(*) from decisions").fetchone()
    process.kill()
    process.communicate()
    SqliteStore(file).close()


def test_a_link_to_a_file_is_the_file(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    with SqliteStore(file):
        link.symlink_to(file)
        with pytest.raises(UnavailableError):
            SqliteStore(link)


def test_a_program_that_writes_for_a_moment_is_waited_for(file: Path) -> None:
    with SqliteStore(file) as store, closing(sqlite3.connect(file, check_same_thread=False)) as other:
        hand = Hand(store, "c")
        other.execute("begin immediate")
        threading.Timer(0.2, other.rollback).start()
        began = time.monotonic()
        hand.commit("c")
        assert time.monotonic() - began > 0.15


def test_a_program_that_locks_the_file_for_long(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0.1)
    monkeypatch.setattr(sqlite._connected, "__defaults__", (0.1,))
    with SqliteStore(file) as store, closing(sqlite3.connect(file)) as other:
        hand = Hand(store, "c")
        hand.commit("c")
        batch = hand.batch("c", rows=[Row("c", "s", "k", b"")])
        other.execute("begin immediate")
        with pytest.raises(UnavailableError, match="in use by another process"):
            hand.keep(batch)
        assert store.head("c") == hand.heads["c"]
        other.rollback()
        hand.keep(batch)


def test_what_another_program_changed_is_not_overwritten(file: Path) -> None:
    with SqliteStore(file) as store, closing(sqlite3.connect(file)) as other:
        hand = Hand(store, "c")
        hand.commit("c")
        other.execute("update heads set version = version + 1")
        other.commit()
        with pytest.raises(OwnedError):
            hand.commit("c")


def test_who_reads_for_long_puts_off_the_end_of_traces_but_not_commits(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "SCRUBBED_AFTER", 0)
    log = file.with_name(f"{file.name}-wal")
    with SqliteStore(file) as store, closing(sqlite3.connect(file, isolation_level=None)) as other:
        hand = Hand(store, "c")
        first = hand.commit("c", entries=[entry("c", b"said by li")])
        other.execute("begin")
        other.execute("select count(*) from decisions").fetchone()
        store.erase([Erasure("c", entries=[(first, None)])])
        hand.commit("c")
        assert b"said by li" in log.read_bytes()
        other.execute("commit")
        hand.commit("c")
        assert b"said by li" not in file.read_bytes() + log.read_bytes()


def test_the_log_beside_the_file_does_not_grow(file: Path) -> None:
    log = file.with_name(f"{file.name}-wal")
    with SqliteStore(file) as store:
        hand = Hand(store, "c")
        for turn in range(1500):
            hand.commit("c", rows=[Row("c", "s", f"k{turn % 20}", b"%d" % turn)])
        assert log.stat().st_size < 6_000_000


# --- damaged, foreign, gone -----------------------------------------------------------------------

LOOKS: tuple[Callable[[Store], object], ...] = (
    lambda store: [store.claim(of) for of in "cdef"],
    lambda store: store.heads(),
    lambda store: store.due(FAR),
    lambda store: store.acting(),
    lambda store: [list(store.events(of)) for of in "cdef"],
    lambda store: store.decisions(Query(limit=1000)),
    lambda store: store.decisions(Query(member="m3")),
    lambda store: store.outgoing(),
    lambda store: store.where("m3"),
)


@pytest.mark.parametrize("seed", range(25))
def test_damaged_bytes_are_told_or_change_nothing(file: Path, seed: int) -> None:
    filled(file)
    with SqliteStore(file) as store:
        right = [look(store) for look in LOOKS]
    chance, data = random.Random(seed), bytearray(file.read_bytes())
    for _ in range(chance.choice([1, 30, 3000])):
        data[chance.randrange(100, len(data))] = chance.randrange(256)
    file.write_bytes(data)
    try:
        store = SqliteStore(file)
    except StoreError:
        return
    with store:
        for look, expected in zip(LOOKS, right, strict=True):
            told(store, look, expected)


def told(store: Store, look: Callable[[Store], object], expected: object) -> None:
    """A look raises StoreError, or finds nothing that was not there before; a page that is lost may take rows along."""
    try:
        found = look(store)
    except StoreError:
        return
    if isinstance(found, list) and isinstance(expected, list):
        assert all(one in expected or not one or getattr(one, "version", 1) == 0 or damaged(one) for one in found)


def damaged(one: object) -> bool:
    """Whether it says of itself that it is not what was written."""
    return bool(getattr(one, "damage", "")) or getattr(one, "status", "") == "damaged"


@pytest.mark.parametrize(
    ("change", "look", "message"),
    [
        ("update rows set row = x'00'", lambda store: store.claim("c"), "the state of c is damaged: a row of `s`"),
        (
            "update rows set space = x'ff00' where key = 'k1'",
            lambda store: store.claim("c"),
            "the state of c is damaged",
        ),
        ("update heads set number = 5", lambda store: store.claim("c"), "the state of c is damaged: its head"),
        ("update heads set number = 'x'", lambda store: store.head("c"), "the state of c is damaged: its head"),
        ("update actions set body = x'00'", lambda store: store.action("c", "key-1"), "the actions of c are damaged"),
        (
            "update events set body = x'00'",
            lambda store: list(store.events("c")),
            "the recorded events of c are damaged",
        ),
    ],
)
def test_what_is_not_as_it_was_written_is_refused(
    file: Path, change: str, look: Callable[[Store], object], message: str
) -> None:
    filled(file)
    with closing(sqlite3.connect(file, isolation_level=None)) as base:
        base.execute(change.replace("update ", "update or ignore "))
    with SqliteStore(file) as store:
        with pytest.raises(DamagedError, match=message.replace("`", ".")):
            look(store)
        assert {head.community for head in store.heads()} == set("cdef")
        Hand(store, "new").commit("new", entries=[entry("new", b"the others go on")])


@pytest.mark.parametrize("change", ["body = 'text'", "body = x''", "at = 'x'", "at = at + 1", "sum = 1"])
def test_of_a_damaged_log_the_rest_is_told(file: Path, change: str) -> None:
    filled(file)
    with SqliteStore(file) as store:
        before = store.decisions(Query(limit=1000))
    with closing(sqlite3.connect(file, isolation_level=None)) as base:
        base.execute(f"update decisions set {change} where position = 2")
    with SqliteStore(file) as store:
        after = store.decisions(Query(limit=1000))
    assert [one for one in after if one.position != 2] == [one for one in before if one.position != 2]
    [damaged] = [one for one in after if one.position == 2]
    assert (damaged.body, type(damaged.at)) == (b"", int)
    assert "is damaged: the decision at 2 is not what was written" in damaged.damage


@pytest.mark.parametrize("change", ["status = 'waitinh'", "status = x'00'", "body = x''", "at = 'x'", "attempts = 9"])
def test_of_damaged_actions_the_rest_is_told(file: Path, change: str) -> None:
    """None that was open is lost by damage to its status; it is not performed, it is told."""
    with SqliteStore(file) as store:
        Hand(store, "c").commit("c", actions=[action("c", number, status="waiting") for number in (1, 2, 3)])
    with closing(sqlite3.connect(file, isolation_level=None)) as base:
        base.execute(f"update actions set {change} where number = 2")
    with SqliteStore(file) as store:
        found = store.outgoing()
        assert [(one.number, one.status) for one in found] == [(1, "waiting"), (2, "damaged"), (3, "waiting")]
        assert found[1].reason == "the actions of c are damaged: number 2 is not as written"
        with pytest.raises(DamagedError):
            store.action("c", found[1].key)


def test_a_database_of_somebody_else_is_left_as_it_is(file: Path) -> None:
    for setup in ("create table rows (a)", "create table x (a); pragma user_version = 1", "pragma user_version = 7"):
        file.unlink(missing_ok=True)
        with closing(sqlite3.connect(file)) as base:
            base.executescript(f"create table notes (n); {setup}")
        before = file.read_bytes()
        with pytest.raises(StoreError, match="a database of something else"):
            SqliteStore(file)
        assert file.read_bytes() == before


def test_a_newer_version_is_refused(file: Path) -> None:
    SqliteStore(file).close()
    with closing(sqlite3.connect(file)) as base:
        base.execute("pragma user_version = 99")
    before = file.read_bytes()
    with pytest.raises(StoreError, match="a newer version of groundrules wrote it"):
        SqliteStore(file)
    assert file.read_bytes() == before


def test_places_that_can_not_be(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "no" / "such" / "folder.db", Path("/dev/null")):
        with pytest.raises(StoreError):
            SqliteStore(place)


def test_in_memory() -> None:
    with SqliteStore(":memory:") as store, SqliteStore(":memory:") as other:
        hand = Hand(store, "c")
        hand.commit("c", entries=[entry("c", b"1")])
        assert other.heads() == []
        assert other.commit(Batch("b", entries=[entry("", b"")])) == 1
        store.erase([Erasure("c", entries=[(1, None)])])
        assert store.decisions(Query()) == []
