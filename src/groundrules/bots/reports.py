"""Reports about a community, made from what is recorded: who wrote, who answered, what was done, what was earned.

A report is a few lines for a channel; the console and `groundrules replay` tell more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, NamedTuple

import msgspec

from groundrules.adapters.common import mapping, text
from groundrules.bots.room import Room
from groundrules.calendar.instants import parse_rfc3339
from groundrules.decisions import Action, Decision
from groundrules.narrate.deeds import title_of
from groundrules.narrate.localised import rule_named
from groundrules.narrate.speech import Speech, length_in_words, speech
from groundrules.plan import ir
from groundrules.runtime import Hub
from groundrules.runtime.passing_time import FAR
from groundrules.stores.records import Query
from groundrules.time_units import DAY

PERIODS = {"daily": DAY, "weekly": 7 * DAY, "monthly": 30 * DAY, "quarterly": 90 * DAY}
"""How far a report of this name looks back where nothing is said."""
SECTIONS = ("activity", "response", "moderation", "rewards", "rules")
BEST = 5
PAGE = 1_000
_decision = msgspec.json.Decoder(Decision).decode


class Past(NamedTuple):
    """What happened in a period: the events as they were recorded, the decisions, and the ledgers that hold rewards."""

    events: Sequence[dict[str, Any]]
    decisions: Sequence[Decision]
    rewarding: Collection[str] = ()


@dataclass
class _Counts:
    types: Counter[str] = field(default_factory=Counter)
    writers: set[str] = field(default_factory=set)
    written: dict[str, int] = field(default_factory=dict)
    waits: list[int] = field(default_factory=list)


async def past(hub: Hub, community: str, since: int, plan: ir.Plan) -> Past:
    """Read what happened in a community since an instant (ms)."""
    events = [
        msgspec.json.decode(line, type=dict[str, Any])
        for segment in await hub.recorded(community, since)
        for line in segment.body.splitlines()
    ]
    decisions: list[Decision] = []
    before = FAR
    while page := await hub.decisions(Query(community, before=before, limit=PAGE)):
        decisions += (_decision(entry.body) for entry in page if entry.at >= since)
        before = page[-1].position
        if page[-1].at < since:
            break
    punishing = {ladder.ledger for ladder in plan.ladders if ladder.appeal is not None}
    rewarding = [ledger.id for ledger in plan.ledgers if ledger.per == "member" and ledger.id not in punishing]
    return Past([event for event in events if _at(event) >= since], decisions, rewarding)


def period(action: Action) -> int:
    """How far (ms) a report looks back."""
    period_given = action.parameters.get("period")
    return (
        period_given
        if isinstance(period_given, int)
        else PERIODS.get(text(action.parameters.get("name")), PERIODS["weekly"])
    )


def report(action: Action, past: Past, room: Room, lang: str) -> str:
    """Say what a report tells, in a language."""
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


def _at(event: dict[str, Any]) -> int:
    return parse_rfc3339(text(event.get("time")))


def _counted(events: Iterable[dict[str, Any]]) -> _Counts:
    counts = _Counts()
    for event in events:
        type, actor = text(event.get("type")), mapping(event.get("actor"))
        counts.types[type] += 1
        if type == "message" and not actor.get("bot") and not actor.get("self"):
            at, answered = _at(event), counts.written.pop(text(event.get("reply_to")), None)
            counts.writers.add(text(actor.get("id")))
            counts.written[text(event.get("id"))] = at
            if answered is not None:
                counts.waits.append(max(at - answered, 0))
    return counts


def _activity(past: Past, room: Room, say: Speech) -> Iterator[str]:
    counts = _counted(past.events)
    types = counts.types
    came, went = types["member.joined"], types["member.left"] + types["member.kicked"]
    yield say("reports.activity", messages=types["message"], members=len(counts.writers), came=came, went=went)


def _response(past: Past, room: Room, say: Speech) -> Iterator[str]:
    waits = _counted(past.events).waits
    if waits:
        usual = length_in_words(round(median(waits)) // 1000 * 1000, say.lang)
        yield say("reports.response", answered=len(waits), usual=usual)
    else:
        yield say("reports.no_response")


def _moderation(past: Past, room: Room, say: Speech) -> Iterator[str]:
    done = Counter(action.do for decision in past.decisions for action in decision.actions)
    for silent in ("request_approval", "reply", "send", "announce", "report", "notify"):
        done.pop(silent, None)
    named = [say("reports.times", what=title_of(do, say.lang), n=n) for do, n in done.most_common()]
    yield say("reports.moderation", done=say.join(named)) if named else say("reports.no_moderation")


def _rewards(past: Past, room: Room, say: Speech) -> Iterator[str]:
    earned: Counter[str] = Counter()
    for decision in past.decisions:
        for change in decision.ledgers:
            if change.after > change.before and change.ledger in past.rewarding:
                earned[change.who] += change.after - change.before
    named = [say("reports.times", what=room.name(who), n=n) for who, n in earned.most_common(BEST)]
    yield say("reports.rewards", n=sum(earned.values()), best=say.join(named)) if named else say("reports.no_rewards")


def _rules(past: Past, room: Room, say: Speech) -> Iterator[str]:
    fired = Counter(fired.rule for decision in past.decisions for fired in decision.fired)
    named = [say("reports.times", what=rule_named(rule, say.lang), n=n) for rule, n in fired.most_common(BEST)]
    yield say("reports.rules", best=say.join(named)) if named else say("reports.no_rules")


def _undecided(past: Past, room: Room, say: Speech) -> Iterator[str]:
    undecided = Counter(unknown.rule for decision in past.decisions for unknown in decision.unknown)
    named = [say("reports.times", what=rule_named(rule, say.lang), n=n) for rule, n in undecided.most_common(BEST)]
    yield say("reports.undecided", rules=say.join(named)) if named else say("reports.no_undecided")


def _appeals(past: Past, room: Room, say: Speech) -> Iterator[str]:
    types = _counted(past.events).types
    numbers = {name: types[f"appeal.{name}"] for name in ("opened", "granted", "refused")}
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
