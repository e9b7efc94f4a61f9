"""Reports about a community, from what is recorded: who wrote, who answered, what was done, what was earned.

A report is a few lines for a channel; the console and `groundrules replay` show more. The records are read once, a page
at a time and off the loop; only numbers are kept.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median

import msgspec

from groundrules.adapters.common import text
from groundrules.bots.room import Room
from groundrules.calendar.instants import parse_rfc3339
from groundrules.decisions import Action, Decision
from groundrules.narrate.deeds import title_of
from groundrules.narrate.localised import rule_named
from groundrules.narrate.speech import Speech, length_in_words, speech
from groundrules.plan import ir
from groundrules.runtime import Hub
from groundrules.runtime.courtesy import courteous
from groundrules.runtime.passing_time import FAR
from groundrules.stores.records import Events, Logged, Query
from groundrules.time_units import DAY

PERIODS = {"daily": DAY, "weekly": 7 * DAY, "monthly": 30 * DAY, "quarterly": 90 * DAY}
"""How far a report of this name looks back by default."""
SECTIONS = ("activity", "response", "moderation", "rewards", "rules")
BEST = 5
PAGE = 1_000
SEGMENTS = 200
"""Commits whose recorded events are read together."""


class _Actor(msgspec.Struct):
    id: str | None = None
    bot: bool | None = None
    self_: bool | None = msgspec.field(default=None, name="self")


class _Event(msgspec.Struct):
    """The fields read from a recorded event."""

    type: str
    time: str
    id: str | None = None
    reply_to: str | None = None
    actor: _Actor | None = None


_event = msgspec.json.Decoder(_Event).decode
_decision = msgspec.json.Decoder(Decision).decode


@dataclass
class Past:
    """What happened since an instant (ms), in numbers. `rewarding`: the ledgers that hold rewards."""

    since: int
    rewarding: Collection[str] = ()
    types: Counter[str] = field(default_factory=Counter)
    writers: set[str] = field(default_factory=set)
    written: dict[str, int] = field(default_factory=dict)
    waits: list[int] = field(default_factory=list)
    acted: Counter[str] = field(default_factory=Counter)
    earned: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)

    def add_events(self, segments: Iterable[Events]) -> None:
        """Count recorded events; unreadable ones are skipped."""
        with courteous():
            for line in (line for segment in segments for line in segment.body.split(b"\n")):
                try:
                    event = _event(line)
                    at = parse_rfc3339(event.time)
                except (msgspec.MsgspecError, UnicodeError, ValueError):
                    continue
                if at >= self.since:
                    self._add_event(event, at)

    def _add_event(self, event: _Event, at: int) -> None:
        self.types[event.type] += 1
        actor = event.actor or _Actor()
        if event.type == "message" and not actor.bot and not actor.self_:
            answered = self.written.pop(event.reply_to or "", None)
            self.writers.add(actor.id or "")
            self.written[event.id or ""] = at
            if answered is not None:
                self.waits.append(max(at - answered, 0))

    def add_decisions(self, page: Iterable[Logged]) -> None:
        """Count decisions of the log."""
        with courteous():
            for decision in (_decision(entry.body) for entry in page if entry.at >= self.since):
                self.acted.update(action.do for action in decision.actions)
                self.fired.update(fired.rule for fired in decision.fired)
                self.undecided.update(unknown.rule for unknown in decision.unknown)
                for change in decision.ledgers:
                    if change.after > change.before and change.ledger in self.rewarding:
                        self.earned[change.who] += change.after - change.before


async def past(hub: Hub, community: str, since: int, plan: ir.Plan) -> Past:
    """Count what happened in a community since an instant (ms)."""
    punishing = {ladder.ledger for ladder in plan.ladders if ladder.appeal is not None}
    rewarding = {ledger.id for ledger in plan.ledgers if ledger.per == "member" and ledger.id not in punishing}
    past, last, before = Past(since, rewarding), 0, FAR
    while segments := await hub.recorded(community, since, last, SEGMENTS):
        await asyncio.to_thread(past.add_events, segments)
        last = segments[-1].last
    while page := await hub.decisions(Query(community, before=before, limit=PAGE)):
        await asyncio.to_thread(past.add_decisions, page)
        before = page[-1].position
        if page[-1].at < since:
            break
    return past


def period(action: Action) -> int:
    """How far (ms) a report looks back."""
    period_given = action.parameters.get("period")
    return (
        period_given
        if isinstance(period_given, int)
        else PERIODS.get(text(action.parameters.get("name")), PERIODS["weekly"])
    )


def report(action: Action, past: Past, room: Room, lang: str) -> str:
    """Return a report's text in a language."""
    say = speech("bots", lang)
    wanted = action.parameters.get("sections")
    sections = [text(name) for name in wanted] if isinstance(wanted, list | tuple) and wanted else SECTIONS
    name = text(action.parameters.get("name"))
    known = f"reports.named.{name}"
    title = say("reports.title", name=say(known) if say.knows(known) else name)
    lines = [title + say.aside(say("reports.since", length=length_in_words(period(action), lang)))]
    for section in sections:
        lines += _READ[section](past, room, say) if section in _READ else [say("reports.no_section", name=section)]
    return "\n".join(lines)


def _activity(past: Past, room: Room, say: Speech) -> Iterator[str]:
    types = past.types
    came, went = types["member.joined"], types["member.left"] + types["member.kicked"]
    yield say("reports.activity", messages=types["message"], members=len(past.writers), came=came, went=went)


def _response(past: Past, room: Room, say: Speech) -> Iterator[str]:
    waits = past.waits
    if waits:
        usual = length_in_words(round(median(waits)) // 1000 * 1000, say.lang)
        yield say("reports.response", answered=len(waits), usual=usual)
    else:
        yield say("reports.no_response")


def _moderation(past: Past, room: Room, say: Speech) -> Iterator[str]:
    done = past.acted.copy()
    for silent in ("request_approval", "reply", "send", "announce", "report", "notify"):
        done.pop(silent, None)
    named = [say("reports.times", what=title_of(do, say.lang), n=n) for do, n in done.most_common()]
    yield say("reports.moderation", done=say.join(named)) if named else say("reports.no_moderation")


def _rewards(past: Past, room: Room, say: Speech) -> Iterator[str]:
    named = [say("reports.times", what=room.name(who), n=n) for who, n in past.earned.most_common(BEST)]
    total = past.earned.total()
    yield say("reports.rewards", n=total, best=say.join(named)) if named else say("reports.no_rewards")


def _rules(past: Past, room: Room, say: Speech) -> Iterator[str]:
    named = [say("reports.times", what=rule_named(rule, say.lang), n=n) for rule, n in past.fired.most_common(BEST)]
    yield say("reports.rules", best=say.join(named)) if named else say("reports.no_rules")


def _undecided(past: Past, room: Room, say: Speech) -> Iterator[str]:
    most = past.undecided.most_common(BEST)
    named = [say("reports.times", what=rule_named(rule, say.lang), n=n) for rule, n in most]
    yield say("reports.undecided", rules=say.join(named)) if named else say("reports.no_undecided")


def _appeals(past: Past, room: Room, say: Speech) -> Iterator[str]:
    numbers = {name: past.types[f"appeal.{name}"] for name in ("opened", "granted", "refused")}
    yield say("reports.appeals", **numbers)


_READ: dict[str, Callable[[Past, Room, Speech], Iterator[str]]] = {
    "activity": _activity,
    "response": _response,
    "moderation": _moderation,
    "rewards": _rewards,
    "rules": _rules,
    "undecided": _undecided,
    "appeals": _appeals,
}
