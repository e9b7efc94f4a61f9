"""All cores over partitions: shares of the input run in processes of their own and are put together again.

Each process loads the compiled plan from a file and reads the events itself. Hits come back in the order of the input
whatever the number of processes, so that one process and many give the same report. A short history is run in this
process, without any others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryDirectory

from groundrules.engine import plan_file
from groundrules.engine.plan_file import Compiled
from groundrules.tools.replaying import share
from groundrules.tools.replaying.model import Share
from groundrules.tools.replaying.share import REJECTIONS, Cohort, Job
from groundrules.tools.replaying.sources import count, divide, partitioner

LITTLE = 4 << 20  # bytes of input (times versions) that are run without further processes
POLL = 0.1  # seconds between looks at the progress

Progress = Callable[[int, int], object]

_read: Synchronized[int]


def replay(
    versions: Sequence[Compiled],
    files: Sequence[str],
    jobs: int | None = None,
    cohorts: Sequence[Cohort] = (),
    progress: Progress = lambda read, total: None,
) -> list[Share]:
    """Run the lines of `files` through each version and return the results, in the order of the versions.

    `jobs` is how many processes to use (default: all cores); `progress` is called now and then with the bytes read so
    far and the bytes to read, those of every share counted. The last version has the rules of `cohorts`.
    """
    cores = jobs or os.cpu_count() or 1
    size = sum(map(os.path.getsize, files)) * len(versions)
    own = [tuple(cohorts) if version is versions[-1] else () for version in versions]
    if cores == 1 or (jobs is None and size < LITTLE):
        return _here(versions, files, own, lambda read: progress(read, size))
    with TemporaryDirectory(prefix="groundrules-") as folder:
        return _in_processes(versions, tuple(files), own, cores, Path(folder), progress)


def _here(
    versions: Sequence[Compiled],
    files: Sequence[str],
    cohorts: Sequence[tuple[Cohort, ...]],
    progress: Callable[[int], object],
) -> list[Share]:
    read = 0

    def add(more: int) -> None:
        nonlocal read
        read += more
        progress(read)

    return [
        share.run(version, Job(tuple(files), None, own), add) for version, own in zip(versions, cohorts, strict=True)
    ]


def _in_processes(
    versions: Sequence[Compiled],
    files: tuple[str, ...],
    cohorts: Sequence[tuple[Cohort, ...]],
    cores: int,
    folder: Path,
    progress: Progress,
) -> list[Share]:
    context, key = get_context("spawn"), token_bytes()  # our own files, for as long as this lasts
    read: Synchronized[int] = context.Value("q", 0)
    counted: dict[tuple[str, ...], list[frozenset[str]]] = {}
    futures: list[list[Future[Share]]] = []
    with ProcessPoolExecutor(cores, context, _begin, (read,)) as pool:
        for number, version in enumerate(versions):
            path = folder / f"{number}.plan"
            path.write_bytes(plan_file.write(plan_file.compile_plan(version.plan), key))
            by = version.plan.partition
            if by not in counted:
                counted[by] = divide(count(files, partitioner(version.plan)), cores)
            parts = counted[by] if len(counted[by]) > 1 else [None]
            parts_of_work = [Job(files, part, cohorts[number]) for part in parts]
            futures.append([pool.submit(_work, str(path), key, job) for job in parts_of_work])
        running = [future for row in futures for future in row]
        total = sum(map(os.path.getsize, files)) * len(running)
        _watch(running, read, lambda read_so_far: progress(read_so_far, total))
        return [merged([future.result() for future in row]) for row in futures]


def _watch(futures: Sequence[Future[Share]], read: Synchronized[int], progress: Callable[[int], object]) -> None:
    waiting = set(futures)
    while waiting:
        finished, waiting = wait(waiting, POLL)
        progress(read.value)
        for future in finished:
            future.result()


def _begin(read: Synchronized[int]) -> None:
    global _read
    _read = read


def _work(path: str, key: bytes, job: Job) -> Share:
    return share.run(plan_file.load_plan(path, key), job, _add)


def _add(more: int) -> None:
    with _read.get_lock():
        _read.value += more


def merged(shares: Sequence[Share]) -> Share:
    """Return the shares of one version as one, in the order of the input."""
    total = Share()
    for part in shares:
        total.tally.merge(part.tally)
        total.rejected.update(part.rejected)
        total.weeks.update(part.weeks)
        total.cohort_events.update(part.cohort_events)
        for cohort, members in part.cohort_members.items():
            total.cohort_members.setdefault(cohort, set()).update(members)
        for member, named in part.names.items():
            total.names[member] = max(named, total.names.get(member, named))
        total.first = min(filter(None, (total.first, part.first)), default="")
        total.last = max(total.last, part.last)
        total.rejections += part.rejections
        total.hits += part.hits
        total.away.update(part.away)
    total.hits.sort(key=lambda hit: hit.line)
    total.rejections = sorted(total.rejections, key=lambda rejection: rejection.line or 0)[:REJECTIONS]
    return total
