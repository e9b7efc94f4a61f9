"""Ladders: which steps of a ladder a change of balance crosses.

A plain step is crossed upwards whenever the balance comes from below `reaches` to it or above; nothing is remembered. A
step with `falls_below` is a level that is held: it is crossed upwards if it is not held and the balance has reached it,
and crossed on the way back once it is held and the balance lies below `falls_below`. If several steps are crossed
upwards at once, only the highest fires, unless the ladder fires all; levels passed without firing still count as held.
`beyond: repeat` fires the last step again for an increase that begins at or above it. A step that fired less than its
`cool_down` ago does not fire. Levels given up are crossed from the highest down, before any step upwards.

A row stores the levels held and the last firings of steps with a cool-down; a row with neither a level nor a firing
within its cool-down is swept out as the space grows. For things that come and go, a row also stores when the balance
was last moved, and is forgotten together with the balance.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

import msgspec

from groundrules.engine.state.partition import Partition
from groundrules.engine.state.space import FOREVER, Space
from groundrules.plan import ir

_encode = msgspec.msgpack.encode


class Level(msgspec.Struct, array_like=True):
    """The levels that somebody holds, when steps with a cool-down last fired, and when the balance was last moved."""

    held: list[int] = []
    fired: dict[int, int] = {}
    moved: int = 0


class Crossing(NamedTuple):
    """A step crossed, counted from 0; `cooling`: it does not fire, because it has fired recently."""

    step: int
    back: bool = False
    cooling: bool = False


_level = msgspec.msgpack.Decoder(Level)


class LadderCell:
    """The levels of one ladder."""

    def __init__(self, ladder: ir.Ladder, lifetime: int = FOREVER) -> None:
        self.id = ladder.id
        self.ladder = ladder
        self.name = "ladder/" + ladder.id
        self.lifetime = lifetime
        self._lowest = min((step.reaches for step in ladder.steps), default=0)
        self._marks = sorted({step.reaches for step in ladder.steps})
        self.remembers = any(step.falls_below is not None or step.cool_down for step in ladder.steps)

    def concerns(self, before: int, after: int) -> bool:
        """Whether a change of balance may cross a step or must be remembered; most are near no step."""
        if self.remembers:
            return True
        if after <= before or after < self._lowest or not self.ladder.steps:
            return False
        passes = bisect_right(self._marks, before) < bisect_right(self._marks, after)
        return passes or before >= self.ladder.steps[-1].reaches

    def space(self, partition: Partition) -> Space:
        """Return the rows of the ladder."""
        return partition.space(self.name, self.lifetime)

    def read(self, row: bytes | None, now: int) -> Level:
        """Return the level that a row holds at `now`."""
        level = _level.decode(row) if row else Level()
        return Level() if self.lifetime != FOREVER and now - level.moved > self.lifetime else level

    def write(self, level: Level) -> bytes | None:
        """Return the row of a level; None if there is nothing to remember."""
        if not level.held and not level.fired:
            return None
        return _encode((level.held, level.fired) if self.lifetime == FOREVER else level)

    def store(self, space: Space, who: str, level: Level, now: int) -> None:
        """Store a level."""
        row = self.write(level)
        if row is None:
            space.drop(who)
            return
        space.put(who, row, now)
        if space.crowded:
            space.sweep(lambda row: self._idle(self.read(row, now), now))

    def _idle(self, level: Level, now: int) -> bool:
        steps = self.ladder.steps
        return not level.held and all(
            step >= len(steps) or now - at >= steps[step].cool_down for step, at in level.fired.items()
        )

    def cross(self, level: Level, before: int, after: int, now: int, upwards: bool = True) -> list[Crossing]:
        """Return the steps that a change of balance crosses, and update `level`; upward ones only if `upwards`."""
        if not level.held and after < self._lowest:
            return []
        back = self._given_up(level, after)
        up = self._reached(level, before, after) if upwards else []
        level.held = sorted(
            {*level.held, *(step for step in up if self.ladder.steps[step].falls_below is not None)} - set(back)
        )
        fire = up if self.ladder.fire == "all" else up[-1:]
        return [Crossing(step, back=True) for step in back] + [self._fire(level, step, now) for step in fire]

    def lowest(self, level: Level) -> int | None:
        """Return the balance below which the next level is lost; None if no level is held."""
        marks = [self.ladder.steps[step].falls_below for step in level.held]
        return max((mark for mark in marks if mark is not None), default=None)

    def resettle(self, level: Level, balance: int) -> Level:
        """Return the level that a balance gives under this ladder, without crossing anything."""
        held = [
            index
            for index, step in enumerate(self.ladder.steps)
            if step.falls_below is not None
            and (balance >= step.reaches or (index in level.held and balance >= step.falls_below))
        ]
        return Level(held, {step: at for step, at in level.fired.items() if step < len(self.ladder.steps)})

    def _given_up(self, level: Level, after: int) -> list[int]:
        steps = self.ladder.steps
        marks = [(step, steps[step].falls_below) for step in level.held]
        return sorted((step for step, mark in marks if mark is not None and after < mark), reverse=True)

    def _reached(self, level: Level, before: int, after: int) -> list[int]:
        reached = [
            index
            for index, step in enumerate(self.ladder.steps)
            if after >= step.reaches
            and (before < step.reaches if step.falls_below is None else index not in level.held)
        ]
        last = len(self.ladder.steps) - 1
        again = self.ladder.beyond == "repeat" and after > before >= self.ladder.steps[last].reaches
        return [*reached, last] if again and last not in reached else reached

    def _fire(self, level: Level, index: int, now: int) -> Crossing:
        cool_down = self.ladder.steps[index].cool_down
        if not cool_down:
            return Crossing(index)
        if index in level.fired and now - level.fired[index] < cool_down:
            return Crossing(index, cooling=True)
        level.fired = {**level.fired, index: now}
        return Crossing(index)
