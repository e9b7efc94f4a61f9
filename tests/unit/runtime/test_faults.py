"""What can happen to a hub: full disks, locks, other hubs, clocks, damaged files. The page on the runtime says the
same."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from groundrules.decisions import Decision, Rejection
from groundrules.runtime import Hub, HubError, Keep
from groundrules.stores import DamagedError, StoreError
from groundrules.stores.records import Query
from groundrules.stores.sqlite import SqliteStore
from groundrules.testing.memory_store import MemoryPlace, MemoryStore
from strategies.hubs import START, Platform, Watch, done, event, run, until

HOUR = 3_600_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqliteStore]:
    with SqliteStore(file) as opened:
        opened._writer.execute("pragma busy_timeout = 10")
        yield opened


async def decided(hub: Hub) -> list[str]:
    return [one.body.decode().partition('"event":"')[2].partition('"')[0] for one in await hub.decisions(Query())]


def test_a_full_disk(book: str, store: SqliteStore) -> None:
    async def go() -> None:
        async with Hub(store, book, clock=Watch(), ticks=False) as hub:
            await hub.handle(event("1", "an advert"))
            [pages] = store._writer.execute("pragma page_count").fetchone()
            store._writer.execute(f"pragma max_page_count = {pages}")
            waiting = [asyncio.create_task(hub.handle(event(f"e{n}", "an advert " + "x" * 9000))) for n in range(20)]
            await until(lambda: hub.trouble)
            assert hub.trouble is not None
            assert "full" in hub.trouble
            assert await decided(hub) == ["1"]
            store._writer.execute("pragma max_page_count = 1000000")
            assert [len(answer) for answer in await asyncio.gather(*waiting)] == [1] * 20
            assert hub.trouble is None
            assert len(await decided(hub)) == 21

    run(go())


def test_a_locked_database(book: str, store: SqliteStore, file: Path) -> None:
    async def go() -> None:
        async with Hub(store, book, clock=Watch(), ticks=False) as hub:
            other = sqlite3.connect(file, isolation_level=None)
            other.execute("begin immediate")
            waiting = asyncio.create_task(hub.handle(event("1", "an advert")))
            await until(lambda: hub.trouble)
            assert hub.trouble == "it is in use by another process"
            other.execute("rollback")
            other.close()
            assert len(await waiting) == 1
            assert await decided(hub) == ["1"]

    run(go())


def test_two_hubs_on_one_file(book: str, file: Path) -> None:
    async def go() -> None:
        async with Hub(f"sqlite:{file}", book, clock=Watch(), ticks=False) as hub:
            with pytest.raises(StoreError, match="in use by another process"):
                async with Hub(f"sqlite:{file}", book, ticks=False):
                    pass
            assert len(await hub.handle(event("1", "an advert"))) == 1

    run(go())


def test_two_hubs_on_one_database_and_a_community_that_changes_hands(book: str) -> None:
    """The first hub was thought dead, and is not: what it decides is not kept, and it performs nothing more."""

    async def go() -> None:
        place, platforms = MemoryPlace(), (Platform(), Platform())
        first, second = MemoryStore(place), MemoryStore(place)
        async with Hub(first, book, platforms[0], clock=Watch(), ticks=False) as one:
            await one.pause("c")
            await one.handle(event("1", "an advert"))
            place.owners.clear()
            async with Hub(second, book, platforms[1], clock=Watch(), ticks=False) as other:
                await other.resume("c")
                await other.drained()
                with pytest.raises(StoreError, match="belongs to another hub"):
                    await one.handle(event("2", "an advert"))
                with pytest.raises(StoreError, match="belongs to another hub"):
                    await one.resume("c")
                assert len(await other.handle(event("2", "an advert"))) == 1
                await other.drained()
                assert await decided(other) == ["1", "2"]
        assert platforms[0].calls == []
        assert done(platforms[1].calls) == ["delete", "mute", "reply"] * 2

    run(go())


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_clock_that_jumps_by_an_hour(book: str, jump: int) -> None:
    """No event is lost and no timer fires twice; ahead, what is due comes early, back, it comes late."""

    async def go() -> None:
        watch, platform = Watch(), Platform()
        async with Hub(MemoryStore(), book, platform, clock=watch) as hub:
            for number in range(3):
                await hub.handle(event(f"j{number}", "", START, f"m{number}", type="member.joined"))
            watch.now += jump
            after = [await hub.handle(event(f"a{number}", "banme", watch.now, f"m{number}")) for number in range(3)]
            assert [answer[-1].event for answer in after] == ["a0", "a1", "a2"]
            for _ in range(150):
                watch.now += HOUR // 50
                await asyncio.sleep(0.002)
            await until(lambda: len(platform.calls) >= 6)
            await hub.drained()
            assert sorted(done(platform.calls)) == ["ban"] * 3 + ["send"] * 3

    run(go())


def test_a_clock_that_is_put_back_behind_a_tick(book: str) -> None:
    """The tick at the old time came already; that the clock shows that time once more makes nothing happen twice."""

    async def go() -> None:
        watch, platform = Watch(), Platform()
        async with Hub(MemoryStore(), book, platform, clock=watch, ticks=False) as hub:
            await hub.handle(event("j", "", START, type="member.joined"))
            watch.now += HOUR
            await hub.tick()
            watch.now -= HOUR
            await hub.handle(event("k", "", watch.now, "bo", type="member.joined"))
            for _ in range(4):
                watch.now += HOUR // 2
                await hub.tick()
                await hub.drained()
            assert done(platform.calls) == ["send", "send"]

    run(go())


DAMAGE = (
    "update rows set row = x'ff00' where community = 'c'",
    "update rows set row = 17 where community = 'c'",
    "update heads set due = 'soon' where community = 'c'",
    "update heads set settings = x'00' where community = 'c'",
    "update heads set plan = 'another' where community = 'c'",
    "update actions set body = x'7b' where community = 'c'",
    "update actions set status = 'waitinh' where community = 'c'",
    "delete from plans",
)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_row(book: str, file: Path, damage: str) -> None:
    """Its community is refused with the reason; the others go on, and so does the hub."""

    async def go() -> None:
        async with Hub(f"sqlite:{file}", book, clock=Watch(), ticks=False) as hub:
            await hub.handle(event("1", "an advert"))
        with sqlite3.connect(file) as base:
            base.execute(damage)
        base.close()
        platform = Platform()
        async with Hub(f"sqlite:{file}", book, platform, clock=Watch()) as hub:
            for _ in range(2):
                with pytest.raises((DamagedError, HubError), match="damaged"):
                    await hub.handle(event("2", "an advert"))
            assert len(await hub.handle(event("3", "an advert", community="d"))) == 1
            await until(lambda: len(platform.calls) == 3)

    run(go())


def test_of_a_damaged_log_the_rest_is_told(book: str, file: Path) -> None:
    """What is damaged stands there as such, with a code, a place and the reason; what is old goes, damaged or not."""

    async def go() -> None:
        async with Hub(f"sqlite:{file}", book, clock=Watch(), ticks=False) as hub:
            for number in range(3):
                await hub.handle(event(f"e{number}", "hello"))
        with sqlite3.connect(file) as base:
            base.execute("update decisions set body = x'7b' where position = 2")
        base.close()
        watch = Watch()
        async with Hub(f"sqlite:{file}", book, clock=watch, ticks=False, keep=Keep(events=None, decisions=1)) as hub:
            found = [msgspec.json.decode(one.body, type=Decision) for one in await hub.history("ana")]
            assert [one.event for one in found] == ["e2", None, "e0"]
            assert found[1].rejected == Rejection(
                code="GR714",
                reason="the log of c is damaged: the decision at 2 is not what was written",
                path="decisions.2",
            )
            assert len(await hub.handle(event("e3", "hello"))) == 1
            watch.now += 2 * 24 * HOUR
            await hub._keeping.purge()
            assert await hub.decisions() == []

    run(go())


def test_a_person_in_a_damaged_log_is_forgotten(book: str, file: Path) -> None:
    async def go() -> None:
        async with Hub(f"sqlite:{file}", book, clock=Watch(), ticks=False) as hub:
            for number, community in enumerate("abb"):
                await hub.handle(event(f"e{number}", "hello", community=community))
        with sqlite3.connect(file) as base:
            base.execute("update decisions set body = x'7b' where position = 2")
            base.execute("update events set body = x'7b' where community = 'a'")
        base.close()
        async with Hub(f"sqlite:{file}", book, clock=Watch(), ticks=False) as hub:
            with pytest.raises(DamagedError, match="erased but for what can't be read: the recorded events of a"):
                await hub.forget("ana")
            assert {one.community for one in await hub.decisions()} == {"a"}, "in b she is forgotten all the same"

    run(go())


def test_a_store_that_vanishes_and_comes_back(book: str, store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events wait, what was performed meanwhile is kept later, and nobody has to start anything again."""

    async def go() -> None:
        platform = Platform()
        platform.gate = asyncio.Event()
        async with Hub(store, book, platform, clock=Watch(), ticks=False) as hub:
            await hub.handle(event("1", "banme"))
            await until(lambda: platform.calls)
            gone = threading.Event()
            monkeypatch.setattr("groundrules.stores.sqlite._transaction", _unless(gone))
            gone.set()
            platform.gate.set()
            waiting = asyncio.create_task(hub.handle(event("2", "banme")))
            await until(lambda: hub.trouble)
            gone.clear()
            assert len(await waiting) == 1
            await hub.drained()
            assert done(platform.calls) == ["ban", "ban"]
            assert await hub.actions() == []

    run(go())


def _unless(gone: threading.Event) -> object:
    from groundrules.stores.sqlite import _transaction

    def begun(base: sqlite3.Connection) -> object:
        if gone.is_set():
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = "SQLITE_IOERR"
            raise error
        return _transaction(base)

    return begun
