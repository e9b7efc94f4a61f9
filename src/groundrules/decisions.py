"""What an engine answers: decisions, as the log writes them.

The reference interpreter and the compiled engine build the same structures, so that logs can be compared byte for
byte. `encode` gives one line of canonical JSON: fields in declaration order, maps by key, defaults left out.
`docs/decisions.md` describes every field and `schemas/decision.schema.json` is checked against these classes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypedDict, Unpack

import msgspec

MOST_UNKNOWN = 32
"""So many undecided guards are told in one decision, the first by rule id; of the others their number."""

Trigger = Literal["event", "timer", "crossing", "rejected", "duplicate"]


class Record(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Base of everything in a decision."""


class Evidence(Record, frozen=True, kw_only=True):
    """Where in an event's text a clause was met; offsets are code points of the raw text."""

    field: str  # dotted path of the field
    start: int
    end: int
    text: str  # the raw text there
    pattern: str  # the needle, list entry or pattern, as the author wrote it


class Clause(Record, frozen=True, kw_only=True):
    """A leaf condition that decided a guard: the author's text, its outcome, what it read, where it matched."""

    text: str
    line: int
    file: str
    outcome: bool
    reads: dict[str, Any] = {}  # source text of a non-constant operand → its value
    evidence: tuple[Evidence, ...] = ()


class Fired(Record, frozen=True, kw_only=True):
    """A rule that fired: its guard's deciding clauses in source order, and what its author called it."""

    rule: str
    title: dict[str, str] = {}
    clauses: tuple[Clause, ...] = ()


class Action(Record, frozen=True, kw_only=True):
    """Something for an adapter to do. `key` makes repeating it harmless; `rules` are the rules behind it."""

    do: str
    who: str | None = None
    parameters: dict[str, Any] = {}
    key: str
    rules: tuple[str, ...]
    or_else: tuple[Action, ...] = ()


class Dropped(Record, frozen=True, kw_only=True):
    """An action made unnecessary by another one, or that lost against its opposite."""

    do: str
    who: str | None = None
    rules: tuple[str, ...]
    because: str  # the winner's name


class LedgerChange(Record, frozen=True, kw_only=True):
    """What a settlement did to one balance; `asked` is what rules asked for, before caps, floor and ceiling.

    `asked_by` divides that among the rules, if there are several.
    """

    ledger: str
    who: str
    before: int
    after: int
    asked: int
    clamped: str | None = None  # "floor", "ceiling" or the cap's name
    rules: tuple[str, ...] = ()
    asked_by: dict[str, int] = {}


class Unknown(Record, frozen=True, kw_only=True):
    """An undecided guard, and the missing facts that made it so."""

    rule: str
    missing: tuple[str, ...]


class Shadow(Record, frozen=True, kw_only=True):
    """What a rule in shadow, or outside its rollout share, would have done."""

    rule: str
    reason: Literal["shadow", "rollout"]
    clauses: tuple[Clause, ...] = ()
    actions: tuple[Action, ...] = ()
    ledgers: dict[str, int] = {}


class Exempted(Record, frozen=True, kw_only=True):
    """A rule that would have fired but for an exempting rule."""

    rule: str
    by: tuple[str, ...]


class Note(Record, frozen=True, kw_only=True):
    """Anything else that should not happen silently: evictions, cancelled or ended paths, skipped schedules, …"""

    kind: str
    subject: str
    detail: dict[str, Any] = {}


class Rejection(Record, frozen=True, kw_only=True):
    """Why an event was not handled: a code of the table of diagnostics, a reason, and the place in the event."""

    code: str
    reason: str
    path: str = ""
    line: int | None = None  # line of the input, where it has lines


class Content(TypedDict, total=False):
    """The fields of a decision that say what happened."""

    actions: tuple[Action, ...]
    fired: tuple[Fired, ...]
    ledgers: tuple[LedgerChange, ...]
    labels: tuple[Note, ...]
    dropped: tuple[Dropped, ...]
    exempted: tuple[Exempted, ...]
    shadow: tuple[Shadow, ...]
    notes: tuple[Note, ...]
    unknown: tuple[Unknown, ...]
    more_unknown: int
    rejected: Rejection


class Cause(msgspec.Struct, frozen=True):
    """What brings a decision about: its trigger, the event at hand, and the rule, ladder step or process behind it."""

    trigger: Trigger
    seq: int = 0
    event: str | None = None
    type: str | None = None
    by: str | None = None
    late: bool = False

    def then(self, by: str | None = None, trigger: Trigger | None = None) -> Cause:
        """Return the cause of a decision that follows from this one, through the rule, step or process `by`."""
        return Cause(trigger or self.trigger, self.seq, self.event, self.type, by)

    def decision(self, at: str | None, partition: str | None, rulebook: str, **content: Unpack[Content]) -> Decision:
        """Build the decision that this brings about, at a partition's clock; `rulebook` is `name@hash`."""
        return Decision(
            trigger=self.trigger,
            at=at,
            seq=self.seq,
            event=self.event,
            type=self.type,
            partition=partition,
            cause=self.by,
            late=self.late,
            rulebook=rulebook,
            **content,
        )


class Decision(Record, frozen=True, kw_only=True):
    """The answer to one trigger.

    `trigger` event: the event itself; timer: a step, schedule or state that fell due; crossing: a ladder step that
    the decision `cause` brought about; rejected, duplicate: an event that changed nothing.
    """

    trigger: Trigger
    at: str | None = None  # the clock, RFC 3339 UTC with milliseconds
    seq: int = 0  # the event's number in its partition, from 1
    event: str | None = None  # id of the event (for a timer: of the event that advanced time)
    type: str | None = None
    partition: str | None = None
    cause: str | None = None  # for timers and crossings: the rule, ladder step or process behind it
    late: bool = False
    rulebook: str = ""  # name@hash
    actions: tuple[Action, ...] = ()
    fired: tuple[Fired, ...] = ()
    ledgers: tuple[LedgerChange, ...] = ()
    labels: tuple[Note, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    exempted: tuple[Exempted, ...] = ()
    shadow: tuple[Shadow, ...] = ()
    notes: tuple[Note, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    more_unknown: int = 0  # how many more guards were undecided, beyond MOST_UNKNOWN
    rejected: Rejection | None = None

    @property
    def notable(self) -> bool:
        """Whether the log holds this decision: anything happened, or was refused, late, shadowed or clamped."""
        return bool(
            self.late
            or self.rejected
            or self.fired
            or self.actions
            or self.ledgers
            or self.labels
            or self.dropped
            or self.exempted
            or self.shadow
            or self.notes
        )

    def explain(self, lang: str = "en", actions: Iterable[Any] = ()) -> str:
        """Say in sentences what happened and why, in `lang` (zh or en).

        `actions` are those of the plan, which know how a rulebook's own actions are told: `book.plan.actions`.
        """
        from groundrules.narrate.decision import narrate

        return "\n".join(narrate(self, lang, {action.name: action for action in actions}))


_encode = msgspec.json.Encoder(order="deterministic").encode


def encode(decision: Decision) -> bytes:
    """Return the decision as one line of JSON, without the line break."""
    return _encode(decision)
