"""What checking leaves behind: the rulebook, its instances, and side tables about every node that was looked at.

A rulebook imported twice with different arguments is two **instances** of one text, and a define is typed anew
wherever it is used, so facts about a node are kept by (context, node), never on the node. A **context** is what
decides the meaning of names: the instance, the event types whose fields can be read bare, the types of `start` and
the subject. Contexts are interned: ten thousand rules on one event type of one instance share one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from groundrules.diagnostics.source import Span
from groundrules.rulebook import model as authored
from groundrules.syntax import nodes
from groundrules.types import kinds
from groundrules.types.catalog import Catalog

Period = Literal["day", "week", "month"]
Root = Literal["event", "start"]


@dataclass(frozen=True)
class Setting:
    """The value of a parameter in one instance: a constant of `type` in its run-time form."""

    type: kinds.Type
    value: Any
    span: Span


@dataclass(eq=False)
class Instance:
    """One use of a rulebook; the root has no alias. `types` are the event types that it knows."""

    index: int
    book: authored.Rulebook
    alias: tuple[str, ...] = ()
    parent: Instance | None = None
    use: authored.Use | None = None
    imports: dict[str, Instance] = field(default_factory=dict)
    types: frozenset[str] = frozenset()
    settings: dict[str, Setting] = field(default_factory=dict)
    declared: dict[str, Declared] = field(default_factory=dict)

    def qualified(self, name: str) -> str:
        return ".".join((*self.alias, name))


# --- what names stand for -----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Binding:
    """Base of what a name or a dotted name can stand for."""


@dataclass(frozen=True, eq=False)
class Declared(Binding):
    """Something a rulebook declares, in the instance where it is declared; `what` is its kind for messages."""

    instance: Instance
    name: str
    span: Span

    what = "declaration"

    @property
    def id(self) -> str:
        return self.instance.qualified(self.name)


@dataclass(frozen=True, eq=False)
class ParameterBinding(Declared):
    what = "parameter"


@dataclass(frozen=True, eq=False)
class DefineBinding(Declared):
    define: authored.Define

    what = "define"


@dataclass(frozen=True, eq=False)
class ListBinding(Declared):
    declaration: authored.ListDeclaration

    what = "list"


@dataclass(frozen=True, eq=False)
class LedgerBinding(Declared):
    declaration: authored.LedgerDeclaration

    what = "ledger"


@dataclass(frozen=True, eq=False)
class BrokenBinding(Declared):
    """Something whose declaration could not be read, which was reported."""


@dataclass(frozen=True, eq=False)
class CapBinding(Declared):
    declaration: authored.CapDeclaration

    what = "cap"


@dataclass(frozen=True, eq=False)
class StateBinding(Declared):
    declaration: authored.State

    what = "state"

    @property
    def id(self) -> str:
        return self.instance.qualified(str(self.declaration.id.value))


@dataclass(frozen=True, eq=False)
class ImportBinding(Binding):
    instance: Instance


@dataclass(frozen=True, eq=False)
class RootBinding(Binding):
    """The whole event, or the whole event that started a path."""

    root: Root
    types: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FieldBinding(Binding):
    """A field of the event that bare names read."""

    root: Root
    name: str
    field: kinds.Field


@dataclass(frozen=True, eq=False)
class SubjectBinding(Binding):
    """The member or channel of a `for_each`, or of the ledger of a ladder."""

    entity: str


@dataclass(frozen=True, eq=False)
class VariableBinding(Binding):
    """The variable of an `any` or `all`, told apart by the node that binds it."""

    quantified: nodes.Quantified
    type: kinds.Type


@dataclass(frozen=True, eq=False)
class NowBinding(Binding):
    pass


@dataclass(frozen=True, eq=False)
class MatchedBinding(Binding):
    pass


# --- contexts -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Context:
    """What decides the meaning of names; `root` is where bare names read the fields of `types`."""

    id: int
    instance: Instance
    types: tuple[str, ...] = ()
    root: Root = "event"
    start: tuple[str, ...] = ()
    subject: str | None = None


# --- effects, resolved --------------------------------------------------------------------------


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
class Exempt:
    """Ids of rules, tags resolved."""

    rules: tuple[str, ...]
    span: Span


Effect = Act | Delta | Reset | Label | Exempt
Effects = tuple[Effect, ...]


# --- constructs, resolved -----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Approval:
    by: str
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
    """`keys` are read in `context` (the undoing event) and in the rule's own."""

    type: str
    context: Context
    keys: nodes.Parsed[nodes.KeysClause]


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
class Path:
    """`context` reads the starting event as `event`, `later` reads it as `start`."""

    source: authored.Path
    context: Context
    later: Context
    steps: tuple[PathStep, ...]
    until: tuple[Until, ...]
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
class Schedule:
    """`at` holds weekday, day, month, time and every, as in the plan."""

    source: authored.Schedule
    context: Context
    at: dict[str, int]
    effects: Effects
    approval: Approval | None
    hours: tuple[int, int] | None
    ends: int | None


# --- the result ---------------------------------------------------------------------------------

Key = tuple[int, int]  # (id of the context, id of the node)


@dataclass(eq=False)
class Tables:
    """Side tables. `kept` holds on to the trees that checking parsed itself, so that ids of nodes stay theirs."""

    types: dict[Key, kinds.Typed] = field(default_factory=dict)
    bindings: dict[Key, Binding] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)


@dataclass(eq=False)
class Checked:
    """A checked rulebook; lowering it is total if the report that came with it has no errors."""

    book: authored.Rulebook
    catalog: Catalog
    instances: list[Instance] = field(default_factory=list)
    contexts: dict[tuple[Any, ...], Context] = field(default_factory=dict)
    tables: Tables = field(default_factory=Tables)
    partition: tuple[str, ...] = ("community", "id")
    retain: int = 400 * 86_400_000
    ahead: int = 400 * 86_400_000
    open_paths: int = 1000
    assumed: dict[tuple[str, str], Value] = field(default_factory=dict)  # (entity, fact) → value
    caps: list[Cap] = field(default_factory=list)
    ledgers: list[Ledger] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    ladders: list[Ladder] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)

    def context(
        self,
        instance: Instance,
        types: Iterable[str] = (),
        root: Root = "event",
        start: Iterable[str] = (),
        subject: str | None = None,
    ) -> Context:
        """Return the one context of these parts."""
        key = (instance.index, tuple(sorted(set(types))), root, tuple(sorted(set(start))), subject)
        found = self.contexts.get(key)
        if found is None:
            found = self.contexts[key] = Context(len(self.contexts), instance, key[1], root, key[3], subject)
        return found

    def seen_from(self, context: Context, instance: Instance) -> Context:
        """Return `context` as seen from another instance: what a define of an import is read in."""
        return self.context(instance, context.types, context.root, context.start, context.subject)
