"""Turns: jobs waiting together are done together and committed in one transaction (group commit).

While one batch is written, the next jobs gather, so that durability costs little under load and adds little latency
without. Whatever goes wrong, each job ends in one of two ways: stored, or answered with the reason why not.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from groundrules.runtime.books import Edition
from groundrules.runtime.core import Core, Kept, refusal
from groundrules.runtime.errors import HubError
from groundrules.runtime.jobs import Job, doing
from groundrules.stores import DamagedError, OwnedError, Store, StoreError, UnavailableError
from groundrules.stores.records import Batch, Head, Outgoing, Plan

T = TypeVar("T")

MOST_IN_A_BATCH = 2000
LONGEST_TURN = 0.05
"""Seconds that deciding may block a bot's loop."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0
"""Seconds between two tries to reach a store."""
LATER = 0.5
"""Seconds until a community with waiting actions is brought in again, though nothing happens in it."""

log = logging.getLogger("groundrules.hub")


class Turns:
    """The jobs of a hub, one after another. `behind` is called with each committed batch.

    limit: how many jobs may wait; further callers wait too. trouble: why the store can't be written to now.
    commit_seconds: how long the latest commit took. claimed: the communities we have claimed, in memory or not.
    """

    def __init__(self, core: Core, limit: int, behind: Callable[[Batch], object]) -> None:
        self._core = core
        self._limit = limit
        self._behind = behind
        self._queue: deque[Job] = deque()
        self._jobs: list[Job] = []
        self._alone = 0
        self.claimed: set[str] = set()
        self._ending = False
        self.trouble: str | None = None
        self.commit_seconds = 0.0

    def start(self, store: Store) -> None:
        """Start doing jobs."""
        self.store = store
        self._thread = ThreadPoolExecutor(1, "groundrules-store")
        self._work, self._room = asyncio.Event(), asyncio.Event()
        self._room.set()
        self._task = asyncio.create_task(self._run(), name="groundrules-hub")

    async def end(self) -> None:
        """Do what waits, and nothing after it."""
        self._ending = True
        self._work.set()
        await self._task

    async def io(self, call: Callable[..., T], *arguments: Any) -> T:
        """Call the store in the writing thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)

    def release(self, communities: Iterable[str]) -> None:
        """Release communities for other hubs to claim; to be called in the writing thread."""
        gone = list(communities)
        self.store.release(gone)
        self.claimed.difference_update(gone)

    def close(self) -> None:
        """Stop the thread."""
        self._thread.shutdown()

    # --- jobs -----------------------------------------------------------------------------------

    @property
    def full(self) -> bool:
        """Whether so many jobs wait that callers with another must wait too."""
        return len(self._queue) >= self._limit

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return len(self._queue)

    @property
    def busy(self) -> bool:
        """Whether jobs wait, or are being done."""
        return bool(self._jobs or self._queue)

    async def put(self, jobs: Sequence[Job]) -> None:
        """Queue jobs, in order. Raises HubError when the hub is closed."""
        begun = 0
        while begun < len(jobs):
            while self.full and not self._ending:
                self._room.clear()
                await self._room.wait()
            if self._ending:
                raise HubError("the hub is closed", "closed")
            room = self._limit - len(self._queue)
            self._queue.extend(jobs[begun : begun + room])
            self._work.set()
            begun += room

    async def do(self, job: Job) -> Any:
        """Queue a job; return its answer once committed, or raise why it is not."""
        job.future = asyncio.get_running_loop().create_future()
        await self.put([job])
        return await job.future

    async def _run(self) -> None:
        while self._queue or not self._ending:
            if not self._queue:
                self._work.clear()
                await self._work.wait()
                continue
            most = 1 if self._alone else MOST_IN_A_BATCH
            self._alone = max(0, self._alone - 1)
            self._jobs = [self._queue.popleft() for _ in range(min(len(self._queue), most))]
            self._room.set()
            try:
                await self._together(self._jobs)
            except Exception as error:
                log.exception("a bug in the hub: decisions that were not stored are dropped")
                for job in self._jobs:
                    job.error = job.error or refusal(error)
                self._begin_anew(self._jobs, spoilt=self._core.communities)
            self._jobs = []

    async def _together(self, jobs: list[Job]) -> None:
        """Do as many jobs as a turn has time for, and commit the results in one transaction."""
        self._jobs = done = await self._decide(jobs)
        batch = self._core.close()
        if batch is not None and not await self._keep(batch, done):
            return
        if batch is not None:
            self._core.kept(batch)
        for job in done:
            job.over = True
            if job.future is not None:
                job.finish()
        if batch is not None:
            self._behind(batch)

    async def _decide(self, jobs: list[Job]) -> list[Job]:
        """Do jobs; those for which there was no time go back to the front of the queue."""
        core, decoder = self._core, self._core.books.decoder
        ends = time.perf_counter() + LONGEST_TURN
        for number, job in enumerate(jobs):
            community = job.place(decoder)
            if community is not None and community not in core.communities:
                await self._bring_in(jobs[number:])
                decoder, ends = core.books.decoder, time.perf_counter() + LONGEST_TURN
            if job.error is not None:
                continue
            try:
                job.answer = job.do(core)
            except HubError as error:
                job.error = error
            except Exception as error:
                log.exception("an internal error while something was done in %s", job.community)
                job.error = refusal(error)
                self._begin_anew(jobs, spoilt=() if job.community is None else [job.community])
                return []
            if number & 15 == 15 and time.perf_counter() > ends:
                self._queue.extendleft(reversed(jobs[number + 1 :]))
                return jobs[: number + 1]
        return jobs

    def _begin_anew(self, jobs: list[Job], batch: Batch | None = None, spoilt: Iterable[str] = ()) -> None:
        """Discard uncommitted decisions; jobs that did not fail are done again, from the stored state.

        Communities with waiting actions are brought in again a little later in any case, so that these go on.
        """
        waiting = self._core.abandon(batch, spoilt)
        for job in jobs:
            if job.error is not None:
                job.finish()
        self._queue.extendleft(reversed([job for job in jobs if job.error is None]))
        if waiting:
            asyncio.get_running_loop().call_later(LATER, self._bring_back, waiting)

    def _bring_back(self, communities: Iterable[str]) -> None:
        missing = [] if self._ending else self._core.missing(communities)
        self._queue += [doing(id, partial(Core.touch, id=id)) for id in missing]
        self._work.set()

    # --- communities ----------------------------------------------------------------------------

    async def _bring_in(self, jobs: list[Job]) -> None:
        """Bring in the communities of jobs; jobs whose community can't be are answered with the reason."""
        wanted = (job.place(self._core.books.decoder) for job in jobs)
        for id in self._core.missing(id for id in wanted if id is not None):
            try:
                self._core.bring_in(await self._patiently(self._kept, id))
            except Exception as error:
                refused = error if isinstance(error, StoreError) else refusal(error)
                for job in jobs:
                    if job.community == id:
                        job.error = refused

    def _kept(self, id: str) -> Kept:
        """Read a community from the store, and prepare what runs it."""
        self.claimed.add(id)
        claimed = self.store.claim(id)
        if claimed is None:
            return Kept(Head(id), self._core.books.edition(id))
        head, rows = claimed
        plan = self.store.plan(head.plan)
        if plan is None and rows:
            raise DamagedError(f"the state of {id} is damaged: the plan that it was written under is not there")
        open: list[Outgoing] = []
        while page := self.store.outgoing(id, after=open[-1].number if open else 0):
            open += page
            for action in page:
                if action.status == "damaged":
                    raise DamagedError(action.reason)
        return Kept(head, self._edition(head, plan), rows, b"{}" if plan is None else plan.shapes, open)

    def _edition(self, head: Head, plan: Plan | None) -> Edition:
        """Return the edition a community runs: its rulebook's or, if that can't be used, the last usable one."""
        try:
            return self._core.books.edition(head.community, head.settings)
        except HubError as error:
            if plan is None or not plan.body:
                raise
            log.error("%s goes on with the rulebook it had: %s", head.community, error)
            return self._core.books.last_good(plan)

    # --- keeping --------------------------------------------------------------------------------

    async def _keep(self, batch: Batch, jobs: list[Job]) -> bool:
        """Commit a batch, however long the store is unavailable. False if it can't be, or not as it is."""
        try:
            await self._patiently(self._commit, batch)
        except OwnedError:
            log.warning("a community of a batch belongs to another hub; the batch is decided again")
            self._begin_anew(jobs, batch)
        except StoreError as error:
            log.error("a batch can't be kept: %s", error)
            if len(jobs) > 1 and not isinstance(error, UnavailableError):
                self._alone = len(jobs)  # one of them is at fault: redo each by itself
            else:
                for job in jobs:
                    job.error = job.error or error
            self._begin_anew(jobs, batch)
        else:
            return True
        return False

    def _commit(self, batch: Batch) -> None:
        began = time.perf_counter()
        self.store.commit(batch)
        self.commit_seconds = time.perf_counter() - began

    async def _patiently(self, call: Callable[..., T], *arguments: Any) -> T:
        """Call the store, retrying while it is unreachable, until the hub ends. Raises StoreError."""
        pause = FIRST_PAUSE
        while True:
            try:
                answer = await self.io(call, *arguments)
            except UnavailableError as error:
                self.trouble = str(error)
                log.error("the store is unavailable: %s", error)
                if self._ending:
                    raise
            else:
                self.trouble = None
                return answer
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
