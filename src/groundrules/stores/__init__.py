"""Where state, log and outbox are kept, one kind of place a file. An engine knows nothing of them.

A store is known by its name among the entry points `groundrules.stores`, each a callable that takes a location:
`sqlite:groundrules.db`, `postgresql://host/base`. `groundrules.testing.store_suite` is what each has to pass.

Every method may be called from any thread; a store sees to it itself that calls do not disturb one another. Texts are
any that UTF-8 can hold, of any length.
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
    """The place can't be used, or can't keep what it was given."""


class OwnedError(StoreError):
    """A community is not, or no longer, this hub's; nothing of the batch was kept."""


class UnavailableError(StoreError):
    """The place is full, locked or out of reach, which may pass.

    Whether a batch was kept is not known: commit the same one again until there is an answer.
    """


class DamagedError(StoreError):
    """Something is not what was written; the message says what, and of which community."""


class Store(Protocol):
    """What a hub needs of a place. Whatever can't be done raises StoreError, and then nothing of it was done.

    Where the reason may pass, that is an UnavailableError; where what is read was damaged, a DamagedError.
    """

    def claim(self, community: str, seize: bool = False) -> tuple[Head, list[Row]] | None:
        """Make a community ours until `release`; return what is kept of it, None if nothing is.

        Raises OwnedError if another hub has it and lives. With `seize` it is taken from that one, which can't commit to
        it any more: for those to whom something else than the store has given it.
        """
        ...

    def release(self, communities: Iterable[str]) -> None:
        """Let communities go, for other hubs to claim."""
        ...

    def commit(self, batch: Batch) -> int:
        """Keep a batch; return the position of its first entry, the others follow by one each.

        Whoever reads behind a position misses none that comes later, whichever hub it is from. A batch that was kept
        already, because the answer to it was lost, is answered again and kept once. Raises OwnedError if a community of
        it was not claimed, was claimed by somebody else since, or has another version.
        """
        ...

    def head(self, community: str) -> Head | None:
        """Return what is known of a community, without claiming it."""
        ...

    def heads(self, after: str | None = None, limit: int = 1000) -> list[Head]:
        """Return communities in an order of their ids that stays the same, from the first one on or behind `after`.

        Of one whose head is damaged only the id is told; to claim it raises DamagedError.
        """
        ...

    def due(self, until: int, limit: int = 1000) -> list[Head]:
        """Return communities in which something falls due until then, the earliest first.

        Those that another hub has, and that lives, need not be among them.
        """
        ...

    def acting(self, after: str | None = None, limit: int = 1000) -> list[str]:
        """Return the communities with open actions, in the order of `heads`, as pages of it."""
        ...

    def source(self, name: str) -> bytes | None:
        """Return how far an input was read, as it was kept."""
        ...

    def plan(self, digest: str) -> Plan | None:
        """Return a plan that was in force."""
        ...

    def outgoing(
        self, community: str | None = None, open: bool = True, after: int = 0, limit: int = 1000
    ) -> list[Outgoing]:
        """Return actions behind the number `after`, in order: of one community or all, the open ones or all.

        In the place of one that is not what was written stands one that says so (`damaged`), among the open ones, too.
        """
        ...

    def action(self, community: str, key: str) -> Outgoing | None:
        """Return the last action under a key."""
        ...

    def events(self, community: str, since: int = 0, after: int = 0) -> Iterator[Events]:
        """Yield recorded events in order: segments that reach into the time from `since`, and behind number `after`."""
        ...

    def decisions(self, query: Query) -> list[Logged]:
        """Return decisions of the log, in the order of their positions, or the other way round with `before`.

        One that is not what was written is told by its `damage`; the others are there all the same.
        """
        ...

    def notes(self, community: str | None = None, limit: int = 100) -> list[Note]:
        """Return notes, the newest first."""
        ...

    def where(self, member: str) -> list[str]:
        """Return the communities whose rows, recorded events, log, actions or notes may speak of a member, sorted.

        Among them is "" if what belongs to no community may.
        """
        ...

    def erase(self, erasures: Sequence[Erasure]) -> None:
        """Drop or replace records of communities that are ours; nobody who asks finds them again.

        When their bytes, and those of rows that earlier batches dropped, are gone, too, is for each store to say; an
        empty list ends what was erased piece by piece. What an erasure names and is not there is passed over.
        Raises OwnedError as `commit` does.
        """
        ...

    def close(self) -> None:
        """Let the place go, and the communities that were claimed."""
        ...
