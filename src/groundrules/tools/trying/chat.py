"""The chat itself: who is there, what time it is, and what every step caused.

Steps are those of tests, so that a chat can be saved as one. The engine decides; the witness runs beside it, to say
why. Facts of a member that are set before the member's first event belong to the test's `members`; later ones go into
the steps they hold for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from groundrules.calendar.zones import in_zone
from groundrules.decisions import Decision
from groundrules.diagnostics.source import SourceFile, Span
from groundrules.engine.engine import Engine, HasPlan
from groundrules.functions.extract import urls
from groundrules.plan import ir
from groundrules.tools.explaining.events import Explained, watch
from groundrules.tools.explaining.witness import Witness
from groundrules.tools.testing.cases import Case, Expectation, Step
from groundrules.tools.testing.timeline import NEXT, PARTITION, EventMaker, at_once, moved_by

NOWHERE = Span(SourceFile("<chat>", ""), 0, 0)
FIRST = "09:00"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
AGO = (" ago", " from now")


@dataclass(frozen=True)
class Turn:
    """One step and its outcome; `events` were fed, `explained` says why."""

    step: Step
    decisions: tuple[Decision, ...]
    explained: tuple[Explained, ...]

    @property
    def event(self) -> dict[str, Any]:
        return self.explained[-1].moment.event

    @property
    def rejected(self) -> Decision | None:
        return next((decision for decision in self.decisions if decision.trigger == "rejected"), None)


@dataclass
class Chat:
    """A rulebook run on what people type. `members` holds the facts sent with each member's events from now on."""

    ready: HasPlan
    case: Case = field(default_factory=lambda: Case(name="chat", steps=(), span=NOWHERE))
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    channel: str = Case.channel
    speaker: str | None = None
    turns: list[Turn] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.case = replace(self.case, members=dict(self.case.members))
        self.members = {name: dict(facts) for name, facts in self.case.members.items()}
        self.channel = self.case.channel
        self.engine = Engine(self.ready)
        self.witness = Witness(self.plan)
        self._maker = EventMaker(self.plan, self.case)
        self._heard_of: set[str] = set()
        if (roster := self._maker.roster()) is not None:
            self.engine.feed(roster)
            self.witness.feed(roster)

    @property
    def plan(self) -> ir.Plan:
        return self.ready.plan

    @property
    def last(self) -> Turn | None:
        return self.turns[-1] if self.turns else None

    # --- people -----------------------------------------------------------------------------------

    def is_new(self, who: str) -> bool:
        return who not in self.members and who not in self._heard_of

    def tell(self, who: str, facts: dict[str, Any]) -> None:
        """Set facts of a member, from now on."""
        known = {name: self._fixed(value) for name, value in facts.items()}
        self.members[who] = self.members.get(who, {}) | known
        if who not in self._heard_of:
            self.case.members[who] = dict(self.members[who])

    def _fixed(self, value: Any) -> Any:
        """A time relative to now, where the test's own are relative to its first step."""
        if self.last is None or not isinstance(value, str) or not value.endswith(AGO):
            return value
        zone = ZoneInfo(self.plan.timezone)
        now = in_zone(datetime.fromisoformat(self.last.event["time"]), zone)
        return moved_by(now, value).isoformat(timespec="seconds")

    def actor(self, who: str) -> Any:
        """A member as a step names them: with their facts where those have changed since the test's beginning."""
        facts = self.members.setdefault(who, {})
        return who if facts == self.case.members.get(who, {}) else {"id": who, **facts}

    # --- steps ------------------------------------------------------------------------------------

    def tag(self) -> str:
        """A name for the next message: a to z, then a2, …"""
        used = {turn.step.fields.get("id") for turn in self.turns}
        names = (letter + number for number in ("", *map(str, range(2, 10_000))) for letter in LETTERS)
        return next(name for name in names if name not in used)

    def message(self, text: str, **more: Any) -> dict[str, Any]:
        """The fields of a message, with the links and members that its text speaks of."""
        known = self.plan.events.get("message", {}).get("properties", {})
        fields: dict[str, Any] = {"id": self.tag(), **more}
        links, named = urls(text), [member for member in self.members if f"@{member}" in text]
        fields |= {"links": links} if links and "links" in known else {}
        return fields | ({"mentions": named} if named and "mentions" in known else {})

    def step(self, type: str | None, short: Any, fields: dict[str, Any], at: str | None = None) -> Step:
        """A step as a test would have it, at the next second unless `at` says otherwise."""
        if type is not None and self.channel != self.case.channel:
            fields = {"in": self.channel, **fields}
        return Step(at or (NEXT if self.turns else FIRST), type, short, fields, Expectation(), NOWHERE)

    def take(self, step: Step) -> Turn:
        """Let a step happen. Raises TimeError; what is rejected is kept nowhere, see `Session`."""
        decisions: list[Decision] = []
        explained = []
        for event in self._maker.events(step):
            decisions += at_once(self.engine, event)
            explained.append(watch(self.witness, event))
            self._heard_of |= set(_people(event))
        self._maker.heard(decisions)
        turn = Turn(step, tuple(decisions), tuple(explained))
        self.turns.append(turn)
        return turn

    # --- what is remembered -----------------------------------------------------------------------

    def people(self) -> list[str]:
        """Everybody who was named, sorted."""
        return sorted({*self.members, *self._heard_of})

    def balances(self) -> list[tuple[str, str, int]]:
        """(ledger, who, balance) of every balance that was ever touched."""
        touched = {
            (change.ledger, change.who)
            for turn in self.turns
            for decision in turn.decisions
            for change in decision.ledgers
        }
        return [(ledger, who, self.engine.balance(PARTITION, ledger, who)) for ledger, who in sorted(touched)]

    def states(self) -> list[str]:
        return list(self.engine.states(PARTITION)) if self.turns else []

    def labels(self, who: str) -> list[str]:
        return list(self.engine.labels(PARTITION, who)) if self.turns else []


def _people(event: dict[str, Any]) -> Iterator[str]:
    """The ids of all members in an event, which need not be valid."""
    mentions, message = event.get("mentions"), event.get("message")
    named = [event.get(name) for name in ("actor", "target", "assignee")]
    named += mentions if isinstance(mentions, list) else []
    named += [message.get("author")] if isinstance(message, dict) else []
    for member in named:
        if isinstance(member, dict) and isinstance(member.get("id"), str):
            yield member["id"]
