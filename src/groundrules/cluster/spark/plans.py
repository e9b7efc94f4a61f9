"""A plan on its way to the workers: its file ships with the application, and each process loads it once.

A plan in a function's closure would become a broadcast variable at one megabyte, and those are unavailable when Spark
asks on the driver what state a processor has.
"""

from __future__ import annotations

from functools import lru_cache
from os import PathLike
from pathlib import Path
from secrets import token_bytes, token_hex
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias

from pyspark import SparkFiles
from pyspark.sql import SparkSession

if TYPE_CHECKING:  # a process that doesn't run the plan makes one of these too: see `processor`
    from groundrules.cluster.step import Lasting
    from groundrules.engine.plan_file import Compiled

Plan: TypeAlias = "str | PathLike[str] | Compiled"
"""A plan file's path, or what was read from one."""

_standing: list[TemporaryDirectory[str]] = []
"""Folders that executors may read from while the driver lives."""


class Shipped:
    """A plan shipped to the workers, under its own seal: whoever runs the job trusts what was made of it."""

    def __init__(self, spark: SparkSession, plan: Plan) -> None:
        """Read the plan file, if it is one. Raises OSError and `codec.PlanError`, as `load_plan` does."""
        from groundrules.engine import plan_file

        given = plan_file.load_plan(plan) if isinstance(plan, str | PathLike) else plan
        self._key = token_bytes()
        self._name = f"groundrules-{token_hex(8)}.plan"
        folder = TemporaryDirectory(prefix="groundrules-")
        _standing.append(folder)
        file = Path(folder.name, self._name)
        compiled = given if given.prepared is not None else plan_file.compile_plan(given.plan)
        file.write_bytes(plan_file.write(compiled, self._key))
        spark.sparkContext.addFile(str(file))

    def compiled(self) -> Compiled:
        """Return the loaded plan. On a worker."""
        return _read(self._name, self._key)

    def lasting(self, everything: bool) -> Lasting:
        """Return this process's steps of the plan. On a worker."""
        return _lasting(self._name, self._key, everything)


@lru_cache(2)
def _read(name: str, key: bytes) -> Compiled:
    from groundrules.engine import plan_file

    return plan_file.load_plan(SparkFiles.get(name), key)


@lru_cache(2)
def _lasting(name: str, key: bytes, everything: bool) -> Lasting:
    from groundrules.cluster.step import Lasting

    return Lasting(_read(name, key), everything)
