"""Erasing a person: every record that mentions their id is deleted whole.

This covers what rules remember, recorded events, the log and the outbox. It goes a few communities at a time, with a
commit and an erasure for each few, and only where the person was, so that an event arriving meanwhile waits only for
those. If it was interrupted, ask again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import msgspec

from groundrules.decisions import Decision
from groundrules.engine.upkeep.forgetting import speaks_of
from groundrules.runtime.core import Core
from groundrules.runtime.desk import Desk
from groundrules.runtime.errors import HubError
from groundrules.stores import DamagedError, OwnedError, Store, StoreError, UnavailableError
from groundrules.stores.records import Erasure, Events, Outgoing, Query

PAGE = 500
TOGETHER = 4
"""Communities handled by one commit and one erasure."""

_decision = msgspec.json.Decoder(Decision).decode


Problems = list[Exception]
"""What went wrong in individual communities."""


class Forgetting:
    """Erases persons. `do` does something in a community, `read` calls the store off the loop.

    alone: held while records are read and written back, so that nobody writes back what others have since erased.
    """

    def __init__(
        self,
        store: Store,
        desk: Desk,
        do: Callable[[str, Callable[[Core], Any]], Awaitable[Any]],
        read: Callable[[Callable[[], Any]], Awaitable[Any]],
        alone: asyncio.Lock,
    ) -> None:
        self._store = store
        self._desk = desk
        self._do = do
        self._read = read
        self._alone = alone

    async def forget(self, member: str) -> dict[str, int]:
        """Erase a person; return how many records of each kind were deleted.

        Raises StoreError at the end if a community can't be reached, DamagedError if its records can't be read.
        """
        erased: Counter[str] = Counter()
        problems: Problems = []
        communities = await self._read(lambda: self._store.where(member))
        if "" in communities:
            communities.remove("")
            await self._read(partial(self._forget_strays, member))
        for begin in range(0, len(communities), TOGETHER):
            async with self._alone:
                erased += await self._forget_in(communities[begin : begin + TOGETHER], member, problems)
        await self._read(partial(self._store.erase, []))
        if problems:
            raise _unreached(problems)
        return dict(erased)

    def _forget_strays(self, member: str) -> None:
        """Erase answers to events that belonged to no community."""
        with suppress(OwnedError):
            self._store.claim("")
            self._store.erase([self._speaking("", member)[0]])
            self._store.release([""])

    async def _forget_in(self, communities: Sequence[str], member: str, problems: Problems) -> Counter[str]:
        """Erase a person from a few communities.

        Their memory goes first, so that no new decision has to be erased too.
        """
        rows = await self._each(communities, partial(Core.forget, member=member), problems)
        erasures: dict[str, Erasure] = {}
        counts: Counter[str] = Counter(rows=sum(sum(spaces.values()) for spaces in rows.values()))
        for community in rows:
            with _noting(problems):
                await self._desk.forget(community, member)
                erasures[community], events = await self._read(partial(self._speaking, community, member))
                counts["events"] += events
        keys = {key for erasure in erasures.values() for key, _ in erasure.actions}
        left = await self._each(erasures, partial(Core.forget_actions, keys=keys), problems)
        await self._erase([erasures[community] for community in left], problems)
        for erasure in erasures.values():
            counts += Counter(decisions=len(erasure.entries), actions=len(erasure.actions))
        return counts

    async def _each(self, communities: Iterable[str], what: Callable[..., Any], problems: Problems) -> dict[str, Any]:
        """Do something in several communities, in a batch or two; return the answers where it succeeded."""
        ids = list(communities)
        answers = await asyncio.gather(*(self._do(id, partial(what, id=id)) for id in ids), return_exceptions=True)
        done = {}
        for id, answer in zip(ids, answers, strict=True):
            with _noting(problems):
                if isinstance(answer, BaseException):
                    raise answer
                done[id] = answer
        return done

    async def _erase(self, erasures: Sequence[Erasure], problems: Problems) -> None:
        try:
            if erasures:
                await self._read(partial(self._store.erase, erasures))
        except OwnedError:  # one of them was lost meanwhile
            for erasure in erasures:
                with _noting(problems):
                    await self._read(partial(self._store.erase, [erasure]))

    def _speaking(self, community: str, member: str) -> tuple[Erasure, int]:
        """Return how to erase everything that mentions a person in a community, and how many events that is."""
        within = msgspec.json.encode(member)
        events, lost = [], 0
        for segment in self._store.events(community):
            kept = [line for line in segment.body.split(b"\n") if not _speaks(line, within, member)]
            if len(kept) < _lines(segment):
                events.append(segment._replace(body=b"\n".join(kept)))
                lost += _lines(segment) - len(kept)
        named = {entry.position for entry in self._logged(Query(community=community, member=member, limit=PAGE))}
        gone = [
            entry
            for entry in self._logged(Query(community=community, limit=PAGE))
            if entry.position in named or _speaks(entry.body, within, member)
        ]
        entries = [(entry.position, None) for entry in gone]
        asked = {action.key for entry in gone if not entry.damage for action in _decision(entry.body).actions}
        speaking = (act.key for act in self._acts(community) if act.key in asked or _speaks(act.body, within, member))
        actions = [(key, None) for key in speaking]
        return Erasure(community, events, entries, actions, [member]), lost

    def _logged(self, query: Query) -> Iterator[Any]:
        while page := self._store.decisions(query):
            yield from page
            query = Query(community=query.community, member=query.member, after=page[-1].position, limit=PAGE)

    def _acts(self, community: str) -> Iterator[Outgoing]:
        after = 0
        while page := self._store.outgoing(community, open=False, after=after, limit=PAGE):
            yield from page
            after = max(page[-1].number, after + 1)


@contextmanager
def _noting(problems: Problems) -> Iterator[None]:
    """Record what goes wrong in one community, and go on; what concerns all of them is raised."""
    try:
        yield
    except UnavailableError:
        raise
    except (StoreError, HubError) as error:
        problems.append(error)


def _unreached(problems: Problems) -> StoreError:
    reasons = "; ".join(map(str, problems))
    if all(isinstance(problem, DamagedError) for problem in problems):
        return DamagedError(f"the person is erased but for what can't be read: {reasons}")
    return StoreError(f"the person is erased but for what can't be reached: {reasons}")


def _lines(segment: Events) -> int:
    return segment.body.count(b"\n") + 1 if segment.body else 0


def _speaks(line: bytes, within: bytes, member: str) -> bool:
    """Whether a line of JSON mentions a member; most are ruled out without parsing."""
    if within not in line and b"\\u" not in line:
        return False
    try:
        return speaks_of(msgspec.json.decode(line), member)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return True
