"""What `spark-submit` runs: a rulebook on a stream until it is stopped, or on years of files.

    spark-submit job.py decide team.plan events/ decisions/ --checkpoint checkpoint/
    spark-submit job.py replay rulebooks/team 2024/ 2025/ --out report.json

`python -m groundrules.cluster.spark.job` is the same on this machine.
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

import click
import msgspec
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from groundrules.cluster.spark.processor import TIME_MODES, Wake
from groundrules.cluster.spark.replaying import lines, replay
from groundrules.cluster.spark.spark_session import session
from groundrules.cluster.spark.stream import decide
from groundrules.tools.replaying.budget import read_budget
from groundrules.tools.revisions import spot
from groundrules.tools.versions import load_version

EVENTS = "position long, event string"


@click.group()
def main() -> None:
    """Run a rulebook on Spark."""


@main.command("decide")
@click.argument("plan", type=click.Path(exists=True, dir_okay=False))
@click.argument("source")
@click.argument("out")
@click.option("--checkpoint", required=True, help="The folder of Spark's checkpoint; a run goes on from it.")
@click.option("--wake", type=click.Choice(list(TIME_MODES)), default="events", show_default=True)
@click.option("--delay", default="10 minutes", show_default=True, help="How far event time stays behind the latest.")
@click.option("--every", default="1 second", show_default=True, help="How often a micro-batch begins.")
@click.option("--once", is_flag=True, help="Decide on what is there, then end.")
@click.option("--files", type=int, help="At most so many files in a micro-batch.")
@click.option("--all", "everything", is_flag=True, help="Write every decision, also those in which nothing happened.")
def decide_command(
    plan: str,
    source: str,
    out: str,
    checkpoint: str,
    wake: Wake,
    delay: str,
    every: str,
    once: bool,
    files: int | None,
    everything: bool,
) -> None:
    """Decide on the events of SOURCE by the plan file PLAN; write decisions into the folder OUT, as lines of JSON.

    SOURCE is a folder to which files are added, lines of `{"position": 1, "event": "…"}`, or `kafka://HOST/TOPIC`, for
    which `spark-submit --packages` has to bring Spark's connector. Killed and begun again, a run goes on from its
    checkpoint; with another plan, what is remembered is carried over.
    """
    decisions = decide(_events(session(), source, files), plan, wake, delay, everything)
    query = decisions.writeStream.format("json").option("checkpointLocation", checkpoint)
    query = query.trigger(availableNow=True) if once else query.trigger(processingTime=every)
    query.start(out).awaitTermination()


def _events(spark: SparkSession, source: str, files: int | None) -> DataFrame:
    place = urlsplit(source)
    if place.scheme == "kafka":
        stream = spark.readStream.format("kafka").option("kafka.bootstrap.servers", place.netloc)
        read = stream.option("subscribe", place.path.strip("/")).option("startingOffsets", "earliest").load()
        return read.select(f.col("offset").alias("position"), f.col("value").alias("event"))
    stream = spark.readStream.schema(EVENTS)
    return (stream if files is None else stream.option("maxFilesPerTrigger", files)).json(source)


@main.command("replay")
@click.argument("rulebook")
@click.argument("events", nargs=-1, required=True)
@click.option("--against", metavar="OLD", help="Compare with this version.")
@click.option("--budget", type=click.Path(exists=True, dir_okay=False), help="Exit with 1 if a rule acts on too much.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write the report, JSON, to this file.")
def replay_command(
    rulebook: str, events: tuple[str, ...], against: str | None, budget: str | None, out: str | None
) -> None:
    """Report what RULEBOOK would have done over EVENTS, files or folders that all workers can read.

    The report is that of `groundrules replay --format json`.
    """
    allowed = None if budget is None else read_budget(Path(budget))
    ours = spot(rulebook)
    new = load_version(ours, allowed.extend if allowed is not None and allowed.conditions else None)
    old = None if against is None else load_version(spot(against, ours.path))
    if allowed is not None:
        allowed.check(new)
    report = replay(lines(session(), events), new, old, allowed)
    written = msgspec.json.encode(report) + b"\n"
    if out is None:
        sys.stdout.buffer.write(written)
    else:
        Path(out).write_bytes(written)
    if not report.within_budget:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
