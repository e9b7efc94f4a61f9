"""How long records are kept, and what is erased with a person.

A person goes from what rules remember, from recorded events, from the log and from the outbox: every record that speaks
of them by their id goes as a whole. It happens community by community, and only where the person was. What is
interrupted is done by asking again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile
from typing import Any

import msgspec

from groundrules.decisions import Decision
from groundrules.engine.upkeep.forgetting import speaks_of
from groundrules.runtime.core import Core
from groundrules.runtime.wording import GONE, Schemas, What
from groundrules.stores import DamagedError, OwnedError, Store
from groundrules.stores.records import ENDED, OPEN, Erasure, Events, Outgoing, Query
from groundrules.time_units import DAY

PAGE = 500

log = logging.getLogger("groundrules.hub")

_decision = msgspec.json.Decoder(Decision).decode


class Faded(msgspec.Struct, frozen=True):
    """Up to which records texts were taken out: number of the event, position of the decision, number of the action."""

    event: int = 0
    decision: int = 0
    action: int = 0


_faded = msgspec.json.Decoder(Faded).decode


@dataclass(frozen=True)
class Keep:
    """For how many days what is kept: recorded events, decisions with the actions that have an end; None: for good.

    texts: for how many days what people wrote stays in both; None: as long as they do. log: what is kept of it from the
    beginning (`wording.What`). Where texts are gone, nothing can be replayed to say what another rulebook or other
    settings would have come to.
    """

    events: float | None = 90
    decisions: float | None = 365
    texts: float | None = None
    log: What = "texts"

    def replayable(self, since: int, now: int) -> str:
        """Say why the events from an instant (ms) on can't be replayed; nothing, if they can be."""
        if self.log != "texts":
            return f"the texts of events are not kept (keep: log={self.log})"
        if since < _before(now, self.texts):
            return f"the texts of events are kept for {self.texts:g} days"
        return ""


class Keeping:
    """Lets records go. `do` does something in a community, `read` calls something of the store beside the loop."""

    def __init__(
        self,
        keep: Keep,
        core: Core,
        store: Store,
        do: Callable[[str, Callable[[Core], Any]], Awaitable[Any]],
        read: Callable[[Callable[[], Any]], Awaitable[Any]],
    ) -> None:
        self._keep = keep
        self._core = core
        self._store = store
        self._do = do
        self._read = read

    # --- a person -------------------------------------------------------------------------------

    async def forget(self, member: str) -> dict[str, int]:
        """Erase a person; return how many records of which kind went."""
        erased: Counter[str] = Counter()
        damaged = []
        for community in await self._read(lambda: self._store.where(member)):
            try:
                erased += await self._forget_in(community, member)
            except DamagedError as error:
                damaged.append(str(error))
        await self._read(partial(self._store.erase, []))
        if damaged:
            raise DamagedError(f"the person is erased but for what can't be read: {'; '.join(damaged)}")
        return dict(erased)

    async def _forget_in(self, community: str, member: str) -> Counter[str]:
        rows = await self._do(community, partial(Core.forget, id=community, member=member))
        erasure, events = await self._read(partial(self._speaking, community, member))
        keys = [key for key, _ in erasure.actions]
        await self._do(community, partial(Core.forget_actions, id=community, keys=keys))
        await self._read(partial(self._store.erase, [erasure]))
        gone = {"rows": sum(rows.values()), "events": events}
        return Counter(gone | {"decisions": len(erasure.entries), "actions": len(erasure.actions)})

    def _speaking(self, community: str, member: str) -> tuple[Erasure, int]:
        """Return how to erase all that speaks of a person in a community, and how many events that are."""
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

    # --- age ------------------------------------------------------------------------------------

    async def purge(self) -> None:
        """Let go what has been kept long enough."""
        after = ""
        while heads := await self._read(partial(self._store.heads, after)):
            for head in heads:
                try:
                    erasure = await self._read(partial(self._aged, head.community))
                    if erasure is not None:
                        await self._erase(erasure)
                    await self._fade(head.community)
                except DamagedError as error:
                    log.error("what is old in %s can't be let go: %s", head.community, error)
            after = heads[-1].community
        await self._read(self._purge_strays)

    def _purge_strays(self) -> None:
        """Let the answers go to events that belonged to no community."""
        with suppress(OwnedError):
            self._store.claim("")
            erasure = self._aged("")
            if erasure is not None:
                self._store.erase([erasure])
            self._store.release([""])

    async def _fade(self, community: str) -> None:
        """Take the texts out of records when their time is over, from where that was done last, some at a time."""
        if self._keep.texts is None:
            return
        name = f"texts {community}"
        kept = await self._read(lambda: self._store.source(name))
        behind = _faded(kept) if kept else Faded()
        schemas = await self._do(community, lambda core: core.communities[community].edition.compiled.plan.events)
        erasure, until = await self._read(partial(self._old_texts, community, behind, schemas))
        if until != behind:
            await self._erase(erasure)
            await self._do(community, lambda core: core.reached(name, msgspec.json.encode(until)))

    def _old_texts(self, community: str, behind: Faded, schemas: Schemas) -> tuple[Erasure, Faded]:
        until = _before(self._core.clock(), self._keep.texts)
        events = list(
            islice(
                takewhile(lambda segment: segment.until < until, self._store.events(community, after=behind.event)),
                PAGE,
            )
        )
        logged = self._store.decisions(Query(community=community, after=behind.decision, limit=PAGE))
        entries = list(takewhile(lambda entry: entry.at < until, logged))
        acts = self._store.outgoing(community, open=False, after=behind.action, limit=PAGE)
        actions = list(takewhile(lambda action: action.at < until and action.status in ENDED, acts))
        reached = Faded(
            events[-1].last if events else behind.event,
            entries[-1].position if entries else behind.decision,
            actions[-1].number if actions else behind.action,
        )
        bare = [(entry.position, GONE.decision(_decision(entry.body))) for entry in entries if not entry.damage]
        silent = [(action.key, GONE.action(action.body)) for action in actions]
        return Erasure(community, [_without_texts(segment, schemas) for segment in events], bare, silent), reached

    async def _erase(self, erasure: Erasure) -> None:
        try:
            await self._do(erasure.community, partial(Core.touch, id=erasure.community))
            await self._read(partial(self._store.erase, [erasure]))
        except OwnedError:
            pass  # the hub that has it sees to it

    def _aged(self, community: str) -> Erasure | None:
        """Return how to erase what is too old in a community, a page of each kind at a time."""
        now = self._core.clock()
        events = [
            segment._replace(body=b"") for segment in self._events_before(community, _before(now, self._keep.events))
        ]
        until = _before(now, self._keep.decisions)
        entries = [(entry.position, None) for entry in self._page(community) if entry.at < until]
        ended = self._store.outgoing(community, open=False, limit=PAGE)
        actions = [(action.key, None) for action in ended if action.at < until and action.status not in OPEN]
        return Erasure(community, events, entries, actions, notes=until) if events or entries or actions else None

    def _page(self, community: str) -> Iterable[Any]:
        return self._store.decisions(Query(community=community, limit=PAGE))

    def _events_before(self, community: str, until: int) -> Iterator[Events]:
        for segment in self._store.events(community):
            if segment.until >= until:
                return
            yield segment


def _without_texts(segment: Events, schemas: Schemas) -> Events:
    lines = [GONE.event(line, schemas) for line in segment.body.split(b"\n")]
    return segment._replace(body=b"\n".join(lines))


def _before(now: int, days: float | None) -> int:
    return 0 if days is None else now - round(days * DAY)


def _lines(segment: Events) -> int:
    return segment.body.count(b"\n") + 1 if segment.body else 0


def _speaks(line: bytes, within: bytes, member: str) -> bool:
    """Tell whether a line of JSON speaks of a member; most are ruled out without reading them."""
    if within not in line and b"\\u" not in line:
        return False
    try:
        return speaks_of(msgspec.json.decode(line), member)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return True
