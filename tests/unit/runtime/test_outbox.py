"""The outbox: nothing is performed before it is committed, nothing twice that must not be, nothing is left behind."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import msgspec
import pytest

from groundrules.decisions import Action
from groundrules.runtime import Done, Failed, Hub, HubError, Outcome, Retry
from groundrules.runtime import outbox as outbox_module
from groundrules.stores import UnavailableError
from groundrules.stores.records import Query
from groundrules.testing import MemoryStore
from strategies.hubs import START, Faulty, Platform, Watch, done, event, run, until


def still(store: MemoryStore, book: str, platform: Any = None) -> Hub:
    return Hub(store, book, platform, clock=Watch(), ticks=False)


def test_nothing_is_performed_before_it_is_kept(book: str) -> None:
    """The outbox looks for the next action just while the store writes the event that asks for it."""

    async def go() -> None:
        store, platform, written = Faulty(), Platform(Retry(after=0.05)), threading.Event()
        async with still(store, book, platform) as hub:
            [decision] = await hub.handle(event("1", "banme"))
            await until(lambda: platform.calls and not hub.waiting)
            store.on_commit = lambda batch: written.wait(5)
            reported = asyncio.create_task(hub.report("c", decision.actions[0].key, Done()))
            handed = asyncio.create_task(hub.handle(event("2", "banme")))
            await asyncio.sleep(0.3)
            assert len(platform.calls) == 1
            written.set()
            await asyncio.gather(reported, handed)
            await hub.drained()
            assert len(platform.calls) == 2

    run(go())


def test_what_the_platform_can_not_do_is_told_at_the_start(
    book: str, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    platform = Platform()
    platform.can = {"delete", "reply", "mute"}

    async def go() -> None:
        async with Hub(place, book, platform, clock=Watch(), ticks=False) as hub:
            told = [record.getMessage() for record in caplog.records]
            assert told == [
                "the platform can't ban, which these rules need: gone",
                "the platform can't send, which these rules need: later",
            ]
            assert await hub.lacking("c") == {"ban": ["gone"], "send": ["later"]}
            await hub.handle(event("1", "banme"))
            await hub.drained()
            assert done(platform.calls) == ["mute"], "what its rule says for this case"

    run(go())


def test_what_was_reported_while_it_waited_for_its_turn_is_not_performed(book: str) -> None:
    async def go() -> None:
        store, platform = Faulty(), Platform()
        async with still(store, book, platform) as hub:
            await hub.pause("c")
            await hub.handle(event("1", "hello"))
            [waiting] = await hub.actions()
            held = threading.Event()
            store.on_commit = lambda batch: held.wait(5)
            resumed = asyncio.create_task(hub.resume("c"))
            await asyncio.sleep(0.01)
            reported = asyncio.create_task(hub.report("c", waiting.key, Done()))
            await asyncio.sleep(0.01)
            held.set()
            await asyncio.gather(resumed, reported)
            await hub.drained()
            assert platform.calls == []

    run(go())


def test_what_is_performed_at_this_moment_is_not_in_doubt_and_not_done_again(book: str) -> None:
    async def go() -> None:
        platform = Platform()
        platform.gate = asyncio.Event()
        async with still(Faulty(), book, platform) as hub:
            await hub.handle(event("1", "hello"))
            await until(lambda: platform.calls)
            [sending] = await hub.actions()
            assert sending.status == "sending"
            with pytest.raises(HubError, match="is not in doubt: it is sending"):
                await hub.perform_again("c", sending.key)
            await hub.pause("c")
            await hub.resume("c", drop=True)
            platform.gate.set()
            await hub.drained()
            assert done(platform.calls) == ["reply"]
            [ended] = [await hub.action("c", sending.key)]
            assert ended is not None
            assert ended.status == "done"

    run(go())


def test_a_pause_holds_back_what_waits_for_room(book: str) -> None:
    async def go() -> None:
        platform = Platform()
        platform.gate = asyncio.Event()
        async with still(Faulty(), book, platform) as hub:
            for number in range(20):
                await hub.handle(event("1", "banme", community=f"c{number}"))
            await until(lambda: len(platform.calls) == 16)
            for number in range(20):
                await hub.pause(f"c{number}")
            platform.gate.set()
            await hub.drained()
            assert len(platform.calls) == 16

    run(go())


def test_in_doubt_it_can_be_done_again_or_reported(book: str) -> None:
    async def go() -> None:
        platform = Platform(ConnectionError("reset"), ConnectionError("reset"))
        async with still(Faulty(), book, platform) as hub:
            await hub.handle(event("1", "hello"))
            await hub.drained()
            [doubtful] = await hub.actions()
            assert (doubtful.status, doubtful.attempts) == ("doubtful", 1)
            await hub.perform_again("c", doubtful.key)
            await hub.drained()
            [doubtful] = await hub.actions()
            assert (doubtful.status, doubtful.attempts) == ("doubtful", 2)
            await hub.report("c", doubtful.key, Failed("nobody saw it"))
            assert await hub.actions() == []
            assert len(platform.calls) == 2

    run(go())


def test_a_performer_that_hangs_is_given_up_even_if_it_will_not_be(book: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "LONGEST", 0.02)

    class Hanging(Platform):
        async def perform(self, action: Action, community: str) -> Outcome:
            self.calls.append((action.do, action.key))
            while len(self.calls) < 2:
                try:
                    await asyncio.sleep(0.5)
                except asyncio.CancelledError:
                    continue  # as a library does that swallows it
            return Done()

    async def go() -> None:
        platform = Hanging()
        async with still(Faulty(), book, platform) as hub:
            await hub.handle(event("1", "hello"))
            await hub.handle(event("2", "hello"))
            await hub.drained()
            assert done(platform.calls) == ["reply", "reply"]
            [doubtful] = await hub.actions()
            assert (doubtful.status, doubtful.reason) == ("doubtful", "no answer within 0.02 s")

    run(go())


@pytest.mark.parametrize(
    "answer",
    [
        asyncio.CancelledError(),
        RuntimeError("\ud800" * 5000),
        None,
        "done",
        Done({"id": {1, 1j}}),
        Done(["no object"]),  # type: ignore[arg-type]
        Done({"id": "\ud800"}),
        Failed("\ud800"),
        Failed(None),  # type: ignore[arg-type]
        Retry(float("nan")),
        Retry("soon"),  # type: ignore[arg-type]
        Retry(-5.0, reason=17),  # type: ignore[arg-type]
    ],
    ids=lambda answer: ascii(answer)[:30],
)
def test_whatever_a_performer_answers_nothing_stands_still(book: str, answer: object) -> None:
    async def go() -> None:
        platform = Platform(answer)
        async with still(Faulty(), book, platform) as hub:
            await hub.handle(event("1", "hello"))
            await hub.handle(event("2", "hello"))
            await hub.drained()
            assert len({key for _, key in platform.calls}) == 2
            assert {action.status for action in await hub.actions()} <= {"doubtful"}

    run(go())


def test_an_hour_back_on_the_clock_does_not_put_a_retry_off_by_an_hour(book: str) -> None:
    async def go() -> None:
        platform, watch = Platform(Retry(after=0.05)), Watch()
        async with Hub(Faulty(), book, platform, clock=watch, ticks=False) as hub:
            await hub.handle(event("1", "banme"))
            await until(lambda: platform.calls)
            watch.now -= 3_600_000
            await hub.drained()
            assert done(platform.calls) == ["ban", "ban"]

    run(go())


def test_an_outcome_is_kept_though_the_community_left_memory_and_the_store_was_away(book: str) -> None:
    async def go() -> None:
        store, platform = Faulty(), Platform()
        platform.gate = asyncio.Event()
        async with still(store, book, platform) as hub:
            await hub.handle(event("1", "hello"))
            await until(lambda: platform.calls)
            hub._core.release(["c"])
            store.claims = [UnavailableError("gone")] * 3
            platform.gate.set()
            await hub.drained()
            assert await hub.actions() == []
            assert len(platform.calls) == 1

    run(go())


def test_a_result_is_told_to_the_rules_once(book: str) -> None:
    async def go() -> None:
        async with still(Faulty(), book) as hub:
            [decision] = await hub.handle(event("1", "banme"))
            key = decision.actions[0].key
            answers = await asyncio.gather(
                *[hub.report("c", key, Failed("no rights")) for _ in range(5)], return_exceptions=True
            )
            assert [type(answer) for answer in answers] == [list, *[HubError] * 4]
            assert [do for do, _ in _asked(await hub.decisions(Query()))] == ["ban", "mute"]
            with pytest.raises(HubError, match="never was"):
                await hub.report("c", "no such key", Done())
            with pytest.raises(HubError, match="never was"):
                await hub.report("never heard of", key, Done())

    run(go())


def _asked(logged: Any) -> list[tuple[str, str]]:
    decisions = [msgspec.json.decode(one.body) for one in logged]
    return [(action["do"], action["key"]) for one in decisions for action in one.get("actions", ())]


def test_a_bot_that_reports_itself_may_put_an_action_off(book: str) -> None:
    async def go() -> None:
        async with still(Faulty(), book) as hub:
            [decision] = await hub.handle(event("1", "banme"))
            await hub.report("c", decision.actions[0].key, Retry(after=60, reason="slow mode"))
            [waiting] = await hub.actions()
            assert (waiting.status, waiting.due, waiting.reason) == ("waiting", START + 60_000, "slow mode")

    run(go())
