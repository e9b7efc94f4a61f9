"""What all endpoints share while the service runs: the hub, who is let in, the feed of actions, what is counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType

from groundrules.runtime import Hub
from groundrules.service.bodies import Slots
from groundrules.service.feed import Feed
from groundrules.service.metrics import Metrics
from groundrules.service.tokens import Tokens


class Service:
    """A hub with what is needed to serve it; to be entered after the hub, and left before it.

    tokens: who may do what. hold: seconds that a bot has for an action before it is handed out again, or is in doubt.
    """

    def __init__(self, hub: Hub, tokens: Tokens, hold: float = 300.0) -> None:
        self.hub = hub
        self.tokens = tokens
        self.slots = Slots()
        self.feed = Feed(hub, hold)
        self.metrics = Metrics(hub)
        self.stopping = asyncio.Event()
        self._with_it: list[Callable[[], object]] = []

    async def __aenter__(self) -> Service:
        await self.feed.start()
        await self.metrics.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        await self.feed.end()

    def at_stop(self, call: Callable[[], object]) -> None:
        """Call this, too, when the service stops."""
        self._with_it.append(call)

    def stop(self) -> None:
        """Let those go who wait for something, so that the server can end."""
        for call in self._with_it:
            call()
        self.stopping.set()
        self.feed.wake()
