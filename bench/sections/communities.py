"""Many communities with a hundred different settings in one hub: what each costs, and whether anybody waits.

Work on all of them is done community by community: while a rulebook is swapped, a member forgotten, or time passes
everywhere, one of them keeps receiving events, and the longest wait of these, beyond their own commit, is reported. As
`groundrules serve` does, the process exempts long-lived objects from Python's collector.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from bench.figures import Results
from bench.sections.hub import LATER, timed
from groundrules.runtime import SyncHub

SETTINGS = 100
MEMBERS = 50
BOOK = """
rulebook: group
events: [message]
parameters:
  most: {type: integer, default: 3, min: 1, max: 1000}
rules:
  - {id: long, on: message, when: length(text) > most, then: [delete], once_per: actor within 1h}
  - {id: often, on: message, when: count(message by actor within 1m) > most, then: [delete]}
paths:
  - id: later
    on: message
    one_per: channel
    steps: [{after: 1h, then: [{warn: {}}]}]
"""


def run(results: Results, communities: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "group.yaml"
        book.write_text(BOOK, encoding="utf-8")
        bench = _Bench(results, f"sqlite:{Path(folder) / 'many.db'}", book, communities)
        bench.fill()
        bench.memory()
        bench.opening()
        bench.pauses()


class _Bench:
    def __init__(self, results: Results, place: str, book: Path, communities: int) -> None:
        self._results = results
        self._place = place
        self._book = book
        self._ids = [f"c{number}" for number in range(communities)]
        self._label = {"communities": communities, "settings": SETTINGS}
        self._now = LATER

    def _hub(self) -> SyncHub:
        return SyncHub(self._place, self._book, clock=lambda: self._now, ticks=False)

    def _add(self, name: str, value: float, unit: str) -> None:
        self._results.add("communities", name, value, unit, **self._label)

    def fill(self) -> None:
        """Create all communities, each with members and settings."""
        with self._hub() as hub:
            for number, id in enumerate(self._ids):
                hub.call(hub.hub.change, id, {"most": 1 + number % SETTINGS}, "bench")
            hub.handle_many([_message(id, member) for id in self._ids for member in range(MEMBERS)])

    def memory(self) -> None:
        """Report the memory of a community with its members, and of a set of settings that communities share."""
        tracemalloc.start()
        with self._hub() as hub:
            hub.handle(_message(self._ids[0], MEMBERS))
            before = tracemalloc.get_traced_memory()[0]
            hub.handle_many([_message(id, MEMBERS) for id in self._ids[1:SETTINGS]])
            first = tracemalloc.get_traced_memory()[0] - before
            hub.handle_many([_message(id, MEMBERS) for id in self._ids[SETTINGS:]])
            rest = tracemalloc.get_traced_memory()[0] - before - first
        tracemalloc.stop()
        each = rest / max(1, len(self._ids) - SETTINGS)
        self._add(f"memory of one, with {MEMBERS} members", each / 1000, "kB")
        self._add("memory of one kind of settings", (first / (SETTINGS - 1) - each) / 1000, "kB")

    def opening(self) -> None:
        """Report how long the first event of a community takes, and how long until changed settings are in force."""
        with self._hub() as hub:
            first = [timed(hub.handle, _message(id, MEMBERS + 1)) for id in self._ids[:SETTINGS]]
            others = [timed(hub.handle, _message(id, MEMBERS + 1)) for id in self._ids[SETTINGS : 2 * SETTINGS]]
            values = iter(range(500, 600))  # each is compiled
            change = [
                timed(lambda id: hub.call(hub.hub.change, id, {"most": next(values)}, "bench"), id)
                for id in self._ids[:20]
            ]
        self._add("opened cold", statistics.median(others or first) * 1e3, "ms")
        self._add("opened cold, the first with its settings", statistics.median(first) * 1e3, "ms")
        self._add("settings in force", statistics.median(change) * 1e3, "ms")
        self._results.reach("settings in force", max(change), 1.0, least=False, unit="s")

    def pauses(self) -> None:
        """Report how long an event waited at most while something was done in all communities."""
        with self._hub() as hub:
            gc.collect()
            gc.freeze()
            hub.handle_many([_message(id, MEMBERS + 2) for id in self._ids])
            beside = hub.hub
            self._wait(hub, "nothing", lambda: threading.Event().wait(0.5))
            self._wait(hub, "one is forgotten everywhere", lambda: hub.call(beside.forget, "u7"))
            self._now += 7_200_000
            self._wait(hub, "time passes everywhere", lambda: hub.call(beside.tick))
            self._book.write_text(BOOK.replace("1m", "2m"), encoding="utf-8")
            self._wait(hub, "the rulebook is swapped", lambda: hub.call(beside.install, self._book, "bench"))
        gc.unfreeze()

    def _wait(self, hub: SyncHub, name: str, what: Callable[[], object]) -> None:
        beside = threading.Thread(target=what)
        beside.start()
        waited = list(self._waited(hub, beside))
        self._add(f"longest wait while {name} ({len(waited):,} events)", max(waited) * 1e3, "ms")
        if name != "nothing":
            self._results.reach(f"an event waits, while {name}", max(waited), 0.05, least=False, unit="s")

    def _waited(self, hub: SyncHub, beside: threading.Thread) -> Iterator[float]:
        for number in count(next(_turns) * 1_000_000):
            took = timed(hub.handle, _message(self._ids[0], number))
            yield max(0.0, took - hub.hub.commit_seconds)
            if not beside.is_alive():
                return


_turns = count(1)


def _message(community: str, member: int) -> bytes:
    header = b'{"id":"%s.%d","type":"message","time":"2026-01-01T00:00:00Z","community":{"id":"%s"},'
    rest = b'"channel":{"id":"g"},"actor":{"id":"u%d"},"text":"hello"}'
    return header % (community.encode(), member, community.encode()) + rest % (member % (MEMBERS + 3))
