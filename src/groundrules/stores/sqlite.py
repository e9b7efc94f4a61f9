"""A store in an SQLite file: the default, with nothing but the standard library.

One process at a time works with a file: it holds the lock for writing all the time, which leaves others free to read.
A commit is on the disk when it returns (`synchronous = full`). What is deleted is overwritten, so that a person who was
forgotten is in the file no longer. Each row of state carries a checksum, which is compared when it is read.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from groundrules.stores import OwnedError, StoreError
from groundrules.stores.records import (
    OPEN,
    Batch,
    Erasure,
    Events,
    Head,
    Logged,
    Note,
    Outgoing,
    Plan,
    Query,
    Row,
)

VERSION = 1
"""Of the tables, kept as `user_version`. 0 is a file of `run --state` before 0.3, or a new one."""

_TABLES = """
create table heads (
    community text primary key, version integer not null, batch text not null, plan text not null, due integer,
    number integer not null, acts integer not null, paused integer not null, settings blob not null
) without rowid;
create index heads_due on heads (due) where due is not null;
create table rows (
    community text not null, space text not null, key text not null, row blob not null, sum integer not null,
    primary key (community, space, key)
) without rowid;
create table events (
    community text not null, first integer not null, last integer not null, since integer not null,
    until integer not null, body blob not null, primary key (community, first)
) without rowid;
create table decisions (
    position integer primary key autoincrement, community text not null, at integer not null, body blob not null
);
create index decisions_community on decisions (community, position);
create table touches (
    kind text not null, id text not null, community text not null, position integer not null,
    primary key (kind, id, community, position)
) without rowid;
create index touches_position on touches (position);
create table actions (
    community text not null, number integer not null, key text not null, body blob not null, at integer not null,
    status text not null, attempts integer not null, due integer not null, reason text not null,
    primary key (community, number)
) without rowid;
create unique index actions_key on actions (community, key);
create index actions_open on actions (community, number) where status in ('waiting', 'sending', 'doubtful');
create table notes (
    id integer primary key, community text not null, at integer not null, kind text not null, detail blob not null
);
create index notes_community on notes (community, id);
create table plans (digest text primary key, since integer not null, shapes blob not null, body blob not null);
create table sources (name text primary key, position blob not null) without rowid;
"""
_HEAD = "community, version, batch, plan, due, number, acts, paused, settings"
_ACTION = "community, number, key, body, at, status, attempts, due, reason"
_KEEP_HEAD = f"insert or replace into heads ({_HEAD}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_KEEP_ROW = "insert into rows values (?, ?, ?, ?, ?) on conflict do update set row = excluded.row, sum = excluded.sum"
_DROP_ROW = "delete from rows where community = ? and space = ? and key = ?"
_KEEP_ACTION = f"insert or replace into actions ({_ACTION}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_OPEN = f"status in ({', '.join(repr(status) for status in OPEN)})"


class SqliteStore:
    """A store in a file, or in memory (`:memory:`).

    Raises StoreError for a file that is no database of ours, that a newer version wrote, or that another process works
    with. One of an older version is brought up to date; a copy of it stays beside it.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        self._lock = threading.Lock()
        with _worded():
            self._writer = _connected(self._path)
        try:
            with _worded():
                self._begin()
                self._reader = self._writer if self._path == ":memory:" else _connected(self._path)
        except BaseException:
            self._writer.close()
            raise
        self._read_lock = self._lock if self._reader is self._writer else threading.Lock()

    def _begin(self) -> None:
        """Take the lock for writing, and make or migrate the tables."""
        run = self._writer.execute
        run("pragma journal_mode = wal")
        run("pragma synchronous = full")
        run("pragma secure_delete = on")
        run("begin immediate")
        [version] = run("pragma user_version").fetchone()
        if version > VERSION:
            raise StoreError(f"a newer version of groundrules wrote it (its tables have version {version})")
        if version < VERSION:
            self._migrate()
        run("commit")
        run("begin immediate")

    def _migrate(self) -> None:
        names = {name for (name,) in self._writer.execute("select name from sqlite_master where type = 'table'")}
        if names and not {"rows", "shapes", "keeper"} <= names:
            raise StoreError("it is a database of something else")
        if names:
            self._copy_aside()
            self._writer.execute("alter table rows rename to rows_before")
        for statement in filter(str.strip, _TABLES.split(";")):
            self._writer.execute(statement)
        if names:
            self._take_over()
        self._writer.execute(f"pragma user_version = {VERSION}")

    def _copy_aside(self) -> None:
        """Keep the file as it was. Nobody else can write to it, for the lock is ours."""
        source = _connected(self._path)
        try:
            source.execute("pragma wal_checkpoint(passive)")
            shutil.copyfile(self._path, f"{self._path}.v0.bak")
        finally:
            source.close()

    def _take_over(self) -> None:
        """Take over what `run --state` kept before there were heads."""
        run = self._writer.execute
        found = run("select rulebook from keeper").fetchone()
        digest = found[0] if found else ""
        shapes = json.dumps(dict(run("select space, hash from shapes"))).encode()
        run("insert into plans values (?, 0, ?, x'')", (digest, shapes))
        rows = run("select partition, space, key, row from rows_before").fetchall()
        self._writer.executemany(_KEEP_ROW, [(*row, checksum(*row[1:])) for row in rows])
        heads = [Head(id, plan=digest) for id in sorted({row[0] for row in rows})]
        self._writer.executemany(_KEEP_HEAD, heads)
        for table in ("rows_before", "shapes", "keeper"):
            run(f"drop table {table}")

    # --- ownership and commits ------------------------------------------------------------------

    def claim(self, community: str) -> tuple[Head, list[Row]] | None:
        with self._reading() as run:
            head = self._head(run, community)
            if head is None:
                return None
            rows = run("select community, space, key, row, sum from rows where community = ?", (community,))
            return head, [_checked(*row) for row in rows]

    def release(self, communities: Iterable[str]) -> None:
        """Nothing is to be done: the file is ours as a whole."""

    def commit(self, batch: Batch) -> int:
        with self._lock, _worded():
            try:
                first = self._write(batch)
                self._writer.execute("commit")
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("rollback")
                self._writer.execute("begin immediate")
        return first

    def _write(self, batch: Batch) -> int:
        run, many = self._writer.execute, self._writer.executemany
        [last] = run("select coalesce((select seq from sqlite_sequence where name = 'decisions'), 0)").fetchone()
        for head in batch.heads:
            kept = run("select version, batch from heads where community = ?", (head.community,)).fetchone()
            if kept is not None and kept[1] == batch.id:
                return int(last) - len(batch.entries) + 1
            if (kept[0] if kept else 0) != head.version - 1:
                raise OwnedError(f"the community {head.community} was changed by somebody else")
        many(_KEEP_HEAD, batch.heads)
        many(_KEEP_ROW, [(*row, checksum(row[1], row[2], row[3])) for row in batch.rows if row[3] is not None])
        many(_DROP_ROW, [row[:3] for row in batch.rows if row[3] is None])
        many("insert into events values (?, ?, ?, ?, ?, ?)", batch.events)
        numbered = list(enumerate(batch.entries, int(last) + 1))
        many("insert into decisions values (?, ?, ?, ?)", [(at, *entry[:3]) for at, entry in numbered])
        touches = [(*touch, entry.community, at) for at, entry in numbered for touch in entry.touches]
        many("insert or ignore into touches values (?, ?, ?, ?)", touches)
        many(_KEEP_ACTION, [*batch.actions, *batch.outcomes])
        many("insert into notes (community, at, kind, detail) values (?, ?, ?, ?)", batch.notes)
        many("insert or replace into plans values (?, ?, ?, ?)", batch.plans)
        many("insert or replace into sources values (?, ?)", list(batch.sources.items()))
        return int(last) + 1

    # --- reading --------------------------------------------------------------------------------

    def head(self, community: str) -> Head | None:
        with self._reading() as run:
            return self._head(run, community)

    def _head(self, run: Any, community: str) -> Head | None:
        found = run(f"select {_HEAD} from heads where community = ?", (community,)).fetchone()
        return None if found is None else _head(found)

    def heads(self, after: str = "", limit: int = 1000) -> list[Head]:
        return self._heads("where community > ? order by community limit ?", after, limit)

    def due(self, until: int, limit: int = 1000) -> list[Head]:
        return self._heads("where due <= ? order by due, community limit ?", until, limit)

    def _heads(self, which: str, *values: Any) -> list[Head]:
        with self._reading() as run:
            return [_head(found) for found in run(f"select {_HEAD} from heads {which}", values)]

    def source(self, name: str) -> bytes | None:
        with self._reading() as run:
            found = run("select position from sources where name = ?", (name,)).fetchone()
            return None if found is None else found[0]

    def plan(self, digest: str) -> Plan | None:
        with self._reading() as run:
            found = run("select digest, since, shapes, body from plans where digest = ?", (digest,)).fetchone()
            return None if found is None else Plan(*found)

    def outgoing(
        self, community: str | None = None, open: bool = True, after: int = 0, limit: int = 1000
    ) -> list[Outgoing]:
        of, values = ("", []) if community is None else ("community = ? and ", [community])
        which = f"where {of}number > ?{f' and {_OPEN}' if open else ''} order by community, number limit ?"
        with self._reading() as run:
            return [Outgoing(*row) for row in run(f"select {_ACTION} from actions {which}", (*values, after, limit))]

    def action(self, community: str, key: str) -> Outgoing | None:
        with self._reading() as run:
            which = "where community = ? and key = ?"
            found = run(f"select {_ACTION} from actions {which}", (community, key)).fetchone()
            return None if found is None else Outgoing(*found)

    def events(self, community: str, since: int = 0, after: int = 0) -> Iterator[Events]:
        last, which = after, "where community = ? and last > ? and until >= ? order by first limit 100"
        while True:
            with self._reading() as run:
                found = [Events(*row) for row in run(f"select * from events {which}", (community, last, since))]
            if not found:
                return
            yield from found
            last = found[-1].last

    def decisions(self, query: Query) -> list[Logged]:
        order, bound = (">", query.after) if query.before is None else ("<", query.before)
        conditions = [f"d.position {order} ?"]
        values: list[Any] = [bound]
        joins = ""
        if query.community is not None:
            conditions.append("d.community = ?")
            values.append(query.community)
        for number, touch in enumerate(query.touches):
            joins += f" join touches t{number} on t{number}.position = d.position"
            conditions.append(f"t{number}.kind = ? and t{number}.id = ?")
            values += touch
        direction = "asc" if query.before is None else "desc"
        asked = f"select d.* from decisions d{joins} where {' and '.join(conditions)}"
        with self._reading() as run:
            found = run(f"{asked} order by d.position {direction} limit ?", (*values, query.limit))
            return [Logged(*row) for row in found]

    def notes(self, community: str | None = None, limit: int = 100) -> list[Note]:
        of, values = ("", []) if community is None else ("where community = ? ", [community])
        with self._reading() as run:
            found = run(f"select community, at, kind, detail from notes {of}order by id desc limit ?", (*values, limit))
            return [Note(*row) for row in found]

    def where(self, member: str) -> list[str]:
        with self._reading() as run:
            logged = run(
                "select distinct community from touches where kind = 'member' and id = ?", (member,)
            ).fetchall()
            known = run("select distinct community from rows where space = 'roster/member' and key = ?", (member,))
            return sorted({row[0] for row in (*logged, *known)})

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        with self._read_lock, _worded():
            yield self._reader.execute

    # --- letting go -----------------------------------------------------------------------------

    def erase(self, erasures: Sequence[Erasure]) -> None:
        with self._lock, _worded():
            try:
                for erasure in erasures:
                    self._erase(erasure)
                self._writer.execute("commit")
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("rollback")
                self._writer.execute("begin immediate")

    def _erase(self, erasure: Erasure) -> None:
        run, many = self._writer.execute, self._writer.executemany
        gone = [(events.community, events.first) for events in erasure.events if not events.body]
        many("delete from events where community = ? and first = ?", gone)
        many("insert or replace into events values (?, ?, ?, ?, ?, ?)", [one for one in erasure.events if one.body])
        many("update decisions set body = ? where position = ?", [(body, at) for at, body in erasure.entries if body])
        dropped = [(at,) for at, body in erasure.entries if body is None]
        many("delete from decisions where position = ?", dropped)
        many("delete from touches where position = ?", dropped)
        update = "update actions set body = ? where community = ? and key = ?"
        many(update, [(body, erasure.community, key) for key, body in erasure.actions if body])
        delete = "delete from actions where community = ? and key = ?"
        many(delete, [(erasure.community, key) for key, body in erasure.actions if body is None])
        for member in erasure.members:
            run("delete from touches where kind = 'member' and id = ? and community = ?", (member, erasure.community))

    def close(self) -> None:
        with self._lock:
            self._writer.close()
        if self._reader is not self._writer:
            with self._read_lock:
                self._reader.close()

    def __enter__(self) -> SqliteStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def checksum(space: str, key: str, row: bytes) -> int:
    """Return the CRC-32 of a row and its name."""
    return zlib.crc32(row, zlib.crc32(key.encode(), zlib.crc32(space.encode())))


def _checked(community: str, space: Any, key: Any, row: Any, sum: Any) -> Row:
    whole = isinstance(space, str) and isinstance(key, str) and isinstance(row, bytes)
    if not whole or sum != checksum(space, key, row):
        raise StoreError(f"the state of {community} is damaged: a row of `{space}` is not what was written")
    return Row(community, space, key, row)


def _head(found: Sequence[Any]) -> Head:
    return Head(*found)._replace(paused=bool(found[7]))


def _connected(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)


@contextmanager
def _worded() -> Iterator[None]:
    """Say in words of ours why a file can't be used."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        in_use = getattr(error, "sqlite_errorname", "") in ("SQLITE_BUSY", "SQLITE_LOCKED")
        raise StoreError("it is in use by another process" if in_use else str(error)) from error
