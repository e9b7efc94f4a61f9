"""What checking leaves behind: the rulebook, its instances, and side tables about every node that was looked at.

Checked trees, instances and tables are not shown by `repr`: each leads to all others, over and over.

A rulebook imported twice with different arguments is two **instances** of one text, and a define is typed anew
wherever it is used, so facts about a node are kept by (context, node), never on the node. A **context** is what
decides the meaning of names: the instance, the event types whose fields can be read bare, the types of `start` and
the subject. Contexts are interned: ten thousand rules on one event type of one instance share one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from groundrules.checker.bindings import Binding, Context, Instance, Root
from groundrules.checker.constructs import Brake, Cap, Ladder, Ledger, Path, Rule, Schedule, State, Value
from groundrules.diagnostics.source import Span
from groundrules.rulebook import model as authored
from groundrules.time_units import DAY
from groundrules.types import kinds
from groundrules.types.catalog import Catalog

Key = tuple[int, int]  # (id of the context, id of the node)


@dataclass(eq=False, repr=False)
class Tables:
    """Side tables. `kept` holds on to the trees that checking parsed itself, so that ids of nodes stay theirs."""

    types: dict[Key, kinds.Typed] = field(default_factory=dict)
    bindings: dict[Key, Binding] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)


@dataclass(eq=False, repr=False)
class Checked:
    """A checked rulebook; lowering it is total if the report that came with it has no errors."""

    book: authored.Rulebook
    catalog: Catalog
    instances: list[Instance] = field(default_factory=list)
    contexts: dict[tuple[Any, ...], Context] = field(default_factory=dict)
    tables: Tables = field(default_factory=Tables)
    partition: tuple[str, ...] = ("community", "id")
    retain: int = 400 * DAY
    ahead: int = DAY
    longest_text: int = 65_536
    open_paths: int = 1000
    assumed: dict[tuple[str, str], Value] = field(default_factory=dict)  # (entity, fact) → value
    starts: dict[int, int] = field(default_factory=dict)  # (identity of a block) → the instant from which it applies
    caps: list[Cap] = field(default_factory=list)
    brakes: list[Brake] = field(default_factory=list)
    ledgers: list[Ledger] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    ladders: list[Ladder] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)
    dates: dict[int, list[Span]] = field(default_factory=dict)  # the instants from which dated values hold, and where
    later: list[tuple[int, Checked]] = field(
        default_factory=list
    )  # the same from an instant on, where values are dated

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
        context = self.contexts.get(key)
        if context is None:
            context = self.contexts[key] = Context(len(self.contexts), instance, key[1], root, key[3], subject)
        return context

    def seen_from(self, context: Context, instance: Instance) -> Context:
        """Return `context` as seen from another instance: what a define of an import is read in."""
        return self.context(instance, context.types, context.root, context.start, context.subject)
