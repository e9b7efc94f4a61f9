"""What can be read from a hub off its loop: communities, decisions, notes, recorded events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, takewhile
from typing import TypeVar

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Decision, Rejection, encode
from groundrules.diagnostics.codes import events as codes
from groundrules.runtime.core import Core
from groundrules.runtime.courtesy import courteous
from groundrules.runtime.passing_time import FAR
from groundrules.stores import Store
from groundrules.stores.records import Events, Head, Logged, Note, Query

T = TypeVar("T")
EVERYTHING = Query()


class Looking:
    """The read-only part of a hub."""

    _core: Core
    _store: Store
    _reading: ThreadPoolExecutor

    async def communities(self, after: str = "", limit: int = 1000) -> list[Head]:
        """Return the stored communities, in the order of their ids, from behind `after`."""
        return await self._read(lambda: self._store.heads(after, limit))

    def now(self) -> int:
        """Return the hub's time (ms)."""
        return self._core.clock()

    async def community(self, id: str) -> Head | None:
        """Return what is stored of a community besides its rows; None if nothing is."""
        return await self._read(lambda: self._store.head(id))

    async def decisions(self, query: Query = EVERYTHING) -> list[Logged]:
        """Return decisions of the log. A damaged one is replaced by a `rejected` decision that says so."""
        return [_legible(entry) for entry in await self._read(lambda: self._store.decisions(query))]

    async def notes(self, community: str | None = None, limit: int = 100) -> list[Note]:
        """Return what happened around the engine, newest first."""
        return await self._read(lambda: self._store.notes(community, limit))

    async def recorded(
        self, community: str, since: int = 0, after: int = 0, limit: int | None = None, last: int = FAR
    ) -> list[Events]:
        """Return recorded events of a community: segments that reach past `since`.

        after, last: only numbers above the first, up to the second; limit: at most so many segments.
        """

        def read() -> list[Events]:
            segments = takewhile(lambda segment: segment.first <= last, self._store.events(community, since, after))
            return list(islice(segments, limit))

        return await self._read(read)

    async def history(self, member: str, community: str | None = None, limit: int = 100) -> list[Logged]:
        """Return the latest decisions that concern a member, newest first."""
        return await self.decisions(Query(community=community, member=member, before=FAR, limit=limit))

    async def _read(self, call: Callable[[], T]) -> T:
        def read() -> T:
            with courteous():
                return call()

        return await asyncio.get_running_loop().run_in_executor(self._reading, read)


def _legible(logged: Logged) -> Logged:
    """Return a decision of the log, or for a damaged one a replacement that says where and why."""
    if not logged.damage:
        return logged
    place = f"decisions.{logged.position}"
    rejection = Rejection(code=codes.RECORD_DAMAGED.code, reason=logged.damage, path=place)
    at = format_ms(logged.at)
    damaged = Decision(trigger="rejected", at=at, partition=logged.community, rejected=rejection)
    return logged._replace(body=encode(damaged))
