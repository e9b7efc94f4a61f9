"""What tests of a hub need: a platform, a stopped clock, a store that fails on demand, events, a rulebook."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Action
from groundrules.runtime import Done, Outcome
from groundrules.stores.records import Batch, Head, Row
from groundrules.testing import MemoryStore
from groundrules.testing.memory_store import MemoryPlace

START = 1_767_225_600_000  # 2026-01-01
BOOK = """
rulebook: shop
use: [std/chat]
rules:
  - id: advert
    on: message
    when: text contains "advert"
    then: [delete, {mute: 1h}, {reply: "Hi {actor.name}"}]
  - id: gone
    on: message
    when: text contains "banme"
    then: [{ban: {}, or_else: [{mute: 7d}]}]
  - id: hello
    on: message
    when: text contains "hello"
    then: [{reply: "Hello"}]
paths:
  - id: later
    on: member.joined
    one_per: actor
    steps:
      - {after: 1h, then: [{send: {to: actor, text: "still here?"}}]}
"""


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self, now: int = START) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


class Platform:
    """Performs actions as scripted, and notes each call: what, under which key.

    outcomes: answers in order, exceptions are raised; after that everything is done. gate: if set, it is waited for.
    """

    def __init__(self, *outcomes: object) -> None:
        self.outcomes = list(outcomes)
        self.calls: list[tuple[str, str]] = []
        self.can: set[str] | None = None
        self.repeats: set[str] | None = None
        self.gate: asyncio.Event | None = None

    async def perform(self, action: Action, community: str) -> Outcome:
        self.calls.append((action.do, action.key))
        if self.gate is not None:
            await self.gate.wait()
        outcome = self.outcomes.pop(0) if self.outcomes else Done()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome  # type: ignore[return-value]


class Faulty(MemoryStore):
    """A store in memory that fails as scripted: exceptions, in order, before and after a commit, and on a claim.

    None in a list lets one call pass.
    """

    def __init__(self, place: MemoryPlace | None = None) -> None:
        super().__init__(place)
        self.before: list[Exception | None] = []
        self.behind: list[Exception | None] = []
        self.claims: list[Exception | None] = []
        self.on_commit: Callable[[Batch], object] = lambda batch: None

    def claim(self, community: str) -> tuple[Head, list[Row]] | None:
        _fail(self.claims)
        return super().claim(community)

    def commit(self, batch: Batch) -> int:
        self.on_commit(batch)
        _fail(self.before)
        position = super().commit(batch)
        _fail(self.behind)
        return position


def _fail(faults: list[Exception | None]) -> None:
    error = faults.pop(0) if faults else None
    if error is not None:
        raise error


def event(id: str, text: str, at: int = START, who: str = "ana", community: str = "c", **more: Any) -> dict[str, Any]:
    """Return a message, or with `type` another event."""
    actor = {"id": who, "name": who.title()}
    header = {"id": id, "type": "message", "time": format_ms(at), "community": {"id": community}, "actor": actor}
    return header | {"channel": {"id": "general"}, "message": {"id": id}, "text": text} | more


def run(coroutine: Coroutine[Any, Any, Any], seconds: float = 120) -> Any:
    """Run something that must end within so many seconds."""
    return asyncio.run(asyncio.wait_for(coroutine, seconds))


async def until(condition: Callable[[], object]) -> None:
    """Wait until something holds."""
    while not condition():
        await asyncio.sleep(0.001)


def done(calls: Iterable[tuple[str, str]]) -> list[str]:
    """Return what was requested from a platform."""
    return [do for do, _ in calls]
