"""What windows hold.

Every counted event is recorded once, when it arrives: when (the partition's clock), under which key, with which
value. An event is counted if it has the window's type, its `where` is true, no component of the key is missing and, for
`sum` and `distinct`, the value is not missing either. An event caused by the bot itself (`actor.self`) is only counted
if `where` mentions `actor.self`.

A window is then a question about that history, asked at the time `now`:

- **count**: how many entries lie in (now - within, now];
- **distinct**: how many different values those entries have;
- **sum**: the total of the panes that are not over since `within`. Panes are stretches of `pane` milliseconds from
  1970 on; a pane leaves as a whole;
- **streak**: how many local days in a row had an entry, up to today, or up to yesterday if today has none yet;
- **quiet**: how long ago the last entry was; if there never was one, how long ago the partition's first event was.

Events of the types named under `less` take back, before they are counted themselves, if their `where` is true and they
have the key and the value: of a **count** the entry counted last under the key, of **distinct** values the entries of
the value that they name. A window with `less` holds `keep` entries per key, of each distinct value the last; the oldest
gives way. So an event of a type that both takes back and counts replaces what was counted before.

A window `by_events` looks back over the last `within` events under the key: all events of its type that were not
caused by the bot itself and lack no component of the key. It records all of these, and whether they were counted. If
none came under a key for as long as the plan's `retain`, earlier ones are forgotten.

A question without a time (`within` 0) looks back over the plan's `retain`. **quiet** looks back over its window's
`within` if that is longer, because nothing else is remembered longer.

Keys and distinct values compare as text: numbers as they are written, everything else as it is; where a key is prose,
the plan folds it. A component longer than 64 characters is replaced by its hash, so that a key has a bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from typing import Any

from groundrules.calendar.zones import instant_of, local_day
from groundrules.functions import numbers
from groundrules.plan import ir
from groundrules.reference.scope import Scope
from groundrules.reference.selfmade import is_own_act, mentions_self
from groundrules.reference.values import evaluate
from groundrules.window_kinds import KINDS

Key = tuple[str, ...]
LONGEST = 64
HASHED = "\x1d"


@dataclass(frozen=True)
class Entry:
    """One event that a window has recorded."""

    window: str
    key: Key
    at: int
    number: int
    event: str
    value: Any
    counted: bool = True


def encoded(value: Any) -> str:
    """A key component as text: text as it is, numbers as they are written, lists with commas; a long one hashed,
    and one that could be taken for a hash.
    """
    if isinstance(value, list | tuple):
        text = ",".join(map(encoded, value))
    elif isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = value if isinstance(value, str) else repr(value)
    if len(text) <= LONGEST and not text.startswith(HASHED):
        return text
    return HASHED + blake2b(text.encode(), digest_size=16).hexdigest()


class Windows:
    """The history of all windows of one partition; `first` is when its first event came."""

    def __init__(self, plan: ir.Plan, first: int) -> None:
        self.plan = plan
        self.definitions = {window.id: window for window in plan.windows}
        self.history: list[Entry] = []
        self.first = first

    def count(self, scope: Scope) -> None:
        """Record the event at hand in every window that counts it."""
        assert scope.event is not None
        for window in self.plan.windows:
            for taker in window.less:
                if taker.type == scope.event["type"] and counts(taker, scope):
                    self.take_back(window, taker, scope)
            if window.type == scope.event["type"]:
                self.note(window, scope, counts(window, scope))

    def note(self, window: ir.Window, scope: Scope, counted: bool) -> None:
        """Record an event if a window counts it or looks back by events."""
        assert scope.event is not None
        if not counted and not (window.by_events and comes_under_a_key(window, scope)):
            return
        key = [evaluate(part, scope) for part in window.key]
        value = None if window.value is None else evaluate(window.value, scope)
        if window.by_events and self.is_idle(before := self.all(window.id, key), scope.now):
            self.strike(before)
        entry = Entry(
            window.id, tuple(map(encoded, key)), scope.now, scope.partition.number, scope.event["id"], value, counted
        )
        self.history.append(entry)
        if window.less:
            self.bound(window, entry)

    def is_idle(self, entries: list[Entry], now: int) -> bool:
        """Whether the last event under a key came so long ago that all of them are forgotten."""
        return bool(entries) and entries[-1].at <= now - self.plan.retain

    def take_back(self, window: ir.Window, taker: ir.Taker, scope: Scope) -> None:
        """Strike out what an event takes back."""
        entries = self.all(window.id, [evaluate(part, scope) for part in taker.key])
        if taker.value is None:
            self.strike(entries[-1:])
        else:
            value = encoded(evaluate(taker.value, scope))
            self.strike([entry for entry in entries if encoded(entry.value) == value])

    def bound(self, window: ir.Window, latest: Entry) -> None:
        """Strike out what a window with `less` no longer holds beside its latest entry."""
        entries = [entry for entry in self.history if (entry.window, entry.key) == (latest.window, latest.key)]
        if window.value is not None:
            same = [entry for entry in entries if encoded(entry.value) == encoded(latest.value)]
            self.strike(same[:-1])
            entries = [entry for entry in entries if entry not in same[:-1]]
        self.strike(entries[: -window.keep])

    def strike(self, entries: list[Entry]) -> None:
        """Take entries out of the history."""
        if entries:
            self.history = [entry for entry in self.history if entry not in entries]

    def all(self, window: str, key: list[Any]) -> list[Entry]:
        """The entries under a key, oldest first."""
        wanted = tuple(map(encoded, key))
        return [entry for entry in self.history if entry.window == window and entry.key == wanted]

    def entries(self, window: str, key: list[Any], within: int, now: int) -> list[Entry]:
        """The counted entries under a key in (now - within, now], or among the last `within` ones; oldest first."""
        if self.definitions[window].by_events:
            known = self.all(window, key)
            return [] if self.is_idle(known, now) else [entry for entry in known[-within:] if entry.counted]
        return [entry for entry in self.all(window, key) if entry.at > now - (within or self.plan.retain)]

    def matched(self, tests: Iterable[tuple[ir.WindowTest, Scope]], now: int) -> tuple[str, ...]:
        """The ids of the events that the windows of these comparisons still hold, newest first."""
        held: set[tuple[int, str]] = set()
        for test, scope in tests:
            window = self.definitions[test.window]
            key = [evaluate(part, scope) for part in test.key]
            entries = self.kept(window, key, test.within, now) if window.ids else []
            held |= {(entry.number, entry.event) for entry in entries}
        return tuple(id for _, id in sorted(held, reverse=True))

    def kept(self, window: ir.Window, key: list[Any], within: int, now: int) -> list[Entry]:
        """The entries within a time whose event ids a window still keeps: its last `keep` ones.

        Of a sum only those that added something; of distinct values the last entry of each.
        """
        entries = self.entries(window.id, key, within, now)
        if window.kind == "sum":
            entries = [entry for entry in entries if entry.value]
        elif window.kind == "distinct":
            latest = {encoded(entry.value): entry for entry in entries}
            entries = [entry for entry in entries if latest[encoded(entry.value)] is entry]
        return entries[-window.keep :] if KINDS[window.kind].looks_back else []

    def value(self, window: str, key: list[Any], within: int, maximum: int | None, now: int) -> Any:
        """The number that a window holds under a key, at most `maximum`."""
        definition = self.definitions[window]
        match definition.kind:
            case "count":
                number: Any = len(self.entries(window, key, within, now))
            case "distinct":
                number = len({encoded(entry.value) for entry in self.entries(window, key, within, now)})
            case "sum" if definition.by_events:
                number = numbers.total(entry.value for entry in self.entries(window, key, within, now))
            case "sum":
                number = sum_of_panes(self.all(window, key), definition.pane, now - (within or self.plan.retain))
            case "streak":
                return streak([entry.at for entry in self.all(window, key)], now, self.plan.timezone)
            case "quiet":
                limit = now - max(definition.within, self.plan.retain)
                times = [entry.at for entry in self.all(window, key) if entry.at >= limit]
                return now - max(times, default=self.first)
        return number if maximum is None else min(number, maximum)

    def values(self, window: str, key: list[Any], within: int, now: int) -> list[str]:
        """The different values that a window holds under a key, as text, the latest first."""
        entries = self.entries(window, key, within, now)
        return list(dict.fromkeys(encoded(entry.value) for entry in reversed(entries)))

    def changes(self, window: str, key: list[Any], within: int, bound: int | None, now: int) -> Iterator[int]:
        """Instants at which time alone changes the number that a window holds."""
        definition, within = self.definitions[window], within or self.plan.retain
        entries = [] if None in key else self.all(window, key)
        match definition.kind:
            case _ if definition.by_events:
                yield from (entry.at + self.plan.retain for entry in entries[-1:])
            case "count" | "distinct":
                yield from (entry.at + within for entry in entries)
            case "sum":
                yield from ((entry.at // definition.pane + 1) * definition.pane + within for entry in entries)
            case "streak":
                zone = self.plan.timezone
                yield from (
                    instant_of(zone, local_day(zone, entry.at) + days, 0) for entry in entries for days in (1, 2)
                )
            case "quiet":
                if bound is not None:
                    lifetime = max(definition.within, within)
                    known = [entry.at for entry in entries if entry.at >= now - lifetime]
                    last = max(known, default=self.first)
                    yield from (last + bound, last + bound + 1)
                    yield from (last + lifetime + 1,) if known else ()


def counts(window: ir.Window | ir.Taker, scope: Scope) -> bool:
    """Whether a window counts the event at hand, or a taker takes back with it."""
    if window.where is not None and evaluate(window.where, scope) is not True:
        return False
    has_value = window.value is None or evaluate(window.value, scope) is not None
    return has_value and comes_under_a_key(window, scope)


def comes_under_a_key(window: ir.Window | ir.Taker, scope: Scope) -> bool:
    """Whether the event at hand has the whole key, and is not an act of the bot that `where` does not mention."""
    if is_own_act(scope.event) and not mentions_self(window.where):
        return False
    return all(evaluate(part, scope) is not None for part in window.key)


def sum_of_panes(entries: list[Entry], pane: int, limit: int) -> Any:
    """The total of all panes whose end lies behind `limit`; added up pane by pane, oldest first."""
    panes = [(number, list(group)) for number, group in groupby(entries, lambda entry: entry.at // pane)]
    inside = [group for number, group in panes if (number + 1) * pane > limit]
    return numbers.total(numbers.total(entry.value for entry in group) for group in inside)


def streak(times: list[int], now: int, zone: str) -> int:
    """The number of local days in a row, up to today or yesterday, that have an entry."""
    days = {local_day(zone, time) for time in times}
    today = local_day(zone, now)
    day = today if today in days else today - 1
    length = 0
    while day - length in days:
        length += 1
    return length
