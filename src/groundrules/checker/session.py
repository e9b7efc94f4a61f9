"""One run of the checker: the report, what is known so far, and the interned contexts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundrules import confined
from groundrules.checker.bindings import Context, DefineBinding, Instance, Root, ScoreBinding
from groundrules.checker.model import Checked, Tables
from groundrules.checker.shapes import common
from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.diagnostics.source import Span
from groundrules.rulebook import model as authored
from groundrules.types import kinds
from groundrules.types.catalog import Catalog


@dataclass(eq=False)
class Session:
    """`report` is where findings go; a trial swaps it for one of its own.

    A rulebook with dated values is checked once for each of the times between their dates, as if each were for good.
    """

    report: Report
    checked: Checked
    at: int | None = None  # the instant whose dated values hold; None: before all of them
    only: Span | None = None  # where the only date stands that counts; None: all count
    defines: dict[tuple[Any, ...], tuple[kinds.Typed, int, int]] = field(default_factory=dict)  # type, levels, nodes
    open_defines: list[DefineBinding] = field(default_factory=list)
    open_scores: list[ScoreBinding] = field(default_factory=list)
    circular: bool = False  # defines go round in circles or grow without end, so nobody may follow them
    nodes: int = 0  # of all expressions, each define written out where it is used
    copied: int = 0  # of these, nodes of defines at a further use
    rules: int = 0  # of all imports, counted at each use
    full: bool = False  # there are too many imports or rules to take in another
    guesses: int = 1000  # near names that may still be looked for; beyond, nobody reads them
    depth: int = 0
    peak: int = 0
    _exemptible: dict[int, dict[str, set[str]]] = field(default_factory=dict)
    _fields: dict[tuple[str, ...], dict[str, kinds.Field]] = field(default_factory=dict)

    @property
    def catalog(self) -> Catalog:
        return self.checked.catalog

    @property
    def tables(self) -> Tables:
        return self.checked.tables

    def add(self, diagnostic: Diagnostic) -> None:
        self.report.add(diagnostic)

    def quietly(self, attempt: Callable[[], kinds.Typed]) -> kinds.Typed:
        """Return what `attempt` gives, without its findings: Unknown if it had errors."""
        report, self.report = self.report, Report()
        try:
            return attempt()
        finally:
            self.report = report

    def context(
        self,
        instance: Instance,
        types: Iterable[str] = (),
        root: Root = "event",
        start: Iterable[str] = (),
        subject: str | None = None,
    ) -> Context:
        """Return the one context of these parts."""
        return self.checked.context(instance, types, root, start, subject)

    def within(self, context: Context, instance: Instance) -> Context:
        """Return `context` as seen from another instance: what a define of an import is read in."""
        return self.checked.seen_from(context, instance)

    def fields(self, types: tuple[str, ...]) -> dict[str, kinds.Field]:
        """Return the fields that all of `types` have; unknown types were reported and are passed over."""
        fields = self._fields.get(types)
        if fields is None:
            objects = [event.object for event in map(self.catalog.event, types) if event is not None]
            fields = self._fields[types] = common(objects) if objects else {}
        return fields

    def entity_of(self, types: tuple[str, ...]) -> str | None:
        """Return what events of all of `types` are themselves, such as a message; None if they are nothing alike."""
        entities = {event.entity for event in map(self.catalog.event, types) if event is not None}
        return entities.pop() if len(entities) == 1 else None

    def own_types(self, book: authored.Rulebook) -> set[str]:
        """Return the event types that a rulebook brings schemas for."""
        return {path.stem for folder in book.schemas for path in confined.files(Path(folder) / "events", "*.json")}

    def exemptible(self, instance: Instance, build: Callable[[], dict[str, set[str]]]) -> dict[str, set[str]]:
        """Return what `build` gives for an instance, built once."""
        if instance.index not in self._exemptible:
            self._exemptible[instance.index] = build()
        return self._exemptible[instance.index]
