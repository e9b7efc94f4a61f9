"""How long records are kept, and what is erased with a person.

A person goes from what rules remember, from recorded events, from the log and from the outbox: every record that speaks
of them by their id goes as a whole. It happens community by community, and only where the person was. What is
interrupted is done by asking again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from groundrules.decisions import Decision
from groundrules.engine.upkeep.forgetting import speaks_of
from groundrules.runtime.core import Core
from groundrules.stores import OwnedError, Store
from groundrules.stores.records import OPEN, Erasure, Events, Outgoing, Query
from groundrules.time_units import DAY

PAGE = 500

_decision = msgspec.json.Decoder(Decision).decode


@dataclass(frozen=True)
class Keep:
    """For how many days recorded events are kept, and decisions with the actions that have an end; None: for good."""

    events: float | None = 90
    decisions: float | None = 365


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
        for community in await self._read(lambda: self._store.where(member)):
            rows = await self._do(community, partial(Core.forget, id=community, member=member))
            erased["rows"] += sum(rows.values())
            found, events = await self._read(partial(self._speaking, community, member))
            keys = [key for key, _ in found.actions]
            await self._do(community, partial(Core.forget_actions, id=community, keys=keys))
            await self._read(partial(self._store.erase, [found]))
            erased["events"] += events
            erased["decisions"] += len(found.entries)
            erased["actions"] += len(found.actions)
        return dict(erased)

    def _speaking(self, community: str, member: str) -> tuple[Erasure, int]:
        """Return how to erase all that speaks of a person in a community, and how many events that are."""
        within = msgspec.json.encode(member)
        events, lost = [], 0
        for segment in self._store.events(community):
            kept = [line for line in segment.body.split(b"\n") if not _speaks(line, within, member)]
            if len(kept) < _lines(segment):
                events.append(segment._replace(body=b"\n".join(kept)))
                lost += _lines(segment) - len(kept)
        named = {one.position for one in self._logged(Query(community=community, member=member, limit=PAGE))}
        gone = [
            one
            for one in self._logged(Query(community=community, limit=PAGE))
            if one.position in named or _speaks(one.body, within, member)
        ]
        entries = [(one.position, None) for one in gone]
        asked = {action.key for one in gone for action in _decision(one.body).actions}
        speaking = (one.key for one in self._acts(community) if one.key in asked or _speaks(one.body, within, member))
        actions = [(key, None) for key in speaking]
        return Erasure(community, events, entries, actions, [member]), lost

    def _logged(self, query: Query) -> Iterator[Any]:
        while found := self._store.decisions(query):
            yield from found
            query = Query(community=query.community, member=query.member, after=found[-1].position, limit=PAGE)

    def _acts(self, community: str) -> Iterator[Outgoing]:
        after = 0
        while found := self._store.outgoing(community, open=False, after=after, limit=PAGE):
            yield from found
            after = found[-1].number

    # --- age ------------------------------------------------------------------------------------

    async def purge(self) -> None:
        """Let go what has been kept long enough."""
        after = ""
        while heads := await self._read(partial(self._store.heads, after)):
            for head in heads:
                erasure = await self._read(partial(self._aged, head.community))
                if erasure is not None:
                    await self._erase(erasure)
            after = heads[-1].community

    async def _erase(self, erasure: Erasure) -> None:
        try:
            await self._do(erasure.community, partial(Core.touch, id=erasure.community))
            await self._read(partial(self._store.erase, [erasure]))
        except OwnedError:
            pass  # the hub that has it sees to it

    def _aged(self, community: str) -> Erasure | None:
        """Return how to erase what is too old in a community, a page of each kind at a time."""
        now = self._core.clock()
        events = [one._replace(body=b"") for one in self._events_before(community, _before(now, self._keep.events))]
        until = _before(now, self._keep.decisions)
        entries = [(one.position, None) for one in self._page(community) if one.at < until]
        ended = self._store.outgoing(community, open=False, limit=PAGE)
        actions = [(one.key, None) for one in ended if one.at < until and one.status not in OPEN]
        return Erasure(community, events, entries, actions, notes=until) if events or entries or actions else None

    def _page(self, community: str) -> Iterable[Any]:
        return self._store.decisions(Query(community=community, limit=PAGE))

    def _events_before(self, community: str, until: int) -> Iterator[Events]:
        for segment in self._store.events(community):
            if segment.until >= until:
                return
            yield segment


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
