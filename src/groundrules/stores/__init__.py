"""Where state, log and outbox are kept, one kind of store per file or folder. Engines know nothing about them.

A store is found by its name among the entry points `groundrules.stores`, each a callable that takes a location:
`sqlite:groundrules.db`, `postgresql://host/base`. Each must pass `groundrules.testing.store_suite`.

Every method may be called from any thread; stores synchronise their own calls. Texts are anything that UTF-8 can
encode, of any length.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from groundrules.errors import GroundrulesError
from groundrules.stores.records import (
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
)


class StoreError(GroundrulesError):
    """The store can't be used, or can't keep what it was given."""


class OwnedError(StoreError):
    """A community is not, or no longer, this hub's; nothing of the batch was committed."""


class UnavailableError(StoreError):
    """The store is full, locked or unreachable, which may pass.

    Whether a batch was committed is unknown: commit the same one again until there is an answer.
    """


class DamagedError(StoreError):
    """Something is not as it was written; the message says what, and in which community."""


class Store(Protocol):
    """What a hub needs from a store. Whatever can't be done raises StoreError, and then no part of it was done.

    If the reason may pass, that is an UnavailableError; if what was read is damaged, a DamagedError.
    """

    def claim(self, community: str, seize: bool = False) -> tuple[Head, list[Row]] | None:
        """Make a community ours until `release`; return what is stored of it, None if nothing is.

        Raises OwnedError if another live hub has it. With `seize` it is taken from that hub, which can no longer commit
        to it: for callers assigned it by something other than the store.
        """
        ...

    def release(self, communities: Iterable[str]) -> None:
        """Release communities for other hubs to claim."""
        ...

    def commit(self, batch: Batch) -> int:
        """Store a batch; return the position of its first entry; the others follow one by one.

        Reading from behind a position never misses a later one, whichever hub it is from. A batch already stored, whose
        answer was lost, is answered again and stored once. Raises OwnedError if one of its communities was not claimed,
        has since been claimed by another hub, or has another version.
        """
        ...

    def head(self, community: str) -> Head | None:
        """Return what is known about a community, without claiming it."""
        ...

    def heads(self, after: str | None = None, limit: int = 1000) -> list[Head]:
        """Return communities in a stable order of their ids, from the first or from behind `after`.

        For one with a damaged head only the id is returned; claiming it raises DamagedError.
        """
        ...

    def due(self, until: int, limit: int = 1000) -> list[Head]:
        """Return communities in which something falls due until then, earliest first.

        Those of another live hub may be left out.
        """
        ...

    def acting(self, after: str | None = None, limit: int = 1000) -> list[str]:
        """Return the communities with open actions, in the order and pages of `heads`."""
        ...

    def source(self, name: str) -> bytes | None:
        """Return how far an input was read, as it was stored."""
        ...

    def plan(self, digest: str) -> Plan | None:
        """Return a plan that was in force."""
        ...

    def outgoing(
        self, community: str | None = None, open: bool = True, after: int = 0, limit: int = 1000
    ) -> list[Outgoing]:
        """Return actions numbered above `after`, in order: of one community or all, open ones or all.

        One that is not as it was written is replaced by one that says so (`damaged`), even among open ones.
        """
        ...

    def action(self, community: str, key: str) -> Outgoing | None:
        """Return the last action under a key."""
        ...

    def events(self, community: str, since: int = 0, after: int = 0) -> Iterator[Events]:
        """Yield recorded events in order: segments that reach past time `since`, and number `after`."""
        ...

    def decisions(self, query: Query) -> list[Logged]:
        """Return decisions of the log, in the order of their positions, or in reverse with `before`.

        One that is not as it was written has its `damage` set; the others are returned all the same.
        """
        ...

    def notes(self, community: str | None = None, limit: int = 100) -> list[Note]:
        """Return notes, newest first."""
        ...

    def where(self, member: str) -> list[str]:
        """Return the communities whose rows, recorded events, log, actions or notes may mention a member, sorted.

        Includes "" if records that belong to no community may.
        """
        ...

    def erase(self, erasures: Sequence[Erasure]) -> None:
        """Drop or replace records of communities that are ours; no read returns them again.

        Each store defines when their bytes, and those of rows dropped by earlier batches, are gone too; an empty list
        completes an erasure done piece by piece. Anything named that doesn't exist is ignored. Raises OwnedError as
        `commit` does.
        """
        ...

    def close(self) -> None:
        """Close the store, and release the claimed communities."""
        ...
