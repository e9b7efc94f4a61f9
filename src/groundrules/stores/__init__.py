"""Where state is kept between runs, one kind of place a file. An engine knows nothing of them.

A store is known by its name among the entry points `groundrules.stores`, each a callable that takes a location:
`groundrules run --state NAME:LOCATION`.
"""

from __future__ import annotations

from typing import Protocol

from groundrules.engine.engine import Engine, HasPlan
from groundrules.errors import GroundrulesError


class StoreError(GroundrulesError):
    """The place can't be used to keep state: it is of another kind, damaged or out of reach."""


class Store(Protocol):
    """The state of one rulebook's engine in some place. One process at a time writes to it.

    `keeper` is the rulebook that saved last (`engine.name`), None if nobody has.
    """

    keeper: str | None

    def open(self, plan: HasPlan) -> Engine:
        """Return an engine that goes on from what is stored, made with `track=True`.

        Raises StoreError, or `engine.upkeep.snapshot.SnapshotError` for rows that can't be read.
        """
        ...

    def save(self, engine: Engine) -> int:
        """Write what changed since the last time, all or nothing; return how many rows that were.

        Raises StoreError if they can't be written.
        """
        ...

    def close(self) -> None:
        """Let the place go."""
        ...
