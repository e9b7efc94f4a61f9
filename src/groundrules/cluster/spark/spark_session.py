"""A session of Spark as the job needs it."""

from __future__ import annotations

import os
import sys

from pyspark.sql import SparkSession

ROCKSDB = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"


def session(name: str = "groundrules", **settings: str | int) -> SparkSession:
    """Return the session of this process, begun if there is none. `settings` are Spark's, `_` for each dot.

    Workers run the Python that this process does, unless `PYSPARK_PYTHON` names another.
    """
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName(name).config("spark.sql.streaming.stateStore.providerClass", ROCKSDB)
    for key, value in settings.items():
        builder = builder.config(key.replace("_", "."), value)
    return builder.getOrCreate()
