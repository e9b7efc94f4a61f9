"""What an explanation says, as data that JSON can hold.

Instants are RFC 3339 in UTC, durations are written `1h30m`, people and things are given by their id.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from groundrules.decisions import Action, Decision, Evidence

Shape = Literal["and", "or", "not", "any", "all", "item", "tally", "leaf"]
Verdict = Literal[
    "fired",  # and took effect
    "shadow",  # would have, but for its mode
    "rollout",  # would have, but for its rollout share
    "exempted",  # would have, but for an exempting rule
    "once",  # it fired already for this key
    "behind",  # a schedule is about others, who come before in its order
    "unless",  # `unless` held
    "unknown",  # for lack of facts
    "false",  # `when` did not hold
    "off",  # its mode
    "turned_away",  # the event, rejected or seen before
    "ended",  # its `ends` has passed
    "early",  # its `starts` is still to come
    "own",  # the bot's own act, which the rule does not speak of
    "item",  # a path: the event is one of the items with which it ends
    "elsewhere",  # it listens to other events, or to the passing of time
]

NOT_EVALUATED = frozenset({"off", "turned_away", "ended", "early", "own"})
"""Verdicts of rules that were not asked though they would have been: nothing of their condition is known."""

Waits = Literal["event", "ladder", "path", "path_end", "state", "schedule", "refusal"]
"""What a rule that listens to no event, or to others, waits for; keys of the narrator's words."""


class Record(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Base of everything in an explanation."""


class EventSummary(Record, frozen=True, kw_only=True):
    """An event as a window or a list of events shows it; `text` is what it was about, in one line."""

    id: str
    at: str
    type: str
    who: str | None = None
    text: str = ""


class WindowReading(Record, frozen=True, kw_only=True):
    """What a window held for one key; the newest events last, `left_out` how many older ones are not listed."""

    kind: str
    type: str
    key: dict[str, Any] = {}
    within: str | None = None
    last: int | None = None  # of how many events, where it looks back over events
    value: Any = None
    wanted: str = ""  # the comparison, if there is one: `>= 3`
    events: tuple[EventSummary, ...] = ()
    left_out: int = 0


class Condition(Record, frozen=True, kw_only=True):
    """A node of a guard: an operator with its parts, an item of `any` or `all`, or a leaf.

    `outcome` None is unknown, for lack of `missing`. `reads` are the values of a leaf's operands by source text,
    `evidence` the places in a text that make a leaf true, `looked_into` the whole of that text by field. `decisive`:
    the outcome of the whole guard rests on this part. Of a tally or score the first of `reads` is what it is at least,
    and behind it stand the points of the hints that hold; `most` is what it may be, where that is more.
    """

    shape: Shape
    outcome: bool | None
    decisive: bool = False
    text: str = ""
    file: str = ""
    line: int = 0
    reads: dict[str, Any] = {}
    most: int | float | None = None
    missing: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    looked_into: dict[str, str] = {}
    windows: tuple[WindowReading, ...] = ()
    item: Any = None
    parts: tuple[Condition, ...] = ()

    @property
    def missing_all(self) -> tuple[str, ...]:
        """The missing reads of all parts that left the whole unknown."""
        below = {name for part in self.parts if part.outcome is None for name in part.missing_all}
        return tuple(sorted({*self.missing, *below}))


class Once(Record, frozen=True, kw_only=True):
    """`once_per`: its key, and when the rule last fired for it; `again` is when it may fire again, if it has."""

    key: dict[str, Any]
    within: str | None = None
    per: str | None = None
    fired_at: str | None = None
    again: str | None = None


class Times(Record, frozen=True, kw_only=True):
    """`times`: its key, and which firing within its time this one was or would be (1 for the first)."""

    key: dict[str, Any]
    within: str
    number: int
    steps: tuple[int, ...]


class Ladder(Record, frozen=True, kw_only=True):
    """A ladder's step: whose balance, what it was before and after the event, and what the step asks for."""

    ledger: str
    who: str
    before: int
    after: int
    reaches: int
    back: bool = False


class Change(Record, frozen=True, kw_only=True):
    """One thing that differs in a counterfactual.

    kind and what it is about: `field` (`what` is the path, `relation` and `bound` what it must be, `value` what was
    tried), `window` (`count` more events, or fewer if negative), `ledger`, `label`, `sanction`, `state`, `time`,
    `once`.
    """

    kind: Literal["field", "fact", "window", "ledger", "label", "sanction", "state", "time", "once"]
    what: str
    relation: str = ""
    type: str = ""  # of the bound: instant, duration, number, text, …
    bound: Any = None
    value: Any = None
    among: tuple[str, ...] = ()
    source: str = ""
    count: int = 0
    who: str | None = None
    within: str | None = None
    last: int | None = None  # of how many events a window counts
    before: Any = None


class WouldFire(Record, frozen=True, kw_only=True):
    """Changes that together would have made the rule fire; `tried`: decided again with them, and it fired."""

    changes: tuple[Change, ...]
    tried: bool = False


class PathItems(Record, frozen=True, kw_only=True):
    """What an event did on an open path: the items it completed and those that remain, by id. `key` is the path's."""

    path: str
    key: tuple[str, ...]
    done: tuple[str, ...]
    remaining: tuple[str, ...] = ()


class DatedValue(Record, frozen=True, kw_only=True):
    """Why a parameter has its value; `since` is the local date from which it does."""

    parameter: str
    since: str
    because: dict[str, str] = {}
    source: str = ""


class RuleExplained(Record, frozen=True, kw_only=True):
    """Why one rule fired or not; `when` is the whole tree of its guard, as it was when the rule was asked."""

    rule: str
    kind: str
    verdict: Verdict
    title: dict[str, str] = {}
    because: dict[str, str] = {}
    source: str = ""  # where that was decided
    dated: tuple[DatedValue, ...] = ()
    file: str = ""
    line: int = 0
    partition: str = ""
    mode: str = "enforce"
    rollout: float = 1.0
    share: float | None = None
    listens: tuple[str, ...] = ()
    heard: str = ""  # the type of the current event
    subject: str | None = None
    when: Condition | None = None
    unless: Condition | None = None
    once: Once | None = None
    times: Times | None = None
    ladder: Ladder | None = None
    missing: tuple[str, ...] = ()
    exempted_by: tuple[str, ...] = ()
    waits: Waits | None = None
    due: str | None = None
    begins: str | None = None  # for a rule that is early
    items: tuple[PathItems, ...] = ()
    approval: tuple[str, ...] = ()
    would_fire: tuple[WouldFire, ...] = ()


class ActionExplained(Record, frozen=True, kw_only=True):
    """An action and the rules behind it."""

    action: Action
    rules: tuple[RuleExplained, ...] = ()


class EventExplained(Record, frozen=True, kw_only=True):
    """What one event caused, in the order of the log.

    `fired` are all rules that fired, one for each that the decisions name and in their order; `rules` those that
    listened to the event, the nearest first.
    """

    event: EventSummary
    channel: str | None = None
    partition: str | None = None
    decisions: tuple[Decision, ...] = ()
    actions: tuple[ActionExplained, ...] = ()
    fired: tuple[RuleExplained, ...] = ()
    rules: tuple[RuleExplained, ...] = ()


def behind(rules: tuple[str, ...], who: str | None, fired: Iterable[RuleExplained]) -> tuple[RuleExplained, ...]:
    """Of the rules that fired in a decision those behind what it did to `who`; of a schedule, for the same member."""
    named = tuple(rule for rule in fired if rule.rule in rules)
    about = {rule.rule for rule in named if rule.subject is not None and rule.subject == who}
    return tuple(rule for rule in named if rule.rule not in about or rule.subject == who)
