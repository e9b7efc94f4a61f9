"""What a store keeps: plain records. It knows nothing about rulebooks; rows, events, decisions and plans are bytes.

All times are milliseconds since 1970 in UTC. A *community* is what an engine calls a partition.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Status = Literal["waiting", "sending", "done", "failed", "doubtful", "dropped", "damaged"]
"""Of an action. waiting: to be performed, or reported by whoever reads the feed; sending: begun, and to be done only
once; done, failed: as reported; doubtful: begun once, outcome unknown; dropped: by a moderator. damaged: returned by a
store for one that is not as it was written; its `reason` says so, its body is empty."""

OPEN: tuple[Status, ...] = ("waiting", "sending", "doubtful")
"""Of unfinished actions."""

ENDED: tuple[Status, ...] = ("done", "failed", "dropped")
"""Of the others. Stores find open actions by excluding these, so that a damaged status loses none."""


class Row(NamedTuple):
    """A row of an engine's state; None: it is deleted."""

    community: str
    space: str
    key: str
    row: bytes | None


class Head(NamedTuple):
    """What is known about a community besides its rows.

    version: counts its commits, so that nobody overwrites unseen changes. batch: the batch of the last one. plan: the
    name, with its digest, of the rulebook that its rows were written under. due: when something falls due. number: of
    its last recorded event. acts: of its last action. settings: for its rulebook's parameters, a JSON object.
    """

    community: str
    version: int = 0
    batch: str = ""
    plan: str = ""
    due: int | None = None
    number: int = 0
    acts: int = 0
    paused: bool = False
    settings: bytes = b"{}"


class Events(NamedTuple):
    """Consecutive recorded events of a community: `body` has one event per line, `first` to `last`."""

    community: str
    first: int
    last: int
    since: int
    until: int
    body: bytes


class Touch(NamedTuple):
    """Something that a decision concerns, to look decisions up by: a member, a rule, a channel."""

    kind: Literal["member", "rule", "channel"]
    id: str


class Entry(NamedTuple):
    """A decision for the log; `body` is its line of JSON."""

    community: str
    at: int
    body: bytes
    touches: tuple[Touch, ...] = ()


class Logged(NamedTuple):
    """A decision in the log. Positions grow in the order of commits, with gaps.

    damage: what is wrong with one that is not as it was written (its body is empty); otherwise nothing.
    """

    position: int
    community: str
    at: int
    body: bytes
    damage: str = ""


class Outgoing(NamedTuple):
    """An action to be performed. `number` orders those of one community; `body` is its JSON.

    attempts: how often it was begun. due: not before. reason: why it failed, or is being retried.
    """

    community: str
    number: int
    key: str
    body: bytes
    at: int
    status: Status = "waiting"
    attempts: int = 0
    due: int = 0
    reason: str = ""


class Note(NamedTuple):
    """Something that happened around the engine that moderators may want to know; `detail` is JSON."""

    community: str
    at: int
    kind: str
    detail: bytes = b"{}"


class Plan(NamedTuple):
    """A plan that was in force. shapes: its row layouts, JSON. body: a plan file."""

    digest: str
    since: int
    shapes: bytes
    body: bytes


@dataclass
class Batch:
    """What is stored in one transaction: all or nothing.

    `heads` has every community that anything else belongs to, each with its next version; entries and notes that belong
    to no community have "" for theirs. `outcomes` has actions in their new state. `sources` says how far inputs were
    read.
    """

    id: str
    heads: list[Head] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    events: list[Events] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    actions: list[Outgoing] = field(default_factory=list)
    outcomes: list[Outgoing] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    sources: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Query:
    """Which decisions are wanted: at most `limit`, behind position `after`, or before `before` newest first.

    All touches must apply: a decision concerns both the member and the rule.
    """

    community: str | None = None
    member: str | None = None
    rule: str | None = None
    channel: str | None = None
    after: int = 0
    before: int | None = None
    limit: int = 100

    @property
    def touches(self) -> Sequence[Touch]:
        """What a decision must concern."""
        named = (("member", self.member), ("rule", self.rule), ("channel", self.channel))
        return [Touch(kind, id) for kind, id in named if id is not None]  # type: ignore[arg-type]


class Erasure(NamedTuple):
    """What is left of a community's records when a person is forgotten, or records expire.

    events: segments in their new form, identified by `first`; an empty `body` drops one. entries, actions: position or
    key → the new line, None drops it. members: their touches, and notes that name them, are deleted. notes: those from
    before this time are deleted.
    """

    community: str
    events: Sequence[Events] = ()
    entries: Sequence[tuple[int, bytes | None]] = ()
    actions: Sequence[tuple[str, bytes | None]] = ()
    members: Sequence[str] = ()
    notes: int = 0


def as_written(text: str) -> tuple[bytes, bytes]:
    """Return how JSON may hold a text: with all scripts' letters as they are, and in ASCII alone."""
    as_is, ascii = (json.dumps(text, ensure_ascii=only)[1:-1].encode() for only in (False, True))
    return as_is, ascii


def quoted(text: str) -> set[bytes]:
    """Return a text as JSON may hold it as a whole value."""
    return {b'"%s"' % form for form in as_written(text)}
