"""The hub against the engine alone: the same events, decided and kept on the disk; alone, and a thousand communities.

Events that wait are given a thousand at a time, as a bot catches up or a service is under load. The engine alone writes
what it decided as lines of a log, in memory. What waiting for the disk costs shows in the time of one event alone,
which is compared with a bare commit of the same size.
"""

from __future__ import annotations

import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import ours
from bench.figures import Results
from bench.sections.endtoend import Days
from bench.timing import Way, compare, ratio
from bench.workloads import workload
from groundrules import Engine
from groundrules.decisions import encode
from groundrules.runtime import SyncHub
from groundrules.stores.records import Batch, Entry, Events, Head, Row
from groundrules.stores.sqlite import SqliteStore

WAITING = 1_000
SETTABLE = """
rulebook: group
events: [message]
parameters:
  most: {type: integer, default: 3, min: 1, max: 1000}
rules:
  - {id: long, on: message, when: length(text) > most, then: [delete], once_per: actor within 1h}
  - {id: often, on: message, when: count(message by actor within 1m) > most, then: [delete]}
"""
LATER = 4_102_444_800_000  # 2100: no event lies ahead of this clock


def run(results: Results, rounds: int, communities: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _waiting(results, Path(folder), rounds)
        _alone(results, Path(folder), 40 * rounds)
        _many(results, Path(folder), communities)


def _waiting(results: Results, folder: Path, rounds: int) -> None:
    work = workload(1_000)
    ready = ours.compiled(work)
    engine = Engine(ready)
    with SyncHub(f"sqlite:{folder / 'waiting.db'}", ready, clock=lambda: LATER, ticks=False) as hub:

        def alone(lines: Sequence[bytes]) -> None:
            for decision in engine.feed_many(lines):
                encode(decision)

        def kept(lines: Sequence[bytes]) -> None:
            for begin in range(0, len(lines), WAITING):
                hub.handle_many(lines[begin : begin + WAITING])

        days = {name: Days(work) for name in ("feed_many", "hub, SQLite")}
        for name, way in (("feed_many", alone), ("hub, SQLite", kept)):
            way(days[name]())
        times = compare(
            {
                "feed_many": Way(alone, fresh=days["feed_many"]),
                "hub, SQLite": Way(kept, fresh=days["hub, SQLite"]),
            },
            rounds,
        )
        begin = time.perf_counter()
        lines = days["hub, SQLite"]()
        kept(lines)
        wall = (time.perf_counter() - begin) / len(lines)
    for name, took in times.items():
        results.add("hub", name, took.microseconds, "µs", waiting=WAITING, rules=1_000)
    results.add("hub", "hub, SQLite, with the disk", wall * 1e6, "µs", waiting=WAITING, rules=1_000)
    results.reach("hub with SQLite against feed_many", ratio(times["hub, SQLite"], times["feed_many"]), 0.6)
    results.reach("events a second, hub with SQLite", 1 / wall, 25_000)


def _alone(results: Results, folder: Path, count: int) -> None:
    """One event on an idle hub, against a bare commit of as much."""
    work = workload(1_000)
    lines = Days(work)()[:count]
    with SyncHub(f"sqlite:{folder / 'alone.db'}", ours.compiled(work), clock=lambda: LATER, ticks=False) as hub:
        hub.handle(lines[0])
        one = [_timed(hub.handle, line) for line in lines[1:]]
    with SqliteStore(folder / "bare.db") as store:
        store.claim("c")
        bare = [_timed(store.commit, _batch(number, line)) for number, line in enumerate(lines, 1)]
    results.add("hub", "one event alone", statistics.median(one) * 1e6, "µs", waiting=1, rules=1_000)
    results.add("hub", "bare commit", statistics.median(bare) * 1e6, "µs", waiting=1, rules=1_000)
    ratio = statistics.median(one) / statistics.median(bare)
    results.reach("one event alone, in times of a bare commit", ratio, 3, least=False)


def _batch(number: int, line: bytes) -> Batch:
    events = [Events("c", number, number, number, number, line)]
    rows = [Row("c", "meta", "", line[:30]), Row("c", "seen/packs", str(number), line[:30])]
    return Batch(str(number), [Head("c", number, str(number), number=number)], rows, events, [Entry("c", 0, line)])


def _timed(call: Callable[..., object], argument: object) -> float:
    begin = time.perf_counter()
    call(argument)
    return time.perf_counter() - begin


def _many(results: Results, folder: Path, communities: int) -> None:
    """Communities with a hundred different settings: what each takes, and how soon a change is in force."""
    book = folder / "group.yaml"
    book.write_text(SETTABLE, encoding="utf-8")
    place, label = f"sqlite:{folder / 'many.db'}", {"communities": communities}
    ids = [f"c{number}" for number in range(communities)]
    with SyncHub(place, book, clock=lambda: LATER, ticks=False) as hub:
        for number, id in enumerate(ids):
            hub.call(hub.hub.change, id, {"most": 1 + number % 100}, "bench")
        hub.handle_many([_message(id, member) for id in ids for member in range(50)])
    tracemalloc.start()
    with SyncHub(place, book, clock=lambda: LATER, ticks=False) as hub:
        hub.handle(_message(ids[0], 50))
        before = tracemalloc.get_traced_memory()[0]
        cold = [_timed(hub.handle, _message(id, 51)) for id in ids[-100:]]
        hub.handle_many([_message(id, 52) for id in ids])
        held = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        values = iter(range(500, 600))  # each is an edition of its own, to be compiled
        change = [
            _timed(lambda id: hub.call(hub.hub.change, id, {"most": next(values)}, "bench"), id) for id in ids[:20]
        ]
    results.add("hub", "in memory, 50 members each", held / communities / 1000, "kB", **label)
    results.add("hub", "opened cold", statistics.median(cold) * 1e3, "ms", **label)
    results.add("hub", "settings in force", statistics.median(change) * 1e3, "ms", **label)
    results.reach("settings in force", statistics.median(change), 1.0, least=False, unit="s")


def _message(community: str, member: int) -> bytes:
    header = b'{"id":"%s.%d","type":"message","time":"2026-01-01T00:00:00Z","community":{"id":"%s"},'
    rest = b'"channel":{"id":"g"},"actor":{"id":"u%d"},"text":"hello"}'
    return header % (community.encode(), member, community.encode()) + rest % member
