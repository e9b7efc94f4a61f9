"""End to end: JSON lines in, decisions out, against decoding the same lines and scanning their text.

The base is full typed decoding, folding and one scan. An engine is warm and continues from turn to turn; every turn
brings new events, of another day, and every way gets such fresh lines, because it matters whether a line is in the
processor's cache. Decisions are encoded as in the log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from bench import ours
from bench.figures import Results
from bench.handwritten import Scan
from bench.timing import Times, Way, compare, ratio
from bench.workloads import Language, Workload, workload
from groundrules import Engine
from groundrules.decisions import encode
from groundrules.engine.plan_file import Compiled
from groundrules.text.fold import fold_bytes

Run = Callable[[Sequence[bytes]], None]

LEAST: dict[Language, float] = {"en": 0.4, "zh": 0.6}


def run(results: Results, sizes: Sequence[int], rounds: int) -> None:
    for language in LEAST:
        for count in sizes:
            work = workload(count, language)
            times = compare(ways(work, ours.compiled(work)), rounds)
            for name, took in times.items():
                results.add("end to end", name, took.microseconds, "µs", language=language, rules=count)
            if count == 1_000:
                _reach(results, language, times)


def _reach(results: Results, language: Language, times: dict[str, Times]) -> None:
    ours_, base = times["feed_many"], times["decode + fold + scan"]
    results.reach(f"end to end at 1,000, {language}, against the base", ratio(ours_, base), LEAST[language])
    by_json = ratio(ours_, times["json.loads + scan"])
    results.reach(f"end to end at 1,000, {language}, against json.loads + scan", by_json, 1.2)


def ways(work: Workload, ready: Compiled) -> dict[str, Way]:
    """Return the ways from lines to their results; the engines have run a day of the workload."""
    decode: Callable[[bytes], Any] = ours.program_of(ready).decoder.decode
    scan = Scan(work.rules)

    def base(lines: Sequence[bytes]) -> None:
        for line in lines:
            scan(fold_bytes(decode(line).text))

    def by_json(lines: Sequence[bytes]) -> None:
        for line in lines:
            scan(fold_bytes(json.loads(line)["text"]))

    return {
        "decode + fold + scan": Way(base, fresh=Days(work)),
        "json.loads + scan": Way(by_json, fresh=Days(work)),
        "feed_many": _warm(work, _feed_many(Engine(ready))),
        "feed": _warm(work, _feed(Engine(ready))),
    }


def _feed_many(engine: Engine) -> Run:
    def run(lines: Sequence[bytes]) -> None:
        for decision in engine.feed_many(lines):
            encode(decision)

    return run


def _feed(engine: Engine) -> Run:
    def run(lines: Sequence[bytes]) -> None:
        for line in lines:
            for decision in engine.feed(line):
                if decision.notable:
                    encode(decision)

    return run


def _warm(work: Workload, run: Run) -> Way:
    """Return the way of an engine that has run a day of the workload."""
    days = Days(work)
    run(days())
    return Way(run, fresh=days)


class Days:
    """Gives the events of a workload, day after day, each a year later and with its own ids."""

    def __init__(self, work: Workload) -> None:
        self._lines = work.lines
        self._day = 0

    def __call__(self) -> list[bytes]:
        self._day += 1
        year, id = b'"time":"%04d-' % (2026 + self._day), b'"id":"e%d.' % self._day
        return [line.replace(b'"time":"2026-', year, 1).replace(b'"id":"e', id, 1) for line in self._lines]
