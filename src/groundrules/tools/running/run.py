"""Running an engine over lines of events, with a tally and with line numbers on rejections.

An event that lies far ahead of the clock is decided only when the next one comes, so an engine's answer to a line may
be about an earlier one. `Lines` gives each decision to the line that it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from groundrules.decisions import Decision
from groundrules.engine.engine import Engine, HasPlan
from groundrules.engine.intake.lenient import as_written
from groundrules.plan import ir
from groundrules.reference.scope import identity, walk
from groundrules.tools.running.tally import Tally


class Answer(NamedTuple):
    """A line of the input, its number, and the decisions that are about it."""

    number: int
    line: bytes
    decisions: list[Decision]


Name = tuple[str | None, str | None]
"""Partition and id of an event."""


class Lines:
    """Feeds numbered lines to an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: dict[Name, tuple[int, bytes]] = {}

    def feed(self, number: int, line: bytes) -> Iterator[Answer]:
        """Yield what a line brought about, and before it what the one that had to wait did."""
        decisions = [numbered(decision, number) for decision in self._engine.feed(line)]
        if self._waiting:
            earlier, decisions = self._apart(decisions)
            yield from earlier
        if not decisions:
            self._waiting[self._name(line)] = number, line
        yield Answer(number, line, decisions)

    def finish(self) -> Iterator[Answer]:
        """Yield what the events that still wait bring about when no further line comes."""
        yield from self._apart(self._engine.finish())[0]

    def _apart(self, decisions: list[Decision]) -> tuple[list[Answer], list[Decision]]:
        """Take apart the decisions about lines that had to wait; a repetition of such a line is about itself."""
        earlier: dict[Name, list[Decision]] = {}
        rest = []
        for decision in decisions:
            name = decision.partition, decision.event
            if name in self._waiting and decision.trigger != "duplicate":
                earlier.setdefault(name, []).append(decision)
            else:
                rest.append(decision)
        return [Answer(*self._waiting.pop(name), answer) for name, answer in earlier.items()], rest

    def _name(self, line: bytes) -> Name:
        event = as_written(line) or {}
        return str(identity(walk(event, self._engine.plan.partition))), event.get("id")


class Runner:
    """Feeds lines to an engine one by one; every line is answered and counted. `before` lines were read by others."""

    def __init__(self, plan: ir.Plan | HasPlan, engine: Engine | None = None, before: int = 0) -> None:
        self.engine = engine or Engine(plan)
        self.tally = Tally()
        self._before = before
        self._lines = Lines(self.engine)

    def run(self, lines: Iterable[bytes], ends: bool = True) -> Iterator[Answer]:
        """Yield lines with the decisions they brought about; if the stream `ends` with them, also of what waits."""
        for line in lines:
            yield from self.feed(line)
        if ends:
            yield from self.finish()

    def finish(self) -> Iterator[Answer]:
        """Yield what the events that still wait bring about, now that no further line comes."""
        yield from self._counted(self._lines.finish())

    def feed(self, line: bytes) -> Iterator[Answer]:
        """Yield what a line brought about."""
        self.tally.lines += 1
        yield from self._counted(self._lines.feed(self._before + self.tally.lines, line))

    def _counted(self, answers: Iterable[Answer]) -> Iterator[Answer]:
        for answer in answers:
            self.tally.add(answer.decisions)
            yield answer


def numbered(decision: Decision, line: int) -> Decision:
    """Return a decision whose rejection, if it is one, names the line of the input."""
    if decision.rejected is None:
        return decision
    return msgspec.structs.replace(decision, rejected=msgspec.structs.replace(decision.rejected, line=line))
