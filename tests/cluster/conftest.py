"""A local Spark: two workers, little memory; without Java, the tests that need it are skipped."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib import import_module
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


@cache
def missing() -> str:
    """Return what Spark lacks here; nothing if it can run."""
    try:
        for module in ("pyspark.sql", "pandas", "pyarrow"):
            import_module(module)
    except ImportError as error:
        return f"no Spark ({error}): pip install --group spark"
    home = os.environ.get("JAVA_HOME")
    java = os.path.join(home, "bin", "java") if home else "java"
    try:
        subprocess.run([java, "-version"], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        return f"no Java, which Spark runs on ({error})"
    return ""


@pytest.fixture(scope="session")
def runnable() -> None:
    """Skip where Spark can't run, and say why."""
    if missing():
        pytest.skip(missing())


@pytest.fixture(scope="session")
def spark(runnable: None) -> Iterator[Any]:
    """Return a session of Spark."""
    from groundrules.cluster.spark import session

    running = session("tests", **SETTINGS)
    yield running
    running.stop()
