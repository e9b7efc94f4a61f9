"""What a commit and an erasure do: a statement per table, sets of rows as arrays, in one connection's pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from groundrules.stores import OwnedError
from groundrules.stores.postgres.schema import cut, long, short
from groundrules.stores.postgres.sessions import Base, send
from groundrules.stores.records import Batch, Entry, Erasure, Head, Outgoing, Row, quoted
from groundrules.stores.sums import action_sum, entry_sum, events_sum, head_sum, row_sum

NOWHERE = 1
"""The number of the head that always exists: of the community "", for what belongs to none."""
LONGEST_NAME = 1000
BETWEEN = b"\xff"
"""Between the space and the key in a row's name; it occurs in no text."""

Claims = dict[str, tuple[int, int]]
"""Community → its number, and the epoch in which it was claimed."""

_LATEST = "select position from instances where number = %s and batch = %b"
_LOCK = "select id, version, owner, epoch, batch, position from heads where id = any(%b::int[]) order by id for update"
_HEADS = """
update heads set version = n.version, batch = %b, plan = n.plan, due = n.due, number = n.number, acts = n.acts,
paused = n.paused, settings = n.settings, position = (select last from counter) - %s + 1, sum = n.sum
from unnest(%b::int[], %b::bigint[], %b::bytea[], %b::bigint[], %b::bigint[], %b::bigint[], %b::boolean[], %b::bytea[],
%b::bigint[]) as n (id, version, plan, due, number, acts, paused, settings, sum) where heads.id = n.id
"""
_ROWS = """
insert into rows (community, name, row, sum) select * from unnest(%b::int[], %b::bytea[], %b::bytea[], %b::bigint[])
on conflict (community, name) do update set row = excluded.row, sum = excluded.sum
"""
_LONG_ROWS = """
update rows set long = n.long from unnest(%b::int[], %b::bytea[], %b::bytea[]) as n (community, name, long)
where rows.community = n.community and rows.name = n.name
"""
_DROP_ROWS = """
delete from rows using unnest(%b::int[], %b::bytea[]) as n (community, name)
where rows.community = n.community and rows.name = n.name
"""
_EVENTS = """
insert into events select * from unnest(%b::int[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bytea[],
%b::bigint[])
"""
_DECISIONS = """
with numbered as (update counter set last = last + %(count)s returning last - %(count)s as before)
insert into decisions select before + nth, community, at, body, sum from numbered,
unnest(%(ids)b::int[], %(at)b::bigint[], %(bodies)b::bytea[], %(sums)b::bigint[]) with ordinality
as n (community, at, body, sum, nth)
"""
_TOUCHES = """
insert into touches select kind, id, (select last from counter) - %s + nth, community
from unnest(%b::text[], %b::bytea[], %b::bigint[], %b::int[]) as n (kind, id, nth, community) on conflict do nothing
"""
_ACTIONS = """
insert into actions select * from unnest(%b::int[], %b::bigint[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bigint[],
%b::text[], %b::int[], %b::bigint[], %b::bytea[], %b::bigint[])
on conflict (community, number) do update set key = excluded.key, long = excluded.long, body = excluded.body,
at = excluded.at, status = excluded.status, attempts = excluded.attempts, due = excluded.due, reason = excluded.reason,
sum = excluded.sum
"""
_NOTES = """
insert into notes (community, at, kind, detail) select community, at, kind, detail
from unnest(%b::int[], %b::bigint[], %b::bytea[], %b::bytea[]) with ordinality as n (community, at, kind, detail, nth)
order by nth
"""
_PLANS = """
insert into plans select * from unnest(%b::bytea[], %b::bigint[], %b::bytea[], %b::bytea[])
on conflict (key) do update set since = excluded.since, shapes = excluded.shapes, body = excluded.body
"""
_SOURCES = """
insert into sources select * from unnest(%b::bytea[], %b::bytea[])
on conflict (key) do update set position = excluded.position
"""
_DONE = """
update instances set batch = %b, position = (select last from counter) - %s + 1 where number = %s returning position
"""


def kept(base: Base, batch: Batch, us: int, claims: Claims) -> int | None:
    """Lock the heads of a batch; return the batch's position if it was already stored.

    Raises OwnedError if a community is not ours in the epoch we know, or has changed.
    """
    id = batch.id.encode()
    latest = send(base, _LATEST, (us, id))
    heads = locked(base, us, claims, [head.community for head in batch.heads], id)
    positions = [row[0] for row in latest.fetchall()] + [row[-1] for row in heads.values() if row[-2] == id]
    if positions:
        return int(positions[0])
    for head in batch.heads:
        if heads[head.community][1] != head.version - 1:
            raise OwnedError(f"the community {head.community} was changed by somebody else")
    return None


def locked(
    base: Base, us: int, claims: Claims, communities: Iterable[str], batch: bytes | None = None
) -> dict[str, tuple[Any, ...]]:
    """Lock heads until the transaction's end, and return them by community.

    Raises OwnedError if one is not ours, unless its last batch is this one.
    """
    wanted = {community: claims.get(community, (0, 0)) for community in communities}
    if not wanted:
        return {}
    rows = send(base, _LOCK, (sorted({id for id, _ in wanted.values()}),)).fetchall()
    heads = {row[0]: row for row in rows}
    for community, (id, epoch) in wanted.items():
        _, _, owner, held, last, _ = heads.get(id, (0, 0, 0, -1, b"", 0))
        if (owner, held) != (us, epoch) and (batch is None or last != batch):
            problem = "was claimed by another hub" if id else "was not claimed"
            raise OwnedError(f"the community {community} {problem}")
    return {community: heads[id] for community, (id, _) in wanted.items()}


def write(base: Base, batch: Batch, us: int, claims: Claims) -> Any:
    """Store a batch whose heads are locked; return the cursor that gets its position."""
    ids = {"": NOWHERE} | {head.community: claims[head.community][0] for head in batch.heads}
    count, id = len(batch.entries), batch.id.encode()
    try:
        _rows(base, batch.rows, ids)
        _many(base, _EVENTS, [(ids[event.community], *event[1:], events_sum(event)) for event in batch.events])
        _log(base, batch.entries, ids)
        acts = {act[:2]: act for act in chain(batch.actions, batch.outcomes)}
        _many(base, _ACTIONS, [(ids[act.community], *action(act)) for act in acts.values()])
        _many(base, _NOTES, [(ids[of], at, kind.encode(), detail) for of, at, kind, detail in batch.notes])
    except KeyError as error:
        raise OwnedError(f"the batch has no head of the community {error.args[0]}") from error
    _many(
        base, _PLANS, [(short(plan.digest), *plan[1:]) for plan in {plan.digest: plan for plan in batch.plans}.values()]
    )
    _many(base, _SOURCES, [(short(name), position) for name, position in batch.sources.items()])
    _many(base, _HEADS, [_head(head, ids) for head in batch.heads], id, count)
    return send(base, _DONE, (id, count, us))


def _rows(base: Base, rows: Sequence[Row], ids: dict[str, int]) -> None:
    kept = [
        (ids[of], name(space, key), row, row_sum(of, space, key, row))
        for of, space, key, row in rows
        if row is not None
    ]
    _many(base, _ROWS, kept)
    longs = [(ids[row[0]], full) for row in rows if row[3] is not None and (full := _long_name(*row[1:3]))]
    _many(base, _LONG_ROWS, [(id, cut(full, LONGEST_NAME), full) for id, full in longs])
    _many(base, _DROP_ROWS, [(ids[of], name(space, key)) for of, space, key, row in rows if row is None])


def _log(base: Base, entries: Sequence[Entry], ids: dict[str, int]) -> None:
    if not entries:
        return
    values = {
        "count": len(entries),
        "ids": [ids[entry.community] for entry in entries],
        "at": [entry.at for entry in entries],
        "bodies": [entry.body for entry in entries],
        "sums": [entry_sum(*entry[:3]) for entry in entries],
    }
    send(base, _DECISIONS, values)
    touches = [
        (touch.kind, short(touch.id), nth, ids[entry.community])
        for nth, entry in enumerate(entries, 1)
        for touch in entry.touches
    ]
    _many(base, _TOUCHES, touches, len(entries))


def _many(base: Base, statement: str, rows: Sequence[Sequence[Any]], *before: Any) -> None:
    """Send one statement for all rows, passed as one array per column."""
    if rows:
        send(base, statement, (*before, *map(list, zip(*rows, strict=True))))


def name(space: str, key: str) -> bytes:
    """Return the name of a row as its key holds it."""
    return cut(_whole_name(space, key), LONGEST_NAME)


def _whole_name(space: str, key: str) -> bytes:
    return space.encode() + BETWEEN + key.encode()


def _long_name(space: str, key: str) -> bytes | None:
    if len(space) + len(key) < LONGEST_NAME // 4:
        return None
    whole = _whole_name(space, key)
    return whole if len(whole) > LONGEST_NAME else None


def _head(head: Head, ids: dict[str, int]) -> tuple[Any, ...]:
    of, version, _, plan, due, number, acts, paused, settings = head
    return ids[of], version, plan.encode(), due, number, acts, paused, settings, head_sum(head)


def action(outgoing: Outgoing) -> tuple[Any, ...]:
    """Return an action's columns, without its community."""
    _, number, key, body, at, status, attempts, due, reason = outgoing
    return number, short(key), long(key), body, at, status, attempts, due, reason.encode(), action_sum(outgoing)


# --- letting go -----------------------------------------------------------------------------------

_CHANGE_EVENTS = """
update events set last = n.last, since = n.since, until = n.until, body = n.body, sum = n.sum
from unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bytea[], %b::bigint[])
as n (first, last, since, until, body, sum) where events.community = %s and events.first = n.first
"""
_ENTRIES = "select position, at from decisions where community = %s and position = any(%b::bigint[])"
_CHANGE_ENTRIES = """
update decisions set body = n.body, sum = n.sum from unnest(%b::bigint[], %b::bytea[], %b::bigint[])
as n (position, body, sum) where decisions.position = n.position
"""
_DROP_ENTRIES = """
with gone as (delete from decisions where community = %s and position = any(%b::bigint[]) returning position)
delete from touches using gone where touches.position = gone.position
"""
_CHANGE_ACTIONS = """
update actions set body = n.body, sum = n.sum from unnest(%b::bigint[], %b::bytea[], %b::bigint[])
as n (number, body, sum) where actions.community = %s and actions.number = n.number
"""


def erase(base: Base, of: int, erasure: Erasure, actions: Sequence[Outgoing]) -> None:
    """Apply an erasure to a community whose head is locked; `actions` are those under its keys."""
    segments = [event._replace(community=erasure.community) for event in erasure.events]
    changed = [(*segment[1:], events_sum(segment)) for segment in segments if segment.body]
    if changed:
        send(base, _CHANGE_EVENTS, (*map(list, zip(*changed, strict=True)), of))
    gone = [segment.first for segment in segments if not segment.body]
    send(base, "delete from events where community = %s and first = any(%b::bigint[])", (of, gone))
    _erase_entries(base, of, erasure)
    _erase_actions(base, of, dict(erasure.actions), actions)
    members = [short(member) for member in erasure.members]
    send(base, "delete from touches where kind = 'member' and community = %s and id = any(%b::bytea[])", (of, members))
    send(base, "delete from notes where community = %s and at < %s", (of, erasure.notes))
    for form in (form for member in erasure.members for form in quoted(member)):
        send(base, "delete from notes where community = %s and position(%s::bytea in detail) > 0", (of, form))


def _erase_entries(base: Base, of: int, erasure: Erasure) -> None:
    bodies = dict(erasure.entries)
    times: dict[int, int] = dict(send(base, _ENTRIES, (of, list(bodies))).fetchall())
    left = [(at, body) for at, body in bodies.items() if body is not None and at in times]
    sums = [(at, body, entry_sum(erasure.community, times[at], body)) for at, body in left]
    _many(base, _CHANGE_ENTRIES, sums)
    send(base, _DROP_ENTRIES, (of, [at for at, body in bodies.items() if body is None]))


def _erase_actions(base: Base, of: int, bodies: dict[str, bytes | None], actions: Sequence[Outgoing]) -> None:
    left = [action._replace(body=body) for action in actions if (body := bodies[action.key]) is not None]
    if left:
        changed = [(action.number, action.body, action_sum(action)) for action in left]
        send(base, _CHANGE_ACTIONS, (*map(list, zip(*changed, strict=True)), of))
    gone = [action.number for action in actions if bodies[action.key] is None]
    send(base, "delete from actions where community = %s and number = any(%b::bigint[])", (of, gone))
