"""A job on Spark is killed again and again, its driver or one of its workers, and begun again from its checkpoint.

`spark-submit` runs the job over a stream that lies in files, one a micro-batch. At a random instant the driver is
killed, the JVM with it, or one of the Python processes that decide. Then the same command again, until the stream ends.
What came out is compared with `groundrules run`: nothing lost, nothing doubled, byte for byte.

`test_kill_spark.py` kills twice. `python -m tests.cluster.kill_spark` kills ten times, over 200,000 events of 500
communities; it takes a quarter of an hour.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import groundrules.cluster.spark.job as job

from .conftest import SETTINGS
from .streams import RULEBOOK, batches, compiled, log, made, write

LOCAL = "local[2,4]"  # a task whose worker is killed is tried again


@dataclass
class Killed:
    """What a trial came to: what was killed how often, and how often the job began."""

    kills: Counter[str] = field(default_factory=Counter)
    begun: int = 0
    decisions: int = 0


def trial(folder: Path, kills: int, events: int, communities: int, files: int, seed: int = 0) -> Killed:
    """Run a job to its end, killed so many times on its way. Raises AssertionError if anything was lost or doubled."""
    chance, killed = random.Random(seed), Killed()
    plan = compiled(RULEBOOK, folder / "long.plan")
    lines = list(made(events, communities))
    write(folder / "in", batches(lines, files))
    while True:
        running = Running(folder, plan)
        killed.begun += 1
        while killed.kills.total() < kills:
            what = ("driver", "worker")[killed.kills.total() % 2]
            if not running.kill(what, chance):
                break
            killed.kills[what] += 1
            if what == "driver":
                break
        if running.wait() == 0:
            break
        assert killed.begun < 3 * kills + 10, running.said()  # on a busy machine, Spark ends by itself now and then
    wanted = log(plan, lines, folder)
    assert decisions(folder) == wanted, "the decisions differ from those of `groundrules run`"
    assert killed.kills.total() >= kills, f"it ended after {killed.kills}"
    killed.decisions = wanted.count(b"\n")
    return killed


class Running:
    """A job, with all its processes in one session."""

    def __init__(self, folder: Path, plan: Path) -> None:
        self._folder = folder
        self._log = folder / "job.log"
        self._begun = self._committed()
        options = {**SETTINGS, "spark.master": LOCAL, "spark.sql.streaming.minBatchesToRetain": "10"}
        given = [part for key, value in options.items() for part in ("--conf", f"{key}={value}")]
        here = [str(folder / name) for name in ("in", "out")]
        command = ["spark-submit", *given, job.__file__, "decide", str(plan), *here]
        command += ["--checkpoint", str(folder / "checkpoint"), "--once", "--files", "1"]
        environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": os.pathsep.join(sys.path)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        with self._log.open("ab") as said:
            self._process = subprocess.Popen(
                command, stdout=said, stderr=said, env={**environment, "PATH": path}, start_new_session=True
            )

    def _committed(self) -> int:
        return len(list((self._folder / "checkpoint" / "commits").glob("[0-9]*")))

    def kill(self, what: str, chance: random.Random) -> bool:
        """Kill the driver or a worker some time after a further micro-batch was kept; False if it ended before."""
        while self._committed() == self._begun and self._process.poll() is None:
            time.sleep(0.05)
        self._begun = self._committed()
        time.sleep(chance.random() * 3)
        while self._process.poll() is None:
            if what == "driver":
                os.killpg(self._process.pid, signal.SIGKILL)
                return True
            workers = [pid for pid in children(self._process.pid) if b"pyspark.daemon" in command_of(pid)]
            if workers:
                os.kill(chance.choice(workers), signal.SIGKILL)
                return True
            time.sleep(0.01)
        return False

    def wait(self) -> int:
        """Return the exit code, when all its processes are gone."""
        code = self._process.wait(1800)
        for pid in children(self._process.pid):
            os.kill(pid, signal.SIGKILL)
        return code

    def said(self) -> str:
        """Return the last of what it told."""
        return self._log.read_text()[-5000:]


def children(group: int) -> list[int]:
    """Return the processes that a job has begun, however deep."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            session = int((place / "stat").read_text().rpartition(")")[2].split()[3])
        except OSError:
            continue
        if session == group and int(place.name) != group:
            found.append(int(place.name))
    return found


def command_of(pid: int) -> bytes:
    """Return the command line of a process; nothing if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def decisions(folder: Path) -> bytes:
    """Return what the job wrote, in order: the files that Spark says it has kept, for others were begun and killed."""
    kept = folder / "out" / "_spark_metadata"
    rows = []
    for name in committed(kept):
        with open(name, encoding="utf-8") as lines:
            rows += [json.loads(line) for line in lines]
    rows.sort(key=lambda row: (row["position"], row["nth"], row["community"]))
    return b"".join(row["decision"].encode() + b"\n" for row in rows)


def committed(kept: Path) -> list[str]:
    """Return the files of a sink that were kept; what Spark put together once stands in the latest `.compact`."""
    batches = sorted((int(file.name.split(".")[0]), file) for file in kept.iterdir() if not file.name.startswith("."))
    begins = max((number for number, file in batches if file.suffix == ".compact"), default=0)
    found = []
    for number, file in batches:
        if number >= begins and not (number == begins and file.suffix != ".compact" and begins):
            found += [json.loads(line)["path"].removeprefix("file://") for line in file.read_text().splitlines()[1:]]
    return found


def main() -> None:
    """Run a trial and print what it came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--communities", type=int, default=500)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="groundrules-") as folder:
        began = time.monotonic()
        found = trial(Path(folder), asked.kills, asked.events, asked.communities, asked.files, asked.seed)
        killed = ", ".join(f"{count} × {what}" for what, count in sorted(found.kills.items()))
        print(f"killed {killed}; begun {found.begun} times; {found.decisions:,} decisions as of one machine")
        print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
