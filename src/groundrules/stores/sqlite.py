"""A store in an SQLite file: the default, using only the standard library.

One process at a time uses a file: it holds a lock next to it (`FILE-lock`), which leaves others free to read. A commit
is on the disk when it returns (`synchronous = full`). What is deleted is overwritten, and an erasure empties SQLite's
log, so that no trace of a forgotten person is left in the files. Stored checksums are compared on reading.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from groundrules.stores import DamagedError, OwnedError, StoreError, UnavailableError
from groundrules.stores.records import (
    ENDED,
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
    as_written,
)
from groundrules.stores.sqlite_erasing import erase, prepare_scrub, scrub
from groundrules.stores.sqlite_schema import KEEP_ACTION, KEEP_HEAD, KEEP_ROW, check, migrate
from groundrules.stores.sums import (
    action_sum,
    entry_sum,
    events_sum,
    head_sum,
    listed_action,
    listed_entry,
    row_sum,
    whole_action,
    whole_events,
    whole_head,
    whole_row,
)

SCRUBBED_AFTER = 1.0
"""Seconds after the last erasure until a commit empties the log; until then another may follow."""
MOST_TRIES, BETWEEN_TRIES = 10, 0.02
"""How often an erasure tries to empty the log while somebody reads, and the seconds between tries."""
PATIENCE = 5.0
"""Seconds that a commit waits for another program that has locked the file for a moment."""

_DROP_ROW = "delete from rows where community = ? and space = ? and key = ?"
_OPEN = f"status not in ({', '.join(repr(status) for status in ENDED)})"
_LAST = "select coalesce((select seq from sqlite_sequence where name = 'decisions'), 0)"
_SEGMENTS = (  # segments are consecutive: the first one wanted is the last that begins at or before the number
    "select * from events where community = ?1 and last > ?2 and until >= ?3 and first >= coalesce("
    "(select max(first) from events where community = ?1 and first <= ?2), 0) order by first limit ?4"
)
_WHERE = (
    "select community from touches where kind = 'member' and id = ?1 "
    "union select community from rows where instr(cast(key as blob), ?2) or instr(row, ?2) "
    "union select community from events where instr(body, ?3) or instr(body, ?4) "
    "union select community from decisions where instr(body, ?3) or instr(body, ?4) "
    "union select community from actions where instr(body, ?3) or instr(body, ?4) "
    "union select community from notes where instr(detail, ?3) or instr(detail, ?4)"
)
_PASSING = {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_PROTOCOL"}


class SqliteStore:
    """A store in a file, or in memory (`:memory:`).

    Raises StoreError for a file that is not our database, that a newer version wrote, or that another process is using.
    An older file is migrated; a copy of it is kept next to it.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        self._ours: set[str] = set()
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._unscrubbed = False
        self._scrubbed_from = 0.0
        self._guard: sqlite3.Connection | None = None
        self._closed = False
        with _worded():
            if not self._in_memory:
                self._guard = _guard(str(Path(path).resolve()))
            try:
                self._writer = self._begun()
            except BaseException:
                self._let_go()
                raise

    @property
    def _in_memory(self) -> bool:
        return self._path == ":memory:"

    def _begun(self) -> sqlite3.Connection:
        """Return a connection for writing, to up-to-date tables."""
        base = _connected(self._path)
        try:
            check(base)
            base.execute("pragma journal_mode = wal")
            base.execute("pragma synchronous = full")
            base.execute("pragma secure_delete = on")
            with _transaction(base):
                migrate(base, self._path)
        except BaseException:
            base.close()
            raise
        return base

    # --- ownership and commits ------------------------------------------------------------------

    def claim(self, community: str, seize: bool = False) -> tuple[Head, list[Row]] | None:
        with self._reading() as run:
            head, rows = None, []
            for record in run("select * from heads where community = ?", (community,)):
                head = _head(record)
                rows = [whole_row(*row) for row in run("select * from rows where community = ?", (community,))]
        self._ours.add(community)
        return None if head is None else (head, rows)

    def release(self, communities: Iterable[str]) -> None:
        self._ours.difference_update(communities)

    def commit(self, batch: Batch) -> int:
        with self._writing() as base:
            position = self._write(base, batch)
        if self._unscrubbed and time.monotonic() >= self._scrubbed_from:
            self._scrub()
        return position

    def _write(self, base: sqlite3.Connection, batch: Batch) -> int:
        kept = self._kept(base, batch)
        if kept is not None:
            return kept
        self._fence(base, batch.heads)
        many = base.executemany
        [last] = base.execute(_LAST).fetchone()
        many(KEEP_HEAD, [(*head, last + 1, head_sum(head)) for head in batch.heads])
        many(KEEP_ROW, [(*row, row_sum(*row)) for row in batch.rows if row[3] is not None])  # type: ignore[arg-type]
        many(_DROP_ROW, [row[:3] for row in batch.rows if row[3] is None])
        many("insert into events values (?, ?, ?, ?, ?, ?, ?)", [(*event, events_sum(event)) for event in batch.events])
        self._log(base, batch, last + 1)
        many(KEEP_ACTION, [(*action, action_sum(action)) for action in (*batch.actions, *batch.outcomes)])
        many("insert into notes (community, at, kind, detail) values (?, ?, ?, ?)", batch.notes)
        many("insert or replace into plans values (?, ?, ?, ?)", batch.plans)
        many("insert or replace into sources values (?, ?)", list(batch.sources.items()))
        base.execute("update latest set batch = ?, position = ?", (batch.id, last + 1))
        return int(last) + 1

    def _kept(self, base: sqlite3.Connection, batch: Batch) -> int | None:
        """Return the position of a batch that was already stored."""
        row = base.execute("select position from latest where batch = ?", (batch.id,)).fetchone()
        for head in batch.heads if row is None else ():
            asked = "select position from heads where community = ? and batch = ?"
            row = row or base.execute(asked, (head.community, batch.id)).fetchone()
        return None if row is None else int(row[0])

    def _fence(self, base: sqlite3.Connection, heads: Sequence[Head]) -> None:
        self._check_ours(head.community for head in heads)
        for head in heads:
            kept = base.execute("select version from heads where community = ?", (head.community,)).fetchone()
            if (kept[0] if kept else 0) != head.version - 1:
                raise OwnedError(f"the community {head.community} was changed by somebody else")

    def _check_ours(self, communities: Iterable[str]) -> None:
        for community in communities:
            if community not in self._ours:
                raise OwnedError(f"the community {community} was not claimed")

    def _log(self, base: sqlite3.Connection, batch: Batch, first: int) -> None:
        numbered = list(enumerate(batch.entries, first))
        decisions = [(at, *entry[:3], entry_sum(*entry[:3])) for at, entry in numbered]
        base.executemany("insert into decisions values (?, ?, ?, ?, ?)", decisions)
        touches = [(*touch, at, entry.community) for at, entry in numbered for touch in entry.touches]
        base.executemany("insert or ignore into touches values (?, ?, ?, ?)", touches)

    # --- reading --------------------------------------------------------------------------------

    def head(self, community: str) -> Head | None:
        with self._reading() as run:
            row = run("select * from heads where community = ?", (community,)).fetchone()
            return None if row is None else _head(row)

    def heads(self, after: str | None = None, limit: int = 1000) -> list[Head]:
        return self._heads(f"where community {_behind(after)} ? order by community limit ?", after or "", limit)

    def due(self, until: int, limit: int = 1000) -> list[Head]:
        return self._heads("where due <= ? order by due, community limit ?", until, limit)

    def _heads(self, which: str, *values: Any) -> list[Head]:
        with self._reading() as run:
            return [_listed(row) for row in run(f"select * from heads {which}", values)]

    def acting(self, after: str | None = None, limit: int = 1000) -> list[str]:
        which = f"where {_OPEN} and community {_behind(after)} ? order by community limit ?"
        with self._reading() as run:
            return [id for (id,) in run(f"select distinct community from actions {which}", (after or "", limit))]

    def source(self, name: str) -> bytes | None:
        with self._reading() as run:
            row = run("select position from sources where name = ?", (name,)).fetchone()
            return None if row is None else row[0]

    def plan(self, digest: str) -> Plan | None:
        with self._reading() as run:
            row = run("select digest, since, shapes, body from plans where digest = ?", (digest,)).fetchone()
            return None if row is None else Plan(*row)

    def outgoing(
        self, community: str | None = None, open: bool = True, after: int = 0, limit: int = 1000
    ) -> list[Outgoing]:
        of, values = ("", []) if community is None else ("community = ? and ", [community])
        which = f"where {of}number > ?{f' and {_OPEN}' if open else ''} order by community, number limit ?"
        with self._reading() as run:
            record = run(f"select * from actions {which}", (*values, after, limit)).fetchall()
        return [listed_action(Outgoing(*row[:-1]), row[-1]) for row in record]

    def action(self, community: str, key: str) -> Outgoing | None:
        with self._reading() as run:
            which = "where community = ? and key = ? order by number desc limit 1"
            row = run(f"select * from actions {which}", (community, key)).fetchone()
            return None if row is None else whole_action(Outgoing(*row[:-1]), row[-1])

    def events(self, community: str, since: int = 0, after: int = 0) -> Iterator[Events]:
        last, many = after, 2  # reading one segment shouldn't cost a hundred
        while True:
            with self._reading() as run:
                rows = run(_SEGMENTS, (community, last, since, many)).fetchall()
            for row in rows:
                yield whole_events(Events(*row[:6]), row[6])
            if not rows:
                return
            last, many = rows[-1][2], min(100, 4 * many)

    def decisions(self, query: Query) -> list[Logged]:
        asked, values = _asked(query)
        with self._reading() as run:
            return [listed_entry(*row) for row in run(asked, values).fetchall()]

    def notes(self, community: str | None = None, limit: int = 100) -> list[Note]:
        of, values = ("", []) if community is None else ("where community = ? ", [community])
        with self._reading() as run:
            rows = run(f"select community, at, kind, detail from notes {of}order by id desc limit ?", (*values, limit))
            return [Note(*row) for row in rows]

    def where(self, member: str) -> list[str]:
        with self._reading() as run:
            return sorted(id for (id,) in run(_WHERE, (member, member.encode(), *as_written(member))))

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        """Read as of one moment, on a separate connection."""
        if self._in_memory:
            with self._lock, _worded():
                yield self._writer.execute
            return
        with _worded():
            base = self._reader()
            try:
                base.execute("begin")
                yield base.execute
                base.execute("commit")
            except BaseException:
                base.close()
                raise
            self._idle.append(base)
            if self._closed:
                self._close_idle()

    def _reader(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreError("it is closed")
        with suppress(IndexError):
            return self._idle.pop()
        base = _connected(self._path)
        base.execute("pragma query_only = on")
        return base

    # --- letting go -----------------------------------------------------------------------------

    def erase(self, erasures: Sequence[Erasure]) -> None:
        follows = bool(erasures) and time.monotonic() < self._scrubbed_from
        with self._writing() as base:
            self._check_ours(erasure.community for erasure in erasures)
            for erasure in erasures:
                erase(base, erasure)
            if erasures:
                self._unscrubbed, self._scrubbed_from = True, time.monotonic() + SCRUBBED_AFTER
        if self._unscrubbed and not follows:
            self._scrub(MOST_TRIES)

    def _scrub(self, tries: int = 1) -> None:
        """Checkpoint SQLite's log into the file and empty it. That has to wait while another program reads.

        Most of it runs alongside commits, which wait for the rest.
        """
        for turn in range(tries):
            if turn:
                time.sleep(BETWEEN_TRIES)
            prepare_scrub(self._path)
            with self._lock:
                if self._closed or scrub(self._writer):
                    self._unscrubbed = False
                    return
        self._scrubbed_from = time.monotonic() + SCRUBBED_AFTER

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _worded():
            if self._closed:
                raise StoreError("it is closed")
            with _transaction(self._writer):
                yield self._writer

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._close_idle()
            if self._unscrubbed:
                scrub(self._writer)
            self._writer.close()
            self._let_go()

    def _close_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _let_go(self) -> None:
        if self._guard is not None:
            self._guard.close()

    def __enter__(self) -> SqliteStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _behind(after: str | None) -> str:
    return ">=" if after is None else ">"


def _asked(query: Query) -> tuple[str, list[Any]]:
    """Return the statement that finds decisions. Touches are walked in their own order, rarest kind first."""
    touches = query.touches
    of = "t0" if touches else "d"
    order, bound, direction = (">", query.after, "asc") if query.before is None else ("<", query.before, "desc")
    conditions = [f"{of}.position {order} ?"]
    values: list[Any] = [bound]
    if query.community is not None:
        conditions.append(f"{of}.community = ?")
        values.append(query.community)
    for number, touch in enumerate(touches):
        conditions.append(f"t{number}.kind = ? and t{number}.id = ? and t{number}.position = {of}.position")
        values += touch
    tables = [*(f"touches t{number}" for number in range(len(touches))), "decisions d"]
    conditions.append(f"d.position = {of}.position")
    which = f"from {' cross join '.join(tables)} where {' and '.join(conditions)}"
    return f"select d.* {which} order by {of}.position {direction} limit ?", [*values, query.limit]


def _head(row: Sequence[Any]) -> Head:
    head = Head(*row[:9])._replace(paused=bool(row[7]))
    if not whole_head(head, row[-1]):
        raise DamagedError(f"the state of {head.community} is damaged: its head is not what was written")
    return head


def _listed(row: Sequence[Any]) -> Head:
    try:
        return _head(row)
    except DamagedError:
        return Head(str(row[0]))


def _connected(path: str, timeout: float = PATIENCE) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=False)


def _guard(path: str) -> sqlite3.Connection:
    """Lock a file; the system releases the lock when the process ends, however it ends."""
    base = _connected(f"{path}-lock", timeout=0)
    try:
        base.execute("begin exclusive")
    except BaseException:
        base.close()
        raise
    return base


@contextmanager
def _transaction(base: sqlite3.Connection) -> Iterator[None]:
    base.execute("begin immediate")
    try:
        yield
        base.execute("commit")
    except BaseException:
        if base.in_transaction:
            base.execute("rollback")
        raise


@contextmanager
def _worded() -> Iterator[None]:
    """Say in our own words why a file can't be used."""
    try:
        yield
    except sqlite3.Error as error:
        name = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
        in_use = name in ("SQLITE_BUSY", "SQLITE_LOCKED")
        kind = UnavailableError if name in _PASSING else StoreError
        raise kind("it is in use by another process" if in_use else str(error)) from error
    except (UnicodeError, OverflowError, TypeError, AttributeError) as error:
        raise StoreError(f"that can't be kept: {error}") from error
