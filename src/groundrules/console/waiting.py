"""What waits beside approvals: appeals, reports, messages held back. Found in what was recorded, once each.

Nothing is kept here but ids: each look goes on where the last one left off, and what is shown is read from the store at
that moment, so that nobody who was forgotten lives on in a queue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import msgspec

from groundrules.decisions import Action
from groundrules.runtime import Hub
from groundrules.stores.records import Events

Kind = Literal["appeal", "report", "held"]
BACK = 200_000
"""Recorded events, and actions, that the first look goes back over."""
PAGE = 1000
_NEEDLES = (b'"appeal.', b'"report.created"', b'"report.resolved"')
_action = msgspec.json.Decoder(Action).decode


class Open(NamedTuple):
    """Something that waits: since when (ms), whom it is about, the event or action behind it."""

    id: str
    kind: Kind
    at: int
    who: str
    source: str


class _Event(msgspec.Struct):
    id: str
    type: str
    actor: dict[str, Any] = {}
    target: dict[str, Any] = {}
    report: dict[str, Any] = {}
    action: str | None = None


_event = msgspec.json.Decoder(_Event).decode


@dataclass
class Waiting:
    """What waits in one community."""

    community: str
    open: dict[str, Open] = field(default_factory=dict)
    _events: int = -1
    _actions: int = -1
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def look(self, hub: Hub) -> list[Open]:
        """Return what waits now, the oldest first."""
        async with self._turn:
            head = await hub.community(self.community)
            if head is not None:
                if self._events < 0:
                    self._events, self._actions = max(0, head.number - BACK), max(0, head.acts - BACK)
                await self._read_events(hub, head.number)
                await self._read_actions(hub)
        return sorted(self.open.values(), key=lambda case: (case.at, case.id))

    async def _read_events(self, hub: Hub, last: int) -> None:
        while self._events < last:
            segments = await hub.recorded(self.community, after=self._events, limit=100)
            if not segments:
                return
            for segment in segments:
                self._hear(segment)
            self._events = segments[-1].last
            await asyncio.sleep(0)

    def _hear(self, segment: Events) -> None:
        if any(needle in segment.body for needle in _NEEDLES):
            for line in segment.body.split(b"\n"):
                if any(needle in line for needle in _NEEDLES):
                    self._take(line, segment.until)

    def _take(self, line: bytes, at: int) -> None:
        try:
            event = _event(line)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return
        who = str(event.actor.get("id", ""))
        match event.type:
            case "appeal.opened":
                self.open[f"appeal:{event.id}"] = Open(f"appeal:{event.id}", "appeal", at, who, event.id)
            case "appeal.granted" | "appeal.refused":
                self._close_appeal(str(event.target.get("id", "")))
            case "report.created":
                id = f"report:{event.report.get('id', event.id)}"
                self.open[id] = Open(id, "report", at, str(event.target.get("id", "")), event.id)
            case "report.resolved":
                self.open.pop(f"report:{event.report.get('id', '')}", None)

    def _close_appeal(self, who: str) -> None:
        """An answer is about the latest appeal of a member; earlier ones of theirs are settled with it."""
        for id in [id for id, case in self.open.items() if case.kind == "appeal" and case.who == who]:
            del self.open[id]

    async def _read_actions(self, hub: Hub) -> None:
        while page := await hub.actions(self.community, self._actions, PAGE, open=False):
            for outgoing in page:
                if outgoing.status != "damaged" and (b'"hold"' in outgoing.body or self.open):
                    self._act(_action(outgoing.body), outgoing.at)
            self._actions = page[-1].number

    def _act(self, action: Action, at: int) -> None:
        if action.do == "hold" and action.who:
            self.open[f"held:{action.who}"] = Open(f"held:{action.who}", "held", at, action.who, action.key)
            return
        ended: Iterable[Any] = [action.who] if action.do in ("release", "refuse") else ()
        if action.do == "delete":
            ended = action.parameters.get("events", ())
        for message in ended:
            self.open.pop(f"held:{message}", None)
