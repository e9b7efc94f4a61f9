"""What a store keeps: plain records. It knows nothing of rulebooks; rows, events, decisions and plans are bytes.

All times are milliseconds since 1970 in UTC. A *community* is what an engine calls a partition.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Status = Literal["waiting", "sending", "done", "failed", "doubtful", "dropped", "damaged"]
"""Of an action. waiting: to be performed, or to be reported by whoever reads the feed; sending: begun, and to be done
only once; done, failed: as reported; doubtful: begun once, with an end that nobody knows; dropped: by a moderator.
damaged: as a store answers where it finds something else than was written; the `reason` says so, the body is empty."""

OPEN: tuple[Status, ...] = ("waiting", "sending", "doubtful")
"""Of actions whose end is not known."""

ENDED: tuple[Status, ...] = ("done", "failed", "dropped")
"""Of the others. Stores look for the open ones by what they are not, so that none is lost by damage to its status."""


class Row(NamedTuple):
    """A row of an engine's state; None: it is deleted."""

    community: str
    space: str
    key: str
    row: bytes | None


class Head(NamedTuple):
    """What is known of a community beside its rows.

    version: counts its commits, so that nobody overwrites what they have not seen. batch: the batch of the last one.
    plan: the name, with its digest, of the rulebook that its rows were written under. due: when something falls due.
    number: of its last recorded event. acts: of its last action. settings: of its rulebook's parameters, a JSON object.
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
    """Recorded events of a community that follow one another: `body` has one event a line, `first` to `last`."""

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

    damage: what is wrong with one that is not what was written, and has an empty body; nothing, of all others.
    """

    position: int
    community: str
    at: int
    body: bytes
    damage: str = ""


class Outgoing(NamedTuple):
    """An action to be performed. `number` orders those of one community; `body` is its JSON.

    attempts: how often it was begun. due: not before. reason: why it failed, or is tried again.
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
    """Something that happened around the engine and that moderators may want to know; `detail` is JSON."""

    community: str
    at: int
    kind: str
    detail: bytes = b"{}"


class Plan(NamedTuple):
    """A plan that was in force. shapes: how rows are laid out under it, JSON. body: a plan file."""

    digest: str
    since: int
    shapes: bytes
    body: bytes


@dataclass
class Batch:
    """What is kept in one transaction: all of it or nothing.

    `heads` has every community that anything else is of, each with the version that follows the one it had; entries and
    notes that belong to no community have "" for theirs. In `outcomes` are actions as they stand from now on. `sources`
    says how far inputs were read.
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
    """Which decisions are wanted: at most `limit`, behind position `after`, or before `before` with the newest first.

    Touches are of one decision: a member and a rule are both concerned.
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
    """What is left of a community's records when a person is forgotten, or when their time is over.

    events: segments as they are from now on, known by their `first`; an empty `body` drops one. entries, actions:
    position or key → the line that stands there from now on, None drops it. members: whose touches, and the notes
    that name them, go. notes: those from before this time go.
    """

    community: str
    events: Sequence[Events] = ()
    entries: Sequence[tuple[int, bytes | None]] = ()
    actions: Sequence[tuple[str, bytes | None]] = ()
    members: Sequence[str] = ()
    notes: int = 0


def as_written(text: str) -> tuple[bytes, bytes]:
    """Return how JSON may hold a text: with letters of all scripts as they are, and with those of ASCII alone."""
    as_is, ascii = (json.dumps(text, ensure_ascii=only)[1:-1].encode() for only in (False, True))
    return as_is, ascii


def quoted(text: str) -> set[bytes]:
    """Return a text as JSON may hold it where it is a value of its own."""
    return {b'"%s"' % form for form in as_written(text)}
