"""A Spark of one's own: two workers, little memory; where there is no Java, what wants it is skipped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

SETTINGS = {
    "spark.master": "local[2]",
    "spark.driver.memory": "1g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "3",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


def missing() -> str:
    """Return what Spark lacks here; nothing if it can run."""
    if find_spec("pyspark") is None:
        return "no Spark: pip install --group spark"
    return "" if shutil.which("java") else "no Java, which Spark runs on"


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """Return a session of Spark."""
    if missing():
        pytest.skip(missing())
    from groundrules.cluster.spark import session

    running = session("tests", **SETTINGS)
    yield running
    running.stop()
