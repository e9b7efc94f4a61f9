"""Connections to PostgreSQL: one for writing, which shows that its hub is alive, and some for reading.

The writing connection holds an advisory lock on the hub's number while it is up. Others take over what belongs to a
number that nobody holds. A lost connection is replaced under the same number; what is left of the old one is
terminated.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from groundrules.stores import DamagedError, StoreError, UnavailableError
from groundrules.stores.postgres.schema import migrate

try:
    import psycopg
    from psycopg import errors
    from psycopg.conninfo import conninfo_to_dict
    from psycopg.sql import SQL, Identifier
    from psycopg.waiting import Ready, Wait
    from psycopg_pool import ConnectionPool
except ImportError as error:
    raise ImportError(f"{error}; `pip install groundrules[postgres]` brings it") from error

T = TypeVar("T")
Base = psycopg.Connection[tuple[Any, ...]]

PATIENCE = 5
"""Seconds that connecting may take, and that reading waits for a connection."""
READERS = 4

_KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
_SETTINGS = {
    "lock_timeout": "10s",  # a hub that hangs in the middle of a commit no longer holds up others
    "idle_in_transaction_session_timeout": "30s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "jit": "off",
}
_SETTLE = "select " + ", ".join("set_config(%s, %s, false)" for _ in range(len(_SETTINGS) + 1))
_DURABLE = "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'"
_END_THE_OLD = (
    "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = %s and objid = %s "
    "and objsubid = 2 and database = (select oid from pg_database where datname = current_database())"
)


class Sessions:
    """The connections of one hub. Its `number` stays the same, whatever connection it has at the moment."""

    def __init__(self, location: str) -> None:
        conninfo, self.schema = _apart(location)
        self._facts: dict[str, Any] = _KEEPALIVE | {"connect_timeout": PATIENCE} | dict(conninfo_to_dict(conninfo))
        self.lock = zlib.crc32(self.schema.encode()) & 0x7FFFFFFF
        self.number = 0
        self._writing = threading.Lock()
        self._closed = False
        self._writer = self._connected()
        self._pool: ConnectionPool[Base] = ConnectionPool(
            kwargs=self._facts | {"autocommit": True},
            min_size=0,
            max_size=READERS,
            open=True,
            timeout=PATIENCE,
            reconnect_timeout=PATIENCE,
            configure=self._settle,
            name="groundrules",
        )

    def _connected(self) -> Base:
        """Return a connection under the hub's number, to up-to-date tables."""
        base: Base = psycopg.connect(**self._facts, autocommit=True)
        try:
            self._settle(base)
            base.execute(_DURABLE)
            base.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
            migrate(base, self.schema, self.lock)
            if not self.number:
                [(self.number,)] = base.execute("insert into instances default values returning number").fetchall()
            base.execute(_END_THE_OLD, (self.lock, self.number))
            base.execute("select pg_advisory_lock(%s, %s)", (self.lock, self.number))
            base.autocommit = False
        except BaseException:
            base.close()
            raise
        return base

    def _settle(self, base: Base) -> None:
        facts = [*_SETTINGS.items(), ("search_path", '"' + self.schema.replace('"', '""') + '"')]
        base.execute(_SETTLE, [part for pair in facts for part in pair])

    def write(self, work: Callable[[Base], T]) -> T:
        """Do something in a transaction, one at a time; again if the connection turns out to be lost.

        The first run may have been committed, so the second has to check.
        """
        with self._writing, worded():
            self._check_open()
            try:
                return self._tried(work)
            except psycopg.OperationalError:
                if not self._writer.broken:
                    raise
            return self._tried(work)

    def _tried(self, work: Callable[[Base], T]) -> T:
        if self._writer.closed:
            self._writer = self._connected()
        base = self._writer
        try:
            with base.pipeline():
                return work(base)
        finally:
            with suppress(psycopg.Error):
                base.rollback()  # uncommitted changes

    def read(self, statement: str, values: Any = ()) -> list[tuple[Any, ...]]:
        """Return what a statement finds; if connections are lost, retry on new ones."""
        with worded():
            self._check_open()
            try:
                return self._rows(statement, values)
            except psycopg.OperationalError as error:
                if error.sqlstate is not None and error.sqlstate[:2] not in ("08", "57"):
                    raise
            self._pool.check()
            return self._rows(statement, values)

    def _rows(self, statement: str, values: Any) -> list[tuple[Any, ...]]:
        with self._pool.connection() as base:
            return base.execute(statement, values, binary=True).fetchall()

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("it is closed")

    def scrub(self) -> None:
        """Have the server rewrite its tables."""
        with self._writing:
            self._check_open()
            with psycopg.connect(**self._facts, autocommit=True) as base:
                self._settle(base)
                for table in ("heads", "rows", "events", "decisions", "touches", "actions", "notes"):
                    base.execute(SQL("vacuum full {}").format(Identifier(table)))

    def close(self) -> None:
        """End all connections, and with them the hub's hold on its communities."""
        with self._writing:
            if not self._closed:
                self._closed = True
                with suppress(psycopg.Error):  # at once, not when the server notices that the connection ended
                    self._writer.execute("select pg_advisory_unlock_all()")
                self._writer.close()
                self._pool.close()


def send(base: Base, statement: str, values: Any = ()) -> psycopg.Cursor[tuple[Any, ...]]:
    """Send a whole statement within a pipeline before anything waits for an answer.

    psycopg sends as much as fits, then only waits for answers: the rest would never be sent.
    """
    cursor = base.execute(statement, values, binary=True)
    base.wait(_sent(base.pgconn))
    return cursor


def _sent(connection: Any) -> Any:
    while connection.flush():
        if (yield Wait.RW) & Ready.R:
            connection.consume_input()
    while not (yield Wait.W):
        pass


def _apart(location: str) -> tuple[str, str]:
    """Split the schema's name, which PostgreSQL doesn't know as part of an address, from a location."""
    if "://" not in location:
        return location, "groundrules"
    parts = urlsplit(location)
    options = parse_qsl(parts.query, keep_blank_values=True)
    schema = dict(options).get("schema") or "groundrules"
    query = urlencode([option for option in options if option[0] != "schema"])
    return urlunsplit(parts._replace(query=query)), schema


@contextmanager
def worded() -> Iterator[None]:
    """Say in our own words why a database can't be used."""
    try:
        yield
    except (errors.DataCorrupted, errors.IndexCorrupted) as error:
        raise DamagedError(_line(error)) from error
    except errors.ProgramLimitExceeded as error:
        raise StoreError(f"that can't be kept: {_line(error)}") from error
    except (psycopg.OperationalError, errors.ReadOnlySqlTransaction) as error:
        raise UnavailableError(_line(error)) from error
    except psycopg.Error as error:
        raise StoreError(_line(error)) from error
    except (UnicodeError, OverflowError, TypeError, AttributeError) as error:
        raise StoreError(f"that can't be kept: {error}") from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
