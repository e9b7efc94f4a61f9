"""A Spark session as the job needs it."""

from __future__ import annotations

import os
import sys

from pyspark.sql import SparkSession

ROCKSDB = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"


def session(name: str = "groundrules", **settings: str | int) -> SparkSession:
    """Return this process's session, started if there is none. `settings` are Spark's, with `_` for dots.

    Workers run the same Python as this process, unless `PYSPARK_PYTHON` names another.
    """
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName(name).config("spark.sql.streaming.stateStore.providerClass", ROCKSDB)
    for key, value in settings.items():
        builder = builder.config(key.replace("_", "."), value)
    return builder.getOrCreate()
