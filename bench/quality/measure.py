"""Feeding rows to a pack and counting which messages it acted on.

A message counts as acted on if a rule of the packs against spam and abuse (`AGAINST`) fired for it: it was deleted,
held, warned about or reported; for the other packs, if a rule did something against its author (`HARSH`): a greeting, a
reminder to staff or a point is not an alarm. Consequences (a ladder's step) and timers' decisions are not counted
again, and the beginning or end of a state says nothing about the message.

Ten false alarms on one member wrong one member, so members are counted as well as messages, and among them the
regulars, who have written `REGULAR` messages before. In the labelled sets every message has its own author.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

import groundrules
from bench.quality.data import HALVES, Half, Row
from groundrules.resources import shipped

AGAINST = ("adverts", "safety", "flood", "respect")
PACKS = tuple(sorted(path.name for path in shipped("policies").iterdir() if path.name not in ("chat", "_starter")))
REGULAR = 20
HARSH = frozenset(
    (
        *("ban", "delete", "hide", "hold", "kick", "lock_channel", "lock_thread", "mute", "redact", "refuse"),
        *("remove_role", "rename", "slow_mode", "suspend", "warn"),
    )
)


@dataclass
class Tally:
    """Counts of messages: those that should be acted on and those that should not."""

    found: int = 0
    wanted: int = 0
    alarms: int = 0
    others: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    members: set[str] = field(default_factory=set)
    wronged: set[str] = field(default_factory=set)
    regulars: set[str] = field(default_factory=set)

    @property
    def recall(self) -> float:
        return self.found / self.wanted if self.wanted else 0.0

    @property
    def precision(self) -> float:
        acted = self.found + self.alarms
        return self.found / acted if acted else 0.0

    @property
    def alarm_rate(self) -> float:
        """False alarms per thousand messages that have nothing wrong."""
        return 1000 * self.alarms / self.others if self.others else 0.0

    def add(self, wanted: bool, rules: Iterable[str], member: str = "", regular: bool = False) -> None:
        acted = sorted(set(rules))
        if wanted:
            self.wanted, self.found = self.wanted + 1, self.found + bool(acted)
            return
        self.others, self.alarms = self.others + 1, self.alarms + bool(acted)
        self.rules.update(acted)
        self.members.add(member)
        if acted:
            self.wronged.add(member)
        if acted and regular:
            self.regulars.add(member)


Tallies = dict[Half, Tally]


def tallies() -> Tallies:
    return {half: Tally() for half in HALVES}


def engines(packs: Iterable[str] = PACKS) -> dict[str, groundrules.Engine]:
    """Return a new engine for each pack, as shipped."""
    return {pack: groundrules.Engine(_book(pack)) for pack in packs}


@cache
def _book(pack: str) -> groundrules.Book:
    return groundrules.load(shipped("policies") / pack)


def acted(packs: dict[str, groundrules.Engine], rows: Iterable[Row]) -> Iterator[tuple[Row, dict[str, list[str]]]]:
    """Yield each message with the rules of each pack that fired for it."""
    for row in rows:
        fired = {pack: _fired(pack, engine, row) for pack, engine in packs.items()}
        if row.wanted is not None:
            yield row, fired


def _fired(pack: str, engine: groundrules.Engine, row: Row) -> list[str]:
    own = [decision for decision in engine.feed(row.event) if decision.trigger == "event"]
    if pack in AGAINST:
        return [fired.rule for decision in own for fired in decision.fired]
    return [rule for decision in own for action in decision.actions if action.do in HARSH for rule in action.rules]
