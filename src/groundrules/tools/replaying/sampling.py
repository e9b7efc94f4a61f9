"""An answer in a given time: what a change would have done, from as much of the past as there is time for.

A first look at the latest events shows how long they take. If there is time for everything, everything is replayed as
one, and the answer is exact. Otherwise the past is cut into stretches of equal length, short enough that some twenty
fit into the time. As many as fit are drawn at random, and each is replayed through both versions from an empty state;
how much they differ from each other tells how far the whole may be from their estimate. Anything that rules remember
for longer than a stretch starts afresh in each, under both versions alike.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from msgspec.structs import replace

from groundrules.engine.engine import Engine
from groundrules.tools.replaying.budget import Budget, judge
from groundrules.tools.replaying.compare import renames, report, rewards
from groundrules.tools.replaying.examples import examples
from groundrules.tools.replaying.model import Hit, Report, Share
from groundrules.tools.replaying.pool import merged
from groundrules.tools.replaying.share import Cohort, ShareRunner
from groundrules.tools.versions import Version

FIRST = 100
"""Events of the first look; a stretch has at least as many."""
STRETCHES = 20
"""So many are to fit into the time."""
LIKELY = 1.96
"""Standard errors on both sides of an estimate within which the truth lies in 95 of 100 cases."""
SLOWER = 1.3
"""The whole takes so much longer than its length says: what is remembered grows, and reports are made."""

Read = Callable[[int, int], Iterable[bytes]]
"""From the number of the first event, from 0, and how many, to their lines; there may be fewer."""


class Figure(NamedTuple):
    """A number before and after, and by how much each may be wrong (0: it is exact)."""

    before: int
    after: int
    before_error: int = 0
    after_error: int = 0


@dataclass(frozen=True)
class Preview:
    """What a change would have done. `report` is of the `replayed` events; the figures are of all, by rule and in sum.

    messages: events on which a rule acted, or would have.
    """

    report: Report
    messages: Figure
    rules: dict[str, Figure]
    replayed: int
    events: int

    @property
    def exact(self) -> bool:
        """Whether everything was replayed."""
        return self.replayed >= self.events


class _Stretch(NamedTuple):
    """What some events came to before and after."""

    lines: dict[int, bytes]
    before: Share
    after: Share


@dataclass(frozen=True)
class Sides:
    """Two versions, each with an engine of its own."""

    old: Version
    new: Version
    old_engine: Engine
    new_engine: Engine


def preview(
    sides: Sides, read: Read, events: int, seconds: float, budget: Budget | None = None, seed: int = 0
) -> Preview:
    """Replay as much as there is time for. With a budget, the plan of `new` must have its cohorts (`budget.extend`)."""
    cohorts = tuple(budget.cohorts) if budget else ()
    clock = _Clock()
    many = min(events, FIRST)
    first = _run(sides, read, events - many, many, cohorts)
    spent = clock.lap()
    if spent / max(1, many) * events * SLOWER < seconds:
        whole = first if many == events else _run(sides, read, 0, events, cohorts)
        return _preview(sides, [whole], 1, events, budget)
    length = max(FIRST, round(many / spent * seconds / STRETCHES))
    numbers = list(range(events // length))
    random.Random(seed).shuffle(numbers)
    stretches: list[_Stretch] = []
    for number in numbers:
        if stretches and clock.total + spent > seconds:
            break
        stretches.append(_run(sides, read, number * length, length, cohorts))
        spent = clock.lap()
    return _preview(sides, stretches, events / length, events, budget)


class _Clock:
    """Seconds of work of this thread; while others have the machine, half of those that pass."""

    def __init__(self) -> None:
        self.total = 0.0
        self._worked, self._passed = time.thread_time(), time.monotonic()

    def lap(self) -> float:
        """Return the seconds since the last lap."""
        worked, passed = time.thread_time(), time.monotonic()
        spent = max(1e-6, worked - self._worked, (passed - self._passed) / 2)
        self._worked, self._passed = worked, passed
        self.total += spent
        return spent


def _run(sides: Sides, read: Read, first: int, many: int, cohorts: tuple[Cohort, ...]) -> _Stretch:
    lines = dict(enumerate(read(first, many), first + 1))
    runners = (ShareRunner(sides.old_engine.sibling()), ShareRunner(sides.new_engine.sibling(), cohorts))
    for runner in runners:
        for number, line in lines.items():
            runner.feed(number, line)
        runner.finish()
    return _Stretch(lines, *(runner.share for runner in runners))


def _preview(sides: Sides, stretches: list[_Stretch], all: float, events: int, budget: Budget | None) -> Preview:
    """Put stretches together; `all` is how many of their length there are."""
    new, old = sides.new, sides.old
    before, after = (merged([getattr(stretch, side) for stretch in stretches]) for side in ("before", "after"))
    lines = {number: line for stretch in stretches for number, line in stretch.lines.items()}
    apart = rewards(new.plan) | rewards(old.plan)
    counts = [(_counted(stretch.before.hits, apart), _counted(stretch.after.hits, apart)) for stretch in stretches]
    known = sorted({rule for pair in counts for side in pair for rule in side})
    figures = {rule: _figure([(then[rule], now[rule]) for then, now in counts], all) for rule in known}

    def read_lines(numbers: Collection[int]) -> dict[int, bytes]:
        return {number: lines[number] for number in numbers}

    merged_report = replace(
        report(new, after, old, before),
        examples=examples(read_lines, after.hits, before.hits, renames(old.plan, new.plan), 3),
        budget=judge(budget, new.plan, after) if budget else (),
    )
    replayed = events if all == len(stretches) else len(lines)
    return Preview(merged_report, figures.pop("", Figure(0, 0)), figures, replayed, events)


def _counted(hits: Iterable[Hit], apart: set[str]) -> Counter[str]:
    """Count the events on which each rule acted, and under "" those on which any did."""
    acting = {(hit.rule, hit.line) for hit in hits if not hit.shadow and hit.does and hit.rule not in apart}
    counted = Counter(rule for rule, _ in acting)
    counted[""] = len({line for _, line in acting})
    return counted


def _figure(counts: Sequence[tuple[int, int]], all: float) -> Figure:
    before, after = ([pair[side] for pair in counts] for side in (0, 1))
    if all == len(counts):
        return Figure(sum(before), sum(after))
    return Figure(_scaled(before, all), _scaled(after, all), _error(before, all), _error(after, all))


def _scaled(counts: Sequence[int], all: float) -> int:
    return round(sum(counts) * all / len(counts))


def _error(counts: Sequence[int], all: float) -> int:
    """Return how far an estimate may be off: its error for a sample drawn without putting back."""
    n = len(counts)
    if n < 2:
        return _scaled(counts, all)
    mean = sum(counts) / n
    variance = sum((count - mean) ** 2 for count in counts) / (n - 1)
    return round(LIKELY * all * sqrt(variance / n * max(0.0, 1 - n / all)))
