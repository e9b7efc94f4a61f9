"""On a real Spark: decisions byte for byte those of `groundrules run`, whatever wakes a community."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from groundrules.calendar.instants import format_ms
from groundrules.decisions import encode
from groundrules.engine.engine import Engine
from groundrules.engine.plan_file import load_plan
from groundrules.testing.cluster_suite import Answer, Batches, ClusterSuite, Run, Steps
from groundrules.tools.replaying.run import Settings, replayed
from groundrules.tools.revisions import spot
from groundrules.tools.versions import load_version

from .streams import GITTER, RULEBOOK, TEAM, batches, compiled, log, made, put, write

OUT = "community string, position long, nth int, decision string, tick string"
BUSY = "worker failed to connect back"
"""What Spark says where a machine is too busy to begin a process in ten seconds; the query goes on when begun again."""
TRIES = 5
START = 1_767_571_200_000  # 2026-01-05T00:00:00Z


class Came(NamedTuple):
    """What came out of a job: decisions as a log writes them, and the ticks, each behind a position."""

    log: bytes
    ticks: list[tuple[int, bytes]]


def decided(spark: Any, folder: Path, plan: Path, **options: Any) -> Came:
    """Decide on what lies in a folder, a file a micro-batch, going on from the folder's checkpoint."""
    from groundrules.cluster.spark import decide

    schema = "position long, event string"
    events = spark.readStream.schema(schema).option("maxFilesPerTrigger", 1).json(str(folder / "in"))
    run_to_its_end(decide(events, plan, **options), folder)
    return came(spark, folder)


def run_to_its_end(table: Any, folder: Path) -> None:
    """Write a streaming table into a folder, until nothing more is there."""
    job = table.writeStream.format("json").option("checkpointLocation", str(folder / "checkpoint"))
    for _ in range(TRIES):
        query = job.trigger(availableNow=True).start(str(folder / "out"))
        try:
            query.awaitTermination()
            return
        except Exception as error:
            if BUSY not in str(error):
                raise
    raise AssertionError(BUSY)


def came(spark: Any, folder: Path) -> Came:
    rows = spark.read.schema(OUT).json(str(folder / "out")).orderBy("position", "nth", "community").collect()
    decisions = b"".join(row.decision.encode() + b"\n" for row in rows if row.decision is not None)
    return Came(decisions, [(row.position, row.tick.encode()) for row in rows if row.tick is not None])


def test_the_log_of_a_stream_is_that_of_run(spark: Any, tmp_path: Path) -> None:
    plan = compiled(RULEBOOK, tmp_path / "long.plan")
    lines = [*made(3000, 20), b"rubbish", b'{"id":"x","type":"message"}', *made(200, 30, seed=7)]
    write(tmp_path / "in", batches(lines, 3))
    found = decided(spark, tmp_path, plan)
    assert found == Came(log(plan, lines, tmp_path), [])
    assert found.log.count(b"\n") > 300
    assert b'"rejected"' in found.log


@pytest.mark.skipif(not GITTER.exists(), reason="no recorded chat beside this repository")
def test_the_log_of_a_recorded_chat_is_that_of_run(spark: Any, tmp_path: Path) -> None:
    plan = compiled(RULEBOOK, tmp_path / "long.plan")
    lines = GITTER.read_bytes().splitlines()
    write(tmp_path / "in", batches(lines, 2))
    assert decided(spark, tmp_path, plan).log == log(plan, lines, tmp_path)


def test_another_version_between_two_batches_keeps_the_state_as_a_swap_does(spark: Any, tmp_path: Path) -> None:
    old = compiled(RULEBOOK, tmp_path / "old.plan")
    text = (RULEBOOK / "rulebook.yaml").read_text()
    changed = text.replace("within 10m) >= 4", "within 10m) >= 3").replace("reaches: 3, then", "reaches: 4, then")
    assert changed != text
    (tmp_path / "rulebook.yaml").write_text(changed)
    new = compiled(tmp_path / "rulebook.yaml", tmp_path / "new.plan")
    parts = batches(list(made(1500, 5)), 2)
    engine, wanted = Engine(load_plan(old)), []
    write(tmp_path / "in", parts[:1])
    decided(spark, tmp_path, old)
    wanted += engine.feed_many(event for _, event in parts[0] if event)
    engine.swap(load_plan(new))
    write(tmp_path / "in", parts[1:], before=1)
    found = decided(spark, tmp_path, new)
    wanted += engine.feed_many(event for _, event in parts[1] if event)
    assert found.log == b"".join(encode(decision) + b"\n" for decision in wanted)
    assert len({json.loads(line)["rulebook"] for line in found.log.splitlines()}) == 2


def message(number: int, community: str, minutes: float, text: str = "hello") -> bytes:
    event = {"id": f"m{number}", "type": "message", "time": format_ms(START + round(minutes * 60_000)), "text": text}
    return json.dumps(event | {"community": {"id": community}, "actor": {"id": "li"}, "channel": {"id": "r"}}).encode()


def with_ticks(lines: Sequence[bytes], ticks: Sequence[tuple[int, bytes]]) -> list[bytes]:
    """Put ticks behind the events that came before them."""
    return [
        line
        for position, event in enumerate(lines, 1)
        for line in (event, *(tick for behind, tick in ticks if behind == position))
    ]


def test_events_of_others_wake_a_silent_community_and_none_is_dropped(spark: Any, tmp_path: Path) -> None:
    plan = compiled(RULEBOOK, tmp_path / "long.plan")
    lines = [
        message(1, "silent", 0, "how do I begin?"),
        message(2, "lively", 5),
        message(3, "lively", 40),
        message(4, "lively", 120),
        message(5, "late", 1, "what now?"),  # two hours behind the others
        message(6, "lively", 130),
    ]
    numbered = list(enumerate(lines, 1))
    write(tmp_path / "in", [numbered[:2], numbered[2:3], numbered[3:5], numbered[5:]])
    found = decided(spark, tmp_path, plan, wake="event-time", delay="10 minutes")
    helped = [json.loads(line) for line in found.log.splitlines()]
    fired = {(decision["partition"], decision["cause"], decision["at"]) for decision in helped if "cause" in decision}
    assert {(place, cause) for place, cause, _ in fired} == {
        (place, f"question#{step}") for place in ("silent", "late") for step in (1, 2)
    }
    assert ("silent", "question#1", "2026-01-05T00:10:00.000Z") in fired
    assert found.log == log(plan, with_ticks(lines, found.ticks), tmp_path)


def test_the_clock_wakes_a_community(spark: Any, tmp_path: Path) -> None:
    import time

    from groundrules.cluster.spark import decide

    (tmp_path / "rulebook.yaml").write_text(QUESTION)
    plan = compiled(tmp_path / "rulebook.yaml", tmp_path / "question.plan")
    asked = json.loads(message(1, "c", 0, "how?")) | {"time": format_ms(time.time_ns() // 1_000_000)}
    lines = [json.dumps(asked).encode()]
    write(tmp_path / "in", batches(lines, 1))
    events = spark.readStream.schema("position long, event string").json(str(tmp_path / "in"))
    query = decide(events, plan, wake="processing-time").writeStream.format("json")
    query = query.option("checkpointLocation", str(tmp_path / "checkpoint")).trigger(processingTime="1 second")
    running = query.start(str(tmp_path / "out"))
    try:
        ends = time.monotonic() + 300
        while b"unanswered#1" not in (found := sofar(spark, tmp_path)).log:
            if (error := running.exception()) is not None:
                assert BUSY in str(error)
                running = query.start(str(tmp_path / "out"))
            assert time.monotonic() < ends
            time.sleep(0.5)
    finally:
        running.stop()
    assert found.log == log(plan, with_ticks(lines, found.ticks), tmp_path)


def sofar(spark: Any, folder: Path) -> Came:
    return came(spark, folder) if (folder / "out").exists() else Came(b"", [])


QUESTION = """
rulebook: question
use: [std/chat]
paths:
  - {id: unanswered, on: message, when: text contains "?", one_per: actor,
     until: [{on: message, when: reply_to == start.id}], steps: [{after: 2s, then: [{notify: {role: helper}}]}]}
"""


def test_a_replay_of_files_is_that_of_one_machine(spark: Any, tmp_path: Path) -> None:
    from groundrules.cluster.spark import lines, replay

    new, old = (load_version(spot(str(path))) for path in (RULEBOOK, TEAM))
    events = [line + b"\n" for line in made(900, 9)]
    (tmp_path / "2025").mkdir()
    files = ["2025/b b.jsonl", "2025/c.jsonl", "a.jsonl"]
    for number, file in enumerate(files):
        (tmp_path / file).write_bytes(b"".join([*events[number * 300 :][:300], b"\r\n", b"rub\rbish\n"]))
    here = replayed(new, [str(tmp_path / file) for file in files], old, settings=Settings(jobs=1))
    spark.conf.set("spark.sql.files.maxPartitionBytes", 20_000)  # each file in several pieces
    try:
        there = replay(lines(spark, [str(tmp_path / "2025"), str(tmp_path / "a.jsonl")]), new, old)
    finally:
        spark.conf.unset("spark.sql.files.maxPartitionBytes")
    assert there == here
    assert here.examples
    assert here.after.rejected == 6


class TestSpark(ClusterSuite):
    """All cases with `EVERY_CASE=1`; here some, for each has a rulebook that each worker makes ready."""

    every = 1 if "EVERY_CASE" in os.environ else 60

    @pytest.fixture
    def run(self, spark: Any, tmp_path: Path) -> Run:
        def on_spark(steps: Steps, batches: Batches) -> Iterator[Answer]:
            from groundrules.cluster.spark.processor import DECISIONS, Decider

            (tmp_path / "in").mkdir()
            for number, batch in enumerate(batches):
                rows = [{"community": one[0], "position": one[1], "event": text(one[2])} for one in batch]
                put(tmp_path / "in", number, rows)
            schema = "community string, position long, event string"
            read = spark.readStream.schema(schema).option("maxFilesPerTrigger", 1).json(str(tmp_path / "in"))
            events = read.selectExpr("community", "position", "unbase64(event) as event")
            decider = Decider(steps, "events", True)
            run_to_its_end(
                events.groupBy("community").transformWithState(decider, DECISIONS, "Append", "None"), tmp_path
            )
            rows = spark.read.schema(OUT).json(str(tmp_path / "out")).orderBy("position", "nth").collect()
            return (Answer(row.community, row.decision.encode()) for row in rows)

        return on_spark


def text(event: bytes | None) -> str | None:
    return None if event is None else base64.b64encode(event).decode()


def test_what_is_no_table_of_events_is_refused(spark: Any, tmp_path: Path) -> None:
    from groundrules.cluster.spark import decide

    plan = compiled(RULEBOOK, tmp_path / "long.plan")
    table = spark.readStream.schema("line string").json(str(tmp_path))
    with pytest.raises(ValueError, match="no column `event`"):
        decide(table, plan)
