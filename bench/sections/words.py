"""One rule with a list of 60,000 words: to compile, to load, to scan."""

from __future__ import annotations

import random
from functools import partial

from bench import ours
from bench.figures import Results
from bench.timing import Way, compare, spent
from bench.workloads import HANZI, workload
from groundrules.engine.plan_file import Compiled, compile_plan, read, write


def rulebook(count: int, match: str = "folded") -> str:
    """Return a rulebook with one rule and a list of so many words, half of them Chinese."""
    chance = random.Random(count)
    words: set[str] = set()
    while len(words) < count // 2:
        words.add("".join(chance.choice(HANZI) for _ in range(4)))
    while len(words) < count:
        words.add("".join(chance.choice("bcdfghklmnprst") + chance.choice("aeiou") for _ in range(4)))
    return f"""\
rulebook: words
use: [std/chat]
lists:
  adverts: {{match: {match}, items: [{", ".join(sorted(words))}]}}
rules:
  - {{id: no-adverts, on: message, when: text contains any of adverts, then: [delete]}}
"""


def run(results: Results, sizes: tuple[int, ...], rounds: int) -> None:
    for count in sizes:
        plan = ours.plan_of(rulebook(count))
        compiled: list[Compiled] = []
        compiling = spent(lambda plan=plan, compiled=compiled: compiled.append(compile_plan(plan)))  # type: ignore[misc]
        data = write(compiled[0], b"key")
        results.add("words", "to compile", compiling, "s", words=count)
        results.add(
            "words",
            "to load",
            min(spent(partial(read, data, b"key")) for _ in range(3)) * 1e3,
            "ms",
            words=count,
        )
        results.add("words", "evaluation", _evaluation(compiled[0], rounds), "µs", words=count)
    results.reach(f"{sizes[-1]:,} words in one rule compile in seconds", compiling, 10, least=False, unit="s")


def _evaluation(ready: Compiled, rounds: int) -> float:
    program = ours.program_of(ready)
    evaluate = ours.evaluation(program)
    events = [program.decoder.decode(line) for line in workload(10, "zh").lines]
    times = compare({"ours": Way(lambda items: [evaluate(item) for item in items], events)}, rounds)
    return times["ours"].microseconds
