"""Several hubs on one database: each community belongs to one of them, and only that one can commit to it.

A claim gives a community to a hub and raises its epoch. A commit locks the heads of its communities and checks their
owner, epoch and version. A hub is alive as long as its connection for writing does (`sessions`). Positions come from a
row that a commit locks until its end, so that they become visible in order. A commit is two round trips: one to check,
one with a statement per table (`writing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any

from groundrules.stores import DamagedError, OwnedError
from groundrules.stores.postgres import writing
from groundrules.stores.postgres.schema import long, short
from groundrules.stores.postgres.sessions import Base, Sessions, send, worded
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
from groundrules.stores.sums import listed_action, listed_entry, whole_action, whole_events, whole_head, whole_row

_HEAD = "heads.key, heads.long, version, batch, plan, due, heads.number, acts, paused, settings, heads.sum"
_ACTION = "actions.number, actions.key, actions.long, body, at, status, attempts, actions.due, reason, actions.sum"
_OPEN = f"status not in ({', '.join(map(repr, ENDED))})"
_OF = "(select id from heads where key = %(of)b)"
_CLAIM = f"""
insert into heads (key, long, owner, epoch) values (%(key)b, %(long)b, %(us)s::int, 1)
on conflict (key) do update
set owner = %(us)s::int, epoch = heads.epoch + (heads.owner is distinct from %(us)s::int)::int
where heads.owner is null or heads.owner = %(us)s::int or %(seize)s::boolean
or pg_try_advisory_xact_lock_shared(%(lock)s::int, heads.owner) returning {_HEAD}, id, epoch
"""
_RELEASE = "update heads set owner = null where owner = %s and id = any(%b::int[])"
_LIVING = """
select objid::int from pg_locks where locktype = 'advisory' and classid = %(lock)s and objsubid = 2 and granted
and database = (select oid from pg_database where datname = current_database())
"""
_DUE = f"""
select {_HEAD} from heads where due <= %(until)s and version > 0
and (owner is null or owner = %(us)s or owner not in ({_LIVING})) order by due, key limit %(limit)s
"""
_ACTING = f"""
select key, long from heads where {{behind}} and exists
(select from actions where actions.community = heads.id and {_OPEN}) order by key limit %(limit)s
"""
_SEGMENTS = f"""
select first, last, since, until, body, sum from events where community = {_OF} and last > %(after)s
and until >= %(since)s and first >= coalesce(
(select max(first) from events where community = {_OF} and first <= %(after)s), 0) order by first limit 100
"""
_WHERE = """
select key, long from heads where id in (
select community from touches where kind = 'member' and id = %(key)b
union select community from rows where position(%(text)b in coalesce(long, name)) > 0 or position(%(text)b in row) > 0
union select community from events where position(%(as_is)b in body) > 0 or position(%(ascii)b in body) > 0
union select community from decisions where position(%(as_is)b in body) > 0 or position(%(ascii)b in body) > 0
union select community from actions where position(%(as_is)b in body) > 0 or position(%(ascii)b in body) > 0
union select community from notes where position(%(as_is)b in detail) > 0 or position(%(ascii)b in detail) > 0)
"""


class PostgresStore:
    """A store at `postgresql://…`, in its own schema: `?schema=NAME`, by default `groundrules`.

    Raises UnavailableError if the server can't be reached, StoreError if the schema holds something else or a newer
    version's tables. Older tables are migrated.
    """

    def __init__(self, location: str) -> None:
        with worded():
            self._sessions = Sessions(location)
        self._claims: writing.Claims = {}

    # --- ownership and commits ------------------------------------------------------------------

    def claim(self, community: str, seize: bool = False) -> tuple[Head, list[Row]] | None:
        def work(base: Base) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
            us = {"us": self._sessions.number, "lock": self._sessions.lock}
            values = us | {"key": short(community), "long": long(community), "seize": seize}
            row = send(base, _CLAIM, values).fetchone()
            if row is None:
                raise OwnedError(f"the community {community} belongs to another hub")
            asked = "select name, long, row, sum from rows where community = %s"
            rows = send(base, asked, (row[-2],)).fetchall()
            base.commit()
            return row, rows

        claimed, rows = self._sessions.write(work)
        *head, id, epoch = claimed
        kept = (_head(head), [_row(community, *row) for row in rows]) if head[2] else None
        self._claims[community] = id, epoch
        return kept

    def release(self, communities: Iterable[str]) -> None:
        ids = [self._claims.pop(community)[0] for community in list(communities) if community in self._claims]

        def work(base: Base) -> None:
            send(base, _RELEASE, (self._sessions.number, ids))
            base.commit()

        if ids:
            self._sessions.write(work)

    def commit(self, batch: Batch) -> int:
        us = self._sessions.number

        def work(base: Base) -> Any:
            position = writing.kept(base, batch, us, self._claims)
            if position is not None:
                return position
            answer = writing.write(base, batch, us, self._claims)
            base.commit()
            return answer.fetchone()[0]

        return int(self._sessions.write(work))

    # --- reading --------------------------------------------------------------------------------

    def head(self, community: str) -> Head | None:
        rows = self._read(f"select {_HEAD} from heads where key = %(of)b and version > 0", of=community)
        return _head(rows[0]) if rows else None

    def heads(self, after: str | None = None, limit: int = 1000) -> list[Head]:
        which = f"where {_behind(after)} and version > 0 order by key limit %(limit)s"
        return [_listed(row) for row in self._read(f"select {_HEAD} from heads {which}", of=after or "", limit=limit)]

    def due(self, until: int, limit: int = 1000) -> list[Head]:
        us = {"us": self._sessions.number, "lock": self._sessions.lock}
        return [_listed(row) for row in self._read(_DUE, until=until, limit=limit, **us)]

    def acting(self, after: str | None = None, limit: int = 1000) -> list[str]:
        rows = self._read(_ACTING.format(behind=_behind(after)), of=after or "", limit=limit)
        return [_text(*row) for row in rows]

    def source(self, name: str) -> bytes | None:
        rows = self._read("select position from sources where key = %(of)b", of=name)
        return rows[0][0] if rows else None

    def plan(self, digest: str) -> Plan | None:
        rows = self._read("select since, shapes, body from plans where key = %(of)b", of=digest)
        return Plan(digest, *rows[0]) if rows else None

    def outgoing(
        self, community: str | None = None, open: bool = True, after: int = 0, limit: int = 1000
    ) -> list[Outgoing]:
        of = "heads.key = %(of)b" if community is not None else "true"
        which = f"where {of} and actions.number > %(after)s and {_OPEN if open else 'true'}"
        order = "order by heads.key, actions.number limit %(limit)s"
        asked = f"select heads.key, heads.long, {_ACTION} from actions join heads on heads.id = actions.community"
        rows = self._read(f"{asked} {which} {order}", of=community or "", after=after, limit=limit)
        return [listed_action(_outgoing(_text(*row[:2]), *row[2:-1]), row[-1]) for row in rows]

    def action(self, community: str, key: str) -> Outgoing | None:
        which = f"where community = {_OF} and key = %(key)b order by number desc limit 1"
        rows = self._read(f"select {_ACTION} from actions {which}", of=community, key=key)
        return whole_action(_outgoing(community, *rows[0][:-1]), rows[0][-1]) if rows else None

    def events(self, community: str, since: int = 0, after: int = 0) -> Iterator[Events]:
        last = after
        while page := self._read(_SEGMENTS, of=community, since=since, after=last):
            for *segment, sum in page:
                yield whole_events(Events(community, *segment), sum)
            last = page[-1][1]

    def decisions(self, query: Query) -> list[Logged]:
        asked, values = _asked(query)
        return [listed_entry(row[0], _text(*row[1:3]), *row[3:]) for row in self._read(asked, **values)]

    def notes(self, community: str | None = None, limit: int = 100) -> list[Note]:
        of = f"where community = {_OF}" if community is not None else ""
        asked = f"select key, long, at, kind, detail from (select * from notes {of} order by id desc limit %(limit)s) n"
        rows = self._read(
            f"{asked} join heads on heads.id = n.community order by n.id desc", of=community or "", limit=limit
        )
        return [Note(_text(*row[:2]), row[2], _text(row[3]), row[4]) for row in rows]

    def where(self, member: str) -> list[str]:
        with worded():
            as_is, ascii = as_written(member)
        rows = self._read(_WHERE, key=member, text=member.encode(), as_is=as_is, ascii=ascii)
        return sorted(_text(*row) for row in rows)

    def _read(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Read; texts are in the form used in keys."""
        with worded():
            keys = {name: short(value) for name, value in values.items() if isinstance(value, str)}
            return self._sessions.read(statement, values | keys)

    # --- letting go -----------------------------------------------------------------------------

    def erase(self, erasures: Sequence[Erasure]) -> None:
        def work(base: Base) -> None:
            communities = [erasure.community for erasure in erasures]
            writing.locked(base, self._sessions.number, self._claims, communities)
            for erasure in erasures:
                of = self._claims[erasure.community][0]
                writing.erase(base, of, erasure, _under(base, of, erasure))
            base.commit()

        self._sessions.write(work)

    def scrub(self) -> None:
        """Rewrite all tables so that erased bytes are gone; nobody can commit meanwhile."""
        with worded():
            self._sessions.scrub()

    def close(self) -> None:
        self._sessions.close()

    def __enter__(self) -> PostgresStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _asked(query: Query) -> tuple[str, dict[str, Any]]:
    """Return the statement that finds decisions, and its values."""
    touches = query.touches
    of = "t0" if touches else "d"
    order, bound, direction = (">", query.after, "asc") if query.before is None else ("<", query.before, "desc")
    values: dict[str, Any] = {"bound": bound, "limit": query.limit}
    conditions = [f"{of}.position {order} %(bound)s"]
    if query.community is not None:
        conditions.append(f"{of}.community = {_OF}")
        values["of"] = query.community
    for number, touch in enumerate(touches):
        conditions.append(f"t{number}.kind = '{touch.kind}' and t{number}.id = %(id{number})b")
        values[f"id{number}"] = touch.id
    joins = [f"join touches t{number} on t{number}.position = d.position" for number in range(len(touches))]
    tables = f"decisions d {' '.join(joins)} join heads on heads.id = d.community"
    asked = f"select d.position, key, long, d.at, d.body, d.sum from {tables} where {' and '.join(conditions)}"
    return f"{asked} order by {of}.position {direction} limit %(limit)s", values


def _under(base: Base, of: int, erasure: Erasure) -> list[Outgoing]:
    """Return the actions under the keys of an erasure."""
    keys = [short(key) for key, _ in erasure.actions]
    asked = f"select {_ACTION} from actions where community = %s and key = any(%b::bytea[])"
    rows = send(base, asked, (of, keys)).fetchall() if keys else []
    return [_outgoing(erasure.community, *row[:-1]) for row in rows]


def _behind(after: str | None) -> str:
    return "key >= %(of)b" if after is None else "key > %(of)b"


def _text(key: bytes, long: bytes | None = None) -> str:
    return (key if long is None else long).decode(errors="replace")


def _head(row: Sequence[Any]) -> Head:
    key, long, version, batch, plan, *rest, sum = row
    head = Head(_text(key, long), version, _text(batch), _text(plan), *rest)
    if not whole_head(head, sum):
        raise DamagedError(f"the state of {head.community} is damaged: its head is not what was written")
    return head


def _listed(row: Sequence[Any]) -> Head:
    try:
        return _head(row)
    except DamagedError:
        return Head(_text(*row[:2]))


def _row(community: str, name: bytes, long: bytes | None, row: bytes, sum: int) -> Row:
    space, _, key = (name if long is None else long).partition(writing.BETWEEN)
    return whole_row(community, _text(space), _text(key), row, sum)


def _outgoing(of: str, number: int, key: bytes, long: bytes | None, *rest: Any) -> Outgoing:
    body, at, status, attempts, due, reason = rest
    return Outgoing(of, number, _text(key, long), body, at, status, attempts, due, _text(reason))
