"""Time passes: the hub sleeps until something falls due and then feeds the community a recorded `tick`.

Nothing else in the hub reads a clock to decide. If the clock jumps ahead, what is due comes early; if it jumps back,
late; nothing is decided twice, because a community's clock never runs backwards.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial

from groundrules.runtime.core import Core
from groundrules.runtime.errors import HubError
from groundrules.runtime.jobs import doing
from groundrules.runtime.turns import Turns
from groundrules.stores import StoreError
from groundrules.stores.records import Batch

FAR = 1 << 62
SHORTEST, LONGEST = 0.05, 30.0
"""Seconds to sleep; the upper bound limits what a jump of the clock can delay."""
ELSEWHERE = 30.0
"""Seconds to leave a community alone after time could not pass in it."""
IDLE_AFTER = 600_000
"""Milliseconds after which an unused community leaves memory."""
PURGED_EVERY = 3600.0
"""Seconds between two purges of old records."""
AT_ONCE = 1000
TOGETHER, FEWEST_TOGETHER, MOST_TOGETHER = 0.025, 8, 256
"""Seconds that a joint tick of several communities may take, and how many these are."""

log = logging.getLogger("groundrules.hub")


class PassingTime:
    """Lets time pass in all communities of a store, and drops unused ones from memory."""

    def __init__(self, core: Core, turns: Turns, purge: Callable[[], Awaitable[None]]) -> None:
        self._core = core
        self._turns = turns
        self._next = FAR
        self._purge = purge
        self._purged = 0.0
        self._woken = asyncio.Event()
        self._elsewhere: dict[str, float] = {}
        self._together = 16

    def note(self, batch: Batch) -> None:
        """Wake up earlier if something in a batch falls due earlier."""
        due = min((head.due for head in batch.heads if head.due is not None), default=FAR)
        if due < self._next:
            self._next = due
            self._woken.set()

    async def run(self) -> None:
        """Let time pass until cancelled."""
        while True:
            try:
                await self.tick()
                await self._let_idle_go()
                await self._let_old_go()
            except StoreError as error:
                log.error("the store can't be read: %s", error)
            except Exception:
                log.exception("an internal error while time passed")
            wait = (self._next - self._core.clock()) / 1000
            self._woken.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(max(wait, SHORTEST), LONGEST)):  # wait_for may swallow a cancellation
                    await self._woken.wait()

    async def tick(self) -> None:
        """Let time pass until now wherever something is due."""
        now = self._core.clock()
        self._next = FAR
        heads = await self._turns.io(lambda: self._turns.store.due(FAR, AT_ONCE))
        due = []
        for head in heads:
            if head.due is None or head.due > now:
                self._next = min(self._next, head.due or FAR)
                break
            if self._elsewhere.get(head.community, 0) > time.monotonic():
                continue
            due.append(head.community)
        else:
            if len(heads) == AT_ONCE:
                self._next = now  # there may be more
        await self._tick_in(due)

    async def _tick_in(self, communities: Sequence[str]) -> None:
        """Let time pass in communities, few enough at a time that an event arriving meanwhile doesn't wait long."""
        done = 0
        while done < len(communities):
            some = communities[done : done + self._together]
            began = time.perf_counter()
            await asyncio.gather(*map(self._tick_one, some))
            took = time.perf_counter() - began
            wanted = self._together // 2 if took > TOGETHER else 2 * self._together
            self._together = min(max(FEWEST_TOGETHER, wanted), MOST_TOGETHER)
            done += len(some)

    async def _tick_one(self, community: str) -> None:
        try:
            await self._turns.do(doing(community, partial(Core.tick, id=community)))
        except (StoreError, HubError) as error:
            self._elsewhere[community] = time.monotonic() + ELSEWHERE
            log.warning("time can't pass in %s: %s", community, error)

    async def _let_old_go(self) -> None:
        """Purge records that have been kept long enough."""
        if time.monotonic() >= self._purged:
            self._purged = time.monotonic() + PURGED_EVERY
            await self._purge()

    async def _let_idle_go(self) -> None:
        """Drop communities from memory that nobody has used for a while."""
        gone = self._core.idle(self._core.clock() - IDLE_AFTER)
        if gone:
            self._core.release(gone)
            await self._turns.io(self._turns.release, gone)
