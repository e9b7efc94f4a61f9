"""Expired records and forgotten people are deleted, whatever goes wrong elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from groundrules.runtime import Done, Hub, HubError, Keep, keeping
from groundrules.runtime.core import Core
from groundrules.stores import StoreError
from groundrules.stores.records import Erasure, Events, Query
from groundrules.testing.memory_store import MemoryPlace, MemoryStore
from strategies.hubs import Platform, Watch, event, run

DAY = 86_400_000


async def texts(hub: Hub, community: str = "c") -> list[str]:
    lines = [line for segment in await hub.recorded(community) for line in segment.body.split(b"\n")]
    decoded = [msgspec.json.decode(line) for line in lines]
    return [line["text"] for line in decoded if line["type"] == "message"]


async def decided(hub: Hub, community: str = "c") -> int:
    return len(await hub.decisions(Query(community=community)))


def test_one_that_can_not_be_purged_keeps_no_other_back(book: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One belongs to another hub, the rulebook of one can't be used; where nothing is old nothing is loaded."""
    real = Core.touch

    def touch(core: Core, id: str) -> None:
        if id == "b":
            raise HubError("the rulebook can't be used")
        real(core, id)

    async def go() -> None:
        place, watch = MemoryPlace(), Watch()
        async with Hub(MemoryStore(place), book, Platform(), clock=watch, ticks=False) as hub:
            await hub.handle_many([event("1", "hello", watch.now, community=id) for id in "abcd"])
            await hub.drained()
        monkeypatch.setattr(Core, "touch", touch)
        watch.now += 2 * DAY
        async with (
            Hub(MemoryStore(place), book, Platform(), clock=watch, ticks=False) as other,
            Hub(MemoryStore(place), book, clock=watch, ticks=False, keep=Keep(decisions=1, texts=1)) as hub,
        ):
            await other.handle_many([event("2", "hello", watch.now, community=id) for id in ("a", "young")])
            await other.tick()
            await hub._keeping.purge()
            assert [await decided(hub, id) for id in "abcd"] == [2, 1, 0, 0]
            assert [await texts(hub, id) for id in "abcd"] == [["hello", "hello"], ["hello"], [""], [""]]
            assert set(hub._core.communities) == {"b", "c", "d"}

    run(go())


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PAGE", 2)


@pytest.mark.usefixtures("small_pages")
def test_all_that_is_old_goes_at_once(book: str) -> None:
    async def go() -> None:
        watch = Watch()
        async with Hub(MemoryStore(), book, clock=watch, ticks=False, keep=Keep(decisions=2)) as hub:
            for number in range(7):
                await hub.handle(event(str(number), "hello", watch.now))
            first, *others = await hub.actions()
            for action in others:
                await hub.report("c", action.key, Done())
            watch.now += 3 * DAY
            await hub.handle(event("new", "hello", watch.now))
            await hub.tick()
            await hub._keeping.purge()
            assert await decided(hub) == 1
            left = await hub.actions(open=False)
            assert [action.key for action in left] == [first.key, left[-1].key], "what has no end yet stays"

    run(go())


@pytest.mark.usefixtures("small_pages")
def test_texts_go_at_once_and_those_of_open_actions_with_their_end(book: str) -> None:
    async def go() -> None:
        watch = Watch()
        async with Hub(MemoryStore(), book, clock=watch, ticks=False, keep=Keep(texts=7)) as hub:
            for number in range(5):
                await hub.handle(event(str(number), "hello", watch.now))
            first, *others = await hub.actions()
            for action in others:
                await hub.report("c", action.key, Done())
            watch.now += 8 * DAY
            await hub.handle(event("new", "hello", watch.now))
            await hub.tick()
            await hub._keeping.purge()
            assert await texts(hub) == ["", "", "", "", "", "hello"]
            bodies = [action.body for action in await hub.actions(open=False)]
            assert [b'"Hello"' in body for body in bodies] == [True, False, False, False, False, True]
            await hub.report("c", first.key, Done())
            ended = await hub.action("c", first.key)
            assert ended is not None
            assert b'"Hello"' not in ended.body

    run(go())


def test_two_who_are_forgotten_at_once_are_both_gone(book: str) -> None:
    """Records that speak of one are not written back as they were before the other went."""

    async def go() -> None:
        async with Hub(MemoryStore(), book, clock=Watch(), ticks=False) as hub:
            await hub.handle_many([event(who, "an advert", who=who) for who in ("ana", "bo", "li")])
            await asyncio.gather(hub.forget("ana"), hub.forget("bo"))
            kept: list[Events] = await hub.recorded("c")
            actors = [msgspec.json.decode(line)["actor"]["id"] for one in kept for line in one.body.split(b"\n")]
            assert actors == ["li"]

    run(go())


def test_where_another_hub_has_a_community_the_others_forget_all_the_same(book: str) -> None:
    async def go() -> None:
        place = MemoryPlace()
        async with (
            Hub(MemoryStore(place), book, clock=Watch(), ticks=False) as other,
            Hub(MemoryStore(place), book, clock=Watch(), ticks=False) as hub,
        ):
            await other.handle(event("1", "hello", community="b"))
            await hub.handle_many([event("1", "hello", community=id) for id in "ac"])
            with pytest.raises(StoreError, match="erased but for what can't be reached: the community b belongs"):
                await hub.forget("ana")
            assert [await decided(hub, id) for id in "abc"] == [0, 1, 0]
            await other.forget("ana")
            assert await decided(hub, "b") == 0

    run(go())


def test_whoever_only_acted_by_hand_is_forgotten_too(book: str) -> None:
    """Their names stand in notes and in claims."""

    async def go() -> None:
        watch = Watch()
        async with Hub(MemoryStore(), book, clock=watch, ticks=False) as hub:
            await hub.handle(event("1", "hello"))
            await hub.change("c", {}, by="mod")
            await hub.desk.claim("c", "x", "mod")
            await hub.desk.claim("c", "y", "ana")
            await hub.forget("mod")
            assert all(b'"mod"' not in note.detail for note in await hub.notes())
            assert list(await hub.desk.claims("c")) == ["y"]

    run(go())


def test_forgetting_commits_once_for_several_communities(book: str, monkeypatch: pytest.MonkeyPatch) -> None:
    erased: list[int] = []

    async def go() -> None:
        async with Hub(MemoryStore(), book, clock=Watch(), ticks=False) as hub:
            ids = [f"c{number}" for number in range(40)]
            await hub.handle_many([event("1", "hello", community=id) for id in ids])
            batches: list[Any] = []
            hub.watch(batches.append)
            real = hub._store.erase

            def erase(erasures: Sequence[Erasure]) -> None:
                erased.append(len(erasures))
                real(erasures)

            monkeypatch.setattr(hub._store, "erase", erase)
            await hub.forget("ana")
            assert sum(erased) == 40
            assert len(batches) <= 40
            assert len(erased) <= 20
            assert await hub.history("ana") == []

    run(go())


def test_the_core_forgets_only_where_there_is_something(book: str) -> None:
    async def go() -> None:
        async with Hub(MemoryStore(), book, clock=Watch(), ticks=False) as hub:
            await hub.handle(event("1", "hello"))
            batches: list[Any] = []
            hub.watch(batches.append)
            assert await hub.do("c", lambda core: Core.forget(core, "c", "nobody")) == {}
            assert batches == []

    run(go())
