"""A partition we own: its communities, how far it was read, and the one transaction that holds both.

A partition has its own head in the store, included in each of its commits. The new owner seizes that head, and each
community at its first event, so that the previous owner can no longer commit anything, even if it has not noticed yet.
The member first asks Kafka whose the partition is.
"""

from __future__ import annotations

import base64
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from groundrules.cluster.kafka.place import Place
from groundrules.cluster.kafka.publishing import Published, Publisher
from groundrules.decisions import Decision, Rejection, encode
from groundrules.diagnostics.codes import events as codes
from groundrules.runtime.arrivals import Arrival, Stray, arrival
from groundrules.runtime.books import Edition
from groundrules.runtime.drafts import concerned
from groundrules.runtime.passing_time import FAR
from groundrules.stores import DamagedError, Store
from groundrules.stores.records import Batch, Entry, Head, Note, Plan, Query, Row
from groundrules.tools.running.run import numbered

MOST_IN_MEMORY = 10_000
"""Communities of a partition that stay in memory; beyond that, the longest silent ones are unloaded to the store."""
PAGE = 1000

_encode = msgspec.json.Encoder(order="deterministic").encode


class Record(NamedTuple):
    """A record of the topic: its offset and its content."""

    offset: int
    value: bytes | None


class Standing(msgspec.Struct, frozen=True):
    """How far a partition was read, and how far its log was published before the last records were decided on.

    It is uncertain whether decisions after `published` on the `pending` communities were published.
    """

    offset: int = 0
    published: int = 0
    pending: tuple[str, ...] = ()


class Poisoned(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record that could not be decided on, and why. `value` is its text, `base64` its bytes if they are not text."""

    partition: int
    offset: int
    code: str
    reason: str
    path: str = ""
    value: str | None = None
    base64: str | None = None


class Owned:
    """One partition. `offset` is that of the next record."""

    def __init__(self, place: Place, partition: int, store: Store, edition: Edition, now: int) -> None:
        self.name = place.name(partition)
        self.partition = partition
        self.offset = 0
        self.lost = False
        self.decided = 0
        self._place = place
        self._store = store
        self._edition = edition
        self._engine = edition.engine
        self._plan: Plan | None = edition.record(now)
        self._fence = Head(self.name)
        self._standing = Standing()
        self._heads: OrderedDict[str, Head] = OrderedDict()
        self._publisher: Publisher | None = None

    # --- beginning and ending -------------------------------------------------------------------

    def take(self) -> None:
        """Make the partition ours, and publish decisions not published yet.

        Raises StoreError, KafkaException.
        """
        kept = self._store.claim(self.name, seize=True)
        self._fence = kept[0] if kept else Head(self.name)
        self._standing = standing_of(self._store, self._place, self.partition)
        self.offset = self._standing.offset
        self._publisher = Publisher(self._place, self.partition)
        self._catch_up(self._publisher)

    def _catch_up(self, publisher: Publisher) -> None:
        pending = [entry for community in self._standing.pending for entry in self._unpublished(community)]
        if pending:
            poisoned = _by_offset(self._store.notes(self.name, limit=PAGE))
            publisher.publish([Published(*entry) for entry in sorted(pending)], poisoned)
            self._note_published(max(position for position, _, _ in pending))

    def _unpublished(self, community: str) -> Iterator[tuple[int, str, bytes]]:
        position = self._standing.published
        while page := self._store.decisions(Query(community, after=position, limit=PAGE)):
            yield from ((entry.position, community, entry.body) for entry in page)
            position = page[-1].position

    def _note_published(self, position: int) -> None:
        self._standing = msgspec.structs.replace(self._standing, published=position, pending=())

    def leave(self) -> None:
        """Release the partition; all decisions are committed. Raises StoreError."""
        if not self.lost:
            self._commit(self._batch())
            self._store.release([self.name, *self._heads])
        self.drop()

    def drop(self) -> None:
        """Forget the partition: it is another member's, or will be retaken."""
        self.lost = True
        for community in self._heads:
            self._engine.release(community)
        self._heads.clear()
        if self._publisher is not None:
            self._publisher.close()

    # --- deciding -------------------------------------------------------------------------------

    def decide(self, records: Sequence[Record]) -> None:
        """Decide on records, commit the result in one transaction, publish it.

        Raises OwnedError if the partition was seized, UnavailableError if the store is unavailable, KafkaException if
        nothing can be published; in each case the partition must be dropped and retaken.
        """
        batch = self._batch()
        touched: dict[str, int] = {}
        for record in records:
            if record.offset < self.offset:
                continue
            self.offset = record.offset + 1
            self.decided += 1
            community, decisions, arrived = self._decided(record)
            if arrived is not None:
                touched[community] = touched.get(community, 0) + 1
            for decision in decisions:
                self._log(batch, community, numbered(decision, record.offset), arrived, record)
        pending = tuple(sorted({entry.community for entry in batch.entries}))
        self._standing = msgspec.structs.replace(self._standing, offset=self.offset, pending=pending)
        batch.sources[self.name] = _encode(self._standing)
        for community in touched:
            self._close(batch, community)
        position = self._commit(batch)
        self._publish(batch, position)
        self._let_go()

    def _decided(self, record: Record) -> tuple[str, list[Decision], Arrival | None]:
        """Decide on a record; the arrival is None if it belongs to no community of this partition."""
        arrived = arrival(record.value or b"", FAR, self._edition.compiled.plan.partition)
        if isinstance(arrived, Stray):
            answered = [] if arrived.line is None else self._engine.notable(arrived.line)
            return self.name, answered[:1] or [self._refused(arrived.rejection)], None
        community = arrived.community
        other = self._bring_in(community)
        if other is not None:
            reason = f"its community came in partition {other} before: records need the community as their key"
            return self.name, [self._refused(Rejection(code=codes.EVENT_NO_PARTITION.code, reason=reason))], None
        return community, self._engine.feed_one(community, arrived.line, everything=False), arrived

    def _refused(self, rejection: Rejection) -> Decision:
        return Decision(trigger="rejected", rulebook=self._edition.name, rejected=rejection)

    def _log(self, batch: Batch, community: str, decision: Decision, arrived: Arrival | None, record: Record) -> None:
        at = arrived.at if arrived is not None else 0
        touches = () if arrived is None else tuple({*arrived.touches, *concerned(self._edition, decision)})
        batch.entries.append(Entry(community, at, encode(decision), touches))
        if decision.rejected is not None:
            detail = _encode(_poisoned(self.partition, record, decision.rejected))
            batch.notes.append(Note(self.name, at, "poisoned", detail))

    # --- communities ----------------------------------------------------------------------------

    def _bring_in(self, community: str) -> int | None:
        """Load a community; return the partition it is in, if that is another one."""
        if community in self._heads:
            self._heads.move_to_end(community)
            return None
        before = self._partition_of(community)
        if before not in (None, self.partition):
            return before
        kept = self._store.claim(community, seize=True)
        head, rows = kept or (Head(community), [])
        self._engine.release(community)
        if rows:
            plan = self._store.plan(head.plan)
            if plan is None:
                raise DamagedError(
                    f"the state of {community} is damaged: the plan that it was written under is missing"
                )
            held = [(row.space, row.key, row.row) for row in rows if row.row is not None]
            self._engine.adopt(community, held, msgspec.json.decode(plan.shapes, type=dict[str, str]))
        self._heads[community] = head
        return None

    def __contains__(self, community: object) -> bool:
        """Tell whether a community is in memory."""
        return community in self._heads

    def _partition_of(self, community: str) -> int | None:
        return partition_of(self._store, self._place, community)

    def _close(self, batch: Batch, community: str) -> None:
        """Put what changed in a community into a batch."""
        batch.rows += [Row(*row) for row in self._engine.drain(community)]
        head = self._heads[community]
        if not head.version:
            batch.sources[self._place.name_of_community(community)] = str(self.partition).encode()
        due = self._engine.next_due(community) if self._engine.clock(community) is not None else None
        head = head._replace(version=head.version + 1, batch=batch.id, plan=self._edition.name, due=due)
        self._heads[community] = head
        batch.heads.append(head)

    def _let_go(self) -> None:
        """Unload the communities that were silent longest; the store has them."""
        gone = []
        while len(self._heads) > MOST_IN_MEMORY:
            community, _ = self._heads.popitem(last=False)
            self._engine.release(community)
            gone.append(community)
        if gone:
            self._store.release(gone)

    # --- keeping --------------------------------------------------------------------------------

    def _batch(self) -> Batch:
        batch = Batch(uuid.uuid4().hex, sources={self.name: _encode(self._standing)})
        if self._plan is not None:
            batch.plans.append(self._plan)
        return batch

    def _commit(self, batch: Batch) -> int:
        fence = self._fence._replace(version=self._fence.version + 1, batch=batch.id, plan=self._edition.name)
        batch.heads.append(fence)
        position = self._store.commit(batch)
        self._fence, self._plan = fence, None
        return position

    def _publish(self, batch: Batch, position: int) -> None:
        assert self._publisher is not None
        entries = enumerate(batch.entries, position)
        published = (Published(at, entry.community, entry.body) for at, entry in entries)
        self._publisher.publish(published, _by_offset(batch.notes))
        if batch.entries:
            self._note_published(position + len(batch.entries) - 1)


def _poisoned(partition: int, record: Record, why: Rejection) -> Poisoned:
    value = record.value or b""
    facts: dict[str, Any]
    try:
        facts = {"value": value.decode()}
    except UnicodeError:
        facts = {"base64": base64.b64encode(value).decode()}
    return Poisoned(partition, record.offset, why.code, why.reason, why.path, **facts)


def _by_offset(notes: Iterable[Note]) -> dict[int, bytes]:
    poisoned = [note.detail for note in notes if note.kind == "poisoned"]
    return {msgspec.json.decode(detail, type=Poisoned).offset: detail for detail in poisoned}


def standing_of(store: Store, place: Place, partition: int) -> Standing:
    """Return how far a partition was read, whoever owns it."""
    stored = store.source(place.name(partition))
    return msgspec.json.decode(stored, type=Standing) if stored else Standing()


def partition_of(store: Store, place: Place, community: str) -> int | None:
    """Return the partition a community is in; None if none of its events was committed yet."""
    stored = store.source(place.name_of_community(community))
    return None if stored is None else int(stored)
