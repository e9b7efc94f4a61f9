"""One trigger, one settlement: what a decision is made of.

All rules of a trigger are asked about the state as it was before; windows have counted the event at hand already. For
those that fire, clauses and effects are worked out on that same state. Only then does anything change: each balance
settles once, labels are set, paths are opened. Messages are rendered last, on the state as it is now, and actions
combine. Effects under `approval` become a request. What a rule in shadow or outside its share would have done is told
and not done, but for the paths it opens: their steps are the rule's own, and in shadow as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from groundrules.calendar.instants import format_ms
from groundrules.decisions import (
    MOST_UNKNOWN,
    Action,
    Clause,
    Decision,
    Exempted,
    Fired,
    LedgerChange,
    Note,
    Shadow,
    Unknown,
)
from groundrules.engine.cells import labels
from groundrules.engine.evaluation.actions import Combined, Wish
from groundrules.engine.evaluation.clauses import clauses
from groundrules.engine.evaluation.effects import Ask, Gathered, LabelAsk, Outcome, gather
from groundrules.engine.program import Program
from groundrules.engine.readings import PartitionReadings
from groundrules.engine.settlement import fallbacks, guards, paths, requests
from groundrules.engine.settlement.guards import Answer, Group
from groundrules.engine.settlement.ledgers import Crossed, remember_grant, settle
from groundrules.engine.settlement.matched import matched
from groundrules.engine.settlement.subjects import Subjects
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.scope import Scope
from groundrules.engine.stats import Stats


@dataclass(frozen=True, slots=True)
class Room:
    """Where decisions are made: a program, and a partition with what reads it."""

    program: Program
    partition: Partition
    readings: PartitionReadings
    stats: Stats
    _subjects: dict[str, Subjects] = field(default_factory=dict)

    def subjects(self, entity: str) -> Subjects:
        """Return what finds those of an entity whom rules can concern."""
        if entity not in self._subjects:
            self._subjects[entity] = Subjects(self.program, self.partition, entity)
        return self._subjects[entity]

    def scope(self, start: Any = None, subject: str | None = None) -> Scope:
        """Return a scope at the partition's clock."""
        return Scope(self.partition.now, self.readings, start, subject)


@dataclass(slots=True)
class Occasion:
    """What is to be decided.

    groups: the rules to ask, each group in a scope of its own. occurrence: what tells this trigger apart from all
    others of the partition; action keys are made from it. header: the decision's fields that say what brought it
    about. behind: the ledger whose ladder asks. more_unknown: how many rules stay undecided that are not asked for
    themselves. `asks`, `outcomes`, `actions`, `labels` and `notes` are what the
    trigger itself brings about, apart from any rule.
    """

    groups: list[Group]
    e: Any
    occurrence: str
    header: dict[str, Any]
    behind: str | None = None
    more_unknown: int = 0
    asks: list[Ask] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    labels: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass(slots=True)
class Firing:
    """A rule that fires: what it asks for, and why."""

    said: Answer
    clauses: tuple[Clause, ...]
    x: Scope
    gathered: Gathered

    @property
    def held(self) -> bool:
        return self.said.code.rule.approval is not None


def decide(room: Room, occasion: Occasion) -> tuple[Decision, list[Crossed]]:
    """Ask the rules, let those that fire take effect; return the decision and the ladder steps that it crossed."""
    program, partition, e = room.program, room.partition, occasion.e
    answers = guards.ask(occasion.groups, e, partition, program.zone)
    if not _has_own(occasion):
        if len(answers) == 1 and _is_plain(answers[0]):
            return _lone(room, occasion, answers[0]), []
        if not any(said.fires for said in answers):
            return _quiet(room, occasion, answers), []
    firing = [said for said in answers if said.fires]
    exempted = guards.exemptions(answers)
    fired = [_firing(room, said, e) for said in firing if said.code.id not in exempted]
    live = [one for one in fired if one.said.lane == "live"]
    taken = [one for one in live if not one.held]
    changes, crossed = _settled(room, occasion, taken)
    told = _labelled(room, occasion, taken)
    opened = _opened(room, fired, e)
    actions, dropped = _acted(room, occasion, live, taken)
    lacking = [said for said in answers if said.undecided] if len(answers) > len(firing) else []
    room.stats.count(_uncounted(lacking), [one.said.code.id for one in live])
    return _decision(
        room,
        occasion,
        actions=actions,
        fired=tuple([_told(one) for one in live]),
        ledgers=tuple(changes),
        labels=(*occasion.labels, *told),
        dropped=dropped,
        exempted=_exempted(firing, exempted) if exempted else (),
        shadow=tuple([_shadow(room, occasion, one) for one in fired if one.said.lane != "live"]),
        notes=(*occasion.notes, *[note for one in live for note in one.gathered.notes], *opened),
        **_unknown(occasion, lacking),
    ), crossed


def _has_own(occasion: Occasion) -> bool:
    return bool(occasion.asks or occasion.outcomes or occasion.actions or occasion.labels or occasion.notes)


def _is_plain(said: Answer) -> bool:
    return said.fires and said.lane == "live" and said.code.only_acts and not (said.exempts or said.missing)


def _lone(room: Room, occasion: Occasion, said: Answer) -> Decision:
    """The decision in which one rule fires and only acts, as most do: nothing settles; nothing else is told."""
    one = _firing(room, said, occasion.e)
    wishes = one.gathered.finish(occasion.e, one.x).wishes
    actions, dropped = room.program.combiner.combine(wishes, room.partition.id, occasion.occurrence)
    fallbacks.remember(room.partition, actions)
    room.stats.count((), (said.code.id,))
    notes = tuple(one.gathered.notes)
    return _decision(room, occasion, actions=actions, fired=(_told(one),), dropped=dropped, notes=notes)


def _quiet(room: Room, occasion: Occasion, answers: list[Answer]) -> Decision:
    """The decision in which nothing happens, though rules may have stayed undecided."""
    if not answers:
        return _decision(room, occasion)
    lacking = [said for said in answers if said.undecided]
    room.stats.count(_uncounted(lacking), ())
    return _decision(room, occasion, **_unknown(occasion, lacking))


def _uncounted(lacking: Iterable[Answer]) -> list[tuple[str, tuple[str, ...]]]:
    return [(said.code.id, said.missing) for said in lacking if not said.counted]


def _unknown(occasion: Occasion, lacking: Sequence[Answer]) -> dict[str, Any]:
    """Return the fields of a decision that tell of undecided guards."""
    if not lacking:
        return {}
    told = lacking[:MOST_UNKNOWN]
    return {
        "unknown": tuple([Unknown(rule=said.code.id, missing=said.missing) for said in told]),
        "more_unknown": len(lacking) - len(told) + occasion.more_unknown,
    }


def _decision(room: Room, occasion: Occasion, **said: Any) -> Decision:
    return Decision(
        at=format_ms(room.partition.now),
        partition=room.partition.id,
        rulebook=room.program.name,
        **occasion.header,
        **said,
    )


def _firing(room: Room, said: Answer, e: Any) -> Firing:
    """Let a rule remember that it fired, and work out why it did and what it asks for."""
    code, x = said.code, said.x
    told = () if code.always else clauses(room.program.compiler, code.rule, e, x, fired=True)
    if code.wants_matched:
        ids = matched(room.program.compiler, code, e, x, room.readings.matched)
        x = Scope(x.now, x.readings, x.start, x.subject, ids)
    effects = guards.record(said, e, room.partition, room.program.zone)
    return Firing(said, told, x, gather(effects, code.id, e, x))


def _told(one: Firing) -> Fired:
    return Fired(rule=one.said.code.id, title=one.said.code.rule.title, clauses=one.clauses)


def _settled(room: Room, occasion: Occasion, taken: list[Firing]) -> tuple[list[LedgerChange], list[Crossed]]:
    """Settle what firings and the occasion itself ask of balances, and remember what may be taken back."""
    asks = [ask for one in taken for ask in one.gathered.outcome.asks]
    asks += [ask for outcome in occasion.outcomes for ask in outcome.asks] + occasion.asks
    found = settle(room.program, room.partition, asks, occasion.behind) if asks else ([], [])
    for one in taken:
        if one.said.code.rule.undo:
            _remember_grant(room.partition, one, occasion.e)
    return found


def _labelled(room: Room, occasion: Occasion, taken: list[Firing]) -> list[Note]:
    asks = [ask for one in taken for ask in one.gathered.outcome.labels]
    asks += [ask for outcome in occasion.outcomes for ask in outcome.labels]
    return [note for ask in asks for note in _label(room.partition, ask, room.program.plan.retain)]


def _opened(room: Room, fired: list[Firing], e: Any) -> list[Note]:
    opens = [(one, process) for one in fired if not one.held for process in one.gathered.outcome.opens]
    return [
        note for one, process in opens for note in paths.open_process(room.program, room.partition, process, e, one.x)
    ]


def _acted(room: Room, occasion: Occasion, live: list[Firing], taken: list[Firing]) -> Combined:
    """Render and combine the actions; those of the occasion itself are combined already."""
    wishes = [wish for one in taken for wish in one.gathered.finish(occasion.e, one.x).wishes]
    wishes += [wish for outcome in occasion.outcomes for wish in outcome.wishes]
    if len(taken) < len(live):
        wishes += _requests(room, occasion, [one for one in live if one.held])
    actions, dropped = room.program.combiner.combine(wishes, room.partition.id, occasion.occurrence)
    if occasion.actions:
        both = (*actions, *occasion.actions)
        actions = tuple(sorted(both, key=lambda action: (action.do, action.who or "", action.key)))
    fallbacks.remember(room.partition, actions)
    return actions, dropped


def _remember_grant(partition: Partition, one: Firing, e: Any) -> None:
    code = one.said.code
    key = [value(e, one.x) for value in code.undo_key]
    if None not in key:
        once = [value(e, one.x) for value in code.once_key]
        remember_grant(partition, code, key, one.gathered.outcome.asks, once)


def _label(partition: Partition, ask: LabelAsk, retain: int) -> list[Note]:
    lasts = labels.lasting(ask.entity, ask.lasts, retain)
    space, key = partition.space(labels.NAME), labels.key(ask.entity, ask.on, ask.label)
    mark = labels.set_by_rule(space.get(key), not ask.remove, lasts, partition.now)
    if mark is None:
        return []
    labels.store(space, key, mark, partition.now)
    kind = "label_removed" if ask.remove else "label_set"
    return [Note(kind=kind, subject=ask.on, detail={"label": ask.label})]


def _requests(room: Room, occasion: Occasion, held: list[Firing]) -> list[Wish]:
    """Put what is held for approval away; return the actions that ask for it."""
    cases: dict[tuple[str, str], list[tuple[Firing, Outcome]]] = {}
    for one in held:
        approval = one.said.code.rule.approval
        part = one.x.subject or "" if approval is not None and not approval.batch else ""
        cases.setdefault((one.said.code.id, part), []).append((one, one.gathered.finish(occasion.e, one.x)))
    wishes = []
    for (_, part), found in cases.items():
        code = found[0][0].said.code
        occurrence = f"{occasion.occurrence}:{part}" if part else occasion.occurrence
        wishes.append(
            requests.ask(
                room.program, room.partition, code, occurrence, occasion.e, [(one.x, outcome) for one, outcome in found]
            )
        )
    return wishes


def _exempted(firing: Sequence[Answer], exempted: dict[str, tuple[str, ...]]) -> tuple[Exempted, ...]:
    return tuple(
        Exempted(rule=said.code.id, by=exempted[said.code.id])
        for said in firing
        if said.lane == "live" and said.code.id in exempted
    )


def _shadow(room: Room, occasion: Occasion, one: Firing) -> Shadow:
    outcome = one.gathered.finish(occasion.e, one.x)
    actions, _ = room.program.combiner.combine(outcome.wishes, room.partition.id, occasion.occurrence)
    ledgers: dict[str, int] = {}
    for ask in outcome.asks:
        ledgers[ask.ledger] = ledgers.get(ask.ledger, 0) + (ask.amount or 0)
    return Shadow(
        rule=one.said.code.id,
        reason="shadow" if one.said.lane == "shadow" else "rollout",
        clauses=one.clauses,
        actions=actions,
        ledgers=dict(sorted(ledgers.items())),
    )
