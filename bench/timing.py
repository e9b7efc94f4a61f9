"""Measuring ways of doing the same thing against each other.

In each turn every way handles its items in `PARTS` parts, and the ways alternate part by part, so that a noisy
neighbour hits all of them alike; what is counted is the process's own time. Each way first finds out how many items
fill `SLICE` seconds, so that one a thousand times slower takes no longer than the others.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

SLICE = 0.1
PARTS = 10
ROUNDS = 7


@dataclass(frozen=True)
class Way:
    """`run(items)` handles all of them; `fresh`, if given, makes new items for each turn, untimed."""

    run: Callable[[Sequence[Any]], object]
    items: Sequence[Any] = ()
    fresh: Callable[[], Sequence[Any]] | None = None

    def of_turn(self) -> Sequence[Any]:
        return self.items if self.fresh is None else self.fresh()


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
    """Run the ways in turns; return the cost per item."""
    sizes = {name: _fitting(way) for name, way in ways.items()}
    turns: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, spent in _turn(ways, sizes).items():
            turns[name].append(spent / sizes[name])
    return {name: Times(tuple(seconds)) for name, seconds in turns.items()}


def _turn(ways: dict[str, Way], sizes: dict[str, int]) -> dict[str, float]:
    """Return the seconds that each way needed for its items."""
    items = {name: way.of_turn()[: sizes[name]] for name, way in ways.items()}
    spent = dict.fromkeys(ways, 0.0)
    names = list(ways)
    for part in range(PARTS):
        begin = part % len(names)
        for name in (*names[begin:], *names[:begin]):
            size = sizes[name]
            own = items[name][part * size // PARTS : (part + 1) * size // PARTS]
            if own:
                spent[name] += _timed(ways[name], own)
    return spent


def ratio(of: Times, to: Times) -> float:
    """How many times faster `of` is than `to`: the median over the turns."""
    return statistics.median(there / here for here, there in zip(of.turns, to.turns, strict=True))


def once(call: Callable[[], object]) -> float:
    """Return the seconds of one call."""
    gc.collect()
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def each(ask: Callable[[Any], object], items: Sequence[Any]) -> list[object]:
    """Ask about one item after the other."""
    return [ask(item) for item in items]


def spent(call: Callable[[], object]) -> float:
    """Return a call's seconds of the process's own time."""
    gc.collect()
    begin = time.process_time()
    call()
    return time.process_time() - begin


def _fitting(way: Way) -> int:
    """Return how many items fill a slice; this also warms the way up."""
    items, size, begin = way.of_turn(), 1, 0
    while True:
        own = items[begin : begin + size]
        spent = _timed(way, own)
        if spent >= SLICE / 4 or begin + size >= len(items):
            return max(1, min(len(items), int(len(own) * SLICE / max(spent, 1e-9))))
        begin, size = begin + size, size * 4


def _timed(way: Way, items: Sequence[Any]) -> float:
    """Return the seconds that some items need."""
    gc.collect(0)
    gc.disable()
    begin = time.process_time()
    way.run(items)
    spent = time.process_time() - begin
    gc.enable()
    return spent
