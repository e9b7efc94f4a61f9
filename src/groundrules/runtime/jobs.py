"""Jobs: work done between two events, or on one, for a caller who waits for it.

An event is parsed when its turn comes, not when it is handed in, so that it is still in the cache when it is decided.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from groundrules.decisions import Decision
from groundrules.engine.intake.decode import Decoder
from groundrules.runtime.arrivals import Arrival, Stray, arrival
from groundrules.runtime.core import Core

Event = bytes | str | Mapping[str, Any]


class Job(msgspec.Struct, kw_only=True, eq=False):
    """Work in a community, or in none; it ends with an answer or an error."""

    community: str | None = None
    future: asyncio.Future[Any] | None = None
    answer: Any = None
    error: Exception | None = None
    over: bool = False

    def place(self, decoder: Decoder | None) -> str | None:
        """Return the community it is about; decoder: of the engine that will probably handle it."""
        return self.community

    def do(self, core: Core) -> Any:
        """Do it."""
        raise NotImplementedError

    def finish(self) -> None:
        """Wake whoever waits."""
        self.over = True
        if self.future is None or self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.answer)
        else:
            self.future.set_exception(self.error)


class Doing(Job, eq=False):
    """Whatever a function does."""

    what: Callable[[Core], Any]

    def do(self, core: Core) -> Any:
        return self.what(core)


class Handling(Job, eq=False):
    """An event handed in at time `now`; `source`: the input it is from, and the position after it."""

    event: Event
    now: int
    source: tuple[str, bytes] | None = None
    arrived: Arrival | Stray | None = None

    def place(self, decoder: Decoder | None) -> str | None:
        if self.arrived is None:
            arrived = self.arrived = arrival(self.event, self.now, decoder=decoder)
            if type(arrived) is Arrival:
                self.community = arrived.community
        return self.community

    def do(self, core: Core) -> list[Decision]:
        arrived = self.arrived
        decisions = core.decide(arrived) if type(arrived) is Arrival else core.refuse(arrived)  # type: ignore[arg-type]
        if self.source is not None:
            core.reached(*self.source)
        return decisions


def doing(community: str | None, what: Callable[[Core], Any]) -> Job:
    """Return a job that calls a function."""
    return Doing(what, community=community)
