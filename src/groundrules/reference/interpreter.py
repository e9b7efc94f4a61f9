"""The whole: events in, decisions out.

Every event belongs to a partition, its community unless the rulebook says otherwise. Partitions share nothing: no
clock, no partition. An event that is not valid, or belongs to none, is answered with the reason and changes nothing.
"""

from __future__ import annotations

from typing import Any

from groundrules.decisions import Decision
from groundrules.diagnostics.codes import events as codes
from groundrules.plan import codec, ir
from groundrules.reference import conditions, intake  # noqa: F401  (conditions registers its nodes)
from groundrules.reference.runner import Runner
from groundrules.reference.scope import Watch, identity, walk


class Interpreter:
    """Runs a plan slowly. The same events give the same decisions as `groundrules.Engine`.

    `watch(owner, guard, scope)` is called before each guard is asked: the `when` and `unless` of a rule (the owner is
    the rule's id), the `until` of an open path and the `enter` and `leave` of a state (the owner is its id); and for
    each step of `times` that is taken (`rule@number`, with a constant).
    """

    def __init__(self, plan: ir.Plan, watch: Watch | None = None) -> None:
        self.plan = plan
        self.watch = watch
        self.name = f"{plan.rulebook}@{codec.digest(plan)}"
        self.runners: dict[str, Runner] = {}

    def feed(self, event: bytes | str | dict[str, Any]) -> list[Decision]:
        """Handle one event; the decisions of what fell due before it, its own, and what follows from it."""
        try:
            document, notes = intake.read(event, self.plan)
            id = self.partition_of(document)
        except intake.InvalidEventError as invalid:
            return [Decision(trigger="rejected", rulebook=self.name, rejected=invalid.rejection)]
        return self.runners.setdefault(id, Runner(self.plan, self.name, id, self.watch)).feed(document, notes)

    def partition_of(self, event: dict[str, Any]) -> str:
        """Where an event belongs."""
        value = identity(walk(event, self.plan.partition))
        if value is None:
            path = ".".join(self.plan.partition)
            raise intake.refuse(codes.EVENT_NO_PARTITION, f"`{path}` is missing", path)
        return str(value)

    def advance(self, now: int) -> list[Decision]:
        """Let time pass in all partitions until `now` (ms since 1970), in the order of their ids."""
        return [decision for id in sorted(self.runners) for decision in self.runners[id].advance(now)]

    def finish(self) -> list[Decision]:
        """Decide the events that still wait, each at its own time, since no further input comes."""
        return [decision for id in sorted(self.runners) for decision in self.runners[id].finish()]

    def next_due(self) -> int | None:
        """When something falls due next, in any partition."""
        dues = [due for runner in self.runners.values() if (due := runner.next_due()) is not None]
        return min(dues, default=None)
