"""The tables of an SQLite file, and how older files are migrated."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from groundrules.stores import StoreError
from groundrules.stores.records import Head
from groundrules.stores.sums import head_sum, row_sum

APPLICATION = 0x67726C73
"""Marks a file as ours, as SQLite's `application_id`."""

VERSION = 2
"""Of the tables, kept as `user_version`. 0 is a file of `run --state` before 0.3, or a new one."""

_TABLES = """
create table heads (
    community text primary key, version integer not null, batch text not null, plan text not null, due integer,
    number integer not null, acts integer not null, paused integer not null, settings blob not null,
    position integer not null, sum integer not null
) without rowid;
create index heads_due on heads (due, community) where due is not null;
create table rows (
    community text not null, space text not null, key text not null, row blob not null, sum integer not null,
    primary key (community, space, key)
) without rowid;
create table events (
    community text not null, first integer not null, last integer not null, since integer not null,
    until integer not null, body blob not null, sum integer not null, primary key (community, first)
) without rowid;
create table decisions (
    position integer primary key autoincrement, community text not null, at integer not null, body blob not null,
    sum integer not null
);
create index decisions_community on decisions (community, position);
create table touches (
    kind text not null, id text not null, position integer not null, community text not null,
    primary key (kind, id, position)
) without rowid;
create index touches_position on touches (position);
create table actions (
    community text not null, number integer not null, key text not null, body blob not null, at integer not null,
    status text not null, attempts integer not null, due integer not null, reason text not null, sum integer not null,
    primary key (community, number)
) without rowid;
create index actions_key on actions (community, key, number);
create index actions_open on actions (community, number) where status in ('waiting', 'sending', 'doubtful');
create table notes (
    id integer primary key autoincrement, community text not null, at integer not null, kind text not null,
    detail blob not null
);
create index notes_community on notes (community, id);
create table plans (digest text primary key, since integer not null, shapes blob not null, body blob not null);
create table sources (name text primary key, position blob not null) without rowid;
create table latest (batch text not null, position integer not null);
insert into latest values ('', 0);
"""
KEEP_ACTION = "insert or replace into actions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
KEEP_HEAD = "insert or replace into heads values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
KEEP_ROW = (
    "insert into rows values (?, ?, ?, ?, ?) "
    "on conflict (community, space, key) do update set row = excluded.row, sum = excluded.sum"
)


def check(base: sqlite3.Connection) -> None:
    """Raise StoreError unless the file is new, ours or from an old `run --state`. Nothing is written."""
    version, ours = _pragma(base, "user_version"), _pragma(base, "application_id") == APPLICATION
    if ours and version > VERSION:
        raise StoreError(f"a newer version of groundrules wrote it (its tables have version {version})")
    if not ours and (names := _tables(base)) and not (version == 0 and {"rows", "shapes", "keeper"} <= names):
        raise StoreError("it is a database of something else")


def migrate(base: sqlite3.Connection, path: str) -> None:
    """Migrate the tables within the caller's transaction; a copy of older ones is kept."""
    version = _pragma(base, "user_version")
    if version == VERSION:
        return
    if _tables(base):
        _copy_aside(path, version)
    for step in _STEPS[version:]:
        step(base)
    base.execute(f"pragma application_id = {APPLICATION}")
    base.execute(f"pragma user_version = {VERSION}")


def _pragma(base: sqlite3.Connection, name: str) -> int:
    return int(base.execute(f"pragma {name}").fetchone()[0])


def _tables(base: sqlite3.Connection) -> set[str]:
    return {name for (name,) in base.execute("select name from sqlite_master where type = 'table'")}


def _copy_aside(path: str, version: int) -> None:
    """Copy everything committed, in the file or in its log. We have the lock, so nobody writes."""
    aside = Path(f"{path}.v{version}.bak")
    unfinished = aside.with_name(f"{aside.name}.part")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as copy:
        source.backup(copy)
    os.replace(unfinished, aside)


def _to_1(base: sqlite3.Connection) -> None:
    """Create the tables; take over what `run --state` stored before there were heads."""
    old = bool(_tables(base))
    if old:
        base.execute("alter table rows rename to rows_before")
    for statement in filter(str.strip, _TABLES.split(";")):
        base.execute(statement)
    if old:
        _take_over(base)


def _take_over(base: sqlite3.Connection) -> None:
    keeper = base.execute("select rulebook from keeper").fetchone()
    digest = keeper[0] if keeper else ""
    shapes = json.dumps(dict(base.execute("select space, hash from shapes"))).encode()
    base.execute("insert into plans values (?, 0, ?, x'')", (digest, shapes))
    rows = base.execute("select partition, space, key, row from rows_before").fetchall()
    try:
        base.executemany(KEEP_ROW, [(*row, row_sum(*row)) for row in rows])
        heads = [Head(id, 1, plan=digest) for id in sorted({row[0] for row in rows})]
        base.executemany(KEEP_HEAD, [(*head, 0, head_sum(head)) for head in heads])
    except TypeError as error:
        raise StoreError("its state is damaged: a row is of another kind than was written") from error
    for table in ("rows_before", "shapes", "keeper"):
        base.execute(f"drop table {table}")


def _to_2(base: sqlite3.Connection) -> None:
    """Find open actions by excluding the other statuses."""
    base.execute("drop index actions_open")
    ended = "status not in ('done', 'failed', 'dropped')"
    base.execute(f"create index actions_open on actions (community, number) where {ended}")


_STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (_to_1, _to_2)
"""What migrates tables of each version, from 0 on, to the next."""
