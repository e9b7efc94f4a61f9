"""The hub for asyncio: many communities, one store, one process."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any, TypeVar

from groundrules.decisions import Action, Decision
from groundrules.engine.cells.entries import ListChanges
from groundrules.runtime.arrivals import Clock, Stray, arrival
from groundrules.runtime.books import Source, Sources
from groundrules.runtime.changing import Changing, Trial
from groundrules.runtime.core import Core
from groundrules.runtime.desk import Desk
from groundrules.runtime.errors import HubError
from groundrules.runtime.forgetting import Forgetting
from groundrules.runtime.jobs import Event, Handling, doing
from groundrules.runtime.keeping import Keep, Keeping
from groundrules.runtime.looking import Looking
from groundrules.runtime.outbox import Outbox
from groundrules.runtime.passing_time import PassingTime
from groundrules.runtime.performing import Outcome, Performer, Retry, lacking, understood
from groundrules.runtime.turns import Turns
from groundrules.runtime.wording import WORDINGS
from groundrules.stores import OwnedError, Store, StoreError
from groundrules.stores.records import Batch, Outgoing
from groundrules.tools.diffing.model import Diff
from groundrules.tools.replaying.model import Report
from groundrules.tools.replaying.sampling import Preview
from groundrules.tools.running.states import opened

T = TypeVar("T")
USUAL = Keep()

log = logging.getLogger("groundrules.hub")


def wall_clock() -> int:
    """What time it is."""
    return time.time_ns() // 1_000_000


class Hub(Looking):
    """Decides, keeps and acts for many communities.

    store: a place (`sqlite:groundrules.db`, `postgresql://…`) or a Store. book: a rulebook's path, a loaded one, or a
    function from a community's id to its own. performer: the platform's hands; without one, actions wait to be read
    with `actions` and reported with `report`. limit: how many events may wait; further callers wait too. clock: what
    time it is, in ms; without `ticks` time passes only by events. keep: how long records are kept, and how much of
    people's words. watch: put a new version of the rulebook in force, as `install` does, when its path changes.
    """

    def __init__(
        self,
        store: str | Store,
        book: Sources,
        performer: Performer | None = None,
        *,
        limit: int = 10_000,
        clock: Clock = wall_clock,
        ticks: bool = True,
        keep: Keep = USUAL,
        watch: bool = False,
    ) -> None:
        self._place = store
        self._core = Core(book, clock, ticks, WORDINGS[keep.log], keep.texts_for)
        self._performer = performer
        self._ticks = ticks
        self._keep = keep
        self._watch = watch
        self._turns = Turns(self._core, limit, self._kept)
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = False
        self._watchers: list[Callable[[Batch], object]] = []

    # --- beginning and ending -------------------------------------------------------------------

    async def __aenter__(self) -> Hub:
        self._reading = ThreadPoolExecutor(4, "groundrules-reads")
        try:
            self._store: Store = await self._read(self._opened)
        except BaseException:
            self._reading.shutdown()
            raise
        self._outbox = Outbox(self._performer, self._core, self.do)
        alone = asyncio.Lock()
        self._keeping = Keeping(self._keep, self._core, self._store, self.do, self._read, alone)
        self._time = PassingTime(self._core, self._turns, self._keeping.purge)
        self._changing = Changing(self._core, self._store, self.do, self._read, self._keep)
        self.desk = Desk(self._core, self._store, self.do, self._read, self.handle)
        self._forgetting = Forgetting(self._store, self.desk, self.do, self._read, alone)
        self._turns.start(self._store)
        try:
            await self._changing.admit()
            await self._tell_lacking()
            await self._resume()
        except BaseException:
            await self.close(0)
            raise
        if self._ticks:
            self._tasks.append(asyncio.create_task(self._time.run(), name="groundrules-clock"))
        if self._watch:
            self._tasks.append(asyncio.create_task(self._changing.watch(), name="groundrules-watch"))
        return self

    async def _tell_lacking(self) -> None:
        """Report at once which rules ask for what the performer can't do; each such action will fail without a call."""
        if callable(self._core.books.sources):
            return
        with suppress(HubError):
            edition = await self._read(lambda: self._core.books.edition(""))
            missing = await self._read(lambda: lacking(edition.compiled.plan, self._can))
            for do, rules in missing.items():
                log.warning("the platform can't %s, which these rules need: %s", do, ", ".join(rules))

    @property
    def _can(self) -> Collection[str] | None:
        return None if self._performer is None else self._performer.can

    async def lacking(self, community: str) -> dict[str, list[str]]:
        """Return the actions that a community's rules ask for and the performer can't do, with the rules' ids."""
        return await self.do(
            community, lambda core: lacking(core.communities[community].edition.compiled.plan, self._can)
        )

    def _opened(self) -> Store:
        return opened(self._place) if isinstance(self._place, str) else self._place

    async def _resume(self) -> None:
        """Bring in the communities with unfinished actions, so that they are performed."""
        after: str | None = None
        while communities := await self._read(partial(self._store.acting, after)):
            await asyncio.gather(*map(self._resume_one, communities))
            after = communities[-1]

    async def _resume_one(self, id: str) -> None:
        try:
            await self.do(id, partial(Core.touch, id=id))
        except OwnedError:
            pass
        except (StoreError, HubError) as error:
            log.error("the actions of %s are stuck: %s", id, error)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self, within: float = 10.0) -> None:
        """Begin nothing new, commit what was decided, release the store. Actions under way have `within` seconds.

        Whatever is waiting for an unavailable store is refused with a StoreError. A second call does nothing.
        """
        if self._closed:
            return
        self._closed = True
        await self._outbox.end(within)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._turns.end()
        try:
            await self._turns.io(self._let_go)
        finally:
            self._turns.close()
            self._reading.shutdown()

    def _let_go(self) -> None:
        try:
            self._turns.release(list(self._turns.claimed))
        except StoreError as error:
            log.error("the communities can't be released: %s", error)
        if isinstance(self._place, str):
            self._store.close()

    def _kept(self, batch: Batch) -> None:
        """After a commit: perform actions and set the clock."""
        self._outbox.wake(head.community for head in batch.heads)
        self._time.note(batch)
        for watcher in self._watchers:
            try:
                watcher(batch)
            except Exception:
                log.exception("a watcher failed")

    def watch(self, watcher: Callable[[Batch], object]) -> None:
        """Call `watcher` with each batch after its commit; it is called on the loop and must return at once."""
        self._watchers.append(watcher)

    @property
    def trouble(self) -> str | None:
        """Why the store can't be written to at the moment; None if it can."""
        return self._turns.trouble

    # --- events ---------------------------------------------------------------------------------

    async def handle(self, event: Event, source: tuple[str, bytes] | None = None) -> list[Decision]:
        """Decide on an event. When this returns, the decisions are durable, whatever is killed then.

        source: the name of the event's input and the position after it, kept in the same transaction; `position`
        returns it after a restart. Returns the logged decisions. An event with an id that was handled within a day
        changes nothing and returns none. One that can't be handled, or belongs to no community, is answered by a
        decision that says why. Cancelling this call takes nothing back: the event may be decided. Raises HubError if
        the rulebook can't be used, StoreError if the community belongs to another hub.
        """
        job = Handling(event, self._core.clock(), source)
        decisions: list[Decision] = await self._turns.do(job)
        return decisions

    async def position(self, source: str) -> bytes | None:
        """Return the position of an input that was committed with its last event; None if there is none."""
        return await self._read(lambda: self._store.source(source))

    async def handle_many(self, events: Iterable[Event]) -> list[list[Decision]]:
        """Decide on events in order, as `handle` does; return when all are committed."""
        answers = await self.handle_each(events)
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers  # type: ignore[return-value]

    async def handle_each(self, events: Iterable[Event]) -> list[list[Decision] | Exception]:
        """Decide on events in order, as `handle` does; return for each its decisions or an error.

        The error is what `handle` would have raised.
        """
        now = self._core.clock()
        jobs = [Handling(event, now) for event in events]
        if not jobs:
            return []
        last = jobs[-1].future = asyncio.get_running_loop().create_future()
        await self._turns.put(jobs)
        with suppress(Exception):
            await last
        for job in jobs:
            if not job.over:  # the last one failed, and this one is tried again
                job.future = asyncio.get_running_loop().create_future()
                with suppress(Exception):
                    await job.future
        return [job.answer if job.error is None else job.error for job in jobs]

    async def do(self, community: str | None, what: Callable[[Core], T]) -> T:
        """Do something in a community, or in none, between two events; return its answer once committed."""
        answer: T = await self._turns.do(doing(community, what))
        return answer

    @property
    def full(self) -> bool:
        """Whether so many events wait that callers with another must wait too."""
        return self._turns.full

    @property
    def waiting(self) -> int:
        """How many events and other jobs are waiting for their turn."""
        return self._turns.waiting

    @property
    def commit_seconds(self) -> float:
        """How long the store took for the latest commit."""
        return self._turns.commit_seconds

    async def tick(self) -> None:
        """Let time pass until now wherever something is due. The hub does so by itself unless `ticks` is off."""
        await self._time.tick()

    # --- actions --------------------------------------------------------------------------------

    async def actions(
        self, community: str | None = None, after: int = 0, limit: int = 1000, open: bool = True
    ) -> list[Outgoing]:
        """Return actions in order: the unfinished ones, including those in doubt, or all."""
        return await self._read(lambda: self._store.outgoing(community, open, after, limit))

    async def action(self, community: str, key: str) -> Outgoing | None:
        """Return an action, whatever its status; None if there never was one under this key."""
        return await self._read(lambda: self._store.action(community, key))

    async def report(self, community: str, key: str, outcome: Outcome) -> list[Decision]:
        """Report the outcome of an action, for bots that perform actions themselves and for actions in doubt.

        A Retry postpones the action. Returns what the community decides on it. Raises HubError if no action waits under
        this key.
        """
        result = understood(outcome)
        wait = result.after or 0.0 if isinstance(result, Retry) else 0.0
        return await self.do(community, lambda core: core.end(core.known(community, key), result, wait))

    async def perform_again(self, community: str, key: str) -> None:
        """Perform an action in doubt once more. Raises HubError if no action is in doubt under this key."""
        await self.do(community, lambda core: core.again(core.known(community, key)))

    async def pause(self, community: str) -> None:
        """Hold back all actions of a community; deciding goes on."""
        await self.do(community, lambda core: core.pause(community, True))

    async def resume(self, community: str, drop: bool = False) -> None:
        """Release a community's held actions, or drop them."""

        def go_on(core: Core) -> None:
            for action in core.open(community) if drop else ():
                if core.waits(action):
                    core.drop(action, "dropped when the community went on")
            core.pause(community, False)

        await self.do(community, go_on)

    async def what_if(self, event: Event, candidate: Source | None = None) -> list[Decision]:
        """Return what an event would lead to now, or under a candidate; nothing changes, and nothing is stored.

        A candidate gets the community's settings and memory, carried over as when the rulebook changes. Raises HubError
        for an event that belongs to no community, or a candidate that can't be used.
        """
        arrived = arrival(event, self._core.clock())
        if isinstance(arrived, Stray):
            raise HubError(arrived.rejection.reason, arrived.rejection.code, arrived.rejection.path)
        id, line = arrived.community, arrived.line
        candidate_edition = None if candidate is None else await self._changing.candidate(id, candidate)
        return await self.do(id, lambda core: core.what_if(id, line, candidate_edition))

    async def pending(self, community: str) -> list[Action]:
        """Return the actions awaiting approval; their `key` is the request's id."""
        return await self.do(community, lambda core: core.communities[community].engine.pending(community))

    async def list_changes(self, community: str) -> dict[str, ListChanges]:
        """Return how a community's changeable lists differ from the rulebook; lists that don't are left out."""
        return await self.do(community, lambda core: core.communities[community].engine.list_changes(community))

    async def drained(self) -> None:
        """Wait until there is no action to perform."""
        while self._turns.busy or self._outbox.busy:
            await asyncio.sleep(0.001)

    # --- changing -------------------------------------------------------------------------------

    async def settings(self, community: str) -> dict[str, Any]:
        """Return the values that a community has set for its rulebook's parameters."""
        return await self._changing.settings(community)

    async def settings_schema(self, community: str, lang: str = "en") -> dict[str, Any]:
        """Return the JSON Schema of a community's settings."""
        return await self._changing.schema(community, lang)

    async def change(self, community: str, values: Mapping[str, Any], by: str) -> None:
        """Put parameter values in force, in addition to those set before; None unsets one.

        Raises HubError, with the first finding, for values that don't fit or that break the budget.
        """
        await self._changing.change(community, values, by)

    async def preview(self, community: str, values: Mapping[str, Any], days: float = 30) -> Report:
        """Say what the recorded events of the last days would have led to under these values, and the current ones.

        Both are replayed from an empty state. Raises HubError for values that don't fit.
        """
        return await self._changing.preview(community, values, days)

    async def estimate(self, community: str, values: Mapping[str, Any], days: float = 30) -> Preview:
        """Say the same within about two seconds: exactly if time allows, else estimated, with the error.

        Raises HubError for values that don't fit.
        """
        return await self._changing.estimate(community, values, days)

    async def compare(self, community: str, source: Source, days: float = 30) -> Report:
        """Say what the recorded events of the last days would have led to under another rulebook and under this one."""
        return await self._changing.compare(community, source, days)

    async def changes(self, source: Source, community: str | None = None) -> Diff:
        """Say what would change in meaning if this rulebook came into force: everywhere, or in a community.

        Raises HubError if the rulebook can't be used.
        """
        return await self._changing.changes(source, community)

    async def shadow(self, community: str, path: str | None) -> None:
        """Run a candidate alongside the rulebook in force from now on, with its own state; None ends it.

        It never acts. What it decides is computed from the recorded events when the `differences` are requested, so a
        replay gives the same. Raises HubError if the rulebook at `path` can't be used.
        """
        await self._changing.shadow(community, path)

    async def differences(self, community: str) -> Report:
        """Say what a candidate would have done differently, rule by rule and member by member, since it began.

        Raises HubError if none runs.
        """
        return await self._changing.differences(community)

    async def install(self, book: Sources, by: str) -> Trial:
        """Put another rulebook in force, or another version at the same path, if it lints and passes its own tests.

        Otherwise the one in force stays, and the answer says why. The rules get a `rulebook.changed` event.
        """
        trial = await self._changing.install(book, by)
        if trial.passed:
            await self._tell_lacking()
        return trial

    async def forget(self, member: str) -> dict[str, int]:
        """Erase a person from state, events, log and outbox of all communities; return how many records were deleted.

        If it was interrupted, ask again. Raises StoreError at the end if a community can't be reached, because it
        belongs to another hub, DamagedError if its records can't be read.
        """
        return await self._forgetting.forget(member)
