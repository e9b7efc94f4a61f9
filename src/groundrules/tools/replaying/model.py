"""What a replay finds, as data.

Instants are RFC 3339 in UTC as decisions write them; weeks are named by their Monday in the rulebook's zone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from groundrules.decisions import Clause, Rejection
from groundrules.tools.running.tally import Tally

Side = Literal["acts", "gained", "lost", "changed"]


class Hit(msgspec.Struct, array_like=True, gc=False, kw_only=True):
    """A rule that fired for one member, and what it did: `mute 10m`, `delete`, `strikes +1`.

    `line` counts the input's lines from 1. `own`: it answered the event of that line, and no timer that fell due
    before it. `cohorts` has a bit for each cohort that the event was in. `why` is the JSON of the deciding clauses; a
    rule keeps it for its first hits in a partition only.
    """

    line: int
    at: str
    rule: str
    member: str
    does: tuple[str, ...]
    shadow: bool = False
    own: bool = True
    cohorts: int = 0
    why: bytes = b""


@dataclass
class Share:
    """What running some partitions came to; shares of one version add up."""

    tally: Tally = field(default_factory=Tally)
    hits: list[Hit] = field(default_factory=list)
    away: Counter[str] = field(default_factory=Counter)  # rule → hits on who would have been muted or gone by then
    rejected: Counter[str] = field(default_factory=Counter)  # code → how often
    rejections: list[Rejection] = field(default_factory=list)  # the first ones
    names: dict[str, tuple[int, str]] = field(default_factory=dict)  # member → (line, name), the latest
    weeks: Counter[str] = field(default_factory=Counter)  # week → events
    cohort_events: Counter[tuple[int, str]] = field(default_factory=Counter)  # (cohort, event type) → events
    cohort_members: dict[int, set[str]] = field(default_factory=dict)
    first: str = ""
    last: str = ""


# --- the report ---------------------------------------------------------------------------------


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """Base of everything in a report; `msgspec.to_builtins` gives its JSON."""


class Reading(Data, frozen=True, kw_only=True):
    """How a version handled the input."""

    shown: str
    name: str  # rulebook@digest
    events: int
    decided: int
    rejected: int
    duplicates: int
    late: int
    codes: dict[str, int] = {}
    rejections: tuple[Rejection, ...] = ()


class Undecided(Data, frozen=True, kw_only=True):
    """A rule whose guard stayed unknown for lack of facts."""

    rule: str
    count: int
    events: int
    missing: tuple[str, ...]


class Person(Data, frozen=True, kw_only=True):
    """A member with the number of hits under each version, and the rules that differ."""

    member: str
    name: str = ""
    before: int = 0
    after: int = 0
    rules: tuple[str, ...] = ()


class RuleRow(Data, frozen=True, kw_only=True):
    """A rule's hits. gained, lost: on occasions where the other version's did nothing; changed: it did otherwise.

    `members_gained` are those on whom only the new version acts by this rule, `members_lost` only the old one. `shadow`
    counts what a rule in shadow would have done. `away` counts occasions that would not have come up, because the
    member was muted or gone by then; they are counted nowhere else. `was` is the rule's id in the old version if that
    was another.
    """

    rule: str
    title: dict[str, str] = {}
    kind: str = "rule"
    was: str | None = None
    before: int = 0
    after: int = 0
    gained: int = 0
    lost: int = 0
    changed: int = 0
    shadow_before: int = 0
    shadow_after: int = 0
    away_before: int = 0
    away_after: int = 0
    members_before: int = 0
    members_after: int = 0
    members_gained: tuple[str, ...] = ()
    members_lost: tuple[str, ...] = ()


class Week(Data, frozen=True, kw_only=True):
    week: str
    events: int = 0
    before: int = 0
    after: int = 0
    gained: int = 0
    lost: int = 0


class Mark(Data, frozen=True, kw_only=True):
    """A piece of a text that was evidence; offsets are code points."""

    start: int
    end: int
    pattern: str


class Example(Data, frozen=True, kw_only=True):
    """One hit to read: who wrote what, what was done (under the other version: `instead`), and why."""

    rule: str
    side: Side
    line: int
    at: str
    event: str = ""
    type: str = ""
    member: str = ""
    name: str = ""
    channel: str = ""
    text: str = ""
    marks: tuple[Mark, ...] = ()
    does: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()


class Verdict(Data, frozen=True, kw_only=True):
    """One line of a budget: how much of a cohort a rule acted on, and whether that is within what is allowed."""

    rule: str
    cohort: str
    of: Literal["events", "members"]
    acted: int
    total: int
    limit: str  # as written: `0.5%`, `3`
    at_least: bool = False
    ok: bool = True
    title: dict[str, str] = {}


class Report(Data, frozen=True, kw_only=True):
    """Everything that a replay found. Without `against`, `before` is empty and what acts is in `after`."""

    rulebook: str
    title: dict[str, str] = {}
    after: Reading
    before: Reading | None = None
    first: str = ""
    last: str = ""
    zone: str = "UTC"
    rules: tuple[RuleRow, ...] = ()
    weeks: tuple[Week, ...] = ()
    members: int = 0  # on whom the new version acts, rewards aside
    members_before: int = 0
    people: tuple[Person, ...] = ()  # of the new version alone, without `against`
    newly: tuple[Person, ...] = ()  # members that only the new version acts on
    spared: tuple[Person, ...] = ()  # members that only the old version acts on
    otherwise: tuple[Person, ...] = ()  # members that both act on, but not on the same occasions
    examples: tuple[Example, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    budget: tuple[Verdict, ...] = ()

    @property
    def within_budget(self) -> bool:
        return all(verdict.ok for verdict in self.budget)
