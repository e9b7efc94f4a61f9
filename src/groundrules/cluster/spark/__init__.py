"""On Spark (`groundrules[spark]`, PySpark 4.1 or newer): events as a table in, decisions as one out.

    spark = session()
    decisions = decide(events, "team.plan")  # a streaming table in, one out
    report = replay(lines(spark, paths), version)  # years of files, in batch

To be read in this order: `plans` (how a rulebook gets to the workers), `stream` (from events to decisions), `processor`
(what a worker does with a community), `replay`, `session`, `job` (what `spark-submit` runs).
"""

from groundrules.cluster.spark.replay import lines, replay
from groundrules.cluster.spark.session import session
from groundrules.cluster.spark.stream import decide

__all__ = ["decide", "lines", "replay", "session"]
