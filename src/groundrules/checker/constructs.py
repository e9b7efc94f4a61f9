"""What authors wrote, resolved: effects with their arguments, and every construct, ready to be lowered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from groundrules.checker.bindings import Context, LedgerBinding, ListBinding
from groundrules.diagnostics.source import Span
from groundrules.rulebook import model as authored
from groundrules.syntax import nodes

Period = Literal["day", "week", "month"]


@dataclass(frozen=True, eq=False)
class Value:
    """An expression in the context that its names are read in."""

    context: Context
    parsed: nodes.Parsed[Any]


@dataclass(frozen=True, eq=False)
class Constant:
    """A literal in its run-time form."""

    value: Any


@dataclass(frozen=True, eq=False)
class Texts:
    """Message templates by language; the key "" is one for all languages."""

    context: Context
    texts: dict[str, nodes.Parsed[nodes.Template]]


@dataclass(frozen=True, eq=False)
class Default:
    """The id of the entity at hand: whom an effect hits if its author does not say.

    Event types may have it in different places; `paths` are tried in order, `types` are the event types of each.
    """

    root: Literal["event", "start", "subject"]
    paths: tuple[tuple[str, ...], ...] = ((),)
    types: tuple[tuple[str, ...], ...] = ((),)


@dataclass(frozen=True, eq=False)
class Several:
    """A list that is written out item by item."""

    items: tuple[Given, ...]


Whom = Value | Constant | Default
Given = Value | Constant | Texts | Default | Several


@dataclass(frozen=True, eq=False)
class Act:
    do: str
    who: Whom | None
    parameters: dict[str, Given]
    or_else: tuple[Effect, ...]
    span: Span


@dataclass(frozen=True, eq=False)
class Later:
    """An action that is done after a time (ms); `extends`: at the end of something that may be given again."""

    act: Act
    after: int
    extends: bool
    span: Span


@dataclass(frozen=True, eq=False)
class Delta:
    """`sign` is -1 for `take`. `cap` is the id of a cap."""

    ledger: LedgerBinding
    who: Whom
    amount: Value | Constant
    span: Span
    sign: int = 1
    cap: str | None = None


@dataclass(frozen=True, eq=False)
class Reset:
    ledger: LedgerBinding
    who: Whom
    span: Span


@dataclass(frozen=True, eq=False)
class Label:
    """Milliseconds in `lasts`."""

    label: str
    entity: str
    on: Whom
    lasts: int | None
    remove: bool
    span: Span


@dataclass(frozen=True, eq=False)
class Enlist:
    """An entry that a list with `changes` gains or loses."""

    words: ListBinding
    entry: Value
    remove: bool
    span: Span


@dataclass(frozen=True, eq=False)
class Exempt:
    """Ids of rules, tags resolved."""

    rules: tuple[str, ...]
    span: Span


Effect = Act | Later | Delta | Reset | Label | Enlist | Exempt
Effects = tuple[Effect, ...]


# --- constructs, resolved -----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Approval:
    by: tuple[str, ...]
    approvals: int
    within: int
    batch: bool
    recheck: bool
    refused: Effects


@dataclass(frozen=True, eq=False)
class Once:
    keys: nodes.Parsed[nodes.OnceClause]
    within: int | None
    per: Period | None


@dataclass(frozen=True, eq=False)
class Times:
    keys: nodes.Parsed[nodes.KeysClause]
    within: int
    steps: tuple[tuple[int, Effects], ...]


@dataclass(frozen=True, eq=False)
class Cap:
    id: str
    amount: int
    per: Period


@dataclass(frozen=True, eq=False)
class Undo:
    """What the undoing event, read in `context`, has like the rule's own."""

    type: str
    context: Context
    keys: nodes.Parsed[nodes.PairsClause]


@dataclass(frozen=True, eq=False)
class Rule:
    source: authored.Rule
    context: Context
    effects: Effects
    times: Times | None
    once: Once | None
    approval: Approval | None
    undo: tuple[Undo, ...]
    ends: int | None
    otherwise: Effects = ()


@dataclass(frozen=True, eq=False)
class Brake:
    """`effects` are the alarm."""

    source: authored.Brake
    context: Context
    do: str
    most: int
    within: int
    effects: Effects
    approval: Approval | None


@dataclass(frozen=True, eq=False)
class LadderStep:
    source: authored.LadderStep
    reaches: int
    falls_below: int | None
    cool_down: int
    effects: Effects
    back: Effects
    approval: Approval | None


@dataclass(frozen=True, eq=False)
class Ladder:
    source: authored.Ladder
    context: Context
    ledger: LedgerBinding
    steps: tuple[LadderStep, ...]
    appeal: tuple[int, str] | None
    ends: int | None

    def resets(self, step: LadderStep) -> bool:
        """Tell whether a step takes the ladder's own ledger back to rest."""
        return any(isinstance(effect, Reset) and effect.ledger.id == self.ledger.id for effect in step.effects)


@dataclass(frozen=True, eq=False)
class PathStep:
    source: authored.PathStep
    after: int | None
    due: Value | None
    repeat: int
    every: int
    effects: Effects
    approval: Approval | None


@dataclass(frozen=True, eq=False)
class Until:
    source: authored.Until
    context: Context


@dataclass(frozen=True, eq=False)
class PathItem:
    source: authored.PathItem
    until: Until


@dataclass(frozen=True, eq=False)
class Path:
    """`context` reads the starting event as `event`, `later` reads it as `start`."""

    source: authored.Path
    context: Context
    later: Context
    steps: tuple[PathStep, ...]
    until: tuple[Until, ...]
    until_all: tuple[PathItem, ...]
    restart: tuple[Until, ...]
    hours: tuple[int, int] | None
    afterwards: Effects
    ends: int | None


@dataclass(frozen=True, eq=False)
class State:
    source: authored.State
    context: Context
    enter_on: tuple[Until, ...]
    leave_on: tuple[Until, ...]
    effects: Effects
    afterwards: Effects
    ends: int | None


@dataclass(frozen=True, eq=False)
class Ledger:
    """`fade` is (amount, every so many ms)."""

    source: authored.LedgerDeclaration
    id: str
    fade: tuple[int, int] | None


@dataclass(frozen=True, eq=False)
class Ranking:
    """Those of whom a schedule's `when` is true in order, the first `limit` of them; 0: all."""

    by: Value
    least: bool
    limit: int


@dataclass(frozen=True, eq=False)
class Schedule:
    """`at` holds weekday, day, month, time and every, as in the plan."""

    source: authored.Schedule
    context: Context
    at: dict[str, Any]
    effects: Effects
    approval: Approval | None
    hours: tuple[int, int] | None
    ends: int | None
    together: Effects = ()
    ranking: Ranking | None = None
