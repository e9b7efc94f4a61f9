"""What a cluster costs beside one machine: `python -m bench.cluster [spark|kafka]`.

Spark: events a second of the job that decides, and of one of the same shape (the same events, read and divided in the
same way, a value of state a community) whose step only counts. Kafka: of one member with its state in PostgreSQL, and
of the hub alone, on the same PostgreSQL. What is compared runs one after the other on the same two cores; the first
micro-batch and the first thousand events are left out.

On Spark, processor time is that of the JVM and of all its workers, so that a machine that has other things to do
changes it less than the rate.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.cluster.conftest import SETTINGS
from tests.cluster.streams import ROOT, batches, compiled, made, write

RULEBOOK = ROOT / "tests" / "rulebooks" / "team-group"
"""Adverts, repetitions, ladders, rewards, paths, a lockdown, a schedule for each member: what one team needs."""
SHAPES = ((100, 200), (2000, 10), (10, 2000), (1000, 200))
"""Numbers of communities, and of events in each."""
FILES = 3


class Speed(NamedTuple):
    """Events a second, and µs of processor time for each; for Kafka without the database's."""

    rate: float
    cost: float


# --- Spark --------------------------------------------------------------------------------------


def spark_rows(folder: Path, shapes: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, Speed, Speed]]:
    """Yield communities, events of each, and how fast the deciding and the counting job are."""
    from groundrules.cluster.spark import decide, session

    spark = session("bench", **SETTINGS)
    plan = compiled(RULEBOOK, folder / "long.plan")
    for communities, each in shapes:
        place = folder / f"{communities}x{each}"
        place.mkdir()
        lines = list(made(communities * each, communities))
        write(place / "in", batches(lines, FILES))
        events = spark.readStream.schema("position long, event string").option("maxFilesPerTrigger", 1)
        table = events.json(str(place / "in"))
        counting = speed(counted(table, plan), place / "counting")
        deciding = speed(decide(table, plan), place / "deciding")
        yield communities, each, deciding, counting
    spark.stop()


def speed(table: Any, place: Path) -> Speed:
    """Return how fast a job is, without its first micro-batch."""
    query = table.writeStream.format("json").option("checkpointLocation", str(place / "checkpoint"))
    batches: list[dict[str, Any]] = []
    spent = 0.0
    for _ in range(5):
        running = query.trigger(availableNow=True).start(str(place / "out"))
        before = None if not batches else processor_time()
        while running.isActive:
            time.sleep(0.02)
            if before is None and finished(running):
                before = processor_time()
        batches += finished(running)
        spent += processor_time() - (before or processor_time())
        error = running.exception()
        if error is None:
            break
        if "failed to connect back" not in str(error):  # the machine is busy; it continues when restarted
            raise error
    kept = batches[1:]
    events = sum(batch["numInputRows"] for batch in kept)
    seconds = sum(batch["batchDuration"] for batch in kept) / 1000
    return Speed(events / seconds, spent / events * 1e6)


def finished(running: Any) -> list[dict[str, Any]]:
    """Return the committed micro-batches of a query."""
    batches = [json.loads(progress.json) for progress in running.recentProgress]
    return [batch for batch in batches if batch["numInputRows"] and "commitOffsets" in batch["durationMs"]]


def processor_time() -> float:
    """Return the seconds of processor time of this process's children and theirs, including those that have ended."""
    ticks, parents, used = os.sysconf("SC_CLK_TCK"), {}, {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            facts = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(process.name)
        parents[pid], used[pid] = int(facts[1]), sum(map(int, facts[11:15]))
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return float(sum(used[pid] for pid in ours - {os.getpid()}) / ticks)


def counted(events: Any, plan: Path) -> Any:
    """Count the events of each community, read and partitioned as `decide` does."""
    from groundrules.cluster.spark.plans import Shipped
    from groundrules.cluster.spark.stream import keyed

    came = keyed(events, Shipped(events.sparkSession, plan))
    out = "community string, position long, nth int, decision string, tick string"
    return came.groupBy("community").transformWithState(_counter(), out, "Append", "None")


def _counter() -> Any:
    from pyspark.sql import Row
    from pyspark.sql.streaming.stateful_processor import StatefulProcessor

    class Counter(StatefulProcessor):  # type: ignore[misc]
        """Counts."""

        def init(self, handle: Any) -> None:
            self.count = handle.getValueState("count", "count long")

        def handleInputRows(self, key: Any, rows: Any, timerValues: Any) -> Any:
            before = self.count.get()
            came = sum(row.event is not None for row in rows)
            self.count.update(((before[0] if before else 0) + came,))
            yield Row(community=key[0], position=came, nth=0, decision="", tick=None)

        def close(self) -> None:
            return

    return Counter()


# --- Kafka --------------------------------------------------------------------------------------


def kafka_rows(folder: Path, count: int, communities: int) -> Iterator[tuple[str, Speed]]:
    """Yield what ran and how fast."""
    from dev.postgres import server

    lines = list(made(count, communities))
    yield "an engine in memory", engine_speed(lines)
    with server() as postgres:
        yield "the hub alone, PostgreSQL", asyncio.run(hub_speed(f"{postgres.url}&schema=hub", lines))
        yield "the hub alone, SQLite", asyncio.run(hub_speed(f"sqlite:{folder}/hub.db", lines))
        yield "a member, Kafka and PostgreSQL", member_speed(f"{postgres.url}&schema=member", lines)


class Mark:
    """An instant to measure from."""

    def __init__(self) -> None:
        self._began, self._spent = time.perf_counter(), time.process_time()

    def speed(self, events: int) -> Speed:
        """Return the speed over so many events since then."""
        spent = time.process_time() - self._spent
        return Speed(events / (time.perf_counter() - self._began), spent / events * 1e6)


def engine_speed(lines: Sequence[bytes]) -> Speed:
    from groundrules.engine.engine import Engine
    from groundrules.frontend import load

    engine = Engine(load(RULEBOOK).plan)
    for _ in engine.feed_many(lines[:1000]):
        pass
    mark = Mark()
    for _ in engine.feed_many(lines[1000:]):
        pass
    return mark.speed(len(lines) - 1000)


async def hub_speed(store: str, lines: Sequence[bytes]) -> Speed:
    from groundrules.runtime import Hub

    async with Hub(store, RULEBOOK, ticks=False) as hub:
        await hub.handle_many(lines[:1000])
        mark = Mark()
        for start in range(1000, len(lines), 1000):
            await hub.handle_many(lines[start : start + 1000])
        return mark.speed(len(lines) - 1000)


def member_speed(store: str, lines: Sequence[bytes]) -> Speed:
    from confluent_kafka import Producer

    from groundrules.cluster.kafka import Member, read_place
    from groundrules.runtime.books import edition
    from groundrules.tools.running.states import opened

    cluster = Producer({"bootstrap.servers": "none", "test.mock.num.brokers": 1, "log_level": 0})
    brokers = ",".join(f"{one.host}:{one.port}" for one in cluster.list_topics(timeout=30).brokers.values())
    for line in lines:
        cluster.produce("events", line, json.loads(line)["community"]["id"])
        cluster.poll(0)
    cluster.flush()
    member = Member(read_place(f"kafka://{brokers}/events"), opened(store), edition(str(RULEBOOK)), lambda: 0)
    marks: list[tuple[Mark, int]] = []

    def ended() -> bool:
        if member.decided >= 1000 and not marks:
            marks.append((Mark(), member.decided))
        return member.decided >= len(lines)

    thread = threading.Thread(target=member.run, args=(ended,))
    thread.start()
    thread.join()
    [(mark, before)] = marks
    return mark.speed(len(lines) - before)


def main() -> None:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("spark", "kafka"))
    parser.add_argument("--shapes", type=int, default=len(SHAPES), help="only so many of the shapes on Spark")
    parser.add_argument("--events", type=int, default=30_000, help="on Kafka")
    parser.add_argument("--communities", type=int, default=200, help="on Kafka")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="groundrules-") as folder:
        if asked.what == "kafka":
            for name, found in kafka_rows(Path(folder), asked.events, asked.communities):
                print(f"| {name} | {found.rate:,.0f} | {found.cost:,.0f} |", flush=True)
            return
        for communities, each, deciding, counting in spark_rows(Path(folder), SHAPES[: asked.shapes]):
            rates = f"{counting.rate:,.0f} | {deciding.rate:,.0f} | {deciding.rate / counting.rate:.2f}"
            costs = f"{counting.cost:,.0f} | {deciding.cost:,.0f} | {counting.cost / deciding.cost:.2f}"
            print(f"| {communities:,} | {each:,} | {rates} | {costs} |", flush=True)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
