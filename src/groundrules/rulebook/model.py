"""What a rulebook says, section by section, still with the places where it says so.

The reader builds these from YAML that already passed the rulebook schema. Expressions are parsed; nothing is
resolved or typed here. A value whose meaning depends on an action's schema stays a YAML node until the checker
knows that schema.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from groundrules.diagnostics.source import SourceFile, Span
from groundrules.rulebook.yaml import YNode
from groundrules.syntax import nodes

Expression = nodes.Parsed[nodes.Node]
Texts = dict[str, "Located"]  # language → text; "" where the author gave one text for all languages


@dataclass(frozen=True)
class Located:
    """A plain value and where it stands."""

    value: Any
    span: Span


@dataclass(frozen=True)
class Message:
    """A template, one per language; the key "" is a text given for all languages."""

    texts: dict[str, nodes.Parsed[nodes.Template]]
    span: Span


@dataclass(frozen=True)
class Effect:
    """One item of a `then`: `delete`, `strike: 1`, `send: {to: …, text: …}`, `{mute: 10m, who: target}`.

    `shorthand` is the value beside the name, `arguments` what stands inside it or beside it; both are None for a
    bare name. Which key of several is the name, only the actions tell: `others` reads the item with each other one.
    """

    name: Located
    span: Span
    shorthand: YNode | None = None
    arguments: dict[str, tuple[Span, YNode]] | None = None
    others: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Approval:
    """`approval: {by: [admin, owner], approvals: 2, within: 24h, if_not_approved: […], batch, recheck}`."""

    by: tuple[Located, ...]
    approvals: Located
    within: Expression
    if_not_approved: tuple[Effect, ...]
    batch: bool
    recheck: bool
    span: Span


@dataclass(frozen=True)
class Times:
    """`times: {per: actor, within: 1h, 1: […], 3: […]}`: effects by how often the rule has fired."""

    per: nodes.Parsed[nodes.KeysClause]
    within: Expression
    steps: tuple[tuple[Located, tuple[Effect, ...]], ...]
    span: Span


@dataclass(frozen=True)
class Grant:
    """`grant: {reputation: 5, to: message.author}`; ledger name → amount."""

    amounts: tuple[tuple[Located, Expression], ...]
    to: Expression | None
    span: Span


@dataclass(frozen=True, kw_only=True)
class Common:
    """What rules, rewards, ladders, paths, states and schedules all have."""

    id: Located
    span: Span
    title: Texts = field(default_factory=dict)
    text: Texts = field(default_factory=dict)
    tags: tuple[Located, ...] = ()
    mode: str = "enforce"  # enforce | shadow | off
    rollout: float = 1.0  # share of members
    was: Located | None = None
    ends: Located | None = None  # an instant after which the rule no longer applies
    starts: Located | None = None  # an instant before which it does not apply yet
    because: Texts = field(default_factory=dict)
    source: Located | None = None  # where that was decided


@dataclass(frozen=True, eq=False)
class Table:
    """`table:` of a rule, whose rows are rules of their own: `faq#row-2`, and `faq#otherwise`."""

    id: Located
    hit: str  # unique | first | all
    columns: tuple[Expression | None, ...]
    total: bool  # whether it says what happens otherwise
    title: Texts
    span: Span


@dataclass(frozen=True, kw_only=True)
class Rule(Common):
    """An item of `rules` or of `rewards` (`kind`), or a row of a table."""

    kind: str = "rule"  # rule | reward
    on: tuple[Located, ...] = ()
    when: Expression | None = None
    unless: Expression | None = None
    then: tuple[Effect, ...] = ()
    times: Times | None = None
    once_per: nodes.Parsed[nodes.OnceClause] | None = None
    approval: Approval | None = None
    grant: Grant | None = None
    cap: nodes.Parsed[nodes.RateClause] | Located | None = None  # a clause, or the name of a shared cap
    undo_on: tuple[tuple[Located, nodes.Parsed[nodes.PairsClause]], ...] = ()
    requires: Expression | None = None  # what must hold besides, else `otherwise`
    otherwise: tuple[Effect, ...] = ()
    first_of: Located | None = None  # of the rules of this group that would fire, the first acts
    priority: Located | None = None
    table: Table | None = None  # whose row it is


@dataclass(frozen=True)
class LadderStep:
    reaches: Expression
    falls_below: Expression | None
    then: tuple[Effect, ...]
    on_the_way_back: tuple[Effect, ...]
    approval: Approval | None
    cool_down: Expression | None
    title: Texts
    span: Span
    when: Expression | None = None
    unless: Expression | None = None


@dataclass(frozen=True)
class Appeal:
    """`appeal: {within: 7d, to: owner}`."""

    within: Expression
    to: Located
    span: Span


@dataclass(frozen=True, kw_only=True)
class Ladder(Common):
    ledger: Located
    steps: tuple[LadderStep, ...]
    fire: str = "highest"  # highest | all
    beyond: str = "nothing"  # nothing | repeat
    appeal: Appeal | None = None


@dataclass(frozen=True)
class Until:
    on: tuple[Located, ...]
    when: Expression | None
    span: Span


@dataclass(frozen=True)
class PathItem:
    """One of several things that must all happen before a path ends."""

    id: Located
    title: Texts
    until: Until


@dataclass(frozen=True)
class PathStep:
    """`after` counts from the start of the path, `due` is an instant read from the start event."""

    after: Expression | None
    due: Expression | None
    then: tuple[Effect, ...]
    approval: Approval | None
    repeat: Located | None  # how many times the step is taken, `every` apart
    every: Expression | None
    span: Span
    when: Expression | None = None
    unless: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Path(Common):
    on: tuple[Located, ...]
    when: Expression | None
    unless: Expression | None
    one_per: nodes.Parsed[nodes.KeysClause]
    until: tuple[Until, ...]
    steps: tuple[PathStep, ...]
    hours: Expression | None
    restart_on: tuple[Until, ...] = ()  # the start event's fields changed: plan the steps anew
    afterwards: tuple[Effect, ...] = ()  # when `until` ends the path, or else all of `until_all`
    until_all: tuple[PathItem, ...] = ()  # in the author's order


@dataclass(frozen=True)
class Turn:
    """What begins or ends a state: any of these conditions, any of these events."""

    conditions: tuple[Expression, ...]
    events: tuple[Until, ...]


@dataclass(frozen=True, kw_only=True)
class State(Common):
    enter: Turn
    leave: Turn
    then: tuple[Effect, ...]
    afterwards: tuple[Effect, ...]
    per: Located | None = None


@dataclass(frozen=True, kw_only=True)
class Schedule(Common):
    at: nodes.Parsed[nodes.AtClause]
    for_each: Located | None
    when: Expression | None
    then: tuple[Effect, ...]
    approval: Approval | None
    hours: Expression | None = None
    together: tuple[Effect, ...] = ()  # once, for all of those for whom `when` is true
    most: Expression | None = None  # by what they are ordered, the highest first
    least: Expression | None = None  # the lowest first
    limit: Expression | None = None


@dataclass(frozen=True)
class Brake:
    """`{ban: 5 per hour, then: […], approval: {…}}`: at most so many actions of a name in a rolling time."""

    do: Located
    rate: Located
    then: tuple[Effect, ...]
    approval: Approval | None
    span: Span


@dataclass(frozen=True)
class DatedValue:
    """A value of a parameter from a date on, with why, and where that was decided."""

    since: Located
    value: YNode
    because: Texts = field(default_factory=dict)
    source: Located | None = None


@dataclass(frozen=True)
class Parameter:
    """A setting of the rulebook; `type` is a name such as duration, integer, ledger, list, role."""

    name: Located
    type: Located
    default: YNode | None
    values: tuple[DatedValue, ...]
    minimum: YNode | None
    maximum: YNode | None
    title: Texts
    description: Texts
    span: Span


@dataclass(frozen=True)
class ListDeclaration:
    """A list with the way its entries are matched; `items` come from the rulebook and from its file."""

    name: Located
    match: str  # exact | folded | squeezed | word | domain | pattern
    items: tuple[Located, ...]
    span: Span
    options: tuple[str, ...] = ()  # further views that the entries also match in: pinyin, split, leet
    weights: dict[Located, int] = field(default_factory=dict)  # of the entries that are written with one
    changes: bool = False  # entries may be added and removed while it runs


@dataclass(frozen=True)
class Define:
    name: Located
    body: Expression


@dataclass(frozen=True)
class HintDeclaration:
    """`{when: newcomer, add: 2}`; without `when` its points always count."""

    when: Expression | None
    add: Expression
    span: Span


@dataclass(frozen=True)
class ScoreDeclaration:
    """A score: hints whose points add up, read of events of the types under `on`."""

    name: Located
    on: tuple[Located, ...]
    hints: tuple[HintDeclaration, ...]
    title: Texts
    span: Span


@dataclass(frozen=True)
class LedgerDeclaration:
    name: Located
    per: Located  # member | channel | community
    floor: Located | None
    ceiling: Located | None
    fade: nodes.Parsed[nodes.FadeClause] | None
    title: Texts
    span: Span


@dataclass(frozen=True)
class CapDeclaration:
    """A cap with a name, shared by the rewards that name it."""

    name: Located
    rate: nodes.Parsed[nodes.RateClause]


@dataclass(frozen=True)
class Assumption:
    """`assume: {member: {joined: …}}`."""

    entity: Located
    field: Located
    value: Expression


@dataclass(frozen=True)
class Use:
    """An import: the imported rulebook and the arguments that it is given.

    `mode`, `rollout` and `ends` hold back whatever it brings; where its own items say less, they hold.
    """

    path: Located
    alias: Located | None
    arguments: dict[str, tuple[Span, YNode]]
    book: Rulebook
    span: Span
    mode: str = "enforce"
    rollout: float = 1.0
    ends: Located | None = None
    starts: Located | None = None


@dataclass(frozen=True)
class Rulebook:
    """A rulebook with everything it uses; `files` are all sources read for it, its imports' excepted."""

    name: Located
    title: Texts
    text: Texts  # what its members, or those who would use it, read about it
    languages: tuple[str, ...]
    timezone: Located
    partition: Located
    files: tuple[SourceFile, ...]
    folder: str
    uses: tuple[Use, ...] = ()
    events: tuple[Located, ...] = ()  # event types that the rulebook makes known, by name
    schemas: tuple[str, ...] = ()  # its own schema folders
    parameters: tuple[Parameter, ...] = ()
    lists: tuple[ListDeclaration, ...] = ()
    defines: tuple[Define, ...] = ()
    scores: tuple[ScoreDeclaration, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    ledgers: tuple[LedgerDeclaration, ...] = ()
    caps: tuple[CapDeclaration, ...] = ()
    tags: tuple[tuple[Located, Texts], ...] = ()  # what members call tags
    rules: tuple[Rule, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    paths: tuple[Path, ...] = ()
    states: tuple[State, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    brakes: tuple[Brake, ...] = ()
    limits: dict[str, Located] = field(default_factory=dict)  # open_paths, retain
    settings: dict[str, tuple[Span, YNode]] = field(default_factory=dict)  # of its parameters, by whoever runs it
    broken: frozenset[str] = frozenset()  # names of what was reported and left out
    spoiled: tuple[Rule, ...] = ()  # rules left out, without the expressions that could not be read
