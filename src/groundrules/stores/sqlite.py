"""State in an SQLite file: what an engine remembers, row by row, so that a run goes on where the last one ended.

Rows are written behind the engine, all that changed since the last `save` in one transaction. What was decided after it
is decided again when the same events come again: an action's key is then the same, so carrying it out twice is
harmless. What is deleted is overwritten, so that a person who was forgotten is in the file no longer.

One process at a time works with a file: it holds the lock for writing all the time, which leaves others free to read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from groundrules.diagnostics.codes import plans as codes
from groundrules.engine.engine import Engine, HasPlan, Row
from groundrules.engine.upkeep.snapshot import SnapshotError
from groundrules.stores import StoreError

_TABLES = """
create table if not exists rows (
    partition text not null, space text not null, key text not null, row blob not null,
    primary key (partition, space, key)
) without rowid;
create table if not exists shapes (space text primary key, hash text not null) without rowid;
create table if not exists keeper (rulebook text not null);
"""
_KEEP = "insert into rows values (?, ?, ?, ?) on conflict do update set row = excluded.row"
_DROP = "delete from rows where partition = ? and space = ? and key = ?"


class SqliteStore:
    """The state of one rulebook's engine in a file. `keeper` is the rulebook that saved last, None in a new file.

    Raises StoreError for a file that is no database of ours, or that another process works with.
    """

    def __init__(self, path: Path | str) -> None:
        with _told():
            self._base = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            with _told():
                self._base.execute("pragma journal_mode = wal")
                self._base.execute("pragma secure_delete = on")
                self._base.executescript(_TABLES)
                self._base.execute("begin immediate")
                found = self._base.execute("select rulebook from keeper").fetchone()
        except StoreError:
            self._base.close()
            raise
        self.keeper: str | None = found[0] if found else None

    def open(self, plan: HasPlan) -> Engine:
        """Return an engine that goes on from what is stored; `engine.carried` says what another version left behind.

        Raises groundrules.engine.upkeep.snapshot.SnapshotError if a row can't be read, StoreError if the file can't.
        """
        engine = Engine(plan, track=True)
        try:
            with _told():
                shapes = dict(self._base.execute("select space, hash from shapes"))
                rows = self._base.execute("select partition, space, key, row from rows order by partition, space, key")
                engine.load(rows, shapes)
        except (LookupError, TypeError, ValueError) as error:  # columns of another kind than was written
            message = "the state is damaged: a row of it can't be read"
            raise SnapshotError(codes.SNAPSHOT_DAMAGED, message, "use an earlier copy of the file") from error
        return engine

    def save(self, engine: Engine) -> int:
        """Write what changed since the last time, all or nothing; return how many rows that were.

        Raises StoreError if they can't be written, for want of room on the disk for example.
        """
        changed = list(engine.drain())
        with _told():
            try:
                self._write(engine, changed)
                self._base.execute("commit")
            finally:
                if self._base.in_transaction:
                    self._base.execute("rollback")
                self._base.execute("begin immediate")
        return len(changed)

    def _write(self, engine: Engine, changed: list[Row]) -> None:
        self._base.executemany(_KEEP, [row for row in changed if row[3] is not None])
        self._base.executemany(_DROP, [row[:3] for row in changed if row[3] is None])
        self._base.execute("delete from shapes")
        self._base.executemany("insert into shapes values (?, ?)", engine.shapes.items())
        self._base.execute("delete from keeper")
        self._base.execute("insert into keeper values (?)", (engine.name,))

    def close(self) -> None:
        self._base.close()

    def __enter__(self) -> SqliteStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def _told() -> Iterator[None]:
    """Say in words of ours why a file can't be used."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        in_use = getattr(error, "sqlite_errorname", "") in ("SQLITE_BUSY", "SQLITE_LOCKED")
        raise StoreError("it is in use by another process" if in_use else str(error)) from error
