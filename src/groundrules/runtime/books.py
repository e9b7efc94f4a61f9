"""Which rulebook a community has, and under which settings; each is compiled once and shared by all that have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike, fspath
from typing import Any

import msgspec

from groundrules.engine import plan_file
from groundrules.engine.engine import Engine
from groundrules.engine.plan_file import Compiled
from groundrules.engine.upkeep.swap import shapes
from groundrules.frontend import Book, RulebookError, read_settings
from groundrules.plan import codec, ir
from groundrules.rulebook.model import Rulebook
from groundrules.runtime.errors import HubError
from groundrules.stores.records import Plan
from groundrules.tools.revisions import RevisionError, spot
from groundrules.tools.versions import Version, load_version

Source = str | PathLike[str] | Book | Compiled | ir.Plan
"""A rulebook's path, `REVISION:PATH`, a plan file, or what was loaded from one."""
Sources = Source | Callable[[str], Source]
"""One rulebook for all communities, or a function from a community's id to its own."""

PLAIN = b"{}"
"""The settings of those who have set nothing."""


@dataclass(frozen=True, eq=False)
class Edition:
    """A rulebook under certain settings, ready to run. `version` is None for one that was loaded elsewhere."""

    compiled: Compiled
    version: Version | None = None

    @cached_property
    def engine(self) -> Engine:
        """The engine that runs all communities with this edition."""
        return Engine(self.compiled, track=True)

    @cached_property
    def name(self) -> str:
        """The rulebook's name with the digest of what runs, as decisions have it."""
        return f"{self.compiled.name}@{self.compiled.digest}"

    @cached_property
    def actions(self) -> dict[str, ir.ActionSpec]:
        """The actions that the rulebook may ask for."""
        return {spec.name: spec for spec in self.compiled.plan.actions}

    @cached_property
    def personal(self) -> frozenset[str]:
        """The ledgers that are kept per member."""
        return frozenset(ledger.id for ledger in self.compiled.plan.ledgers if ledger.per == "member")

    def record(self, now: int) -> Plan:
        """Return the edition for a store to keep."""
        laid_out = msgspec.json.encode(shapes(self.compiled.plan), order="deterministic")
        return Plan(self.name, now, laid_out, plan_file.write(self.compiled))


class Books:
    """Loads and compiles what communities run. Not for several threads at once."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._editions: dict[tuple[Any, bytes], Edition] = {}

    def edition(self, community: str, settings: bytes = PLAIN) -> Edition:
        """Return what a community runs. Raises HubError, with the first diagnostic, if it does not check."""
        source = self._sources(community) if callable(self._sources) else self._sources
        key = (_identity(source), settings)
        found = self._editions.get(key)
        if found is None:
            found = self._editions[key] = edition(source, settings)
        return found

    def replace(self, sources: Sources) -> None:
        """Take what communities run from elsewhere from now on, or anew from the same place."""
        self._sources, self._editions = sources, {}

    @property
    def sources(self) -> Sources:
        """Where rulebooks come from."""
        return self._sources


def edition(source: Source, settings: bytes = PLAIN) -> Edition:
    """Load a rulebook with values for its parameters, a JSON object. Raises HubError if it can't be used."""
    try:
        if isinstance(source, Compiled):
            found = Edition(source)
        elif isinstance(source, ir.Plan):
            found = Edition(Compiled(source, codec.digest(source)))
        elif isinstance(source, Book) and settings == PLAIN:
            found = Edition(Compiled(source.plan, source.digest))
        else:
            return _loaded(source.path if isinstance(source, Book) else fspath(source), settings)
    except (RulebookError, RevisionError, codec.PlanError, OSError) as error:
        raise HubError(f"the rulebook can't be used: {error}") from error
    if settings != PLAIN:
        raise HubError("a compiled plan has its settings in it; give the hub the rulebook's path")
    return found


def _loaded(path: str, settings: bytes) -> Edition:
    if settings == PLAIN:
        version = load_version(spot(path))
        return Edition(version.compiled, version)
    given = read_settings(msgspec.json.decode(settings))

    def extend(book: Rulebook) -> Rulebook:
        return replace(book, settings=given)

    version = load_version(spot(path), extend)
    if version.checked is None:
        raise HubError("a plan file has its settings in it; give the hub the rulebook's path")
    return Edition(version.compiled, version)


def _identity(source: Source) -> Any:
    return fspath(source) if isinstance(source, str | PathLike) else id(source)
