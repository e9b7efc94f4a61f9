"""Rule evaluation: rules × workload, against `if`s, the hand-written limit and other engines, with equal hits.

All start from what they read: ours from a decoded event, the others from its text and channel. Every answer is checked
against the plain `if`s before anything is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, get_args

from bench import handwritten, ours
from bench.figures import Results
from bench.peers import all_peers
from bench.timing import Times, Way, compare, ratio
from bench.workloads import Language, Mix, Workload, workload
from groundrules.engine.program import Program

CHECKED = 300
PEERS_UP_TO = 1_000

Case = tuple[str, Language, bool, Mix, bool]

CASES: tuple[Case, ...] = (
    ("hard", "en", True, "literals", False),
    ("hard", "zh", True, "literals", False),
    ("normal", "en", False, "literals", False),
    ("regexes", "en", True, "regexes", False),
    ("dense", "en", True, "literals", True),
)


def run(results: Results, sizes: Sequence[int], rounds: int) -> None:
    hard: dict[tuple[str, int], dict[str, Times]] = {}
    for name, language, is_hard, mix, dense in CASES:
        for count in sizes:
            work = workload(count, language, hard=is_hard, mix=mix, dense=dense)
            times = compare(_ways(results, work, name), rounds)
            hard[f"{name} {language}", count] = times
            for way, took in times.items():
                results.add("rules", way, took.microseconds, "µs", case=name, language=language, rules=count)
    _reach(results, hard, sizes, rounds)


def _ways(results: Results, work: Workload, case: str) -> dict[str, Way]:
    program, events = _ready(work)
    messages = list(zip(work.texts, work.channels, strict=True))
    ifs = handwritten.plain_ifs(work)
    expected = [sorted(ifs(*message)) for message in messages[:CHECKED]]
    evaluate = ours.evaluation(program)
    _agree("groundrules", [sorted(evaluate(event)) for event in events[:CHECKED]], expected)
    ways = {"groundrules": _way(evaluate, events)}
    others: dict[str, Callable[[str, str], Any]] = {"plain ifs": ifs, "limit": handwritten.scan_and_candidates(work)}
    if len(work.rules) <= PEERS_UP_TO and case in ("hard", "normal"):
        others |= _peers(results, work)
    for name, answer in others.items():
        _agree(
            name,
            [sorted(answer(*message)) for message in messages[: CHECKED if name in ("plain ifs", "limit") else 30]],
            expected,
        )
        ways[name] = Way(partial(_all, answer), messages)
    return ways


def _all(answer: Callable[[str, str], Any], messages: Sequence[Sequence[Any]]) -> list[Any]:
    return [answer(*message) for message in messages]


def _ready(work: Workload) -> tuple[Program, list[Any]]:
    """Return a program with the decoded events of its workload."""
    program = ours.program_of(ours.compiled(work))
    return program, [program.decoder.decode(line) for line in work.lines]


def _way(evaluate: ours.Evaluate, events: list[Any]) -> Way:
    """Return the evaluation of events as a way; rules compile at their first candidate."""
    for event in events:
        evaluate(event)
    return Way(lambda items: [evaluate(item) for item in items], events)


def _flat(language: Language, sizes: Sequence[int], rounds: int) -> float:
    """Return the ratio of the rates at the last and the first size, both measured in turns."""
    ready = {size: _ready(workload(size, language)) for size in (sizes[0], sizes[-1])}
    times = compare(
        {str(size): _way(ours.evaluation(program), events) for size, (program, events) in ready.items()}, rounds
    )
    return ratio(times[str(sizes[-1])], times[str(sizes[0])])


def _peers(results: Results, work: Workload) -> dict[str, Callable[[str, str], Any]]:
    ready = {}
    for peer in all_peers():
        try:
            ready[peer.NAME] = peer.ready(work)
        except ImportError as error:
            note = f"{peer.NAME}: not installed ({error})"
            if note not in results.skipped:
                results.skipped.append(note)
    return ready


def _agree(name: str, answers: list[list[str]], expected: list[list[str]]) -> None:
    if answers != expected[: len(answers)]:
        raise AssertionError(f"{name} finds other hits")


def _reach(results: Results, times: dict[tuple[str, int], dict[str, Times]], sizes: Sequence[int], rounds: int) -> None:
    few, many, middle = sizes[0], sizes[-1], max(size for size in sizes if size <= 1_000)
    for language in get_args(Language):
        flat = _flat(language, sizes, rounds)
        results.reach(f"hard, {language}: rate at {many:,} rules against {few}", flat, 0.8)
        at = times[f"hard {language}", middle]
        results.reach(
            f"evaluation at {middle:,}, {language}, against the limit", ratio(at["groundrules"], at["limit"]), 0.5
        )
        for peer in ("OPA", "Cedar"):
            faster = ratio(at["groundrules"], at[peer]) if peer in at else None
            results.reach(f"evaluation at {middle:,}, {language}, against {peer}", faster, 1_000)
