"""How the cost of an event grows with the number of active members: the whole step with eight windows per member.

However many there are, each writes about once in twelve hours, and all windows are longer than that: the more members,
the more rows are alive.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator

from bench import ours
from bench.figures import Results
from bench.sections.stateful import rulebook
from groundrules import Engine
from groundrules.calendar.instants import format_ms
from groundrules.engine.plan_file import compile_plan

EVENTS = 20_000
PAUSE = 43_200_000


def run(results: Results, sizes: tuple[int, ...]) -> None:
    ready = compile_plan(ours.plan_of(rulebook(8, unit="h")))
    for count in sizes:
        engine = Engine(ready)
        events = _events(count)
        for _ in engine.feed_many(next(events) for _ in range(count)):
            pass
        lines = [next(events) for _ in range(EVENTS)]
        begin = time.perf_counter()
        for _ in engine.feed_many(lines):
            pass
        results.add("members", "8 windows", (time.perf_counter() - begin) / EVENTS * 1e6, "µs", members=count)


def _events(members: int) -> Iterator[bytes]:
    """Yield events: at first every member writes once, then members at random."""
    chance = random.Random(members)
    number = 0
    while True:
        who = number if number < members else chance.randrange(members)
        event = {
            "id": f"e{number}",
            "type": "message",
            "time": format_ms(1_700_000_000_000 + number * PAUSE // members),
            "community": {"id": "c"},
            "channel": {"id": f"c{who}"},
            "actor": {"id": f"u{who}"},
            "text": f"what member {who} says {chance.randrange(50)}",
        }
        yield json.dumps(event).encode()
        number += 1
