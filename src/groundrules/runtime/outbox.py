"""The outbox performs decided actions: in order within a community, concurrently across communities.

A repeatable action is performed and then its outcome is stored; if the process dies in between, it is performed again
under the same key. One that must not be repeated is stored as started before it is performed; if its outcome is then
unknown, it is in doubt, and a moderator decides what becomes of it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from random import random

from groundrules.decisions import Action
from groundrules.runtime.core import Core, action_of
from groundrules.runtime.errors import HubError
from groundrules.runtime.performing import Failed, Outcome, Performer, Retry, short_text, understood
from groundrules.stores import OwnedError, StoreError
from groundrules.stores.records import Outgoing

Do = Callable[[str, Callable[[Core], object]], Awaitable[object]]
"""Does something in a community, and returns once it is committed."""

LONGEST = 60.0
"""Seconds that a platform has to answer."""
MOST_TRIES = 12
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0
"""Seconds between two tries: doubled each time, with jitter so that communities don't all come at once."""

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
        self._put_off: dict[str, tuple[str, float]] = {}
        self._ending = False

    def wake(self, communities: Iterable[str]) -> None:
        """Look at communities' open actions: there may be new ones, or one may have been released."""
        if self._performer is None or self._ending:
            return
        for id in communities:
            if id in self._tasks:
                self._woken[id].set()
            elif self._next(id) is not None:
                self._woken[id] = asyncio.Event()
                work = self._work(id, self._performer)
                self._tasks[id] = asyncio.create_task(work, name=f"outbox {id}")

    async def end(self, within: float) -> None:
        """Begin no further action; wait up to `within` seconds for those under way."""
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

    # --- one community --------------------------------------------------------------------------

    def _next(self, id: str) -> Outgoing | None:
        """Return a community's next action to perform."""
        community = self._core.communities.get(id)
        return None if community is None else community.next()

    async def _work(self, id: str, performer: Performer) -> None:
        try:
            while not self._ending and (action := self._next(id)) is not None:
                if (wait := self._wait(action)) > 0:
                    await self._sleep(id, wait)
                else:
                    await self._handle(action, performer)
        except OwnedError:
            log.warning("another hub performs the actions of %s", id)
        except Exception:
            if not self._ending:
                log.exception("the actions of %s are stuck until something happens there", id)
        finally:
            del self._tasks[id], self._woken[id]
            self._put_off.pop(id, None)

    def _wait(self, action: Outgoing) -> float:
        """Return how many seconds an action has to wait; setting the clock back doesn't lengthen it."""
        wait = (action.due - self._core.clock()) / 1000
        key, until = self._put_off.get(action.community, ("", 0.0))
        return min(wait, until - time.monotonic()) if key == action.key else wait

    async def _sleep(self, id: str, seconds: float) -> None:
        woken = self._woken[id]
        woken.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await woken.wait()

    async def _kept(self, id: str, what: Callable[[Core], object]) -> None:
        """Do something in a community, however long it or the store is unavailable."""
        pause = FIRST_WAIT
        while True:
            try:
                await self._do(id, what)
                return
            except OwnedError:
                raise
            except (HubError, StoreError) as error:
                if self._ending:
                    raise
                log.error("the outcome of an action of %s can't be kept: %s", id, error)
            await self._sleep(id, pause)
            pause = min(2 * pause, LONGEST_WAIT)

    # --- one action -----------------------------------------------------------------------------

    async def _handle(self, action: Outgoing, performer: Performer) -> None:
        """Perform an action once, and record the outcome."""
        name = action.community, action.key
        self._core.under_way.add(name)
        try:
            what = await self._performed(action, performer)
            if what is not None:
                await self._kept(action.community, what)
        finally:
            self._core.under_way.discard(name)

    async def _performed(self, action: Outgoing, performer: Performer) -> Callable[[Core], object] | None:
        """Perform an action; return what to record, None if it was not to be performed after all."""
        asked = action_of(action)
        if performer.can is not None and asked.do not in performer.can:
            return partial(Core.end, action=action, outcome=Failed(f"the platform can't {asked.do}"))
        async with self._room:
            if self._ending or self._next(action.community) != action:
                return None
            repeats = self._repeats(action, asked.do, performer)
            if not repeats and not await self._begun(action):
                return None
            outcome, reason = await _performed(performer, asked, action.community)
        if outcome is None and not repeats:
            return partial(Core.doubt, action=action, reason=reason)
        return self._ended(action, outcome or Retry(reason=reason))

    async def _begun(self, action: Outgoing) -> bool:
        """Record that an action is begun; False if that can't be done now, or it is no longer wanted."""
        try:
            return await self._do(action.community, lambda core: core.begin(action)) is not None
        except OwnedError:
            raise
        except (HubError, StoreError) as error:
            if self._ending:
                raise
            log.error("an action of %s can't be begun: %s", action.community, error)
        await self._kept(action.community, partial(Core.touch, id=action.community))
        return False

    def _ended(self, action: Outgoing, outcome: Outcome) -> Callable[[Core], object]:
        """Return what to record after an outcome."""
        if not isinstance(outcome, Retry):
            return partial(Core.end, action=action, outcome=outcome)
        if action.attempts + 1 >= MOST_TRIES:
            reason = f"tried {MOST_TRIES} times: {outcome.reason}".removesuffix(": ")
            return partial(Core.end, action=action, outcome=Failed(reason))
        backoff = min(LONGEST_WAIT, FIRST_WAIT * 2**action.attempts) * (0.5 + random())
        wait = backoff if outcome.after is None else outcome.after
        self._put_off[action.community] = action.key, time.monotonic() + wait
        return partial(Core.end, action=action, outcome=outcome, wait=wait)

    def _repeats(self, action: Outgoing, do: str, performer: Performer) -> bool:
        if performer.repeats is not None:
            return do in performer.repeats
        spec = self._core.communities[action.community].edition.actions.get(do)
        return spec is not None and spec.repeat == "again"


async def _performed(performer: Performer, asked: Action, community: str) -> tuple[Outcome | None, str]:
    """Ask a bot to perform an action; return the outcome, or None if it is unknown, and why."""

    async def perform() -> object:
        return await performer.perform(asked, community)

    performing = asyncio.create_task(perform())
    try:
        await asyncio.wait([performing], timeout=LONGEST)
    finally:
        performing.cancel()
    if not performing.done():
        reason = f"no answer within {LONGEST:g} s"
    elif performing.cancelled():
        reason = "the bot gave it up"
    elif (error := performing.exception()) is not None:  # whatever a platform's library may raise
        reason = short_text(f"{type(error).__name__}: {error}".removesuffix(": "))
    else:
        return understood(performing.result()), ""
    log.warning("%s in %s: %s", asked.do, community, reason)
    return None, reason
