"""The tables in PostgreSQL, in their own schema, and how older versions are migrated.

Texts are bytes (UTF-8): PostgreSQL's own text takes no NUL and sorts by locale. Index entries are limited to a third of
a page, so a key holds a long text's first bytes and digest; where it is read back, all of it is in `long`. Communities
are numbers outside `heads`.
"""

from __future__ import annotations

import hashlib
from typing import Any, LiteralString

import psycopg
from psycopg.sql import SQL, Identifier

from groundrules.stores import StoreError

VERSION = 2
"""Of the tables, kept in `version`."""

LONGEST = 500
"""Bytes of a text in a key."""

_TABLES: LiteralString = """
create table heads (
    id integer generated always as identity primary key, key bytea not null unique, long bytea,
    version bigint not null default 0, batch bytea not null default '', plan bytea not null default '', due bigint,
    number bigint not null default 0, acts bigint not null default 0, paused boolean not null default false,
    settings bytea not null default '', position bigint not null default 0, sum bigint not null default 0,
    owner integer, epoch bigint not null default 0
);
create index heads_due on heads (due, key) where due is not null;
create table rows (
    community integer not null, name bytea not null, long bytea, row bytea not null, sum bigint not null,
    primary key (community, name)
);
create table events (
    community integer not null, first bigint not null, last bigint not null, since bigint not null,
    until bigint not null, body bytea not null, sum bigint not null, primary key (community, first)
);
create table decisions (
    position bigint primary key, community integer not null, at bigint not null, body bytea not null,
    sum bigint not null
);
create index decisions_community on decisions (community, position);
create table touches (
    kind text not null, id bytea not null, position bigint not null, community integer not null,
    primary key (kind, id, position)
);
create index touches_position on touches (position);
create table actions (
    community integer not null, number bigint not null, key bytea not null, long bytea, body bytea not null,
    at bigint not null, status text not null, attempts integer not null, due bigint not null, reason bytea not null,
    sum bigint not null, primary key (community, number)
);
create index actions_key on actions (community, key, number);
create index actions_open on actions (community, number) where status in ('waiting', 'sending', 'doubtful');
create table notes (
    id bigint generated always as identity primary key, community integer not null, at bigint not null,
    kind bytea not null, detail bytea not null
);
create index notes_community on notes (community, id);
create table plans (key bytea primary key, since bigint not null, shapes bytea not null, body bytea not null);
create table sources (key bytea primary key, position bytea not null);
create table instances (
    number integer generated always as identity primary key, batch bytea not null default '',
    position bigint not null default 0
);
create table counter (last bigint not null);
insert into counter values (0);
insert into heads (key) values ('');
create table version (number integer not null);
insert into version values (0);
"""

_OPEN_BY_WHAT_IT_IS_NOT: LiteralString = """
drop index actions_open;
create index actions_open on actions (community, number) where status not in ('done', 'failed', 'dropped');
"""

_STEPS: tuple[LiteralString, ...] = (_TABLES, _OPEN_BY_WHAT_IT_IS_NOT)
"""What migrates tables of each version, from 0 on, to the next."""


def migrate(base: psycopg.Connection[Any], schema: str, lock: int) -> None:
    """Create or migrate the tables in one transaction. Raises StoreError for tables that are not ours."""
    with base.transaction():
        base.execute("select pg_advisory_xact_lock(%s, 0)", (lock,))
        version = _version(base, schema)
        if version > VERSION:
            raise StoreError(f"a newer version of groundrules wrote it (its tables have version {version})")
        if version == VERSION:
            return
        if version == 0:
            base.execute(SQL("create schema if not exists {}").format(Identifier(schema)))
        for step in _STEPS[version:]:
            base.execute(step)
        base.execute("update version set number = %s", (VERSION,))


def _version(base: psycopg.Connection[Any], schema: str) -> int:
    asked = "select array_agg(c.relname::text) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
    [(tables,)] = base.execute(f"{asked} where n.nspname = %s and c.relkind = 'r'", (schema,)).fetchall()
    if not tables:
        return 0
    if not {"version", "heads", "rows", "counter"} <= set(tables):
        raise StoreError(f"the schema `{schema}` holds something else")
    [(version,)] = base.execute("select number from version").fetchall()
    return int(version)


def short(text: str) -> bytes:
    """Return how a key holds a text: itself, or its beginning and its digest."""
    return cut(text.encode())


def cut(data: bytes, most: int = LONGEST) -> bytes:
    """Return bytes as a key holds them. The mark after a beginning occurs in no text."""
    return data if len(data) <= most else data[: most - 40] + b"\xfe" + hashlib.sha256(data).digest()


def long(text: str) -> bytes | None:
    """Return a text that its key doesn't hold in full, None for one that it does."""
    data = text.encode()
    return data if len(data) > LONGEST else None
