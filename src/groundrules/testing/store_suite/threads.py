"""Of many threads at once: each sees whole batches only, and a reader that goes on from a position misses nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from groundrules.stores import Store, StoreError
from groundrules.stores.records import Logged, Query, Row
from groundrules.testing.store_suite.base import Base, Place
from groundrules.testing.store_suite.hands import Hand, action, entry, segment

TURNS = 25


class Threads(Base):
    """Of many threads at once."""

    def test_commits_of_many_threads_are_all_kept(self, store: Store) -> None:
        ids = [f"c{number}" for number in range(6)]

        def work(id: str) -> list[int]:
            hand = Hand(store, id)
            return [hand.commit(id, entries=[entry(id, b"%d" % turn), entry(id, b"")]) for turn in range(TURNS)]

        with ThreadPoolExecutor(len(ids)) as pool:
            given = dict(zip(ids, pool.map(work, ids), strict=True))
        for id, firsts in given.items():
            decisions = store.decisions(Query(id, limit=1000))
            assert [decision.position for decision in decisions] == [
                at for first in firsts for at in (first, first + 1)
            ]
            assert [decision.body for decision in decisions[::2]] == [b"%d" % turn for turn in range(TURNS)]
        assert len({decision.position for decision in store.decisions(Query(limit=10_000))}) == 2 * TURNS * len(ids)

    def test_readers_see_whole_batches(self, store: Store) -> None:
        hand = Hand(store, "c")
        hand.commit("c", rows=[Row("c", "s", key, b"0") for key in "xyz"])

        def look() -> None:
            kept = store.claim("c")
            assert kept is not None
            assert {row.row for row in kept[1]} == {b"%d" % (kept[0].version - 1)}

        with repeated(look, look):
            for turn in range(1, TURNS):
                hand.commit("c", rows=[Row("c", "s", key, b"%d" % turn) for key in "xyz"])

    def test_who_follows_the_log_misses_nothing(self, store: Store, place: Place) -> None:
        try:
            stores = [store, place()]
        except StoreError:
            stores = [store]
        hands = [Hand(stores[number % len(stores)], f"c{number}") for number in range(4)]

        def write(hand: Hand) -> None:
            [id] = hand.heads
            for turn in range(TURNS):
                hand.commit(id, entries=[entry(id, b"%d" % turn)] * 3)

        entries: list[Logged] = []

        def follow() -> None:
            entries.extend(store.decisions(Query(after=entries[-1].position if entries else 0)))

        with ThreadPoolExecutor(len(hands)) as pool:
            with repeated(follow):
                for written in [pool.submit(write, hand) for hand in hands]:
                    written.result()
            for _ in range(3 * TURNS * len(hands) // 100 + 2):
                follow()
        assert len(entries) == 3 * TURNS * len(hands)
        assert entries == store.decisions(Query(limit=10_000))
        for other in stores[1:]:
            other.close()

    def test_all_that_can_be_asked_is_asked_at_once(self, store: Store) -> None:
        hand = Hand(store, "c")
        hand.commit("c", entries=[entry("c", b"", member="li")], head={"due": 1})
        looks: list[Callable[[], object]] = [
            lambda: store.head("c"),
            lambda: (store.heads(), store.due(9), store.acting(), store.source("s"), store.plan("p")),
            lambda: (store.outgoing("c"), store.action("c", "key-1"), store.notes("c")),
            lambda: list(store.events("c")),
            lambda: (store.decisions(Query(member="li")), store.where("li")),
        ]
        with repeated(*looks):
            for turn in range(1, TURNS):
                hand.commit("c", events=[segment("c", turn, turn)], actions=[action("c", turn)], sources={"s": b"1"})
        assert len(list(store.events("c"))) == len(store.outgoing("c")) == TURNS - 1


@contextmanager
def repeated(*calls: Callable[[], object]) -> Iterator[None]:
    """Call functions again and again, each in a thread of its own, for as long as the block takes."""
    ended = threading.Event()

    def again(call: Callable[[], object]) -> int:
        times = 0
        while not ended.is_set():
            call()
            times += 1
            time.sleep(0)
        return times

    with ThreadPoolExecutor(len(calls)) as pool:
        running: list[Future[int]] = [pool.submit(again, call) for call in calls]
        try:
            yield
        finally:
            ended.set()
        assert all(future.result() for future in running)
