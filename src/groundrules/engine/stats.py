"""Counters of what an engine did, for the table at the end of a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Undecided:
    """How often a rule stayed undecided, and how often each fact was missing."""

    count: int = 0
    missing: dict[str, int] = field(default_factory=dict)


@dataclass
class Stats:
    """events: handled. fired: rule → firings that took effect. undecided: rule → what it lacked."""

    events: int = 0
    rejected: int = 0
    duplicates: int = 0
    late: int = 0
    fired: dict[str, int] = field(default_factory=dict)
    undecided: dict[str, Undecided] = field(default_factory=dict)

    def count(self, undecided: Iterable[tuple[str, tuple[str, ...]]], fired: Iterable[str]) -> None:
        """Count one decision: rules that lacked facts, and rules that fired."""
        for rule in fired:
            self.fired[rule] = self.fired.get(rule, 0) + 1
        for rule, missing in undecided:
            lacking = self.undecided.setdefault(rule, Undecided())
            lacking.count += 1
            for fact in missing:
                lacking.missing[fact] = lacking.missing.get(fact, 0) + 1
