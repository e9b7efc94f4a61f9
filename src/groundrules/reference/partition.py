"""Everything that one partition remembers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Cause, Content, Decision, Note
from groundrules.plan import ir
from groundrules.reference.appeals import Appeals
from groundrules.reference.brakes import Brakes
from groundrules.reference.fallbacks import Fallbacks
from groundrules.reference.firings import Firings
from groundrules.reference.labels import Labels
from groundrules.reference.ladders import Ladders
from groundrules.reference.later import Waiting
from groundrules.reference.ledgers import Ledgers
from groundrules.reference.paths import Processes
from groundrules.reference.requests import Approvals
from groundrules.reference.roster import Roster
from groundrules.reference.sanctions import Sanctions
from groundrules.reference.scope import Json, Watch
from groundrules.reference.states import States
from groundrules.reference.windows import Windows


class Partition:
    """One partition at its clock `now`.

    `name` is the rulebook's name in decisions, `number` the number of the last event. `recent_ids` says when each event
    id was handled, `schedules` when each schedule last ran (initially: when the partition began). `waiting` is the
    event that lies far ahead of the clock, with its notes.
    """

    def __init__(self, plan: ir.Plan, name: str, id: str, now: int, watch: Watch | None = None) -> None:
        self.plan = plan
        self.watch = watch
        self.name = name
        self.id = id
        self.now = now
        self.first = now
        self.number = 0
        self.recent_ids: dict[str, int] = {}
        self.waiting: tuple[Json, Sequence[Note]] | None = None
        self.schedules = {schedule.id: now for schedule in plan.schedules}
        self.lists = {words.id: words for words in plan.lists}
        self.windows = Windows(plan, now)
        self.firings = Firings()
        self.ledgers = Ledgers(plan)
        self.ladders = Ladders(plan)
        self.labels = Labels(plan.retain)
        self.roster = Roster(plan)
        self.processes = Processes(plan)
        self.approvals = Approvals()
        self.appeals = Appeals(plan)
        self.fallbacks = Fallbacks()
        self.brakes = Brakes()
        self.waiting_actions = Waiting()
        self.sanctions = Sanctions(plan)
        self.states = States(self)

    def decision(self, cause: Cause, **content: Unpack[Content]) -> Decision:
        """Build a decision at the partition's clock."""
        return cause.decision(format_ms(self.now), self.id, self.name, **content)
