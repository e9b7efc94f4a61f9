"""Whatever fails when, and wherever a hub dies: each event is decided once, each action performed as often as it may
be.

A state machine hands in events, lets the store and the platform fail, kills the hub at any turn of its loop, lets
another one claim a community, and does what moderators do. What the hub then has must follow from its own record: an
engine that is fed the recorded events decides what is in the log.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from groundrules import Engine, load
from groundrules.decisions import Action, encode
from groundrules.runtime import Done, Failed, Hub, HubError, Outcome, Retry, outbox, turns
from groundrules.stores import OwnedError, StoreError, UnavailableError
from groundrules.stores.records import Batch, Head, Outgoing, Row
from groundrules.testing.memory_store import MemoryPlace
from strategies.hubs import BOOK, Faulty, Watch, event

T = TypeVar("T")
COMMUNITIES = ("a", "b")
TEXTS = ("an advert", "banme", "hello", "nothing")
LEFT = {"reply", "send"}
"""Actions of the rulebook that must not be repeated."""
ANSWERS = {
    "done": lambda: Done({"id": "m"}),
    "failed": lambda: Failed("no rights"),
    "later": lambda: Retry(after=0.0),
    "lost": lambda: ConnectionError("reset"),
    "given up": asyncio.CancelledError,
}
FAULTS = {
    "away": lambda: UnavailableError("away"),
    "no": lambda: StoreError("that can't be kept"),
    "owned": lambda: OwnedError("changed"),
    "defect": lambda: RuntimeError("a defect of the store"),
}


class Mortal(Faulty):
    """A store in memory, of a hub that can die: from then on nothing gets through."""

    dead = False

    def claim(self, community: str) -> tuple[Head, list[Row]] | None:
        self._check()
        return super().claim(community)

    def commit(self, batch: Batch) -> int:
        self._check()
        return super().commit(batch)

    def _check(self) -> None:
        if self.dead:
            raise StoreError("the hub is dead")


class Platform:
    """Counts calls, and how often a call may have come again: after each `Retry`, and when a moderator says so."""

    can = repeats = None

    def __init__(self, place: MemoryPlace) -> None:
        self.place = place
        self.calls: Counter[str] = Counter()
        self.allowed: Counter[str] = Counter()
        self.answers: list[str] = []
        self.dead = False

    async def perform(self, action: Action, community: str) -> Outcome:
        if self.dead:
            raise asyncio.CancelledError
        kept = {one.key: one for one in self.place.kept.actions.values()}
        assert action.key in kept, "it was performed before it was kept"
        assert action.do not in LEFT or kept[action.key].status == "sending", "it was not kept as begun"
        self.calls[action.key] += 1
        answer = ANSWERS[self.answers.pop(0) if self.answers else "done"]()
        await asyncio.sleep(0)
        if isinstance(answer, Retry):
            self.allowed[action.key] += 1
        if isinstance(answer, BaseException):
            raise answer
        return answer


class HubMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.end = ExitStack()
        folder = self.end.enter_context(tempfile.TemporaryDirectory())
        self.book = Path(folder) / "shop.yaml"
        self.book.write_text(BOOK, encoding="utf-8")
        self.loaded = load(self.book)
        for module, name in ((turns, "FIRST_PAUSE"), (turns, "LATER"), (outbox, "FIRST_WAIT")):
            self.end.enter_context(patch.object(module, name, 0.001))
        self.place = MemoryPlace()
        self.platform = Platform(self.place)
        self.watch = Watch()
        self.count = 0
        self.sure: set[str] = set()
        self.events: dict[str, dict[str, Any]] = {}
        self.flying: dict[str, asyncio.Task[Any]] = {}
        self._start()

    # --- the hub's life -------------------------------------------------------------------------

    def _start(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(lambda loop, context: None)
        self.store = Mortal(self.place)
        self.hub = Hub(self.store, self.loaded, self.platform, clock=self.watch, ticks=False)
        self._run(self.hub.__aenter__())

    def _run(self, what: Awaitable[T]) -> T:
        return self.loop.run_until_complete(asyncio.wait_for(what, 20))

    def _die(self) -> None:
        """Nothing that the hub does from now on has an effect."""
        self.store.dead = self.platform.dead = True
        self.hub._turns._thread.shutdown()
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._gather()
        self.loop.close()
        self.hub._reading.shutdown()
        self.place.owners.clear()
        self.platform.dead = False

    def _gather(self) -> None:
        """Take note of which events were answered."""
        for id, task in list(self.flying.items()):
            if task.done():
                del self.flying[id]
                if not task.cancelled() and task.exception() is None:
                    self.sure.add(id)
                elif not task.cancelled():
                    assert isinstance(task.exception(), StoreError | HubError), task.exception()

    @rule(turns=st.integers(0, 12))
    def kill(self, turns: int) -> None:
        """At any turn of the loop, with whatever is under way."""
        for _ in range(turns):
            self.loop.run_until_complete(asyncio.sleep(0))
        self._die()
        self._start()

    @rule()
    def close_and_open(self) -> None:
        self.store.before.clear()
        self.store.claims.clear()
        self._run(self.hub.close())
        self._run(asyncio.sleep(0))
        self._gather()
        self.loop.close()
        self._start()

    # --- events and time ------------------------------------------------------------------------

    @rule(
        texts=st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from(COMMUNITIES)), min_size=1, max_size=6),
        wait=st.booleans(),
    )
    def hand_in(self, texts: list[tuple[str, str]], wait: bool) -> None:
        for text, community in texts:
            self.count += 1
            self._hand_in(event(f"e{self.count}", text, self.watch.now, community=community))
        if wait:
            self._run(asyncio.wait(self.flying.values()))
            self._gather()

    def _hand_in(self, found: dict[str, Any]) -> None:
        self.events[found["id"]] = found
        self.flying[found["id"]] = self.loop.create_task(self.hub.handle(found))

    @rule(community=st.sampled_from(COMMUNITIES))
    def join(self, community: str) -> None:
        self.count += 1
        joined = event(f"e{self.count}", "", self.watch.now, community=community, who=f"m{self.count}")
        self._hand_in(joined | {"type": "member.joined"})

    @precondition(lambda self: self.count)
    @rule(data=st.data())
    def hand_in_again(self, data: st.DataObject) -> None:
        """As somebody does who got no answer: if it was decided, that changes nothing."""
        id = f"e{data.draw(st.integers(1, self.count))}"
        if id not in self.flying:
            self._hand_in(self.events[id])

    @rule(minutes=st.integers(1, 90))
    def let_time_pass(self, minutes: int) -> None:
        self.watch.now += 60_000 * minutes
        self._run(self.hub.tick())

    # --- faults ---------------------------------------------------------------------------------

    @rule(fault=st.sampled_from(sorted(FAULTS)), passing=st.integers(0, 2))
    def fail_before_a_commit(self, fault: str, passing: int) -> None:
        self.store.before += [None] * passing + [FAULTS[fault]()]

    @rule(passing=st.integers(0, 2))
    def lose_the_answer_to_a_commit(self, passing: int) -> None:
        self.store.behind += [None] * passing + [UnavailableError("the answer was lost")]

    @rule(fault=st.sampled_from(["away", "no"]))
    def fail_at_a_claim(self, fault: str) -> None:
        self.store.claims.append(FAULTS[fault]())

    @rule(community=st.sampled_from(COMMUNITIES))
    def let_a_community_go_from_memory(self, community: str) -> None:
        core = self.hub._core
        if community in core.communities and core.settled(community):
            core.release([community])

    @rule(answers=st.lists(st.sampled_from(sorted(ANSWERS)), max_size=4))
    def tell_the_platform(self, answers: list[str]) -> None:
        self.platform.answers += answers

    # --- moderators -----------------------------------------------------------------------------

    def _doubtful(self) -> list[Outgoing]:
        return [one for one in self._run(self.hub.actions()) if one.status == "doubtful"]

    @rule(again=st.booleans(), ok=st.booleans())
    def settle_doubts(self, again: bool, ok: bool) -> None:
        for one in self._doubtful():
            try:
                if again:
                    self._run(self.hub.perform_again(one.community, one.key))
                    self.platform.allowed[one.key] += 1
                else:
                    self._run(self.hub.report(one.community, one.key, Done() if ok else Failed("not seen")))
            except (StoreError, HubError):
                self.platform.allowed[one.key] += again  # it may have been kept all the same

    @rule(community=st.sampled_from(COMMUNITIES), drop=st.booleans())
    def pause_and_resume(self, community: str, drop: bool) -> None:
        for what in (self.hub.pause(community), self.hub.resume(community, drop)):
            try:
                self._run(what)
            except (StoreError, HubError):
                self._run(asyncio.sleep(0))

    # --- what must hold -------------------------------------------------------------------------

    @invariant()
    def its_log_follows_from_its_record(self) -> None:
        kept = self.place.kept
        for community in COMMUNITIES:
            engine = Engine(self.loaded)
            segments = [one for (of, _), one in sorted(kept.events.items()) if of == community]
            assert [one.first for one in segments] == [1, *(one.last + 1 for one in segments)][: len(segments)]
            lines = [line for segment in segments for line in segment.body.split(b"\n")]
            expected = [encode(one) for one in engine.feed_many(lines)]
            assert [one.body for _, one in sorted(kept.entries.items()) if one.community == community] == expected

    @invariant()
    def each_event_is_decided_once(self) -> None:
        self._gather()
        found = Counter(self._first_ids())
        assert self.sure <= found.keys() <= self.events.keys()
        decided = Counter(one.get("event") for one in self._log() if one["trigger"] == "event")
        assert all(count == 1 for id, count in decided.items() if id in self.events)

    def _first_ids(self) -> list[str]:
        lines = [line for one in self.place.kept.events.values() for line in one.body.split(b"\n")]
        return [id for id in (msgspec.json.decode(line)["id"] for line in lines) if id in self.events]

    def _log(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(one.body) for one in self.place.kept.entries.values()]

    @invariant()
    def actions_are_those_of_the_log(self) -> None:
        asked = sorted((one["key"], one["do"]) for decision in self._log() for one in decision.get("actions", ()))
        found = sorted((one.key, msgspec.json.decode(one.body)["do"]) for one in self.place.kept.actions.values())
        assert asked == found

    @invariant()
    def nothing_is_performed_too_often_or_told_twice(self) -> None:
        told = Counter(id for segment in self.place.kept.events.values() for id in _results(segment.body))
        for action in self.place.kept.actions.values():
            if msgspec.json.decode(action.body)["do"] in LEFT:
                assert self.platform.calls[action.key] <= 1 + self.platform.allowed[action.key]
            assert told[action.key] == (action.status in ("done", "failed"))

    def teardown(self) -> None:
        """When all is well again, everything that is to be performed is; else it is in doubt, or dropped."""
        for faults in (self.store.before, self.store.behind, self.store.claims):
            faults.clear()
        self.platform.answers.clear()
        for community in COMMUNITIES:
            self._run(self.hub.handle(event(f"last-{community}", "nothing", self.watch.now, community=community)))
        if self.flying:
            self._run(asyncio.wait(self.flying.values()))
        paused = {head.community for head in self.place.kept.heads.values() if head.paused}
        for community in paused:
            self._run(self.hub.resume(community))
        self._run(asyncio.sleep(0.01))
        self._run(self.hub.drained())
        assert {one.status for one in self._run(self.hub.actions())} <= {"doubtful"}
        for action in self.place.kept.actions.values():
            assert action.status not in ("done", "failed") or self.platform.calls[action.key] or action.attempts
        self._run(self.hub.close())
        self.loop.close()
        self.end.close()
        assert self._log() is not None
        assert len(self.store.place.kept.entries) == len({id(one) for one in self._log()})


def _results(body: bytes) -> list[str]:
    found = [msgspec.json.decode(line) for line in body.split(b"\n")]
    return [one["key"] for one in found if one["type"] == "action.result"]


TestHub = HubMachine.TestCase
TestHub.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
