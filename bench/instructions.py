"""`python -m bench.instructions`: what an event costs in instructions, which no neighbour on the machine disturbs.

Valgrind (`apt install valgrind`) counts them for a run over one day of the workload and for one over two; the
difference is the second day's, without start, loading and warming up. Instructions are not time: what waits for memory
takes longer than its instructions say.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import get_args

from bench import ours
from bench.sections.endtoend import ways
from bench.workloads import Language, workload
from groundrules.engine.plan_file import load_plan, write

RULES = 1_000
KEY = b"of this benchmark"
WAYS = ("decode + fold + scan", "json.loads + scan", "feed_many")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.instructions", description=__doc__)
    parser.add_argument("--run", nargs=3, metavar=("LANGUAGE", "WAY", "DAYS"), help=argparse.SUPPRESS)
    parser.add_argument("--plan", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        _run(arguments.run[0], arguments.run[1], int(arguments.run[2]), arguments.plan)
        return
    if shutil.which("valgrind") is None:
        parser.error("valgrind is not installed")
    print(f"Instructions an event, {RULES:,} rules\n\n| |" + "".join(f" {way} |" for way in WAYS))
    print("|---" * (len(WAYS) + 1) + "|")
    for language in get_args(Language):
        with tempfile.NamedTemporaryFile(suffix=".grp") as plan:
            Path(plan.name).write_bytes(write(ours.compiled(workload(RULES, language)), KEY))
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                counts = list(pool.map(partial(_counted, language, plan.name), WAYS))
        print(f"| {language} |" + "".join(f" {count:,} |" for count in counts), flush=True)


def _counted(language: Language, plan: str, way: str) -> int:
    """Return the instructions of one event."""
    one_day, two_days = (_instructions(language, way, days, plan) for days in (1, 2))
    return (two_days - one_day) // len(workload(RULES, language).lines)


def _instructions(language: str, way: str, days: int, plan: str) -> int:
    valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    run = [sys.executable, "-m", "bench.instructions", "--run", language, way, str(days), "--plan", plan]
    process = subprocess.run(
        [*valgrind, *run], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": "0"}
    )
    count = re.search(r"I +refs: +([0-9,]+)", process.stderr)
    assert count is not None, process.stderr
    return int(count[1].replace(",", ""))


def _run(language: Language, name: str, days: int, plan: Path) -> None:
    work = workload(RULES, language)
    way = ways(work, load_plan(plan, KEY))[name]
    assert way.fresh is not None
    gc.disable()
    streams = [way.fresh() for _ in range(2)]
    for lines in streams[:days]:
        way.run(lines)


if __name__ == "__main__":
    main()
