"""On Spark (`groundrules[spark]`, PySpark 4.1 or newer): events as a table in, decisions as one out.

    spark = session()
    decisions = decide(events, "team.plan")  # a streaming table in, one out
    report = replay(lines(spark, paths), version)  # years of files, in batch

Read in this order: `plans` (how a rulebook gets to the workers), `stream` (from events to decisions), `processor` and
`turns` (what a worker does with a community), `replaying`, `spark_session`, `job` (what `spark-submit` runs).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groundrules.cluster.spark.replaying import lines, replay
    from groundrules.cluster.spark.spark_session import session
    from groundrules.cluster.spark.stream import decide

__all__ = ["decide", "lines", "replay", "session"]

_HOMES = {
    "decide": "groundrules.cluster.spark.stream",
    "lines": "groundrules.cluster.spark.replaying",
    "replay": "groundrules.cluster.spark.replaying",
    "session": "groundrules.cluster.spark.spark_session",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value
