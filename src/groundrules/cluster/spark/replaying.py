"""A replay of years of files on a cluster: the report that `groundrules replay` gives on the same files.

Communities are divided among tasks; each task runs its lines in the order of the input, as each process of `groundrules
replay` does, and returns the result of its share.
"""

from __future__ import annotations

import pickle
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from groundrules.cluster.spark.plans import Shipped
from groundrules.cluster.spark.stream import keyed
from groundrules.tools.replaying.budget import Budget
from groundrules.tools.replaying.model import Report, Share
from groundrules.tools.replaying.pool import merged
from groundrules.tools.replaying.run import Settings, reported, run_by
from groundrules.tools.replaying.share import Cohort, ShareRunner
from groundrules.tools.versions import Version

if TYPE_CHECKING:
    import pyarrow

IN_PARTITION = (1 << 33) - 1
"""The bits of `monotonically_increasing_id` that count within a partition."""


def lines(spark: SparkSession, paths: Sequence[str]) -> DataFrame:
    """Return the lines of files as events, numbered as if the files were concatenated in this order.

    A folder stands for its files, sorted by name. Columns: `position`, from 1, and `event`.
    """
    read = spark.read.option("lineSep", "\n").text(list(paths))
    block = [f.col("_metadata.file_path").alias("file"), f.col("_metadata.file_block_start").alias("block")]
    nth = f.monotonically_increasing_id().bitwiseAND(IN_PARTITION).alias("nth")
    counted = read.select(*block, nth, f.col("value").cast("binary").alias("event"))
    blocks = counted.groupBy("file", "block").agg(f.count("*"), f.min("nth")).collect()
    order = _Order(paths)
    before, begins = 0, []
    for file, start, count, first in sorted(blocks, key=lambda row: (order.of(row[0]), row[1])):
        begins.append((file, start, before + 1 - first))
        before += count
    table = spark.createDataFrame(begins, "file string, block long, begin long")
    numbered = counted.join(f.broadcast(table), ["file", "block"])
    return numbered.select((f.col("nth") + f.col("begin")).alias("position"), "event")


class _Order:
    """The order of files by the paths they were requested by."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = [path if "://" in path else Path(path).resolve().as_uri() for path in paths]

    def of(self, file: str) -> tuple[int, str]:
        whole = "file://" + file.removeprefix("file:") if file.startswith("file:/") and "://" not in file else file
        for number, path in enumerate(self._paths):
            if whole == path or whole.startswith(path.rstrip("/") + "/"):
                return number, whole
        return len(self._paths), whole


def replay(
    events: DataFrame,
    new: Version,
    old: Version | None = None,
    budget: Budget | None = None,
    settings: Settings | None = None,
) -> Report:
    """Run events through a version, or two, and report what `groundrules replay` does on the same lines.

    `events` has the columns `position`, the number of a line, and `event`, as `lines` gives them. With a budget, `new`
    must have been loaded with its `extend`. Raises ValueError if a column is missing.
    """
    plans = run_by(new, old)
    cohorts = budget.cohorts if budget else ()
    shares = []
    for plan in plans:
        shipped = Shipped(events.sparkSession, plan)
        shares.append(_share(keyed(events, shipped), shipped, cohorts if plan is new.compiled else ()))

    def read(numbers: Collection[int]) -> dict[int, bytes]:
        wanted = events.where(f.col("position").isin(list(numbers)))
        return {row[0]: bytes(row[1]) for row in wanted.select("position", f.col("event").cast("binary")).collect()}

    return reported(shares, read, new, old, budget, settings or Settings())


def _share(events: DataFrame, plan: Shipped, cohorts: tuple[Cohort, ...]) -> Share:
    divided = events.repartition("community").sortWithinPartitions("position")
    rows = divided.mapInArrow(_Running(plan, cohorts), "share binary").collect()
    return merged([pickle.loads(row[0]) for row in rows])


class _Running:
    """Runs the lines of a task."""

    def __init__(self, plan: Shipped, cohorts: tuple[Cohort, ...]) -> None:
        self._plan = plan
        self._cohorts = cohorts

    def __call__(self, batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow

        runner = ShareRunner(self._plan.compiled(), self._cohorts)
        for batch in batches:
            for number, line in zip(batch["position"].to_pylist(), batch["event"].to_pylist(), strict=True):
                runner.feed(number, line or b"")
        runner.finish()
        yield pyarrow.RecordBatch.from_pydict({"share": [pickle.dumps(runner.share)]})
