"""Many communities: work on all of them holds nobody up, and unused ones leave memory."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from groundrules.runtime import Hub, HubError
from groundrules.runtime.core import Core
from groundrules.runtime.courtesy import courteous
from groundrules.runtime.passing_time import IDLE_AFTER
from groundrules.stores.records import Batch
from strategies.hubs import BOOK, START, Watch, event, run

MANY = 150
LONGEST = 0.05
"""Seconds that a loop may be held up; of the time of its own thread, for neighbours are nobody's fault."""

HOUR = 3_600_000
What = Callable[[Hub], Awaitable[object]]


async def forget(hub: Hub) -> object:
    return await hub.forget("ana")


async def pass_time(hub: Hub) -> object:
    hub._core.clock.now += 2 * HOUR  # type: ignore[attr-defined]
    return await hub.tick()


async def swap(hub: Hub) -> object:
    path = Path(str(hub._core.books.sources))
    path.write_text(BOOK.replace("still here?", "are you there?"), encoding="utf-8")
    return await hub.install(lambda community: str(path), "mod")


async def longest_turn(until: asyncio.Task[object]) -> float:
    """Return how much of its thread's time the loop once needed between two turns, at most."""
    longest, before = 0.0, time.thread_time()
    while not until.done():
        await asyncio.sleep(0)
        longest, before = max(longest, time.thread_time() - before), time.thread_time()
    return longest


@pytest.mark.parametrize("what", [forget, pass_time, swap])
def test_what_concerns_all_holds_nobody_up(book: str, place: str, what: What) -> None:
    """An event that comes meanwhile is answered long before all are done, and the loop is never held up for long."""

    async def go() -> None:
        ids = [f"c{number}" for number in range(MANY)]
        async with Hub(place, book, clock=Watch(), ticks=False) as hub:
            await hub.handle_many([event("1", "", START, community=id, type="member.joined") for id in ids])
            heads: list[str] = []
            hub.watch(lambda batch: heads.extend(head.community for head in batch.heads))
            task = asyncio.ensure_future(what(hub))
            beat = asyncio.create_task(longest_turn(task))
            while not set(heads) & set(ids):
                await asyncio.sleep(0)
            assert len(await hub.handle(event("2", "hello", START, community="c0"))) == 1
            assert len(set(heads)) < MANY / 2, "it waited for most of them"
            await task
            assert set(heads) >= set(ids), "all had their turn"
            assert await beat <= LONGEST

    run(go(), 60)


def test_the_timers_of_many_are_kept_together(book: str, place: str) -> None:
    async def go() -> None:
        watch = Watch()
        async with Hub(place, book, clock=watch, ticks=False) as hub:
            ids = [f"c{number}" for number in range(MANY)]
            await hub.handle_many([event("1", "", START, community=id, type="member.joined") for id in ids])
            batches: list[Batch] = []
            hub.watch(batches.append)
            watch.now += HOUR
            await hub.tick()
            assert sum(len(batch.heads) for batch in batches) == MANY
            assert len(batches) <= MANY / 5
            assert sum(len(batch.actions) for batch in batches) == MANY

    run(go(), 60)


def test_one_in_which_time_can_not_pass_keeps_no_other_back(
    book: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        watch = Watch()
        async with Hub(place, book, clock=watch, ticks=False) as hub:
            ids = "abc"
            await hub.handle_many([event("1", "", START, community=id, type="member.joined") for id in ids])
            real = Core.tick

            def tick(core: Core, id: str) -> object:
                if id == "b":
                    raise HubError("not here")
                return real(core, id)

            monkeypatch.setattr(Core, "tick", tick)
            watch.now += HOUR
            await hub.tick()
            assert [one.community for one in await hub.actions()] == ["a", "c"]

    run(go())


def test_those_that_nobody_uses_leave_memory(book: str, place: str) -> None:
    """All but those with actions that wait; and they come back as they were."""

    async def go() -> None:
        watch = Watch()
        async with Hub(place, book, clock=watch, ticks=False) as hub:
            await hub.handle_many([event("1", "nothing", START, community="quiet"), event("1", "hello", START)])
            watch.now += IDLE_AFTER - 1
            await hub._time._let_idle_go()
            assert sorted(hub._core.communities) == ["c", "quiet"]
            watch.now += 2
            await hub._time._let_idle_go()
            assert sorted(hub._core.communities) == ["c"]
            assert await hub.handle(event("1", "nothing", START, community="quiet")) == [], "it was handled before"

    run(go())


def test_long_work_lets_others_have_their_turn() -> None:
    usual = sys.getswitchinterval()
    with courteous():
        with courteous():
            assert sys.getswitchinterval() < usual
        assert sys.getswitchinterval() < usual
    assert sys.getswitchinterval() == pytest.approx(usual)
