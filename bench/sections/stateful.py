"""State: windows, ledgers and ladders over a recorded chat, and what an active key costs.

The recorded chat is read from `../shared/data`; without it this part is skipped. It is repeated, each time with later
times and ids of its own, until there are as many events as asked for. Windows are counted in the time of the events.
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
from groundrules.engine.compiled import compile_plan
from groundrules.engine.partition import Partition
from groundrules.plan import ir

CHAT = Path(__file__).parents[3] / "shared/data/streams/gitter.jsonl"
DAY = 86_400_000
BATCH = 10_000

KEYS = ("actor", "channel", "actor, channel", "text")
FILTERS = (
    "",
    "where length(text) > 200",
    'where text contains "?"',
    "where not known(reply_to)",
    "where length(text) < 5",
)


def rulebook(windows: int) -> str:
    """Return a rulebook with so many windows over four keys, two ledgers, a ladder and a cap."""
    return f"""\
rulebook: stateful
use: [std/chat]
ledgers:
  strikes: {{per: member, fade: 1 every 30d}}
  points: {{per: member}}
rules:
{"".join(map(_counting, range(windows)))}\
  - {{id: shouting, on: message, when: 'text contains "!!!"', then: [strike: 1]}}
rewards:
  - {{id: thanks, on: message, when: 'text contains "thank"', grant: {{points: 1}}, cap: 20 per day}}
ladders:
  - id: discipline
    ledger: strikes
    steps: [{{reaches: 3, then: [warn]}}, {{reaches: 6, then: [mute: 10m]}}]
"""


def _counting(number: int) -> str:
    key, filter = KEYS[number % len(KEYS)], FILTERS[number // len(KEYS) % len(FILTERS)]
    return f"""\
  - id: window-{number}
    on: message
    when: count(message {filter} by {key} within {30 + number}m) >= 5 and text contains "offer{number}x"
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
    ready = compile_plan(ours.plan_of(rulebook(20)))
    decode = ours.program_of(ready).decoder.decode
    stream = _repeated(lines)
    engine = Engine(ready)
    sizes: list[float] = []
    handled = 0
    while handled < events:
        batch = [next(stream) for _ in range(BATCH)]
        begin = time.perf_counter()
        for _ in engine.feed_many(batch):
            pass
        sizes.append((time.perf_counter() - begin) / BATCH * 1e6)
        handled += BATCH
    results.add("stateful", "20 windows, first 100,000 events", statistics.median(sizes[:10]), "µs", events=100_000)
    results.add("stateful", "20 windows, last 100,000 events", statistics.median(sizes[-10:]), "µs", events=handled)
    times = compare(
        {
            "20 windows": Way(
                lambda taken, items: [None for _ in engine.feed_many(taken[: len(items)])],
                range(BATCH),
                lambda: [next(stream) for _ in range(BATCH)],
            ),
            "typed decode": Way(lambda _, items: [decode(line) for line in items], lines),
            "json.loads": Way(lambda _, items: [json.loads(line) for line in items], lines),
        },
        rounds,
    )
    for name, took in times.items():
        results.add("stateful", name, took.microseconds, "µs", events=handled)
    results.reach("20 windows against typed decoding", ratio(times["20 windows"], times["typed decode"]), 0.12)
    results.reach("20 windows against json.loads", ratio(times["20 windows"], times["json.loads"]), 0.5)


def _repeated(lines: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the chat in the order of time, again and again, each time behind the last."""
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
    cell = CountWindow(ir.Window(id="w", kind="count", type="message", within=DAY, keep=5), DAY)
    gc.collect()
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
