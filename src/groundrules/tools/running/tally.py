"""The totals of a stream: counts of decisions, and the guards that stayed undecided.

A rule that can't fire for lack of facts must never look like a quiet day, so the tally keeps, for every rule, how
often its guard was unknown and which missing facts made it so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from groundrules.decisions import Decision
from groundrules.engine.stats import Stats
from groundrules.plan import ir


@dataclass(frozen=True)
class Undecided:
    """A rule whose guard stayed unknown on `count` of `events` events, for lack of `missing`."""

    rule: str
    count: int
    events: int
    missing: tuple[str, ...]


@dataclass
class Tally:
    """Counts over decisions; feed it everything that an engine answers."""

    lines: int = 0
    decided: int = 0
    rejected: int = 0
    duplicates: int = 0
    late: int = 0
    timers: int = 0
    untold: int = 0  # undecided guards that the decisions only count
    types: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    shadowed: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    clamped: Counter[str] = field(default_factory=Counter)
    _unknown: Counter[str] = field(default_factory=Counter)
    _missing: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, decisions: Iterable[Decision]) -> None:
        """Count the decisions that one event brought about."""
        for decision in decisions:
            self._count_trigger(decision)
            self.fired.update(fired.rule for fired in decision.fired)
            self.shadowed.update(shadow.rule for shadow in decision.shadow)
            self.actions.update(action.do for action in decision.actions)
            self.clamped.update(change.ledger for change in decision.ledgers if change.clamped)
            for unknown in decision.unknown:
                self._unknown[unknown.rule] += 1
                self._missing[unknown.rule].update(unknown.missing)
            self.untold += decision.more_unknown

    def _count_trigger(self, decision: Decision) -> None:
        if decision.trigger == "event":
            self.decided += 1
            self.late += decision.late
            if decision.type:
                self.types[decision.type] += 1
        elif decision.trigger == "rejected":
            self.rejected += 1
        elif decision.trigger == "duplicate":
            self.duplicates += 1
        else:
            self.timers += decision.trigger == "timer"

    def take(self, stats: Stats) -> None:
        """Take what an engine counted itself in place of what its decisions told of undecided guards."""
        self._unknown = Counter({rule: row.count for rule, row in stats.undecided.items()})
        self._missing = defaultdict(Counter, {rule: Counter(row.missing) for rule, row in stats.undecided.items()})
        self.untold = 0

    def merge(self, other: Tally) -> None:
        """Add the counts of another part of the same stream."""
        for name in ("lines", "decided", "rejected", "duplicates", "late", "timers", "untold"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("types", "fired", "shadowed", "actions", "clamped", "_unknown"):
            getattr(self, name).update(getattr(other, name))
        for rule, missing in other._missing.items():
            self._missing[rule].update(missing)

    def undecided(self, plan: ir.Plan) -> list[Undecided]:
        """Return the rules whose guards stayed unknown, the most frequent first."""
        triggers = {rule.id: rule.trigger for rule in plan.rules}
        table = []
        for rule, count in self._unknown.items():
            trigger = triggers.get(rule)
            events = sum(self.types[name] for name in trigger.types) if isinstance(trigger, ir.OnEvent) else count
            missing = tuple(name for name, _ in sorted(self._missing[rule].items(), key=lambda item: (-item[1], item)))
            table.append(Undecided(rule, count, max(events, count), missing))
        return sorted(table, key=lambda row: (-row.count, row.rule))
