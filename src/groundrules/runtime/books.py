"""Which rulebook each community runs, with which settings; each is compiled once and shared."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import msgspec

from groundrules.engine import plan_file
from groundrules.engine.engine import Engine
from groundrules.engine.intake.decode import Decoder
from groundrules.engine.plan_file import Compiled
from groundrules.engine.upkeep.swap import shapes
from groundrules.frontend import Book, RulebookError, read_settings
from groundrules.plan import codec, ir
from groundrules.rulebook.model import Rulebook
from groundrules.rulebook.settings_schema import settings_schema
from groundrules.runtime.arrivals import COMMUNITY
from groundrules.runtime.errors import HubError
from groundrules.stores.records import Plan
from groundrules.tools.revisions import RevisionError, spot
from groundrules.tools.versions import Extend, Version, load_version, varied

Source = str | PathLike[str] | Book | Compiled | ir.Plan
"""A rulebook's path, `REVISION:PATH`, a plan file, or what was loaded from one."""
Sources = Source | Callable[[str], Source]
"""One rulebook for all communities, or a function from a community's id to its own."""

PLAIN = b"{}"
"""The settings of communities that have set nothing."""

_encode = msgspec.json.Encoder(order="deterministic").encode
_NAME = re.compile(r'^ ("(?:[^"\\]|\\.)*"):', re.MULTILINE)


@dataclass(frozen=True, eq=False)
class Edition:
    """A rulebook under certain settings, ready to run. `version` has what the front end knows about it."""

    compiled: Compiled
    version: Version

    @cached_property
    def engine(self) -> Engine:
        """The engine that runs all communities with this edition."""
        return Engine(self.compiled, track=True)

    @cached_property
    def name(self) -> str:
        """The rulebook's name with the digest of what runs, as it appears in decisions."""
        return f"{self.compiled.name}@{self.compiled.digest}"

    @cached_property
    def actions(self) -> dict[str, ir.ActionSpec]:
        """The actions that the rulebook may ask for."""
        return {spec.name: spec for spec in self.compiled.plan.actions}

    @cached_property
    def personal(self) -> frozenset[str]:
        """The ledgers that are kept per member."""
        return frozenset(ledger.id for ledger in self.compiled.plan.ledgers if ledger.per == "member")

    def settings_schema(self, lang: str) -> dict[str, Any]:
        """Return the JSON Schema of its settings."""
        checked = self.version.checked
        return settings_schema(() if checked is None else checked.book.parameters, lang)

    @cached_property
    def packed(self) -> tuple[bytes, bytes]:
        """Its row layouts and its plan file, as `record` takes them."""
        return _encode(shapes(self.compiled.plan)), plan_file.write(self.compiled)

    def record(self, now: int) -> Plan:
        """Return the edition for a store to keep."""
        plan = Plan(self.name, now, *self.packed)
        vars(self).pop("packed")  # only needed once
        return plan


MOST = 256
"""Editions that are kept ready; beyond that, the oldest are loaded again on demand."""


class Books:
    """Loads and compiles what communities run, once each; thread-safe.

    A request for an edition that is ready never waits for another that is still being compiled.
    """

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._editions: dict[tuple[Any, bytes], tuple[object, Edition]] = {}  # with its source, so that it keeps its id
        self._lock = threading.Lock()
        self._refused = ""
        self._decoder: Decoder | None = None

    def edition(self, community: str, settings: bytes = PLAIN) -> Edition:
        """Return what a community runs, ready. Raises HubError, with the first diagnostic, if it does not check."""
        if self._refused:
            raise HubError(f"the rulebook is not in force: {self._refused}", "rulebook")
        source = self.sources(community) if callable(self.sources) else self.sources
        path = fspath(source) if isinstance(source, str | PathLike) else None
        return self._ready((path or id(source), settings), source, lambda: self._edition(path, source, settings))

    def _edition(self, path: str | None, source: Source, settings: bytes) -> Edition:
        """Load an edition, or vary a loaded one by its settings, which is several times as fast."""
        known = next((kept for (of, _), (_, kept) in self._editions.items() if of == path), None)
        if path is None or known is None or known.version.checked is None or spot(path).revision is not None:
            return edition(source, settings)
        return settled(known, path, settings)

    def path(self, community: str) -> str | None:
        """Return where a community's rulebook is, or None if that is not a local path."""
        source = self.sources(community) if callable(self.sources) else self.sources
        path = fspath(source) if isinstance(source, str | PathLike) else None
        return path if path is not None and spot(path).revision is None else None

    @property
    def decoder(self) -> Decoder | None:
        """What reads most events: the decoder of the last edition loaded; None if there is none yet."""
        return self._decoder

    def last_good(self, plan: Plan) -> Edition:
        """Return an edition from its stored record. Raises HubError if it can't be read any more."""
        return self._ready((plan.digest, PLAIN), None, lambda: _kept(plan))

    def _ready(self, key: tuple[Any, bytes], source: object, make: Callable[[], Edition]) -> Edition:
        prepared = self._editions.get(key)
        if prepared is None:
            with self._lock:
                prepared = self._editions.get(key) or (source, _by_community(make()))
                prepared[1].engine.warm()  # here, and not at the first event
                _ = prepared[1].packed
                self._editions[key] = prepared
                self._decoder = prepared[1].engine.decoder
                if len(self._editions) > MOST:
                    del self._editions[next(iter(self._editions))]
        return prepared[1]

    def replace(self, sources: Sources) -> None:
        """From now on, take what communities run from elsewhere, or reload it from the same place."""
        with self._lock:
            self.sources, self._editions, self._refused = sources, {}, ""

    def refuse(self, why: str) -> None:
        """Put nothing from here in force until it is replaced; communities keep running what they had."""
        self._refused = why


def _by_community(edition: Edition) -> Edition:
    """Return an edition. Raises HubError if its state is partitioned by anything but communities, as hubs require."""
    plan = edition.compiled.plan
    if tuple(plan.partition) != COMMUNITY:
        path = ".".join(plan.partition).removesuffix(".id")
        raise HubError(
            f"the rulebook has `partition: {path}`, and a hub keeps state apart by `community` alone", "rulebook"
        )
    return edition


def canonical(values: Mapping[str, Any]) -> bytes:
    """Return settings in canonical form. Raises HubError if they are not JSON."""
    try:
        return _encode({name: value for name, value in values.items() if value is not None})
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        raise HubError(f"these are not settings: {error}", "settings", "values") from error


def edition(source: Source, settings: bytes = PLAIN) -> Edition:
    """Load a rulebook with values for its parameters, a JSON object. Raises HubError if it can't be used."""
    try:
        if isinstance(source, Book) and settings != PLAIN:
            return _loaded(source.path, settings)
        if isinstance(source, str | PathLike):
            return _loaded(fspath(source), settings)
    except (RulebookError, RevisionError, codec.PlanError, OSError) as error:
        raise HubError(f"the rulebook can't be used: {error}", *_where(error)) from error
    if settings != PLAIN:
        raise HubError("a compiled plan has its settings in it; give the hub the rulebook's path", "settings", "values")
    return compiled(source if isinstance(source, Compiled) else _compiled(source))


def _where(error: Exception) -> tuple[str, str]:
    """Return the code of the first finding, and the setting it is about; each setting is on its own line."""
    findings = error.diagnostics if isinstance(error, RulebookError) else ()
    first = next((finding for finding in findings if finding.is_error), None)
    if first is None:
        return "rulebook", ""
    if first.span.file.path != "settings":
        return str(first.code), f"{first.span.file.path}:{first.span.line}"
    names = [header for header in _NAME.finditer(first.span.file.text) if header.start() <= first.span.start]
    return str(first.code), f"values.{msgspec.json.decode(names[-1][1])}" if names else "values"


def settled(known: Edition, path: str, settings: bytes, extend: Extend = lambda book: book) -> Edition:
    """Return an edition of the same rulebook under other settings, extended. Raises HubError if they don't fit."""
    try:
        given = read_settings(msgspec.json.decode(settings))
        version = varied(known.version, Path(path), lambda book: extend(replace(book, settings=given)))
    except (RulebookError, OSError) as error:
        raise HubError(f"the rulebook can't be used: {error}", *_where(error)) from error
    return Edition(version.compiled, version)


def _kept(plan: Plan) -> Edition:
    try:
        return compiled(plan_file.read(plan.body))
    except codec.PlanError as error:
        raise HubError(f"the rulebook that was kept can't be read: {error}", "rulebook") from error


def compiled(compiled: Compiled) -> Edition:
    """Return an edition of what was compiled elsewhere."""
    return Edition(compiled, Version(compiled.name, compiled, compiled.digest))


def _compiled(source: Book | ir.Plan) -> Compiled:
    plan = source.plan if isinstance(source, Book) else source
    return Compiled(plan, codec.digest(plan))


def _loaded(path: str, settings: bytes) -> Edition:
    if settings == PLAIN:
        version = load_version(spot(path))
        return Edition(version.compiled, version)
    given = read_settings(msgspec.json.decode(settings))

    def extend(book: Rulebook) -> Rulebook:
        return replace(book, settings=given)

    version = load_version(spot(path), extend)
    if version.checked is None:
        raise HubError("a plan file has its settings in it; give the hub the rulebook's path", "settings", "values")
    return Edition(version.compiled, version)
