"""The process that `kill.py` kills: a hub over a stream, with a platform that notes each call durably.

The clock follows the stream, and actions are performed before the next events come, so that the order of events and
results is determined. Where to continue is known only from what is stored.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import signal
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from groundrules.calendar.instants import parse_rfc3339
from groundrules.decisions import Action
from groundrules.runtime import Done, Failed, Hub, Outcome, Retry, outbox
from groundrules.runtime.core import Core
from groundrules.runtime.turns import Turns
from groundrules.stores import OwnedError, Store
from groundrules.stores.records import Batch
from groundrules.tools.running.states import opened
from groundrules.types.catalog import shipped_catalog

SOURCE = "stream"
SIZES = (1, 1, 4, 1, 2, 9, 1)
"""How many events are handed in together, in turn."""


def die() -> None:
    """End at once, as if the power had failed; nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


class Point:
    """Dies when a place is passed for the `nth` time."""

    def __init__(self, name: str, nth: int) -> None:
        self.name = name
        self.left = nth

    def __call__(self, name: str) -> None:
        """Tell that a place is passed."""
        if name == self.name:
            self.left -= 1
            if self.left == 0:
                die()


class NotingPlatform:
    """Notes each call in a file that survives; what it answers hangs on the action's key alone."""

    can = repeats = None

    def __init__(self, path: Path, point: Point) -> None:
        self._point = point
        self.calls = Counter(call["key"] for call in calls(path))
        self._file = path.open("ab", buffering=0)

    async def perform(self, action: Action, community: str) -> Outcome:
        once = "" if _repeats(action.do) else ", once only"
        self._point("before the platform is called" + once)
        self.calls[action.key] += 1
        self._note({"key": action.key, "do": action.do, "community": community})
        self._point("before the platform answers" + once)
        await asyncio.sleep(0)
        return self.outcome(action.key, self.calls[action.key])

    def _note(self, call: dict[str, str]) -> None:
        self._file.write(json.dumps(call).encode() + b"\n")
        os.fsync(self._file.fileno())

    def outcome(self, key: str, times: int) -> Outcome:
        """Return the answer to the call that is the so-manieth under a key."""
        chance = int(key[:2], 16)
        if chance < 40:
            return Failed("no rights")
        return Retry(after=0.0) if chance < 60 and times == 1 else Done({"id": f"m{key[:6]}"})


def _repeats(do: str) -> bool:
    spec = shipped_catalog().action(do)
    return spec is not None and spec.repeat == "again"


def calls(path: Path) -> list[dict[str, str]]:
    """Return what a platform noted; a line that was cut short was never answered and does not count."""
    lines = path.read_bytes().split(b"\n") if path.exists() else [b""]
    return [json.loads(line) for line in lines[:-1]]


def watch(point: Point, store: Store, chance: random.Random) -> None:
    """Let a point know when the places in a hub and its store are passed."""
    if point.name == "during a commit":
        _trace(store, point, chance)
    commit, settings = store.commit, list[bool]()

    def committing(batch: Batch) -> int:
        point("before a commit")
        if batch.plans:
            point("before a rulebook is in force")
        if settings:
            point("before settings are in force")
        first = commit(batch)
        point("after a commit, before the answer")
        if batch.plans:
            point("after a rulebook is in force")
        if settings:
            settings.clear()
            point("after settings are in force")
        return first

    def changing() -> None:
        point("during a change of settings")
        settings.append(True)

    store.commit = committing  # type: ignore[method-assign]
    _passing(outbox.Outbox, "_kept", lambda: point("after the answer, before it is kept"))
    _passing(Core, "change", changing)
    _passing(Turns, "_kept", lambda: point("during start: a community is read"))
    _passing(Core, "bring_in", lambda: point("during start: a community is brought in"))
    _passing(Hub, "_resume", lambda: point("during start"))


def _trace(store: Store, point: Point, chance: random.Random) -> None:
    """Die within a transaction: at one of its statements, or after a while where statements can't be seen."""
    writer = getattr(store, "_writer", None)
    if isinstance(writer, sqlite3.Connection):
        point.left *= 12  # statements of a commit
        writer.set_trace_callback(lambda statement: point("during a commit"))
        return
    commit = store.commit

    def timed(batch: Batch) -> int:
        if point.left == 1:
            threading.Timer(chance.random() * 0.01, die).start()
        point.left -= 1
        return commit(batch)

    store.commit = timed  # type: ignore[method-assign]


def _passing(where: type, name: str, passed: Callable[[], None]) -> None:
    real = getattr(where, name)

    def wrapped(*arguments: Any, **options: Any) -> Any:
        passed()
        return real(*arguments, **options)

    setattr(where, name, wrapped)


def books(folder: Path) -> list[tuple[int, Path]]:
    """Return the rulebooks, each with the number of the event from which on it is in force."""
    return sorted((int(path.stem.rpartition("-")[2]), path) for path in folder.glob("book-*.yaml"))


def chunks(count: int) -> Iterator[tuple[int, int]]:
    """Yield which events are handed in together: the first, and the one behind the last."""
    first = turn = 0
    while first < count:
        last = min(count, first + SIZES[turn % len(SIZES)])
        yield first, last
        first, turn = last, turn + 1


class Driver:
    """Takes a hub through a stream, from wherever it stands."""

    def __init__(self, folder: Path, where: str, point: Point, chance: random.Random) -> None:
        self.folder = folder
        self.where = where
        self.point = point
        self.chance = chance
        self.lines = (folder.parent / "stream.jsonl").read_bytes().splitlines()
        self.times = [parse_rfc3339(json.loads(line)["time"]) for line in self.lines]
        self.books = books(folder.parent)
        self.now = 0
        self.clear = True
        self.platform = NotingPlatform(folder / "calls.jsonl", point)

    async def run(self) -> None:
        """Go on until the stream ends."""
        store = opened(self.where)
        self._wait_for_the_dead(store)
        watch(self.point, store, self.chance)
        while (at := self._position(store)) < len(self.lines) or not self.clear:
            self.now = self._clock(store, at)
            await self._settle(store, at)
            await self._go_on(store, at)
        store.close()

    def _position(self, store: Store) -> int:
        """Return the number of the next event. Behind it stands a `+` if nothing is left to do of those before it."""
        kept = store.source(SOURCE) or b"0+"
        self.clear = kept.endswith(b"+")
        return int(kept.removesuffix(b"+"))

    def _wait_for_the_dead(self, store: Store) -> None:
        """A server takes a moment to see that the hub before this one is gone."""
        ends = time.monotonic() + 30
        for head in store.heads(limit=1 << 60):
            while True:
                with suppress(OwnedError):
                    store.claim(head.community)
                    break
                assert time.monotonic() < ends, f"nobody let {head.community} go"
                time.sleep(0.01)

    def _clock(self, store: Store, at: int) -> int:
        """Return what time it is: that of the last event, or of a tick after it."""
        kept = [segment.until for head in store.heads() for segment in store.events(head.community)]
        return max([*kept, self.times[max(0, at - 1)]])

    def _hub(self, store: Store, at: int, platform: NotingPlatform | None) -> Hub:
        reached = at if self.clear else at - 1
        book = [path for since, path in self.books if since <= reached][-1]
        return Hub(store, book, platform, clock=lambda: self.now, ticks=False)

    async def _settle(self, store: Store, at: int) -> None:
        """Do as a moderator does after a stop: look on the platform what became of the actions in doubt."""
        async with self._hub(store, at, None) as hub:
            for action in await hub.actions():
                if action.status != "doubtful":
                    continue
                times = self.platform.calls[action.key]
                self._note_doubt(action.key, times)
                if times:
                    await hub.report(action.community, action.key, self.platform.outcome(action.key, times))
                else:
                    await hub.perform_again(action.community, action.key)

    def _note_doubt(self, key: str, times: int) -> None:
        with (self.folder / "doubts.jsonl").open("a") as file:
            file.write(json.dumps({"key": key, "called": times}) + "\n")

    async def _go_on(self, store: Store, at: int) -> None:
        """Hand in events until the next rulebook comes, or the stream ends."""
        later = [since for since, _ in self.books if since > at or (since == at and not self.clear)]
        ends = min(later, default=len(self.lines))
        async with self._hub(store, at, self.platform) as hub:
            await hub.drained()
            for first, last in chunks(ends):
                if first >= at:
                    if first >= len(self.lines) // 4:
                        await self._change(hub, first)
                    await self._hand_in(hub, first, last)
            await hub.do(None, lambda core: core.reached(SOURCE, b"%d+" % ends))

    async def _change(self, hub: Hub, first: int) -> None:
        """Change the settings of two communities, unless that is done: of one early, of the other late."""
        early, late = sorted({json.loads(line)["community"]["id"] for line in self.lines})[:2]
        for community, since in ((early, len(self.lines) // 4), (late, len(self.lines) * 3 // 4)):
            if first >= since and "many" not in await hub.settings(community):
                await hub.change(community, {"many": 3}, by="mod")
                await hub.drained()

    async def _hand_in(self, hub: Hub, first: int, last: int) -> None:
        self.now = max(self.now, self.times[first])
        await hub.tick()
        await hub.drained()
        self.now = self.times[last - 1]
        handed = [hub.handle(self.lines[at], source=(SOURCE, b"%d" % (at + 1))) for at in range(first, last)]
        await asyncio.gather(*handed)
        await hub.drained()


def digest(*parts: object) -> int:
    """Return a number that hangs on the parts alone."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:6])


def main(folder: str, where: str, name: str, nth: str) -> None:
    outbox.FIRST_WAIT = 0.01
    chance = random.Random(digest(folder, name, nth))
    asyncio.run(Driver(Path(folder), where, Point(name, int(nth)), chance).run())


if __name__ == "__main__":
    main(*sys.argv[1:])
