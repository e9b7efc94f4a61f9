"""A store in memory, as plain as can be: what each method of a store means, for tests to compare with.

Several stores on one `MemoryPlace` are as several hubs on one database.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace

from groundrules.stores import OwnedError, StoreError
from groundrules.stores.records import (
    OPEN,
    Batch,
    Entry,
    Erasure,
    Events,
    Head,
    Logged,
    Note,
    Outgoing,
    Plan,
    Query,
    Row,
    Touch,
    as_written,
    quoted,
)


@dataclass
class _Kept:
    """All that is kept. A batch works on a copy, which then takes its place."""

    heads: dict[str, Head] = field(default_factory=dict)
    rows: dict[tuple[str, str, str], bytes] = field(default_factory=dict)
    events: dict[tuple[str, int], Events] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)
    actions: dict[tuple[str, int], Outgoing] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    plans: dict[str, Plan] = field(default_factory=dict)
    sources: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, int] = field(default_factory=dict)

    def copy(self) -> _Kept:
        return replace(self, **{field.name: getattr(self, field.name).copy() for field in fields(self)})


class MemoryPlace:
    """Where stores in memory keep what they keep. `last` is the position given last."""

    def __init__(self) -> None:
        self.kept = _Kept()
        self.last = 0
        self.owners: dict[str, MemoryStore] = {}
        self.lock = threading.RLock()


class MemoryStore:
    """A store in memory, gone with its place. For tests, also of bots: nothing is written anywhere."""

    def __init__(self, place: MemoryPlace | None = None) -> None:
        self.place = place or MemoryPlace()
        self._closed = False

    # --- ownership and commits ------------------------------------------------------------------

    def claim(self, community: str, seize: bool = False) -> tuple[Head, list[Row]] | None:
        with self._working(community) as kept:
            if seize:
                self.place.owners[community] = self
            if self.place.owners.setdefault(community, self) is not self:
                raise OwnedError(f"the community {community} belongs to another hub")
            head = kept.heads.get(community)
            rows = [Row(*name, row) for name, row in sorted(kept.rows.items()) if name[0] == community]
            return None if head is None else (head, rows)

    def release(self, communities: Iterable[str]) -> None:
        with self._working():
            for community in communities:
                if self.place.owners.get(community) is self:
                    del self.place.owners[community]

    def commit(self, batch: Batch) -> int:
        with self._working() as before:
            if batch.id in before.batches:
                return before.batches[batch.id]
            self._check_ours(head.community for head in batch.heads)
            kept = before.copy()
            for head in batch.heads:
                if head.version != kept.heads.get(head.community, head._replace(version=0)).version + 1:
                    raise OwnedError(f"the community {head.community} was changed by somebody else")
            try:
                first = _keep(kept, batch, self.place.last + 1)
            except (AttributeError, TypeError, ValueError) as error:
                raise StoreError(f"that can't be kept: {error}") from error
            self.place.kept, self.place.last = kept, self.place.last + len(batch.entries)
            return first

    def _check_ours(self, communities: Iterable[str]) -> None:
        for community in communities:
            if self.place.owners.get(community) is not self:
                raise OwnedError(f"the community {community} was not claimed")

    # --- reading --------------------------------------------------------------------------------

    def head(self, community: str) -> Head | None:
        with self._working(community) as kept:
            return kept.heads.get(community)

    def heads(self, after: str | None = None, limit: int = 1000) -> list[Head]:
        with self._working(after) as kept:
            return [head for id, head in sorted(kept.heads.items()) if after is None or id > after][:limit]

    def due(self, until: int, limit: int = 1000) -> list[Head]:
        with self._working() as kept:
            dues = [(head.due, head.community) for head in kept.heads.values() if head.due is not None]
            return [kept.heads[id] for due, id in sorted(dues) if due <= until][:limit]

    def acting(self, after: str | None = None, limit: int = 1000) -> list[str]:
        with self._working(after) as kept:
            ids = {action.community for action in kept.actions.values() if action.status in OPEN}
            return sorted(id for id in ids if after is None or id > after)[:limit]

    def source(self, name: str) -> bytes | None:
        with self._working(name) as kept:
            return kept.sources.get(name)

    def plan(self, digest: str) -> Plan | None:
        with self._working(digest) as kept:
            return kept.plans.get(digest)

    def outgoing(
        self, community: str | None = None, open: bool = True, after: int = 0, limit: int = 1000
    ) -> list[Outgoing]:
        with self._working(community) as kept:
            actions = [action for _, action in sorted(kept.actions.items()) if community in (None, action.community)]
        return [action for action in actions if action.number > after and (action.status in OPEN or not open)][:limit]

    def action(self, community: str, key: str) -> Outgoing | None:
        with self._working(community, key) as kept:
            actions = [action for action in kept.actions.values() if (action.community, action.key) == (community, key)]
            return max(actions, key=lambda action: action.number, default=None)

    def events(self, community: str, since: int = 0, after: int = 0) -> Iterator[Events]:
        with self._working(community) as kept:
            segments = [segment for _, segment in sorted(kept.events.items()) if segment.community == community]
        yield from (segment for segment in segments if segment.last > after and segment.until >= since)

    def decisions(self, query: Query) -> list[Logged]:
        with self._working() as kept:
            logged = [
                Logged(position, *entry[:3])
                for position, entry in sorted(kept.entries.items())
                if query.community in (None, entry.community) and set(query.touches) <= set(entry.touches)
            ]
        if query.before is None:
            return [entry for entry in logged if entry.position > query.after][: query.limit]
        return [entry for entry in reversed(logged) if entry.position < query.before][: query.limit]

    def notes(self, community: str | None = None, limit: int = 100) -> list[Note]:
        with self._working() as kept:
            return [note for note in reversed(kept.notes) if community in (None, note.community)][:limit]

    def where(self, member: str) -> list[str]:
        with self._working(member) as kept:
            text = member.encode()
            ids = {entry.community for entry in kept.entries.values() if Touch("member", member) in entry.touches}
            ids |= {name[0] for name, row in kept.rows.items() if member in name[2] or text in row}
            bodies = [(event.community, event.body) for event in kept.events.values()]
            bodies += [(entry.community, entry.body) for entry in kept.entries.values()]
            bodies += [(action.community, action.body) for action in kept.actions.values()]
            bodies += [(note.community, note.detail) for note in kept.notes]
            return sorted(ids | {of for of, body in bodies if any(form in body for form in as_written(member))})

    @contextmanager
    def _working(self, *texts: str | None) -> Iterator[_Kept]:
        with self.place.lock:
            _check_texts(texts)
            if self._closed:
                raise StoreError("it is closed")
            yield self.place.kept

    # --- letting go -----------------------------------------------------------------------------

    def erase(self, erasures: Sequence[Erasure]) -> None:
        with self._working() as before:
            self._check_ours(erasure.community for erasure in erasures)
            kept = before.copy()
            for erasure in erasures:
                _erase(kept, erasure)
            self.place.kept = kept

    def close(self) -> None:
        with self.place.lock:
            owners = self.place.owners
            self.place.owners = {id: owner for id, owner in owners.items() if owner is not self}
            self._closed = True


def _keep(kept: _Kept, batch: Batch, first: int) -> int:
    _check_texts(text for row in batch.rows for text in row[:3])
    kept.heads |= {head.community: head for head in batch.heads}
    kept.rows |= {row[:3]: _bytes(row.row) for row in batch.rows if row.row is not None}
    for row in batch.rows:
        if row.row is None:
            kept.rows.pop(row[:3], None)
    for event in batch.events:
        if (event.community, event.first) in kept.events:
            raise ValueError("events are recorded already")
        kept.events[event.community, event.first] = event._replace(body=_bytes(event.body))
    kept.entries |= {at: entry._replace(body=_bytes(entry.body)) for at, entry in enumerate(batch.entries, first)}
    for action in (*batch.actions, *batch.outcomes):
        kept.actions[action.community, action.number] = action._replace(body=_bytes(action.body))
    kept.notes += [note._replace(detail=_bytes(note.detail)) for note in batch.notes]
    kept.plans |= {plan.digest: plan._replace(body=_bytes(plan.body)) for plan in batch.plans}
    kept.sources |= {name: _bytes(position) for name, position in batch.sources.items()}
    kept.batches[batch.id] = first
    return first


def _check_texts(texts: Iterable[str | None]) -> None:
    try:
        "".join(text for text in texts if text is not None).encode()
    except UnicodeError as error:
        raise StoreError(f"that can't be kept: {error}") from error


def _bytes(body: bytes) -> bytes:
    if not isinstance(body, bytes):
        raise TypeError("only bytes are")
    return body


def _erase(kept: _Kept, erasure: Erasure) -> None:
    of = erasure.community
    for segment in erasure.events:
        if kept.events.pop((of, segment.first), None) is not None and segment.body:
            kept.events[of, segment.first] = segment._replace(community=of)
    for position, body in erasure.entries:
        entry = kept.entries.get(position)
        if entry is not None and entry.community == of:
            kept.entries[position] = entry._replace(body=body or b"")
            if body is None:
                del kept.entries[position]
    bodies = dict(erasure.actions)
    for name, action in [
        (name, value) for name, value in kept.actions.items() if value.key in bodies and name[0] == of
    ]:
        left = bodies[action.key]
        kept.actions[name] = action._replace(body=left or b"")
        if left is None:
            del kept.actions[name]
    gone = {Touch("member", member) for member in erasure.members}
    for position, entry in kept.entries.items():
        if entry.community == of:
            kept.entries[position] = entry._replace(
                touches=tuple(touch for touch in entry.touches if touch not in gone)
            )
    forms = [form for member in erasure.members for form in quoted(member)]
    kept.notes = [note for note in kept.notes if note.community != of or _stays(note, erasure.notes, forms)]


def _stays(note: Note, before: int, forms: Iterable[bytes]) -> bool:
    return note.at >= before and not any(form in note.detail for form in forms)
