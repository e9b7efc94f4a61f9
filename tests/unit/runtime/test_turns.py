"""Turns: whatever fails when, a job is committed once or refused with a reason, and never half remembered."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from groundrules import Engine
from groundrules.runtime import Hub, HubError, SyncHub
from groundrules.stores import DamagedError, OwnedError, StoreError, UnavailableError
from groundrules.stores.records import Batch, Query
from groundrules.testing import MemoryStore
from strategies.hubs import BOOK, START, Faulty, Platform, Watch, done, event, run, until


def still(store: MemoryStore, book: str, platform: Platform | None = None) -> Hub:
    return Hub(store, book, platform, clock=Watch(), ticks=False)


async def events_of(hub: Hub) -> list[str]:
    return [one.body.decode().partition('"event":"')[2].partition('"')[0] for one in await hub.decisions(Query())]


def test_a_commit_whose_answer_was_lost_is_kept_once(book: str) -> None:
    async def go() -> None:
        store = Faulty()
        async with still(store, book) as hub:
            store.behind = [UnavailableError("the line is dead")] * 3
            assert len(await hub.handle(event("1", "an advert"))) == 1
            assert await hub.handle(b"[]") != []
            assert await events_of(hub) == ["1", ""]
            assert len(await hub.actions()) == 3

    run(go())


def test_what_a_store_can_not_keep_is_refused_and_the_rest_is_kept(book: str) -> None:
    async def go() -> None:
        store = Faulty()

        def choke(batch: Batch) -> None:
            if any(b'"id":"bad"' in segment.body for segment in batch.events):
                raise StoreError("that can't be kept")

        async with still(store, book) as hub:
            store.on_commit = choke
            handed = [hub.handle(event(id, "an advert")) for id in ("1", "bad", "2")]
            answers = await asyncio.gather(*handed, return_exceptions=True)
            assert [type(answer) for answer in answers] == [list, StoreError, list]
            assert await events_of(hub) == ["1", "2"]
            assert len(await hub.handle(event("3", "an advert"))) == 1

    run(go())


def test_a_defect_in_the_middle_of_an_event_leaves_no_trace_of_it(book: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the event is the first of its batch, and the engine had changed its state when it failed."""

    async def go() -> None:
        store, real = MemoryStore(), Engine.notable

        def failing(engine: Engine, line: bytes, *read: object) -> object:
            found = real(engine, line, *read)
            return 1 / 0 if b'"id":"bad"' in line else found

        async with still(store, book) as hub:
            await hub.handle(event("1", "hello"))
            monkeypatch.setattr(Engine, "notable", failing)
            with pytest.raises(HubError, match="ZeroDivisionError"):
                await hub.handle(event("bad", "hello"))
            monkeypatch.undo()
            assert len(await hub.handle(event("bad", "hello"))) == 1, "it was not handled before, so it is no duplicate"

    run(go())


def test_after_a_defect_the_actions_that_waited_go_on(book: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        platform = Platform()
        platform.gate = asyncio.Event()
        async with still(MemoryStore(), book, platform) as hub:
            await hub.handle(event("1", "an advert"))
            await until(lambda: platform.calls)
            real = Engine.notable
            monkeypatch.setattr(
                Engine,
                "notable",
                lambda engine, line, *read: 1 / 0 if b'"id":"bad"' in line else real(engine, line, *read),
            )
            with pytest.raises(HubError):
                await hub.handle(event("bad", "hello"))
            platform.gate.set()
            await until(lambda: len(platform.calls) == 3)
            await hub.drained()
            assert done(platform.calls) == ["delete", "mute", "reply"]
            assert await hub.actions() == []

    run(go())


def test_a_plan_that_was_not_kept_is_kept_later(book: str) -> None:
    """Without it, whoever opens the store again can't know how the rows are laid out."""

    async def go() -> None:
        store = Faulty()
        async with still(store, book) as hub:
            store.before = [ValueError("something that no store should raise")]
            with pytest.raises(HubError):
                await hub.handle(event("1", "an advert"))
            await hub.handle(event("2", "an advert"))
        assert [digest.partition("@")[0] for digest in store.place.kept.plans] == ["shop"]
        async with still(store, book) as hub:
            assert await hub.handle(event("2", "an advert")) == []

    run(go())


def test_rows_whose_plan_is_gone_are_not_taken_for_nothing(book: str) -> None:
    async def go() -> None:
        store = MemoryStore()
        async with still(store, book) as hub:
            await hub.handle(event("1", "an advert"))
        store.place.kept.plans.clear()
        async with still(store, book) as hub:
            with pytest.raises(DamagedError, match="the plan that it was written under"):
                await hub.handle(event("2", "an advert"))
            assert len(await hub.handle(event("3", "an advert", community="other"))) == 1

    run(go())


def test_a_community_that_has_to_be_read_waits_for_the_store(book: str) -> None:
    async def go() -> None:
        store = Faulty()
        async with still(store, book) as hub:
            store.claims = [UnavailableError("the line is dead")] * 3
            assert len(await hub.handle(event("1", "an advert"))) == 1

    run(go())


def test_a_batch_that_somebody_else_overtook_is_decided_anew(book: str) -> None:
    async def go() -> None:
        store = Faulty()
        async with still(store, book) as hub:
            store.before = [None, OwnedError("changed")]
            handed = [hub.handle(event(str(number), "an advert", community=f"c{number % 2}")) for number in range(9)]
            assert [len(answer) for answer in await asyncio.gather(*handed)] == [1] * 9
            assert sorted(await events_of(hub)) == [str(number) for number in range(9)]

    run(go())


def test_a_hub_that_ends_while_the_store_is_away_refuses_what_waits(book: str) -> None:
    async def go() -> None:
        store = Faulty()
        async with still(store, book, Platform()) as hub:
            await hub.handle(event("0", "an advert"))
            store.on_commit = lambda batch: _raise(UnavailableError("the disk is full"))
            handed = [asyncio.create_task(hub.handle(event(id, "an advert"))) for id in "12"]
            await until(lambda: hub.trouble)
            await hub.close(0)
            assert [str(answer) for answer in await asyncio.gather(*handed, return_exceptions=True)] == [
                "the disk is full",
                "the disk is full",
            ]
            store.on_commit = lambda batch: None
        async with still(store, book) as hub:
            assert [len(await hub.handle(event(id, "an advert"))) for id in "12"] == [1, 1]

    run(go())


def _raise(error: Exception) -> None:
    raise error


def test_who_cancels_takes_nothing_back_and_holds_nothing_up(book: str) -> None:
    async def go() -> None:
        store = Faulty()
        async with still(store, book) as hub:
            handed = asyncio.create_task(hub.handle(event("1", "an advert")))
            await asyncio.sleep(0)
            handed.cancel()
            with pytest.raises(asyncio.CancelledError):
                await handed
            assert await hub.handle(event("1", "an advert")) == [], "it was decided when it was handed in again"
            assert await events_of(hub) == ["1"]

    run(go())


def test_who_cancels_while_the_queue_is_full_hands_nothing_in(book: str) -> None:
    async def go() -> None:
        store, free = Faulty(), threading.Event()
        async with Hub(store, book, clock=Watch(), ticks=False, limit=1) as hub:
            store.on_commit = lambda batch: free.wait(10)
            handed = [asyncio.create_task(hub.handle(event(str(number), "an advert"))) for number in range(4)]
            while not hub.full:
                await asyncio.sleep(0.001)
            await asyncio.sleep(0.01)
            handed[-1].cancel()
            free.set()
            answers = await asyncio.gather(*handed, return_exceptions=True)
            assert [type(answer) for answer in answers] == [list, list, list, asyncio.CancelledError]
            assert sorted(await events_of(hub)) == ["0", "1", "2"]

    run(go())


def test_where_an_input_stands_is_kept_with_its_events(book: str) -> None:
    async def go() -> None:
        store = Faulty()
        async with still(store, book) as hub:
            assert await hub.position("chat") is None
            await hub.handle(event("1", "an advert"), source=("chat", b"1"))
            await hub.handle(b"no event", source=("chat", b"2"))
            assert await hub.position("chat") == b"2"
            store.before = [StoreError("that can't be kept")]
            with pytest.raises(StoreError):
                await hub.handle(event("2", "an advert"), source=("chat", b"3"))
            assert await hub.position("chat") == b"2"

    run(go())


def test_one_damaged_community_does_not_keep_a_hub_from_starting(book: str) -> None:
    async def go() -> None:
        store = Faulty()
        async with still(store, book) as hub:
            await hub.handle(event("1", "an advert", community="a"))
            await hub.handle(event("2", "an advert", community="b"))
        store.claims = [DamagedError("the state of a is damaged")]
        platform = Platform()
        async with still(store, book, platform) as hub:
            await hub.drained()
            assert len(platform.calls) == 3

    run(go())


def test_a_hub_that_can_not_start_lets_the_store_go(book: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = f"sqlite:{tmp_path / 'hub.db'}"

    async def failing(hub: Hub) -> None:
        raise StoreError("no")

    with monkeypatch.context() as patched:
        patched.setattr(Hub, "_resume", failing)
        with pytest.raises(StoreError, match="no"), SyncHub(place, book):
            pass
    with SyncHub(place, book, clock=Watch()) as hub:
        assert len(hub.handle(event("1", "an advert"))) == 1


def test_a_community_is_not_let_go_while_a_turn_needs_it(book: str) -> None:
    """It was brought in, nobody has used it yet, and the turn waits for the store to bring in another one."""

    async def go() -> None:
        store, watch = Faulty(), Watch(START)
        async with Hub(store, book, clock=watch, ticks=False) as hub:
            claim = store.claim

            def slow(community: str) -> object:
                if community == "b":
                    loop.call_soon_threadsafe(lambda: asyncio.ensure_future(hub._time._let_idle_go()))
                    threading.Event().wait(0.05)
                return claim(community)

            loop = asyncio.get_running_loop()
            store.claim = slow  # type: ignore[assignment, method-assign]
            answers = await hub.handle_many([event("1", "an advert", community=id) for id in "ab"])
            assert [len(answer) for answer in answers] == [1, 1]

    run(go())


def test_what_changed_just_before_another_rulebook_came_is_kept(tmp_path: Path) -> None:
    """Both in one batch: the rows that the old one wrote, and the ids of the events that it handled."""
    versions = []
    for number in (1, 2):
        path = tmp_path / f"{number}.yaml"
        path.write_text(BOOK + COUNTED.format(number), encoding="utf-8")
        versions.append(str(path))

    async def go() -> None:
        store, chosen = MemoryStore(), versions[0]
        async with Hub(store, lambda community: chosen, clock=Watch(), ticks=False) as hub:
            await hub.handle(event("0", "point"))
            chosen = versions[1]
            handed = [hub.handle(event("1", "point")), hub.handle(event("2", "point"))]
            await asyncio.gather(*handed, hub.do("c", lambda core: core.upgrade("c", "mod")))
        async with Hub(store, versions[1], clock=Watch(), ticks=False) as hub:
            assert await hub.handle(event("1", "point")) == []
            [decision] = await hub.handle(event("3", "point"))
            assert [(change.before, change.after) for change in decision.ledgers] == [(3, 4)]

    run(go())


COUNTED = """
rewards:
  - {{id: point, on: message, when: text contains "point", grant: {{points: 1}}}}
  - {{id: other, on: message, when: text contains "never {}", grant: {{points: 1}}}}
ledgers:
  points: {{per: member}}
"""


def test_of_two_changes_of_settings_at_once_none_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "set.yaml"
    path.write_text(BOOK + SET, encoding="utf-8")

    async def go() -> None:
        async with Hub(MemoryStore(), str(path), clock=Watch(), ticks=False) as hub:
            await hub.handle(event("1", "hello"))
            changes = [{"one": 3}, {"two": 4}, {"three": 5}]
            await asyncio.gather(*[hub.change("c", values, by="mod") for values in changes])
            assert await hub.settings("c") == {"one": 3, "two": 4, "three": 5}

    run(go(), 60)


SET = """
parameters:
  one: {type: integer, default: 1}
  two: {type: integer, default: 1}
  three: {type: integer, default: 1}
"""
