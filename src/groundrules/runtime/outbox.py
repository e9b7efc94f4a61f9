"""The outbox: what was decided happens, in order within a community, side by side between communities.

An action that may be repeated is performed and its end is kept; if the process dies in between, it is performed again
under the same key. One that must not be repeated is kept as begun before it is performed; if its end is not known then,
it is in doubt, and a moderator says what becomes of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from random import random

from groundrules.runtime.core import Core, action_of
from groundrules.runtime.performing import Failed, Outcome, Performer, Retry
from groundrules.stores.records import Outgoing

Do = Callable[[str, Callable[[Core], object]], Awaitable[object]]
"""Does something in a community, and returns when it is kept."""

LONGEST = 60.0
"""Seconds that a platform has for an answer."""
MOST_TRIES = 12
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0
"""Seconds between two tries: doubled each time, with chance in it so that communities don't come all at once."""

log = logging.getLogger("groundrules.outbox")


class Outbox:
    """Performs the open actions of all communities, at most `side_by_side` at once."""

    def __init__(self, performer: Performer | None, core: Core, do: Do, side_by_side: int = 16) -> None:
        self._performer = performer
        self._core = core
        self._do = do
        self._room = asyncio.Semaphore(side_by_side)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._woken: dict[str, asyncio.Event] = {}
        self._ending = False

    def wake(self, communities: Iterable[str]) -> None:
        """Look at the open actions of communities: there may be new ones, or one may be let go."""
        if self._performer is None or self._ending:
            return
        for id in communities:
            if id in self._tasks:
                self._woken[id].set()
            elif self._next(id) is not None:
                self._woken[id] = asyncio.Event()
                self._tasks[id] = asyncio.create_task(self._work(id), name=f"outbox {id}")

    async def end(self, within: float) -> None:
        """Begin no further action; wait for those under way, `within` seconds."""
        self._ending = True
        for event in self._woken.values():
            event.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks.values(), timeout=within)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @property
    def busy(self) -> bool:
        """Whether anything is being performed, or waits for its turn or for another try."""
        return bool(self._tasks)

    def _next(self, id: str) -> Outgoing | None:
        """Return the first action of a community that is to be performed."""
        community = self._core.communities.get(id)
        if community is None or community.head.paused:
            return None
        return next((action for action in community.open.values() if action.status == "waiting"), None)

    async def _work(self, id: str) -> None:
        try:
            while not self._ending and (action := self._next(id)) is not None:
                wait = (action.due - self._core.clock()) / 1000
                if wait > 0:
                    await self._sleep(id, wait)
                    continue
                async with self._room:
                    await self._handle(action)
        except Exception:
            log.exception("the actions of %s stand still until something happens there", id)
        finally:
            del self._tasks[id], self._woken[id]

    async def _sleep(self, id: str, seconds: float) -> None:
        woken = self._woken[id]
        woken.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), seconds)

    async def _handle(self, action: Outgoing) -> None:
        """Perform an action once, and keep what became of it."""
        assert self._performer is not None
        asked = action_of(action)
        can = self._performer.can
        if can is not None and asked.do not in can:
            await self._end(action, Failed(f"the platform can't {asked.do}"))
            return
        repeats = self._repeats(action, asked.do)
        if not repeats:
            await self._do(action.community, lambda core: core.begin(action))
        try:
            answer: object = await asyncio.wait_for(self._performer.perform(asked, action.community), LONGEST)
            outcome = answer if isinstance(answer, Outcome) else Failed(f"the bot answered {answer!r}, no outcome")
        except Exception as error:  # whatever a platform's library does: nobody knows what became of it
            reason = f"{type(error).__name__}: {error}".removesuffix(": ")
            log.warning("%s in %s: %s", asked.do, action.community, reason)
            if not repeats:
                await self._do(action.community, lambda core: core.doubt(action, reason))
                return
            outcome = Retry(reason=reason)
        await self._end(action, outcome)

    async def _end(self, action: Outgoing, outcome: Outcome) -> None:
        wait = 0.0
        if isinstance(outcome, Retry):
            if action.attempts + 1 >= MOST_TRIES:
                outcome = Failed(f"tried {MOST_TRIES} times: {outcome.reason}".removesuffix(": "))
            else:
                backoff = min(LONGEST_WAIT, FIRST_WAIT * 2**action.attempts) * (0.5 + random())
                wait = backoff if outcome.after is None else max(0.0, outcome.after)
        ended = outcome
        await self._do(action.community, lambda core: core.end(action, ended, wait))

    def _repeats(self, action: Outgoing, do: str) -> bool:
        assert self._performer is not None
        if self._performer.repeats is not None:
            return do in self._performer.repeats
        spec = self._core.communities[action.community].edition.actions.get(do)
        return spec is not None and spec.repeat == "again"
