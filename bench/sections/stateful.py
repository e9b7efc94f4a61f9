"""State: windows, ledgers and ladders over a recorded chat, and what an active key costs.

The recorded chat is read from `../shared/data`; without it this part is skipped. It is repeated, each time with later
times and new ids, until there are as many events as requested. Windows run on the events' time.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import ours
from bench.figures import Results
from bench.timing import Way, compare, ratio
from groundrules import Engine
from groundrules.calendar.instants import format_ms, parse_rfc3339
from groundrules.engine.cells.windows import Counted, CountWindow
from groundrules.engine.plan_file import Compiled, compile_plan
from groundrules.engine.state.partition import Partition
from groundrules.plan import ir
from groundrules.time_units import DAY

CHAT = Path(__file__).parents[3] / "shared/data/streams/gitter.jsonl"
BATCH = 10_000

KEYS = ("actor", "channel", "actor, channel", "text")
FILTERS = (
    "",
    "where length(text) > 200",
    'where text contains "?"',
    "where not known(reply_to)",
    "where length(text) < 5",
)
SHARED, APART = FILTERS[:1], FILTERS


def rulebook(windows: int, filters: Sequence[str] = APART, unit: str = "s") -> str:
    """Return a rulebook with so many windows over four keys, each read by every message, two ledgers, a ladder, a cap.

    Windows of the same key and filter have the same source, whatever their times and numbers.
    """
    return f"""\
rulebook: stateful
use: [std/chat]
ledgers:
  strikes: {{per: member, fade: 1 every 30d}}
  points: {{per: member}}
rules:
{"".join(_counting(number, filters, unit) for number in range(windows))}\
  - {{id: shouting, on: message, when: 'text contains "!!!"', then: [strike: 1]}}
rewards:
  - {{id: thanks, on: message, when: 'text contains "thank"', grant: {{points: 1}}, cap: 20 per day}}
ladders:
  - id: discipline
    ledger: strikes
    steps: [{{reaches: 3, then: [warn]}}, {{reaches: 6, then: [mute: 10m]}}]
"""


def _counting(number: int, filters: Sequence[str], unit: str) -> str:
    key, filter = KEYS[number % len(KEYS)], filters[number // len(KEYS) % len(filters)]
    return f"""\
  - id: window-{number}
    on: message
    when: count(message {filter} by {key} within {10 + number}{unit}) >= {5 + number % 5}
    then: [delete]
"""


def run(results: Results, events: int, members: int, rounds: int) -> None:
    if CHAT.exists():
        _chat(results, events, rounds)
    else:
        results.skipped.append(f"stateful: no recorded chat at {CHAT}")
    _keys(results, members)


def _chat(results: Results, events: int, rounds: int) -> None:
    lines = CHAT.read_bytes().splitlines()
    shared = Running(compile_plan(ours.plan_of(rulebook(20, SHARED))), lines)
    apart = Running(compile_plan(ours.plan_of(rulebook(20, APART))), lines)
    decode = ours.program_of(shared.ready).decoder.decode
    sizes = [apart.batch() for _ in range(events // BATCH)]
    results.add("stateful", "20 windows, first events", statistics.median(sizes[:10]), "µs", events=10 * BATCH)
    results.add("stateful", "20 windows, last events", statistics.median(sizes[-10:]), "µs", events=events)
    shared.batch()
    times = compare(
        {
            "20 windows of 4 sources": Way(shared.feed, fresh=shared.fresh),
            "20 windows of 20 sources": Way(apart.feed, fresh=apart.fresh),
            "typed decode": Way(lambda items: [decode(line) for line in items], fresh=Fresh(lines)),
            "json.loads": Way(lambda items: [json.loads(line) for line in items], fresh=Fresh(lines)),
        },
        rounds,
    )
    for name, took in times.items():
        results.add("stateful", name, took.microseconds, "µs", events=events)
    windows = times["20 windows of 4 sources"]
    results.reach("20 windows of 4 sources, against typed decoding", ratio(windows, times["typed decode"]), 0.12)
    results.reach("20 windows of 4 sources, against json.loads", ratio(windows, times["json.loads"]), 0.5)


class Fresh:
    """Gives batches of the recorded chat, one after another."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._stream = _repeated(lines)

    def __call__(self) -> list[bytes]:
        return [next(self._stream) for _ in range(BATCH)]


class Running:
    """An engine that continues through the recorded chat."""

    def __init__(self, ready: Compiled, lines: Sequence[bytes]) -> None:
        self.ready = ready
        self.fresh = Fresh(lines)
        self._engine = Engine(ready)

    def feed(self, lines: Sequence[bytes]) -> None:
        for _ in self._engine.feed_many(lines):
            pass

    def batch(self) -> float:
        """Feed a batch; return µs per event."""
        lines = self.fresh()
        begin = time.process_time()
        self.feed(lines)
        return (time.process_time() - begin) / BATCH * 1e6


def _repeated(lines: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the chat in order of time, again and again, each time later than the last."""
    events = sorted((json.loads(line) for line in lines), key=lambda event: event["time"])
    times = [parse_rfc3339(event["time"]) for event in events]
    span, turn = times[-1] - times[0] + DAY, 0
    while True:
        for event, at in zip(events, times, strict=True):
            later = {
                **event,
                "id": f"{event['id']}.{turn}",
                "time": format_ms(at + turn * span),
                "community": {"id": "c"},
            }
            yield json.dumps(later, ensure_ascii=False).encode()
        turn += 1


def _keys(results: Results, members: int) -> None:
    """Measure a window of five entries for so many members."""
    cell = CountWindow(ir.Window(id="w", kind="count", type="message", within=DAY, keep=5), DAY, "UTC")
    gc.collect()
    gc.freeze()  # what is here already has nothing to do with rows
    idle = _pause()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    space = Partition("c").space("window/w", DAY)
    for number in range(members):
        row = None
        for at in range(5):
            row = cell.record(row, Counted(1_700_000_000_000 + at, 1, "e"))
        assert row is not None
        space.put(f"member-{number:08}", row, 1_700_000_000_000)
    size = (tracemalloc.get_traced_memory()[0] - before) / members
    tracemalloc.stop()
    added = max(0.0, _pause() - idle)
    gc.unfreeze()
    results.add("stateful", "a window of five entries with its key", size, "bytes", members=members)
    results.add("stateful", "what the rows add to a full garbage collection", added, "ms", members=members)
    results.reach("a five-entry window with its key", size, 200, least=False, unit="bytes")
    results.reach(f"what {members:,} keys add to a full garbage collection", added, 10, least=False, unit="ms")
    assert len(space) == members


def _pause() -> float:
    """Return the milliseconds of a full garbage collection."""
    pauses = []
    for _ in range(5):
        begin = time.perf_counter()
        gc.collect()
        pauses.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(pauses)
