"""What names stand for, in which context, in which use of a rulebook.

A rulebook imported twice with different arguments is two **instances** of one text. A **context** is what decides the
meaning of names: the instance, the event types whose fields can be read bare, the types of `start` and the subject.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from groundrules.diagnostics.source import Span
from groundrules.rulebook import model as authored
from groundrules.syntax import nodes
from groundrules.types import kinds

Root = Literal["event", "start"]


@dataclass(frozen=True)
class Setting:
    """The value of a parameter in one instance: a constant of `type` in its run-time form."""

    type: kinds.Type
    value: Any
    span: Span


@dataclass(eq=False, repr=False)
class Instance:
    """One use of a rulebook; the root has no alias. `types` are the event types that it knows.

    `mode`, `rollout`, `starts` and `ends` (instants in ms) are what the `use` that leads here holds back, those around
    it too.
    """

    index: int
    book: authored.Rulebook
    alias: tuple[str, ...] = ()
    parent: Instance | None = None
    use: authored.Use | None = None
    imports: dict[str, Instance] = field(default_factory=dict)
    types: frozenset[str] = frozenset()
    settings: dict[str, Setting] = field(default_factory=dict)
    declared: dict[str, Declared] = field(default_factory=dict)
    mode: str = "enforce"
    rollout: float = 1.0
    ends: int | None = None
    starts: int | None = None
    dated: dict[str, tuple[authored.DatedValue, ...]] = field(default_factory=dict)
    earliest: Instance | None = None
    later: list[tuple[int, Instance]] = field(default_factory=list)

    def qualified(self, name: str) -> str:
        return ".".join((*self.alias, name))


def milder(mode: str, other: str) -> str:
    """Return the mode that does less."""
    return max(mode, other, key=("enforce", "shadow", "off").index)


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
class ScoreBinding(Declared):
    declaration: authored.ScoreDeclaration

    what = "score"


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


@dataclass(frozen=True, eq=False)
class FiringBinding(Binding):
    """What is known of the firing at hand: `match`, what bore the guard out; `nth`, its number within `times`; `those`,
    whom a schedule found; `standings`, these with the numbers that order them; `remaining`, which items of a path have
    not happened."""

    word: str


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
