"""groundrules, prepared for the sections."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from bench.workloads import Workload
from groundrules import load
from groundrules.engine.plan_file import Compiled, compile_plan
from groundrules.engine.program import Program
from groundrules.engine.readings import PartitionReadings
from groundrules.engine.settlement.guards import ask
from groundrules.engine.state.partition import Meta, Partition
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir

NOW = 1_772_323_200_000
Evaluate = Callable[[Any], list[str]]


def plan_of(rulebook: str) -> ir.Plan:
    """Load a rulebook given as text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rulebook.yaml")
        path.write_text(rulebook, encoding="utf-8")
        return load(path).plan


@cache
def compiled(work: Workload) -> Compiled:
    """Compile a workload's rules, once."""
    return compile_plan(plan_of(work.rulebook()))


def program_of(ready: Compiled) -> Program:
    return Program(ready.plan, ready.prepared, ready.digest)


def evaluation(program: Program) -> Evaluate:
    """Return the evaluation of rules alone: from a decoded message to the ids of the rules that fire.

    The clock is a separate stage, measured end to end: here it stands still.
    """
    partition = Partition("c1")
    partition.meta = Meta(NOW, 1, NOW)
    rules, x = program.rules_on["message"], Scope(NOW, PartitionReadings(program, partition))
    find = rules.asking

    def evaluate(event: Any) -> list[str]:
        if x.kept:
            x.kept = {}
        numbers = find(event, x)
        if not numbers:
            return []
        return [answered.code.id for answered in ask([(rules.asked(numbers), x)], event, partition, program.zone)]

    return evaluate
