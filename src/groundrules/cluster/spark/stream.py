"""Events as a streaming table in, decisions as one out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from groundrules.cluster.spark.plans import Plan, Shipped
from groundrules.cluster.spark.processor import DECISIONS, TIME_MODES, Decider, Wake
from groundrules.tools.replaying.sources import partitioner

if TYPE_CHECKING:
    import pyarrow


def decide(
    events: DataFrame, plan: Plan, wake: Wake = "events", delay: str = "10 minutes", everything: bool = False
) -> DataFrame:
    """Decide on a stream of events.

    `events` has the columns `event`, a line of JSON as text or bytes (null: the input of its community ends), and
    `position`, a number that orders the events of a community: a line number, an offset. A column `community` is
    trusted if present; otherwise it is read from the event.

    The result has `community`, `position` and `nth`, which order decisions as `groundrules run` writes them, and
    `decision`, its line of JSON. `everything` includes those in which nothing happened.

    wake: what signals to a community that one of its deadlines has come. "events": its own next event.
    "processing-time": the cluster's clock. "event-time": the events of all communities, `delay` behind the latest of
    them. The signal is an event, a tick, and is returned in the column `tick`, so that events and ticks together
    reproduce the decisions.

    The state needs Spark's RocksDB store, which `session` sets. Raises ValueError if a column is missing.
    """
    missing = {"event", "position"} - set(events.columns)
    if missing:
        raise ValueError(f"the events have no column `{min(missing)}`")
    shipped = Shipped(events.sparkSession, plan)
    came = keyed(events, shipped)
    if wake == "event-time":
        came = _watched(came, delay)
    decider = Decider(shipped, wake, everything)
    return came.groupBy("community").transformWithState(decider, DECISIONS, "Append", TIME_MODES[wake])


def keyed(events: DataFrame, plan: Shipped) -> DataFrame:
    """Return `community`, `position` and `event` (bytes) of events."""
    wanted = [f.col("position").cast("long"), f.col("event").cast("binary")]
    if "community" in events.columns:
        return events.select("community", *wanted)
    return events.select(*wanted).mapInArrow(_Keying(plan), "community string, position long, event binary")


class _Keying:
    """Reads the community of events in batches; those that belong to none get ""."""

    def __init__(self, plan: Shipped) -> None:
        self._plan = plan

    def __call__(self, batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow

        community = partitioner(self._plan.compiled().plan)
        for batch in batches:
            keys: Any = pyarrow.array([community(line or b"") for line in batch["event"].to_pylist()], pyarrow.string())
            columns = [keys, batch["position"], batch["event"]]
            yield pyarrow.RecordBatch.from_arrays(columns, ["community", "position", "event"])


def _watched(events: DataFrame, delay: str) -> DataFrame:
    """Let event times move the watermark, without any late event being dropped.

    Each event becomes two rows, one with its time, dropped once it has moved the watermark, and one without. Times
    ahead of the clock count as now, so that no single event moves all communities.
    """
    time = f.least(
        f.try_to_timestamp(f.get_json_object(f.col("event").cast("string"), "$.time")), f.current_timestamp()
    )
    nothing = f.lit(None)
    both = f.array(
        f.struct(time.alias("time"), nothing.cast("binary").alias("event")),
        f.struct(nothing.cast("timestamp").alias("time"), f.col("event")),
    )
    rows = events.select("community", "position", f.explode(both).alias("row"))
    timed = rows.select("community", "position", "row.event", "row.time").withWatermark("time", delay)
    return timed.where(f.col("time").isNull())
