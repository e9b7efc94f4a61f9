"""groundrules, made ready for the sections."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from bench.workloads import Workload
from groundrules import load
from groundrules.engine.compiled import Compiled, compile_plan
from groundrules.engine.decode import milliseconds
from groundrules.engine.guards import answer
from groundrules.engine.memory import PartitionMemory
from groundrules.engine.partition import Meta, Partition
from groundrules.engine.program import Program
from groundrules.engine.scope import Scope
from groundrules.plan import ir

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
    return Program(ready.plan, ready.made, ready.digest)


def evaluation(program: Program) -> Evaluate:
    """Return the evaluation of rules alone: from a decoded message to the ids of the rules that fire."""
    partition = Partition("c1")
    memory = PartitionMemory(program, partition)
    rules = program.rules_on["message"]

    def evaluate(event: Any) -> list[str]:
        now = milliseconds(event.time)
        partition.meta = Meta(now, 1, now)
        x = Scope(now, memory)
        asked = rules.asked(event, x)
        return [said.code.id for said in answer(asked, event, x, partition, program.zone)] if asked else []

    return evaluate
