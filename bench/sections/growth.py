"""How the cost of an event grows: with the length of its text. (With rules, list size and members: other sections.)"""

from __future__ import annotations

from functools import partial

from bench import ours
from bench.figures import Results
from bench.timing import Way, compare, each
from bench.workloads import Language, workload

LENGTHS = (40, 80, 160, 320, 640, 1_280, 2_560)
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def run(results: Results, rounds: int) -> None:
    for language in LANGUAGES:
        ready = ours.compiled(workload(1_000, language))
        for length in LENGTHS:
            work = workload(1_000, language, length=length, events=1_000)
            program = ours.program_of(ready)
            evaluate = ours.evaluation(program)
            events = [program.decoder.decode(line) for line in work.lines]
            for event in events:
                evaluate(event)
            times = compare({"evaluation": Way(partial(each, evaluate), events)}, rounds)
            took = times["evaluation"].microseconds
            results.add("growth", "evaluation", took, "µs", language=language, characters=length)
