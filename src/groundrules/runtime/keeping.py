"""How long records are kept. Purging goes community by community, a page at a time; nobody waits for the whole.

A community that can't be purged, because another hub holds it or its rulebook is unusable, doesn't hold up the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile
from typing import Any, NamedTuple, TypeVar

import msgspec

from groundrules.decisions import Decision
from groundrules.runtime.core import Core
from groundrules.runtime.errors import HubError
from groundrules.runtime.wording import GONE, Schemas, What
from groundrules.stores import OwnedError, Store, StoreError, UnavailableError
from groundrules.stores.records import ENDED, OPEN, Erasure, Events, Logged, Outgoing, Query
from groundrules.time_units import DAY

Timed = TypeVar("Timed", Logged, Outgoing)

PAGE = 500

log = logging.getLogger("groundrules.hub")

_decision = msgspec.json.Decoder(Decision).decode


class Reached(msgspec.Struct, frozen=True):
    """How far records were purged: number of the event, position of the decision, number of the action."""

    event: int = 0
    decision: int = 0
    action: int = 0


_reached = msgspec.json.Decoder(Reached).decode


class _Old(NamedTuple):
    """A page of expired records, and how far they reach."""

    events: list[Events]
    entries: list[Logged]
    actions: list[Outgoing]
    reached: Reached

    @property
    def any(self) -> bool:
        """Whether there is any."""
        return bool(self.events or self.entries or self.actions)


@dataclass(frozen=True)
class Keep:
    """How many days to keep recorded events, and decisions with finished actions; None: for good.

    texts: how many days people's words stay in both; None: as long as the record. log: what is kept of them from the
    beginning (`wording.What`). Where texts are gone, replays can't show what another rulebook or other settings would
    have done.
    """

    events: float | None = 90
    decisions: float | None = 365
    texts: float | None = None
    log: What = "texts"

    @property
    def texts_for(self) -> int | None:
        """How long texts stay (ms); None: as long as their record."""
        return None if self.texts is None else round(self.texts * DAY)

    def replayable_since(self, since: int, now: int) -> int | None:
        """Return the earliest instant (ms) from `since` on from which events can be replayed; None: none can."""
        return None if self.log != "texts" else max(since, _before(now, self.texts))

    def replayable(self, since: int, now: int) -> str:
        """Say why the events from an instant (ms) on can't be replayed; nothing if they can."""
        if self.log != "texts":
            return f"the texts of events are not kept (keep: log={self.log})"
        if since < _before(now, self.texts):
            return f"the texts of events are kept for {self.texts:g} days"
        return ""


class Keeping:
    """Purges records. `do` does something in a community, `read` calls the store off the loop.

    alone: held while records are read and written back, so that nobody writes back what others have since erased.
    """

    def __init__(
        self,
        keep: Keep,
        core: Core,
        store: Store,
        do: Callable[[str, Callable[[Core], Any]], Awaitable[Any]],
        read: Callable[[Callable[[], Any]], Awaitable[Any]],
        alone: asyncio.Lock,
    ) -> None:
        self._keep = keep
        self._core = core
        self._store = store
        self._do = do
        self._read = read
        self._alone = alone

    async def purge(self) -> None:
        """Delete what has been kept long enough."""
        after = ""
        while heads := await self._read(partial(self._store.heads, after)):
            for head in heads:
                await self._purge_one(head.community)
            after = heads[-1].community
        await self._read(self._purge_strays)
        await self._read(partial(self._store.erase, []))

    async def _purge_one(self, community: str) -> None:
        try:
            await self._drop_old(community)
            await self._fade(community)
        except OwnedError:
            pass  # the hub that owns it will do it
        except UnavailableError:
            raise
        except (StoreError, HubError) as error:
            log.error("what is old in %s can't be let go: %s", community, error)
        except Exception:
            log.exception("an internal error while records of %s were let go", community)

    async def _drop_old(self, community: str) -> None:
        behind = Reached()
        while (reached := await self._drop_page(community, behind)) != behind:
            behind = reached

    async def _drop_page(self, community: str, behind: Reached) -> Reached:
        async with self._alone:
            old: _Old = await self._read(partial(self._aged, community, behind))
            if old.any:
                await self._erase(self._dropping(community, old))
            return old.reached

    def _purge_strays(self) -> None:
        """Delete the answers to events that belonged to no community."""
        behind = Reached()
        with suppress(OwnedError):
            self._store.claim("")
            while (old := self._aged("", behind)).reached != behind:
                self._store.erase([self._dropping("", old)])
                behind = old.reached
            self._store.release([""])

    def _dropping(self, community: str, old: _Old) -> Erasure:
        events = [segment._replace(body=b"") for segment in old.events]
        entries = [(entry.position, None) for entry in old.entries]
        actions = [(action.key, None) for action in old.actions]
        return Erasure(community, events, entries, actions, notes=_before(self._core.clock(), self._keep.decisions))

    async def _fade(self, community: str) -> None:
        """Remove the texts of records past their time, continuing where the last run ended."""
        if self._keep.texts is None:
            return
        name = f"texts {community}"
        kept = await self._read(lambda: self._store.source(name))
        behind = _reached(kept) if kept else Reached()
        while (reached := await self._fade_page(community, behind)) != behind:
            behind, position = reached, msgspec.json.encode(reached)
            await self._do(community, partial(Core.reached, source=name, position=position))

    async def _fade_page(self, community: str, behind: Reached) -> Reached:
        async with self._alone:
            old: _Old = await self._read(partial(self._worded, community, behind))
            if old.any:
                schemas = await self._do(
                    community, lambda core: core.communities[community].edition.compiled.plan.events
                )
                await self._erase(await self._read(partial(_without_texts, community, old, schemas)))
            return old.reached

    async def _erase(self, erasure: Erasure) -> None:
        """Erase records of a community that is ours or becomes ours."""
        await self._do(erasure.community, partial(Core.touch, id=erasure.community))
        await self._read(partial(self._store.erase, [erasure]))

    # --- what is old ----------------------------------------------------------------------------

    def _aged(self, community: str, behind: Reached) -> _Old:
        now = self._core.clock()
        return self._old(community, behind, _before(now, self._keep.events), _before(now, self._keep.decisions))

    def _worded(self, community: str, behind: Reached) -> _Old:
        until = _before(self._core.clock(), self._keep.texts)
        return self._old(community, behind, until, until)

    def _old(self, community: str, behind: Reached, events_until: int, until: int) -> _Old:
        """Return records from before these times, a page of each kind.

        Unfinished actions are passed over; those that end later lose their texts then.
        """
        segments = self._store.events(community, after=behind.event)
        events = list(islice(takewhile(lambda segment: segment.until < events_until, segments), PAGE))
        entries = _from_before(
            until, self._store.decisions(Query(community=community, after=behind.decision, limit=PAGE))
        )
        actions = _from_before(until, self._store.outgoing(community, open=False, after=behind.action, limit=PAGE))
        reached = Reached(
            events[-1].last if events else behind.event,
            entries[-1].position if entries else behind.decision,
            max(behind.action, *(action.number for action in actions), 0),
        )
        return _Old(events, entries, [action for action in actions if action.status not in OPEN], reached)


def _from_before(until: int, records: Iterable[Timed]) -> list[Timed]:
    return list(takewhile(lambda record: record.at < until, records))


def _without_texts(community: str, old: _Old, schemas: Schemas) -> Erasure:
    events = [segment._replace(body=_bare(segment.body, schemas)) for segment in old.events]
    entries = [(entry.position, GONE.decision(_decision(entry.body))) for entry in old.entries if not entry.damage]
    actions = [(action.key, GONE.action(action.body)) for action in old.actions if action.status in ENDED]
    return Erasure(community, events, entries, actions)


def _bare(body: bytes, schemas: Schemas) -> bytes:
    return b"\n".join(GONE.event(line, schemas) for line in body.split(b"\n"))


def _before(now: int, days: float | None) -> int:
    return 0 if days is None else now - round(days * DAY)
