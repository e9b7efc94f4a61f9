"""Counters of what an engine did, for the table at the end of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from groundrules.engine.compiled_rules import RuleCode
from groundrules.engine.index.presence import Left
from groundrules.engine.intake.sparse import carried
from groundrules.engine.state.scope import Scope

MOST_BLAMED = 1000
"""How often, at most, it is worked out what an undecided rule lacked in a decision that nobody sees."""

MOST_KINDS = 4096
"""How many kinds of events are kept apart before what they left undecided is counted rule by rule."""


@dataclass
class Undecided:
    """How often a rule stayed undecided, and how often each fact was missing.

    `count` is exact. The facts are those of the decisions that were made, otherwise of the first MOST_BLAMED events;
    where a rule was not asked individually, those that the first such event lacked.
    """

    count: int = 0
    missing: dict[str, int] = field(default_factory=dict)


class Lacking(Protocol):
    """Rules on a sparse event type (`engine.index.presence`)."""

    def id(self, number: int) -> str:
        """Return the id of a rule."""

    def members(self, group: int) -> Sequence[int]:
        """Return the rules of a group."""

    def excluded(self, group: int, left: Left, fields: Iterable[str]) -> Collection[int]:
        """Return the rules that were asked individually."""

    def missing_reads(self, rule: str, e: Any, x: Scope) -> tuple[str, ...]:
        """Return the missing reads that left a rule undecided."""


@dataclass
class Kind:
    """Events that leave the same rules undecided: how many there were, and the first of them with its scope."""

    first: Any
    x: Scope
    count: int = 0


@dataclass
class Stats:
    """events: handled. fired: rule → firings that took effect."""

    events: int = 0
    rejected: int = 0
    duplicates: int = 0
    late: int = 0
    fired: dict[str, int] = field(default_factory=dict)
    _undecided: dict[str, Undecided] = field(default_factory=dict)
    _kinds: dict[tuple[Lacking, Left, tuple[str, ...]], Kind] = field(default_factory=dict)
    _missing_reads: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def undecided(self) -> dict[str, Undecided]:
        """Rule → how often it stayed undecided, and what it lacked."""
        self._settle()
        return self._undecided

    def count(self, undecided: Iterable[tuple[str, tuple[str, ...]]], fired: Iterable[str]) -> None:
        """Count one decision: rules that lacked facts, and rules that fired."""
        for rule in fired:
            self.fired[rule] = self.fired.get(rule, 0) + 1
        for rule, missing in undecided:
            self._count(rule, missing, 1)

    def leave(self, code: RuleCode, e: Any, x: Scope) -> None:
        """Count a rule left undecided in a decision that nobody sees; work out what it lacked MOST_BLAMED times."""
        row = self._undecided.get(code.id)
        often = row is not None and row.count >= MOST_BLAMED
        self._count(code.id, () if often else code.when.missing_reads(e, x), 1)

    def lack(self, rules: Lacking, left: Left, e: Any, x: Scope) -> None:
        """Count an event that leaves groups of rules undecided, except those that were asked individually."""
        key = rules, left, tuple(carried(e))
        kind = self._kinds.get(key)
        if kind is None:
            if len(self._kinds) >= MOST_KINDS:
                self._settle()
            kind = self._kinds[key] = Kind(e, Scope(x.now, x.readings))
        kind.count += 1

    def _settle(self) -> None:
        """Count rule by rule what was counted by kinds of events: all, less those where it was asked individually."""
        of_group: dict[tuple[Lacking, int], list[tuple[Collection[int], Kind]]] = {}
        for (rules, left, fields), kind in self._kinds.items():
            for group in left.groups:
                of_group.setdefault((rules, group), []).append((rules.excluded(group, left, fields), kind))
        for (rules, group), kinds in of_group.items():
            total = sum(kind.count for _, kind in kinds)
            read = Counter[int]()
            for asked, kind in kinds:
                read.update(dict.fromkeys(asked, kind.count))
            for number in rules.members(group):
                if total > read[number]:
                    self._lacked(rules, number, total - read[number], kinds)
        self._kinds.clear()

    def _lacked(self, rules: Lacking, number: int, times: int, kinds: Iterable[tuple[Collection[int], Kind]]) -> None:
        rule = rules.id(number)
        if rule not in self._missing_reads:
            kind = next(kind for asked, kind in kinds if number not in asked)
            self._missing_reads[rule] = rules.missing_reads(rule, kind.first, kind.x)
        self._count(rule, self._missing_reads[rule], times)

    def _count(self, rule: str, missing: Iterable[str], times: int) -> None:
        lacking = self._undecided.get(rule)
        if lacking is None:
            lacking = self._undecided[rule] = Undecided()
        lacking.count += times
        for fact in missing:
            lacking.missing[fact] = lacking.missing.get(fact, 0) + times
