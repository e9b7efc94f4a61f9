"""Where a run keeps its state: a file, or `NAME:LOCATION` for a store of that name."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

import msgspec

from groundrules.diagnostics.codes import plans as codes
from groundrules.engine.engine import Engine, HasPlan
from groundrules.engine.upkeep import swap
from groundrules.engine.upkeep.snapshot import SnapshotError
from groundrules.ports import STORES, PortError, failure, plugged, registered
from groundrules.stores import Store, StoreError
from groundrules.stores.records import Batch, Head, Plan, Row

DEFAULT = "sqlite"
_NAMED = re.compile(r"([a-z][a-z0-9_+-]+):(?=(//)?)(.*)", re.DOTALL)


class State:
    """What an engine remembers, kept in a store. `keeper` is the rulebook that saved last, None if nobody has.

    Raises StoreError for a place that can't be used, or whose content can't be read.
    """

    def __init__(self, store: Store, plan: HasPlan) -> None:
        self._store = store
        self._heads: dict[str, Head] = {}
        self.keeper: str | None = None
        self.engine = Engine(plan, track=True)
        with _refusals():
            self.engine.carried = swap.total([self._adopted(head) for head in self._all()])

    def _all(self) -> Iterable[Head]:
        page = self._store.heads()
        while page:
            yield from page
            page = self._store.heads(after=page[-1].community)

    def _adopted(self, head: Head) -> swap.SwapReport:
        kept = self._store.claim(head.community)
        plan = self._store.plan(head.plan)
        self._heads[head.community], rows = kept or (head, [])
        self.keeper = head.plan
        shapes = {} if plan is None else msgspec.json.decode(plan.shapes, type=dict[str, str])
        held = [(row.space, row.key, row.row) for row in rows if row.row is not None]
        try:
            return self.engine.adopt(head.community, held, shapes)
        except (LookupError, TypeError, ValueError) as error:  # of another kind than was written
            message = "the state is damaged: a row of it can't be read"
            raise SnapshotError(codes.SNAPSHOT_DAMAGED, message, "use an earlier copy of it") from error

    def source(self, name: str) -> bytes | None:
        """Return what was saved of an input under this name."""
        with _refusals():
            return self._store.source(name)

    def save(self, sources: Mapping[str, bytes] | None = None) -> int:
        """Write what changed since the last time, all or nothing; return how many rows that were.

        `sources` says how far inputs were read.

        Raises StoreError if they can't be written, for want of room on the disk for example.
        """
        batch = Batch(uuid.uuid4().hex, sources=dict(sources or {}))
        with _refusals():
            batch.rows = [Row(*row) for row in self.engine.drain()]
            batch.heads = [self._next(id, batch.id) for id in sorted({row.community for row in batch.rows})]
            if self.keeper != self.engine.name:
                shapes = msgspec.json.encode(self.engine.shapes, order="deterministic")
                batch.plans = [Plan(self.engine.name, 0, shapes, b"")]
            self._store.commit(batch)
        self._heads |= {head.community: head for head in batch.heads}
        self.keeper = self.engine.name
        return len(batch.rows)

    def _next(self, id: str, batch: str) -> Head:
        if id not in self._heads:
            self._store.claim(id)
        head = self._heads.setdefault(id, Head(id))
        due = self.engine.next_due(id)
        return head._replace(version=head.version + 1, batch=batch, plan=self.engine.name, due=due)

    def close(self) -> None:
        """Let the place go."""
        self._store.close()


def resumed(where: str, plan: HasPlan) -> State:
    """Return the state at `where`, with an engine that continues from it.

    Raises PortError if there is no such store, StoreError if the place can't be used.
    """
    store = opened(where)
    try:
        return State(store, plan)
    except BaseException:
        with suppress(Exception):
            store.close()
        raise


def opened(where: str) -> Store:
    """Return the store at `where`; it gets what stands behind its name, a URL as a whole: `postgres://host/base`.

    Raises PortError if there is no such store, StoreError if the place can't be used.
    """
    named = _NAMED.fullmatch(where)
    name, location = DEFAULT, where
    if named and (named[2] or named[1] in registered(STORES)):
        name, location = named[1], where if named[2] else named[3]
    make = plugged(STORES, name)
    if not callable(make):
        raise PortError(f"the store `{name}` is not a store: what is registered can't be called")
    with _refusals():
        store: Store = make(location)
    return store


@contextmanager
def _refusals() -> Iterator[None]:
    """A third party's store may raise anything."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        raise StoreError(str(error) if isinstance(error, SnapshotError) else failure(error)) from error
