"""What is said over HTTP: each body, each query and each answer as a type, from which the OpenAPI document is made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from groundrules.decisions import Action, Decision
from groundrules.service.problems import Problem

Id = Annotated[str, Meta(min_length=1, max_length=512)]
Position = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]
Limit = Annotated[int, Meta(ge=1, le=1000)]
Revision = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$")]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing is expected."""


class Community(Struct, frozen=True, forbid_unknown_fields=True):
    """Which community is meant."""

    community: Id


class SomeCommunity(Struct, frozen=True, forbid_unknown_fields=True):
    """Which community is meant; all of them if none is named."""

    community: Id | None = None


# --- events --------------------------------------------------------------------------------------


class EventCommunity(Struct, frozen=True):
    """The community that an event happened in."""

    id: Id


class Event(Struct, frozen=True):
    """Something that happened; what else it has to hold, its type says (see `groundrules schema events`).

    id: one of its own, under which it is decided on once. time: with its zone.
    """

    id: Id
    type: Id
    time: datetime
    community: EventCommunity


class Decided(Struct, frozen=True):
    """What was decided on an event, and is kept. Empty if nothing happened, or if it was handled before."""

    decisions: list[Decision]


class Answer(Struct, frozen=True, omit_defaults=True):
    """What became of a line of a stream: its decisions, or why there are none."""

    line: int
    decisions: list[Decision] = []
    problem: Problem | None = None


class HowToAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """answer: `decisions` answers each line of a stream, `count` only says at the end how many there were."""

    answer: Literal["decisions", "count"] = "decisions"


class Supposing(Struct, frozen=True, forbid_unknown_fields=True):
    """Under which rulebook: the one that runs, a `revision` of git, or with `files` the files as they are now."""

    revision: Revision | None = None
    files: bool = False


class Counted(Struct, frozen=True):
    """How many events of a stream were kept, how many decisions they gave, and how many lines were refused."""

    events: int
    decisions: int
    refused: int


# --- actions -------------------------------------------------------------------------------------


class Feed(Struct, frozen=True, forbid_unknown_fields=True):
    """Which actions are wanted: those behind `after`, all that are open without it; wait so many seconds for one."""

    community: Id | None = None
    after: Annotated[str, Meta(max_length=2000)] = ""
    limit: Limit = 100
    wait: Annotated[float, Meta(ge=0, le=60)] = 0


class ToPerform(Struct, frozen=True):
    """An action to perform, or to perform again under the same key.

    number: orders those of a community. repeat: `leave` if it must not be done twice; it is handed out once, and in
    doubt if no result comes.
    """

    community: str
    number: int
    repeat: Literal["again", "leave"]
    attempts: int
    action: Action


class Actions(Struct, frozen=True):
    """Actions to perform, and what to ask for next (`after`)."""

    actions: list[ToPerform]
    after: str


class Result(Struct, frozen=True, forbid_unknown_fields=True):
    """What became of an action. message: the message that the platform wrote. after: seconds until another try."""

    community: Id
    outcome: Literal["done", "failed", "retry"]
    reason: Annotated[str, Meta(max_length=2000)] = ""
    message: dict[str, Any] | None = None
    after: Seconds | None = None


class Doubtful(Struct, frozen=True):
    """An action that must not be repeated and whose end nobody knows."""

    community: str
    reason: str
    at: str
    action: Action


class DoubtfulActions(Struct, frozen=True):
    """Actions in doubt: report a result for each, or have it performed again."""

    actions: list[Doubtful]


# --- approvals -----------------------------------------------------------------------------------


class Approval(Struct, frozen=True):
    """A request for approval: its id, and the actions that wait for it.

    rule: the rule that asks. until: when it runs out. approved: who has approved it so far. needed: how many must.
    """

    id: str
    community: str
    actions: list[Action]
    rule: str
    until: str
    approved: list[str]
    needed: int


class Approvals(Struct, frozen=True):
    """What waits to be approved."""

    approvals: list[Approval]


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """Whoever answers, as the actor of the event that tells the rules of it."""

    id: Id
    name: Annotated[str, Meta(max_length=512)] | UnsetType = UNSET
    roles: list[Annotated[str, Meta(max_length=128)]] | UnsetType = UNSET


class ApprovalAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """An answer to a request; whether `by` may give it, the rulebook says."""

    community: Id
    answer: Literal["given", "refused"]
    by: Person
    reason: Annotated[str, Meta(max_length=2000)] | UnsetType = UNSET


# --- decisions -----------------------------------------------------------------------------------


class Which(Struct, frozen=True, forbid_unknown_fields=True):
    """Which decisions are wanted: behind `after`, or before `before` with the newest first."""

    community: Id | None = None
    member: Id | None = None
    rule: Id | None = None
    channel: Id | None = None
    after: Position = 0
    before: Position | None = None
    newest: bool = False
    limit: Limit = 100


class Logged(Struct, frozen=True):
    """A decision of the log. at: when its event happened."""

    id: int
    community: str
    at: str
    decision: Decision


class Log(Struct, frozen=True):
    """Decisions, and the position to go on from (`after`, or `before` where the newest come first)."""

    decisions: list[Logged]
    next: int | None = None


class Spoken(Struct, frozen=True, forbid_unknown_fields=True):
    """In which language."""

    lang: Literal["en", "zh"] = "en"


class Explained(Struct, frozen=True):
    """What happened and why, in sentences."""

    lang: str
    text: str


# --- communities ---------------------------------------------------------------------------------


class CommunityState(Struct, frozen=True):
    """How a community stands. rulebook: the name, with its digest, of what its state was written under.

    due: when something falls due, if anything does. events: how many were recorded.
    """

    community: str
    rulebook: str
    paused: bool
    events: int
    due: str | None


class Communities(Struct, frozen=True):
    """Communities in the order of their ids, and what to ask for next (`after`)."""

    communities: list[CommunityState]
    next: str | None = None


class CommunityPage(Struct, frozen=True, forbid_unknown_fields=True):
    """Which communities are wanted: those behind the id `after`."""

    after: Annotated[str, Meta(max_length=512)] = ""
    limit: Limit = 100


class Resume(Struct, frozen=True, forbid_unknown_fields=True):
    """drop: never perform what was held back."""

    drop: bool = False


# --- settings, rulebooks, members ----------------------------------------------------------------


class Trying(Struct, frozen=True, forbid_unknown_fields=True):
    """dry_run: change nothing; say what the recorded events of the last `days` would have come to."""

    dry_run: bool = False
    days: Annotated[float, Meta(gt=0, le=3660)] = 30


class NewSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Values for parameters, beside those set before; null takes one back. by: whose change it is."""

    values: dict[str, Any]
    by: Id | None = None


class SettingsNow(Struct, frozen=True):
    """What a community has set, and the JSON Schema of what can be set."""

    values: dict[str, Any]
    schema: dict[str, Any]


class ListChange(Struct, frozen=True):
    """What was added to a list while it ran, and what was removed of it."""

    added: list[str]
    removed: list[str]


class Lists(Struct, frozen=True):
    """The lists of a community that differ from the rulebook, by their names."""

    lists: dict[str, ListChange]


class SettingsChanged(Struct, frozen=True):
    """What a community has set. preview: of a dry run, the report as `groundrules replay --format json` writes it."""

    values: dict[str, Any]
    preview: dict[str, Any] | None = None


class Plan(Struct, frozen=True):
    """The rulebook that runs: its name with its digest, and the actions that it may ask for."""

    rulebook: str
    actions: list[str]


class NewPlan(Struct, frozen=True, forbid_unknown_fields=True):
    """Which version of the rulebook is wanted: a revision of git, or the files as they are now."""

    revision: Revision | None = None
    by: Id | None = None


class PlanChange(Struct, frozen=True, forbid_unknown_fields=True):
    """As `Trying`; the events are those of `community`."""

    community: Id | None = None
    dry_run: bool = False
    days: Annotated[float, Meta(gt=0, le=3660)] = 30


class PlanChanged(Struct, frozen=True):
    """The rulebook that runs, and of a dry run what the other one would have come to, and how it differs in meaning.

    changes: as `groundrules diff --format json` writes them.
    """

    rulebook: str
    preview: dict[str, Any] | None = None
    changes: dict[str, Any] | None = None


class Forgotten(Struct, frozen=True):
    """How many records of each kind were erased."""

    erased: dict[str, int]


# --- health --------------------------------------------------------------------------------------


class Health(Struct, frozen=True):
    """Whether the service does its work; `reason` says why not."""

    ok: bool
    reason: str = ""
