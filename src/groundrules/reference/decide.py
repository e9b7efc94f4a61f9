"""One trigger, one settlement: how a decision is made.

A trigger is an event, a step of a path that falls due, a state entered or left, a schedule, the end of a request for
approval, or the crossing of a ladder's step. All rules of that trigger are asked, in the order of their ids, about the
state as it was before (windows have counted the event at hand already). Then, for the rules that fire:

1. they remember that they fired, and `times` says which effects they have;
2. clauses, targets, parameters of actions and amounts are worked out: all on the state before (see `effects`);
3. effects under `approval` become a request (see `requests`);
4. each balance settles once (see `ledgers`), reversals included; labels are set; paths are opened;
5. messages are rendered, on the state as it is now: the first strike reads 1;
6. actions combine (see `actions`).

A step that a balance crossed is a separate decision, right afterwards (see `runner`).

A rule in shadow or outside its share is recorded with what it would have done: its actions, and what it would have
asked of each ledger. None of that happens, except that it opens its paths: their steps are the rule's own, in shadow as
well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from groundrules.decisions import MOST_UNKNOWN, Action, Cause, Clause, Decision, Exempted, Fired, Note, Shadow, Unknown
from groundrules.plan import ir
from groundrules.reference import actions, brakes, clauses, guards
from groundrules.reference.effects import Gathered, LabelAsk, Outcome, gather
from groundrules.reference.entries import change
from groundrules.reference.firings import key_of
from groundrules.reference.guards import Answer
from groundrules.reference.ladders import Crossing
from groundrules.reference.ledgers import Ask
from groundrules.reference.partition import Partition
from groundrules.reference.scope import Json, Scope
from groundrules.reference.values import evaluate


@dataclass
class Occasion:
    """What is to be decided.

    `groups` are the rules to ask, each group in a scope of its own: one for an event, one per member for a schedule.
    `occurrence` distinguishes this trigger from all others of the partition; action keys are made from it. `cause` is
    what brings the decision about. `behind` is the ledger whose ladder asks, `event` the event that all of this goes
    back to. The rest is what the trigger itself brings about, apart from any rule.
    """

    groups: list[tuple[list[ir.Rule], Scope]]
    occurrence: str
    cause: Cause
    behind: str | None = None
    event: Json | None = None
    asks: list[Ask] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    labels: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    released: bool = False


@dataclass(frozen=True)
class Firing:
    """A rule that fires: why, and what it asks for."""

    answer: Answer
    clauses: tuple[Clause, ...]
    scope: Scope
    gathered: Gathered

    @property
    def rule(self) -> ir.Rule:
        return self.answer.rule

    @property
    def live(self) -> bool:
        return self.answer.lane == "live"

    @property
    def held(self) -> bool:
        return self.rule.approval is not None

    def finish(self) -> Outcome:
        """Render all messages and return what the firing asks for."""
        return self.gathered.finish(self.scope)


def decide(partition: Partition, occasion: Occasion) -> tuple[Decision, list[Crossing]]:
    """Ask the rules and let those that fire take effect; the decision, and the ladder steps that it crossed."""
    answers = [
        guards.answer(rule, scope) for rules, scope in occasion.groups for rule in rules if guards.applies(rule, scope)
    ]
    exempted = guards.exemptions(answers)
    exempted |= guards.overtaken(answers, exempted)
    firings = [fire(answer) for answer in answers if answer.fires and answer.rule.id not in exempted]
    live = [firing for firing in firings if firing.live]
    taken = [firing for firing in live if not firing.held]
    asks = [ask for firing in taken for ask in firing.gathered.outcome.asks]
    asks += [ask for outcome in occasion.outcomes for ask in outcome.asks] + occasion.asks
    changes = partition.ledgers.settle(asks, partition.now)
    crossed = [
        step for change in changes for step in partition.ladders.cross_all(change, partition.now, occasion.behind)
    ]
    for firing in taken:
        remember_grant(firing)
    labels = [ask for firing in taken for ask in firing.gathered.outcome.labels]
    labels += [ask for outcome in occasion.outcomes for ask in outcome.labels]
    labelled = [note for ask in labels for note in set_label(partition, ask)]
    entries = [ask for firing in taken for ask in firing.gathered.outcome.entries]
    entries += [ask for outcome in occasion.outcomes for ask in outcome.entries]
    listed = change(partition, entries)
    opens = [(firing, process) for firing in firings if not firing.held for process in firing.gathered.outcome.opens]
    opened = [note for firing, process in opens for note in open_path(firing, process)]
    outcomes = [*[firing.finish() for firing in taken], *occasion.outcomes]
    wishes = [wish for outcome in outcomes for wish in outcome.wishes]
    for ask in (ask for outcome in outcomes for ask in outcome.later):
        partition.waiting_actions.put(partition.plan, ask, occasion.occurrence, partition.now)
    wishes += partition.approvals.requests(partition, occasion, [firing for firing in live if firing.held])
    done, dropped = actions.combine(partition.plan, wishes, partition.id, occasion.occurrence)
    done = sorted([*done, *occasion.actions], key=actions.place)
    done, outlasted = partition.sanctions.leave_out(done, partition.now)
    done, held_back = braked(partition, occasion, done)
    partition.fallbacks.remember(done, partition.now)
    partition.sanctions.put_in_force(done, partition.now)
    unknown = tuple(Unknown(rule=answer.rule.id, missing=answer.missing) for answer in answers if answer.missing)
    decision = partition.decision(
        occasion.cause,
        actions=tuple(done),
        fired=tuple(Fired(rule=firing.rule.id, title=firing.rule.title, clauses=firing.clauses) for firing in live),
        ledgers=tuple(changes),
        labels=(*occasion.labels, *labelled),
        dropped=tuple(dropped),
        exempted=tuple(exempted_of(answers, exempted)),
        shadow=tuple(shadow_of(partition, occasion, firing) for firing in firings if not firing.live),
        notes=(
            *occasion.notes,
            *[note for firing in live for note in firing.gathered.notes],
            *listed,
            *opened,
            *outlasted,
            *held_back,
        ),
        unknown=unknown[:MOST_UNKNOWN],
        more_unknown=max(len(unknown) - MOST_UNKNOWN, 0),
    )
    return decision, crossed


# --- firing ---------------------------------------------------------------------------------------


def braked(partition: Partition, occasion: Occasion, done: list[Action]) -> tuple[list[Action], list[Note]]:
    """Hold back excess actions; the actions to be done, including alarms and requests, and the notes."""
    kept, held, alarms, notes = brakes.sort_out(partition, done, occasion.released)
    scope = Scope(partition, partition.now)
    wishes: list[actions.Wish] = []
    for brake in alarms:
        gathered = gather(brake.effects, brake.id, scope)
        notes += gathered.notes
        wishes += gathered.finish(scope).wishes
    for rule in partition.plan.rules:
        if isinstance(rule.trigger, ir.OnBrake) and rule.trigger.brake in held:
            wishes.append(partition.approvals.ask_for(partition, occasion, rule, held[rule.trigger.brake]))
    further, _ = actions.combine(partition.plan, wishes, partition.id, f"{occasion.occurrence}/at_most")
    return sorted([*kept, *further], key=actions.place), notes


def fire(answer: Answer) -> Firing:
    """Let a rule remember that it fired, and work out why it did and what it asks for."""
    rule, scope = answer.rule, answer.scope
    deciding = clauses.clauses(rule.when, scope)
    inside = replace(scope, matched=matched(rule, scope), match=borne_out(deciding))
    scope.partition.firings.record(rule, answer.lane, scope)
    inside = replace(inside, nth=scope.partition.firings.nth(rule, answer.lane, scope))
    effects = scope.partition.firings.effects(rule, answer.lane, scope)
    return Firing(answer, deciding, inside, gather(effects, rule.id, inside))


def borne_out(deciding: tuple[Clause, ...]) -> str:
    """The value of `match`: the leftmost find of the first clause that found something in a text."""
    matches = [(clause.text, place) for clause in deciding if clause.outcome for place in clause.evidence]
    same = [place for text, place in matches if text == matches[0][0]]
    return min(same, key=lambda place: (place.start, place.end)).text if same else ""


def matched(rule: ir.Rule, scope: Scope) -> tuple[str, ...]:
    """The events still held by the windows whose tests were true in the guard."""
    leaves = [] if isinstance(rule.when, ir.Const) else clauses.deciding(rule.when, scope)
    tests = [leaf for leaf in leaves if isinstance(leaf[0], ir.WindowTest) and evaluate(*leaf) is True]
    return scope.partition.windows.matched(tests, scope.now)


# --- what firing leaves -----------------------------------------------------------------------------


def reversals(scope: Scope) -> list[Ask]:
    """What the event at hand takes back of earlier grants."""
    assert scope.event is not None
    asks: list[Ask] = []
    for rule in scope.plan.rules:
        for undo in rule.undo if rule.mode != "off" else ():
            if undo.type == scope.event["type"] and None not in [evaluate(part, scope) for part in undo.key]:
                grant = scope.partition.ledgers.take_back(rule, key_of(undo.key, scope), scope.now)
                if grant is not None:
                    scope.partition.firings.undo(rule, grant.once, grant.at)
                    asks += [Ask(rule.id, ask.ledger, ask.who, -ask.given) for ask in grant.asks if ask.given]
    return asks


def remember_grant(firing: Firing) -> None:
    """Keep what a reversible rule really gave."""
    parts = firing.rule.undo_key
    if firing.rule.undo and None not in [evaluate(part, firing.scope) for part in parts]:
        once = key_of(firing.rule.once.key, firing.scope) if firing.rule.once else ()
        key = key_of(parts, firing.scope)
        firing.scope.partition.ledgers.remember(firing.rule, key, once, firing.gathered.outcome.asks, firing.scope.now)


def set_label(partition: Partition, ask: LabelAsk) -> list[Note]:
    """Set or take off a label; noted if it changed anything."""
    if not partition.labels.by_rule(ask.entity, ask.on, ask.label, not ask.remove, ask.lasts, partition.now):
        return []
    kind = "label_removed" if ask.remove else "label_set"
    return [Note(kind=kind, subject=ask.on, detail={"label": ask.label})]


def open_path(firing: Firing, process: str) -> list[Note]:
    return firing.scope.partition.processes.open(process, firing.scope, firing.scope.partition.number)


# --- for the record ---------------------------------------------------------------------------------


def exempted_of(answers: Iterable[Answer], exempted: dict[str, tuple[str, ...]]) -> list[Exempted]:
    """The rules that would have fired but for an exempting rule."""
    return [
        Exempted(rule=answer.rule.id, by=exempted[answer.rule.id])
        for answer in answers
        if answer.fires and answer.lane == "live" and answer.rule.id in exempted
    ]


def shadow_of(partition: Partition, occasion: Occasion, firing: Firing) -> Shadow:
    """What a rule in shadow or outside its share would have done."""
    outcome = firing.finish()
    done, _ = actions.combine(partition.plan, outcome.wishes, partition.id, occasion.occurrence)
    ledgers: dict[str, int] = {}
    for ask in outcome.asks:
        ledgers[ask.ledger] = ledgers.get(ask.ledger, 0) + (ask.amount or 0)
    return Shadow(
        rule=firing.rule.id,
        reason="shadow" if firing.answer.lane == "shadow" else "rollout",
        clauses=firing.clauses,
        actions=tuple(done),
        ledgers=dict(sorted(ledgers.items())),
    )
