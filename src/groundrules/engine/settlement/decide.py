"""One trigger, one settlement: how a decision is made.

All rules of a trigger are asked about the state as it was before; windows have counted the event at hand already. For
those that fire, clauses and effects are worked out on that same state. Only then does anything change: each balance
settles once, labels are set, paths are opened. Messages are rendered last, on the state as it is now, and actions
combine. Effects under `approval` become a request. What a rule in shadow or outside its share would have done is
recorded but not done, except that it opens its paths: their steps are the rule's own, and in shadow as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Unpack

from groundrules.calendar.instants import format_ms
from groundrules.decisions import (
    MOST_UNKNOWN,
    Action,
    Cause,
    Clause,
    Content,
    Decision,
    Exempted,
    Fired,
    LedgerChange,
    Note,
    Shadow,
    Unknown,
)
from groundrules.engine.cells import entries, labels, sanctions
from groundrules.engine.evaluation.actions import Combined, Wish, place
from groundrules.engine.evaluation.clauses import clauses
from groundrules.engine.evaluation.effects import Ask, Gathered, LabelAsk, Outcome, gather
from groundrules.engine.program import Program
from groundrules.engine.readings import PartitionReadings
from groundrules.engine.settlement import brakes, fallbacks, guards, later, paths, requests
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
        """Return the finder of the entities of one kind that rules can concern."""
        if entity not in self._subjects:
            self._subjects[entity] = Subjects(self.program, self.partition, entity)
        return self._subjects[entity]

    def scope(self, start: Any = None, subject: str | None = None) -> Scope:
        """Return a scope at the partition's clock."""
        return Scope(self.partition.now, self.readings, start, subject)

    def decision(self, cause: Cause, **content: Unpack[Content]) -> Decision:
        """Build a decision at the partition's clock. Nothing else in an engine builds one that has a partition."""
        return cause.decision(format_ms(self.partition.now), self.partition.id, self.program.name, **content)


@dataclass(slots=True)
class Occasion:
    """What is to be decided.

    answers: those of rules that were asked already. groups: the rules to ask, each group in a scope of its own.
    occurrence: what tells this trigger apart from all others of the partition; action keys are made from it. cause:
    what brings the decision about. behind: the ledger whose ladder asks. more_unknown: how many rules stay undecided
    without being asked individually. `asks`, `outcomes`, `actions`, `labels` and `notes` are what the trigger itself
    brings about, apart from any rule.
    """

    groups: list[Group]
    e: Any
    occurrence: str
    cause: Cause
    behind: str | None = None
    more_unknown: int = 0
    answers: Sequence[Answer] = ()
    asks: list[Ask] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    labels: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    released: bool = False


@dataclass(slots=True)
class Firing:
    """A rule that fires: what it asks for, and why."""

    answer: Answer
    clauses: tuple[Clause, ...]
    x: Scope
    gathered: Gathered

    @property
    def held(self) -> bool:
        return self.answer.code.rule.approval is not None


def decide(room: Room, occasion: Occasion) -> tuple[Decision, list[Crossed]]:
    """Ask the rules, let those that fire take effect; return the decision and the ladder steps that it crossed."""
    e, answers = occasion.e, _answers(room, occasion)
    if not _has_own(occasion):
        if all(_only_counts(answer) for answer in answers):
            return _counted(room, occasion, answers)
        if len(answers) == 1 and _is_plain(answers[0]) and not room.program.brakes:
            return _lone(room, occasion, answers[0]), []
        if not any(answer.fires for answer in answers):
            return _quiet(room, occasion, answers), []
    true = [answer for answer in answers if answer.fires]
    exempted = guards.exemptions(answers)
    exempted |= guards.overtaken(true, exempted)
    firings = [_fire(room, answer, e) for answer in true if answer.code.id not in exempted]
    live = [firing for firing in firings if firing.answer.lane == "live"]
    taken = [firing for firing in live if not firing.held]
    changes, crossed = _settle(room, occasion, taken)
    labelled, listed, opened = list[Note](), list[Note](), list[Note]()
    if occasion.outcomes or not all(firing.answer.code.acts_and_counts for firing in firings):
        labelled = _set_labels(room, occasion, taken)
        listed = _enlist(room, occasion, taken)
        opened = _open_paths(room, firings, e)
    actions, dropped, not_done = _act(room, occasion, live, taken)
    unknown, more_unknown = _undecided(room, occasion, answers, live)
    decision = room.decision(
        occasion.cause,
        actions=actions,
        fired=tuple([_fired(firing) for firing in live]),
        ledgers=tuple(changes),
        labels=(*occasion.labels, *labelled),
        dropped=dropped,
        exempted=_exempted(true, exempted) if exempted else (),
        shadow=tuple([_shadow(room, occasion, firing) for firing in firings if firing.answer.lane != "live"]),
        notes=(
            *occasion.notes,
            *[note for firing in live for note in firing.gathered.notes],
            *listed,
            *opened,
            *not_done,
        ),
        unknown=unknown,
        more_unknown=more_unknown,
    )
    return decision, crossed


def _answers(room: Room, occasion: Occasion) -> Sequence[Answer]:
    """Return what the rules say, and what the undecided ones lack."""
    answers = occasion.answers
    if occasion.groups:
        answers = [*answers, *guards.ask(occasion.groups, occasion.e, room.partition, room.program.zone)]
    return guards.with_missing(answers, occasion.e) if any(answer.undecided for answer in answers) else answers


def _has_own(occasion: Occasion) -> bool:
    return bool(occasion.asks or occasion.outcomes or occasion.actions or occasion.labels or occasion.notes)


def _is_plain(answer: Answer) -> bool:
    return answer.fires and answer.lane == "live" and answer.code.only_acts and not (answer.exempts or answer.missing)


def _only_counts(answer: Answer) -> bool:
    return answer.fires and answer.lane == "live" and answer.code.only_counts


def _counted(room: Room, occasion: Occasion, answers: Sequence[Answer]) -> tuple[Decision, list[Crossed]]:
    """The decision in which all rules with something to say only change balances, or none has anything to say."""
    if not answers:
        return room.decision(occasion.cause), []
    firings = [_fire(room, answer, occasion.e) for answer in answers]
    changes, crossed = _settle(room, occasion, firings)
    room.stats.count((), [answer.code.id for answer in answers])
    notes = tuple([note for firing in firings for note in firing.gathered.notes])
    fired = tuple([_fired(firing) for firing in firings])
    return room.decision(occasion.cause, fired=fired, ledgers=tuple(changes), notes=notes), crossed


def _lone(room: Room, occasion: Occasion, answer: Answer) -> Decision:
    """The decision in which one rule fires and only acts, as most do: nothing settles, and nothing else happened."""
    firing = _fire(room, answer, occasion.e)
    wishes = firing.gathered.finish(occasion.e, firing.x).wishes
    actions, dropped = room.program.combiner.combine(wishes, room.partition.id, occasion.occurrence)
    actions, outlasted = _leave_out(room, actions)
    _remember(room, actions)
    room.stats.count((), (answer.code.id,))
    notes = (*firing.gathered.notes, *outlasted)
    return room.decision(occasion.cause, actions=actions, fired=(_fired(firing),), dropped=dropped, notes=notes)


def _quiet(room: Room, occasion: Occasion, answers: Sequence[Answer]) -> Decision:
    """The decision in which nothing happens, though rules may have stayed undecided."""
    unknown, more_unknown = _undecided(room, occasion, answers, ())
    return room.decision(occasion.cause, unknown=unknown, more_unknown=more_unknown)


def _undecided(
    room: Room, occasion: Occasion, answers: Sequence[Answer], live: Sequence[Firing]
) -> tuple[tuple[Unknown, ...], int]:
    """Count the rules that fired or stayed undecided; return the first undecided ones, and how many more there are."""
    lacking = [answer for answer in answers if answer.undecided]
    uncounted = [(answer.code.id, answer.missing) for answer in lacking if not answer.counted]
    room.stats.count(uncounted, [firing.answer.code.id for firing in live])
    if not lacking:
        return (), 0
    listed = tuple([Unknown(rule=answer.code.id, missing=answer.missing) for answer in lacking[:MOST_UNKNOWN]])
    return listed, len(lacking) - len(listed) + occasion.more_unknown


def _fire(room: Room, answer: Answer, e: Any) -> Firing:
    """Let a rule remember that it fired, and work out why it did and what it asks for."""
    code, x = answer.code, answer.x
    deciding = () if code.always else clauses(room.program.compiler, code.rule, e, x, fired=True)
    if code.wants_matched:
        ids = matched(room.program.compiler, code, e, x, room.readings.matched)
        x = x.fresh()
        x.matched = ids
    effects = guards.record(answer, e, room.partition, room.program.zone)
    if code.wants_firing:
        x = x.fresh()
        x.match, x.nth = _borne_out(deciding), guards.nth(answer, e, room.partition)
    return Firing(answer, deciding, x, gather(effects, code.id, e, x))


def _borne_out(deciding: Sequence[Clause]) -> str:
    """Return the leftmost find of the first clause that found something in a text; "" if none did."""
    matches = [(clause.text, place) for clause in deciding if clause.outcome for place in clause.evidence]
    same = [place for text, place in matches if text == matches[0][0]]
    return min(same, key=lambda place: (place.start, place.end)).text if same else ""


def _fired(firing: Firing) -> Fired:
    return Fired(rule=firing.answer.code.id, title=firing.answer.code.rule.title, clauses=firing.clauses)


def _settle(room: Room, occasion: Occasion, taken: list[Firing]) -> tuple[list[LedgerChange], list[Crossed]]:
    """Settle what firings and the occasion itself ask of balances, and remember what may be taken back."""
    asks = [ask for firing in taken for ask in firing.gathered.outcome.asks]
    asks += [ask for outcome in occasion.outcomes for ask in outcome.asks] + occasion.asks
    settled = settle(room.readings.books, asks, occasion.behind) if asks else ([], [])
    for firing in taken:
        if firing.answer.code.rule.undo:
            _remember_grant(room.partition, firing, occasion.e)
    return settled


def _set_labels(room: Room, occasion: Occasion, taken: list[Firing]) -> list[Note]:
    asks = [ask for firing in taken for ask in firing.gathered.outcome.labels]
    asks += [ask for outcome in occasion.outcomes for ask in outcome.labels]
    return [note for ask in asks for note in _set_label(room.partition, ask, room.program.plan.retain)]


def _enlist(room: Room, occasion: Occasion, taken: list[Firing]) -> list[Note]:
    asks = [ask for firing in taken for ask in firing.gathered.outcome.entries]
    asks += [ask for outcome in occasion.outcomes for ask in outcome.entries]
    return entries.change(room.partition, room.program.lists, asks) if asks else []


def _open_paths(room: Room, firings: list[Firing], e: Any) -> list[Note]:
    return [
        note
        for firing in firings
        if not firing.held
        for process in firing.gathered.outcome.opens
        for note in paths.open_process(room.program, room.partition, process, e, firing.x)
    ]


def _act(room: Room, occasion: Occasion, live: list[Firing], taken: list[Firing]) -> tuple[*Combined, list[Note]]:
    """Render and combine the actions; those of the occasion itself are combined already. Note what is not done."""
    outcomes = [*[firing.gathered.finish(occasion.e, firing.x) for firing in taken], *occasion.outcomes]
    wishes = [wish for outcome in outcomes for wish in outcome.wishes]
    for ask in (ask for outcome in outcomes for ask in outcome.later):
        later.put(room.program, room.partition, ask, occasion.occurrence)
    if len(taken) < len(live):
        wishes += _requests(room, occasion, [firing for firing in live if firing.held])
    actions, dropped = room.program.combiner.combine(wishes, room.partition.id, occasion.occurrence)
    if occasion.actions:
        actions = tuple(sorted((*actions, *occasion.actions), key=place))
    actions, notes = _leave_out(room, actions)
    if room.program.brakes and actions:
        actions, held_back = _brake(room, occasion, actions)
        notes += held_back
    _remember(room, actions)
    return actions, dropped, notes


def _leave_out(room: Room, actions: tuple[Action, ...]) -> tuple[tuple[Action, ...], list[Note]]:
    """Leave out what would cut a sanction short."""
    if not room.program.sanctions:
        return actions, []
    return sanctions.leave_out(room.program.sanctions, room.program.combiner, room.partition, actions)


def _remember(room: Room, actions: Sequence[Action]) -> None:
    """Keep what is to be done if actions fail, and which of them put a sanction in force or end one."""
    fallbacks.remember(room.partition, actions)
    if room.program.sanctions:
        sanctions.put_in_force(room.program.sanctions, room.program.combiner, room.partition, actions)


def _brake(room: Room, occasion: Occasion, actions: Sequence[Action]) -> tuple[tuple[Action, ...], list[Note]]:
    """Hold back excess actions; return the actions to be done, including alarms and requests, and the notes."""
    program, partition, x = room.program, room.partition, room.scope()
    kept, held, alarms, notes = brakes.sort_out(program, partition, actions, occasion.released)
    wishes: list[Wish] = []
    for code in alarms:
        gathered = gather(code.effects, code.brake.id, None, x)
        notes += gathered.notes
        wishes += gathered.finish(None, x).wishes
    for id, held_wishes in sorted(held.items()):
        asking = program.rules.get(id)
        if asking is not None:
            case = x, Outcome(held_wishes)
            wishes.append(requests.ask(program, partition, asking, occasion.occurrence, occasion.e, [case]))
    further, _ = program.combiner.combine(wishes, partition.id, f"{occasion.occurrence}/at_most")
    return tuple(sorted((*kept, *further), key=place)), notes


def _remember_grant(partition: Partition, firing: Firing, e: Any) -> None:
    code = firing.answer.code
    key = [value(e, firing.x) for value in code.undo_key]
    if None not in key:
        once = [value(e, firing.x) for value in code.once_key]
        remember_grant(partition, code, key, firing.gathered.outcome.asks, once)


def _set_label(partition: Partition, ask: LabelAsk, retain: int) -> list[Note]:
    lasts = labels.lasting(ask.entity, ask.lasts, retain)
    space, key = partition.space(labels.NAME), labels.key(ask.entity, ask.on, ask.label)
    mark = labels.set_by_rule(space.get(key), not ask.remove, lasts, partition.now)
    if mark is None:
        return []
    labels.store(space, key, mark, partition.now)
    kind = "label_removed" if ask.remove else "label_set"
    return [Note(kind=kind, subject=ask.on, detail={"label": ask.label})]


def _requests(room: Room, occasion: Occasion, held: list[Firing]) -> list[Wish]:
    """Store what is held for approval; return the actions that ask for it, one per rule or per subject."""
    cases: dict[tuple[str, str], list[Firing]] = {}
    for firing in held:
        approval = firing.answer.code.rule.approval
        part = firing.x.subject or "" if approval is not None and not approval.batch else ""
        cases.setdefault((firing.answer.code.id, part), []).append(firing)
    wishes = []
    for (_, part), together in cases.items():
        occurrence = f"{occasion.occurrence}:{part}" if part else occasion.occurrence
        outcomes = [(firing.x, firing.gathered.finish(occasion.e, firing.x)) for firing in together]
        code = together[0].answer.code
        wishes.append(requests.ask(room.program, room.partition, code, occurrence, occasion.e, outcomes))
    return wishes


def _exempted(true: Sequence[Answer], exempted: dict[str, tuple[str, ...]]) -> tuple[Exempted, ...]:
    return tuple(
        Exempted(rule=answer.code.id, by=exempted[answer.code.id])
        for answer in true
        if answer.lane == "live" and answer.code.id in exempted
    )


def _shadow(room: Room, occasion: Occasion, firing: Firing) -> Shadow:
    outcome = firing.gathered.finish(occasion.e, firing.x)
    actions, _ = room.program.combiner.combine(outcome.wishes, room.partition.id, occasion.occurrence)
    ledgers: dict[str, int] = {}
    for ask in outcome.asks:
        ledgers[ask.ledger] = ledgers.get(ask.ledger, 0) + (ask.amount or 0)
    return Shadow(
        rule=firing.answer.code.id,
        reason="shadow" if firing.answer.lane == "shadow" else "rollout",
        clauses=firing.clauses,
        actions=actions,
        ledgers=dict(sorted(ledgers.items())),
    )
