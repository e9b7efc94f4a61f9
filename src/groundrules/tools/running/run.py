"""Running an engine over lines of events, with a tally and with line numbers on rejections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from groundrules.decisions import Decision
from groundrules.engine.engine import Engine, HasPlan
from groundrules.plan import ir
from groundrules.tools.running.tally import Tally


class Runner:
    """Feeds lines to an engine one by one; every line is answered and counted."""

    def __init__(self, plan: ir.Plan | HasPlan, engine: Engine | None = None) -> None:
        self.engine = engine or Engine(plan)
        self.tally = Tally()

    def run(self, lines: Iterable[bytes]) -> Iterator[tuple[bytes, list[Decision]]]:
        """Yield each line with the decisions it brought about."""
        for line in lines:
            self.tally.lines += 1
            decisions = [numbered(decision, self.tally.lines) for decision in self.engine.feed(line)]
            self.tally.add(decisions)
            yield line, decisions


def numbered(decision: Decision, line: int) -> Decision:
    """Return a decision whose rejection, if it is one, names the line of the input."""
    if decision.rejected is None:
        return decision
    return msgspec.structs.replace(decision, rejected=msgspec.structs.replace(decision.rejected, line=line))
