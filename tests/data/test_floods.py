"""Floods, repeats, bursts of joins and of mentions in recorded chats are found exactly where a plain script finds them.

The script below keeps lists, dictionaries and dates, and knows nothing about groundrules. It gets each event as
recorded, and again with some events held back, some by more than a day, and some repeated: what comes late counts at
the clock, what comes too late or twice does not count at all.
"""

from __future__ import annotations

import json
import random
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from groundrules.decisions import Decision
from groundrules.engine.engine import Engine
from groundrules.frontend import load
from groundrules.plan import ir

ROOT = Path(__file__).parents[2]
STREAMS = ROOT.parent / "shared" / "data" / "streams"
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
ZONE = ZoneInfo("Asia/Shanghai")

STEPS = {"pin": "second shout", "warn": "shouts on"}
"""What the steps of `times` do."""

NEVER = {
    "ubuntu-irc": {"hopper", "mention-everybody", "regular", "shouts on", "third-day"},
    "gitter": {"join-burst", "joined-and-talks"},
}
"""What never happens in a stream: ten days years apart have no habits, and the other tells of no joins."""

Event = dict[str, Any]
Found = tuple[str, str]
"""Which event fired what: the number of its line with its id, and the rule."""

pytestmark = pytest.mark.skipif(not STREAMS.exists(), reason="the recorded chats are not beside this checkout")


# --- the script ---------------------------------------------------------------------------------


def accepted(events: Iterable[Event]) -> Iterator[tuple[int, int, Event]]:
    """Yield (line, now, event) of all that counts: not a day older than the clock, and no id twice within a day."""
    clock, seen = 0, {}
    for line, event in enumerate(events):
        time = round(datetime.fromisoformat(event["time"]).timestamp() * 1000)
        now = max(clock, time)
        if time < clock - DAY or now - seen.get(event["id"], -DAY * 1000) <= DAY:
            continue
        clock = seen[event["id"]] = now
        yield line, now, event


class Script:
    """Which rules of `tests/rulebooks/floods` must fire, event by event."""

    def __init__(self) -> None:
        self.held: dict[Any, list[tuple[int, Any]]] = defaultdict(list)
        self.last: dict[Any, int] = {}
        self.days: dict[str, set[date]] = defaultdict(set)
        self.first: int | None = None

    def add(self, key: Any, now: int, within: int, value: Any = None, here: bool = True) -> list[Any]:
        """Hold `value` under a key for some time; return all values held there."""
        held = self.held[key] + ([(now, value)] if here else [])
        self.held[key] = [(time, value) for time, value in held if time > now - within]
        return [value for _, value in self.held[key]]

    def panes(self, key: Any, now: int, within: int, value: int, here: bool = True) -> int:
        """Add up in sixtieths of the time, which leave as a whole: hold each value until the end of its sixtieth."""
        pane = within // 60
        held = self.held[key] + ([(now // pane * pane + pane, value)] if here else [])
        self.held[key] = [(end, value) for end, value in held if end > now - within]
        return sum(value for _, value in self.held[key])

    def silence(self, key: Any, now: int) -> int:
        return now - self.last.get(key, self.first)

    def streak(self, who: str, today: date) -> int:
        length = 0
        while today - timedelta(days=length) in self.days[who]:
            length += 1
        return length

    def once(self, key: Any, mark: Any) -> bool:
        """Whether a mark is another than the last one under this key."""
        fresh = self.last.get(key) != mark
        self.last[key] = mark
        return fresh

    def rarely(self, key: Any, now: int, within: int) -> bool:
        """Whether the last time under this key lies far enough back."""
        if now - self.last.get(key, -(10**15)) < within:
            return False
        self.last[key] = now
        return True

    def joined(self, event: Event, now: int) -> Iterator[str]:
        self.add(("joined", event["actor"]["id"]), now, 5 * MINUTE)
        self.last["join"] = now
        if len(self.add("joins", now, 10 * MINUTE)) >= 4:
            yield "join-burst"

    def message(self, event: Event, now: int) -> Iterator[str]:
        who, room = event["actor"]["id"], event["channel"]["id"]
        text = unicodedata.normalize("NFKC", event["text"]).lower()
        mentions, local = len(event["mentions"]), datetime.fromtimestamp(now / 1000, ZONE)
        self.days[who].add(local.date())
        if event["links"]:
            self.last["link", who] = now
        marks = len(self.add(("shout", who), now, DAY)) if "!!" in text else 0
        streak = self.streak(who, local.date())
        again = text != "" and len(self.add(("again", who, text), now, DAY)) >= 2
        many = self.panes(("everybody", room), now, 7 * DAY, mentions, mentions > 1) > 9
        rules = {
            "flood": len(self.add(("flood", who), now, 30 * SECOND)) >= 5,
            "flood-exactly": len(self.add(("minute", who), now, MINUTE)) == 4,
            "busy-channel": len(self.add(("busy", room), now, 10 * MINUTE)) > 30,
            "repeat": text != "" and len(self.add(("repeat", who, text), now, HOUR)) >= 2,
            "repeat-once": again and self.rarely(("repeat-once", who), now, 2 * HOUR),
            "joined-and-talks": bool(self.add(("joined", who), now, 5 * MINUTE, here=False)),
            "mention-flood": self.panes(("mentions", who), now, 10 * MINUTE, mentions) >= 5,
            "mention-everybody": many and self.once(("everybody", who, room), local.date()),
            "crowd": len(set(self.add(("crowd", room), now, 15 * MINUTE, who))) >= 8,
            "hopper": len(set(self.add(("hop", who), now, DAY, room))) > 1,
            "no-links-lately": self.silence(("link", who), now) > 3 * DAY and self.rarely(("none", who), now, HOUR),
            "nobody-joins": self.silence("join", now) >= 2 * HOUR and self.rarely(("alone", room), now, MINUTE),
            "regular": streak >= 4 and self.once(("regular", who), local.isocalendar()[:2]),
            "third-day": streak % 3 == 0 and self.once(("third", who), local.date()),
            "first-of-month": self.once(("month", who), (local.year, local.month)),
            "shouting": marks >= 1,
            "second shout": marks == 2,
            "shouts on": marks >= 3,
        }
        return (rule for rule, fires in rules.items() if fires)

    def run(self, events: Iterable[Event]) -> Iterator[Found]:
        for line, now, event in accepted(events):
            self.first = now if self.first is None else self.first
            rules = {"message": self.message, "member.joined": self.joined}.get(event["type"])
            yield from ((f"{line} {event['id']}", rule) for rule in (rules(event, now) if rules else ()))


# --- groundrules --------------------------------------------------------------------------------


def fired(decision: Decision) -> Iterator[str]:
    """The rules that fired; the steps of `times` by what they do."""
    yield from (fired.rule for fired in decision.fired)
    yield from (STEPS[action.do] for action in decision.actions if action.do in STEPS)


def found(plan: ir.Plan, events: Iterable[Event]) -> Iterator[Found]:
    engine = Engine(plan)
    for line, event in enumerate(events):
        *before, decision = engine.feed(event)
        assert not before, "nothing here falls due"
        yield from ((f"{line} {event['id']}", rule) for rule in fired(decision))


def jumbled(events: list[Event]) -> list[Event]:
    """The same events, one in ten held back by up to fifty places or by two thousand, one in fifty told twice."""
    chance = random.Random(1)
    places = []
    for place, event in enumerate(events):
        if chance.random() < 0.02:
            places.append((place + chance.choice((1, 7, 2000)), event))
        late = chance.random() < 0.1
        places.append((place + chance.choice((3, 20, 50, 2000)) if late else place, event))
    return [event for _, event in sorted(places, key=lambda one: one[0])]


@pytest.fixture(scope="module")
def plan() -> ir.Plan:
    return load(ROOT / "tests" / "rulebooks" / "floods").plan


def recorded(name: str) -> list[Event]:
    return [json.loads(line) for line in (STREAMS / f"{name}.jsonl").read_bytes().splitlines()]


@pytest.mark.parametrize("name", NEVER)
def test_found_exactly_where_the_script_finds_it(plan: ir.Plan, name: str) -> None:
    wanted = list(Script().run(recorded(name)))
    assert sorted(found(plan, recorded(name))) == sorted(wanted)
    assert {rule for _, rule in wanted} == ({rule.id for rule in plan.rules} | {*STEPS.values()}) - NEVER[name]


@pytest.mark.parametrize("name", NEVER)
def test_late_and_repeated_events_count_as_the_script_counts_them(plan: ir.Plan, name: str) -> None:
    events = jumbled(recorded(name)[:4000])
    wanted = list(Script().run(events))
    assert sorted(found(plan, events)) == sorted(wanted)
    assert len(list(accepted(events))) < len(events), "some came too late or twice"
