"""Measuring ways of doing the same thing against each other.

The ways take turns, and the one that begins changes from turn to turn, so that a noisy neighbour hits all of them
alike; what is counted is the process's own time. Each way first finds out how many items fill `SLICE` seconds, so that
one that is a thousand times slower takes no longer than the others.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

SLICE = 0.1
ROUNDS = 7


@dataclass(frozen=True)
class Way:
    """`run(items)` handles all of them; `fresh`, if given, makes what `run` works with anew, untimed."""

    run: Callable[[Any, Sequence[Any]], object]
    items: Sequence[Any]
    fresh: Callable[[], Any] = lambda: None


@dataclass(frozen=True)
class Times:
    """Seconds per item, turn by turn."""

    turns: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.turns)

    @property
    def microseconds(self) -> float:
        return self.median * 1e6


def compare(ways: dict[str, Way], rounds: int = ROUNDS) -> dict[str, Times]:
    """Run the ways in turns; return what an item cost."""
    parts = {name: _fitting(way) for name, way in ways.items()}
    turns: dict[str, list[float]] = {name: [] for name in ways}
    names = list(ways)
    for turn in range(rounds):
        begin = turn % len(names)
        for name in (*names[begin:], *names[:begin]):
            turns[name].append(_timed(ways[name], parts[name]))
    return {name: Times(tuple(found)) for name, found in turns.items()}


def ratio(of: Times, to: Times) -> float:
    """How many times faster `of` is than `to`: the median over the turns."""
    return statistics.median(there / here for here, there in zip(of.turns, to.turns, strict=True))


def once(call: Callable[[], object]) -> float:
    """Return the seconds of one call."""
    gc.collect()
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def _fitting(way: Way) -> Sequence[Any]:
    """Return as many of the items as fill a slice; the way is warm then."""
    size = 1
    while True:
        taken = _timed(way, way.items[:size]) * size
        if taken >= SLICE / 4 or size >= len(way.items):
            return way.items[: max(1, min(len(way.items), int(size * SLICE / max(taken, 1e-9))))]
        size *= 4


def _timed(way: Way, items: Sequence[Any]) -> float:
    prepared = way.fresh()
    gc.collect()
    gc.disable()
    begin = time.process_time()
    way.run(prepared, items)
    taken = time.process_time() - begin
    gc.enable()
    return taken / len(items)
