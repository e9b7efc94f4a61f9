"""Memory over a long stream: flat while the number of members active at a time stays the same.

The stream never repeats a member: of two hundred active ones now and then somebody leaves, or just falls silent, and
somebody new joins. What they do touches every cell of `rulebook.yaml`, whose times are short, so that after a few days
of the stream everything is as full as it gets. From then on neither the rows nor their bytes nor the memory taken may
grow. `test_memory.py` runs a part of it; `python -m tests.long.memory` runs ten million events and prints what it
measures, which takes an hour or two.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from groundrules.calendar.instants import format_ms
from groundrules.engine.engine import Engine
from groundrules.engine.upkeep import snapshot
from groundrules.frontend import load

START = 1_767_571_200_000  # 2026-01-05T00:00:00Z
ACTIVE = 200
STEP = 20_000  # ms between events, on average
TEXTS = ("bad", "odd", "rude", "ban me", "fail", "hi", "how?", "look", "copy", "well", "yes", "no")


class Measured(NamedTuple):
    """After so many events: rows by space, the bytes of a snapshot, and the memory taken."""

    events: int
    rows: dict[str, int]
    size: int
    memory: int


def peak() -> int:
    """The most memory, in bytes, that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Stream:
    """Events of one community, the same for the same seed."""

    def __init__(self, seed: int = 0) -> None:
        self.chance = random.Random(seed)
        self.now = START
        self.count = 0
        self.joined = 0
        self.members = [self._newcomer() for _ in range(ACTIVE)]
        self.messages: list[dict[str, Any]] = []
        self.tasks: list[dict[str, Any]] = []
        self.likes: list[dict[str, Any]] = []
        self.asked: list[str] = []

    def events(self, count: int) -> Iterator[dict[str, Any]]:
        """Yield so many events; between them, `hear` what was asked for."""
        for _ in range(count):
            self.now += self.chance.randrange(2 * STEP)
            self.count += 1
            yield self._event() | {"id": f"e{self.count}", "time": format_ms(self.now), "community": {"id": "c"}}

    def hear(self, requests: list[str]) -> None:
        """Take note of requests for approval, and of actions that may fail."""
        self.asked = [*self.asked, *requests][-20:]

    def _newcomer(self) -> str:
        self.joined += 1
        return f"member-{self.joined}."

    def _event(self) -> dict[str, Any]:
        draw = self.chance.random()
        if draw < 0.04:
            return self._turnover()
        if draw < 0.10:
            return self._reaction()
        if draw < 0.13:
            return self._task()
        if draw < 0.15:
            return self._answer()
        return self._message()

    def _turnover(self) -> dict[str, Any]:
        """Somebody goes, by leaving or by falling silent; somebody new comes."""
        place = self.chance.randrange(ACTIVE)
        gone, self.members[place] = self.members[place], self._newcomer()
        if self.chance.random() < 0.5:
            return {"type": "member.left", "actor": {"id": gone}}
        return {"type": "member.joined", "actor": {"id": self.members[place]}}

    def _message(self) -> dict[str, Any]:
        text = self.chance.choice(TEXTS) if self.chance.random() < 0.15 else f"message {self.count}"
        room = f"room-{self.chance.randrange(4)}"
        message: dict[str, Any] = {
            "type": "message",
            "actor": {"id": self._who()},
            "channel": {"id": room, "name": room},
            "text": text,
        }
        if text == "look":
            message["links"] = [{"url": "https://example.com/", "domain": "example.com"}]
        if self.messages and self.chance.random() < 0.1:
            message["reply_to"] = self.chance.choice(self.messages)["id"]
        self.messages = [*self.messages, {"id": f"e{self.count}", "author": message["actor"]}][-30:]
        return message

    def _who(self) -> str:
        """One of the active members, the first ones far more often."""
        return self.members[int(ACTIVE * self.chance.random() ** 3)]

    def _reaction(self) -> dict[str, Any]:
        if not self.messages or (self.likes and self.chance.random() < 0.3):
            return self.likes.pop() if self.likes else self._message()
        like = {"actor": {"id": self._who()}, "message": self.chance.choice(self.messages), "emoji": "👍"}
        self.likes = [*self.likes, like | {"type": "reaction.removed"}][-30:]
        return like | {"type": "reaction.added"}

    def _task(self) -> dict[str, Any]:
        if self.tasks and self.chance.random() < 0.5:
            return {"type": "task.completed", "actor": {"id": self._who()}, "task": self.tasks.pop(0)}
        due = format_ms(self.now + 3_600_000)
        task = {"id": f"t{self.count}", "title": "do it", "assignee": {"id": self._who()}, "due": due}
        self.tasks = [*self.tasks, task][-30:]
        return {"type": "task.assigned", "actor": {"id": self._who()}, "task": task}

    def _answer(self) -> dict[str, Any]:
        admin = {"id": "admin", "roles": ["admin", "owner"]}
        if self.asked and self.chance.random() < 0.5:
            return {"type": "approval.given", "actor": admin, "request": self.asked.pop(0)}
        if self.chance.random() < 0.5:
            return {"type": "label.set", "actor": admin, "label": "seen", "message": {"id": f"e{self.count - 1}"}}
        return {"type": "appeal.granted", "actor": admin, "target": {"id": self._who()}}


def measure(count: int, marks: int = 40) -> Iterator[Measured]:
    """Feed so many events; yield at `marks` places, evenly apart, what is remembered and how much memory was taken."""
    engine, stream = Engine(load(Path(__file__).parent).plan), Stream()
    for _ in range(marks):
        for event in stream.events(count // marks):
            asked = [action for decision in engine.feed(event) for action in decision.actions]
            stream.hear([action.parameters["request"] for action in asked if action.do == "request_approval"])
        taken, data = peak(), engine.snapshot()
        assert engine.stats.rejected == engine.stats.duplicates == 0
        ((_, held),) = snapshot.read(data).partitions
        yield Measured(stream.count, Counter(space for space, _, _ in held), len(data), taken)


def measured(count: int) -> list[Measured]:
    """What `measure` yields, all together."""
    return list(measure(count))


def growth(found: list[Measured]) -> dict[str, float]:
    """How much more there was at most in the last quarter than in the one before; 1.0 is nothing more."""
    quarter = len(found) // 4
    before, after = found[-2 * quarter : -quarter], found[-quarter:]
    highest = [
        {
            "rows": max(sum(one.rows.values()) for one in part),
            "bytes": max(one.size for one in part),
            "memory": max(one.memory for one in part),
        }
        for part in (before, after)
    ]
    return {name: highest[1][name] / highest[0][name] for name in highest[0]}


def main(count: int) -> None:
    began, found = time.monotonic(), []
    for one in measure(count):
        found.append(one)
        rows = sum(one.rows.values())
        print(f"{one.events:>10,} events {rows:>8,} rows {one.size:>10,} bytes {one.memory:>12,} at most", flush=True)
    print({name: round(rate, 3) for name, rate in growth(found).items()})
    print(dict(sorted(found[-1].rows.items())))
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
