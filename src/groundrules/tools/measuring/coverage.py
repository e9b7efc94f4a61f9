"""What the tests of a rulebook reached: its rules, the clauses of their conditions both ways, steps, turns and endings.

Each case is played once more, to the reference interpreter, which tells whenever it asks a guard; every clause of that
guard is then looked at on its own, whether or not the outcome hung on it. A clause that was never true, or never false,
has not been tested: nobody would notice if it were left out. Imports are not counted; they have tests of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from groundrules.decisions import Decision
from groundrules.narrate.speech import Phrase, phrase
from groundrules.plan import ir
from groundrules.reference.scope import Scope
from groundrules.reference.values import evaluate
from groundrules.tools.measuring.observe import leaves, play
from groundrules.tools.testing.cases import Case

Kind = Literal["rule", "clause", "step", "end", "item"]


@dataclass(frozen=True)
class Item:
    """Something that tests can reach: `what` says in which way, `text` is the author's text where there is one."""

    kind: Kind
    owner: str
    what: Phrase
    text: str
    file: str
    line: int


@dataclass
class Observed:
    """What was observed while the cases were played."""

    outcomes: dict[tuple[str, int], set[bool | None]] = field(default_factory=dict)  # (owner, source) → of the clause
    guards: dict[int, set[bool | None]] = field(default_factory=dict)  # identity of a guard in the plan → its outcomes
    fired: set[str] = field(default_factory=set)
    asked: dict[str, set[str]] = field(default_factory=dict)  # owner → cases in which a guard of its was asked


@dataclass(frozen=True)
class Coverage:
    """All items in the order of the text, and those reached."""

    items: tuple[Item, ...]
    reached: frozenset[Item]

    @property
    def missed(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item not in self.reached)

    @property
    def share(self) -> float:
        """From 0 to 1; a rulebook with nothing to reach is reached."""
        return len(self.reached) / len(self.items) if self.items else 1.0


def coverage(plan: ir.Plan, cases: Iterable[Case]) -> Coverage:
    """Play the cases and return what of the rulebook's own they reach."""
    return covered(plan, observe(plan, cases))


def joined(parts: Iterable[Coverage]) -> Coverage:
    """What several sets of cases reach together, each under its own settings."""
    coverages = list(parts)
    items = dict.fromkeys(item for coverage in coverages for item in coverage.items)
    return Coverage(tuple(sorted(items, key=_place)), frozenset().union(*(coverage.reached for coverage in coverages)))


def _place(item: Item) -> tuple[str, int, str, str, str, str]:
    return item.file, item.line, item.owner, item.kind, item.what.form, str(item.what.parts)


# --- playing ----------------------------------------------------------------------------------------


def observe(plan: ir.Plan, cases: Iterable[Case]) -> Observed:
    """Play each case on a fresh interpreter and record what it evaluates and does."""
    observed = Observed()
    for case in cases:
        _play(plan, case, observed)
    return observed


def _play(plan: ir.Plan, case: Case, observed: Observed) -> None:
    def watch(owner: str, guard: Any, scope: Scope) -> None:
        observed.asked.setdefault(owner, set()).add(case.name)
        observed.guards.setdefault(id(guard), set()).add(evaluate(guard, scope))
        for leaf, where in leaves(guard, scope):
            observed.outcomes.setdefault((owner, leaf.src), set()).add(evaluate(leaf, where))

    for decisions in play(plan, case, watch):
        _note(decisions, observed)


def _note(decisions: Iterable[Decision], observed: Observed) -> None:
    for decision in decisions:
        observed.fired |= {fired.rule for fired in decision.fired} | {shadow.rule for shadow in decision.shadow}


# --- what there is to reach -------------------------------------------------------------------------


def covered(plan: ir.Plan, observed: Observed) -> Coverage:
    """Compare the observations with everything the rulebook itself defines."""
    pairs = [*_rules(plan, observed), *_paths(plan, observed), *_states(plan, observed)]
    ordered = sorted(pairs, key=lambda pair: _place(pair[0]))
    return Coverage(tuple(item for item, _ in ordered), frozenset(item for item, reached in ordered if reached))


def _own(id: str) -> bool:
    return "." not in id


def _source(plan: ir.Plan, src: int) -> ir.Source:
    return plan.sources[src] if src >= 0 else ir.Source(file="", line=0, column=0, text="")


def _rules(plan: ir.Plan, observed: Observed) -> Iterator[tuple[Item, bool]]:
    for rule in plan.rules:
        if _own(rule.id) and rule.mode != "off" and not isinstance(rule.trigger, ir.OnBrake):
            place = _source(plan, rule.src)
            kind: Kind = "rule" if isinstance(rule.trigger, ir.OnEvent | ir.OnSchedule) else "step"
            yield Item(kind, rule.id, phrase("ways.fires"), "", place.file, place.line), rule.id in observed.fired
            for number, _ in rule.times.steps if rule.times else ():
                what = phrase("ways.step", number)
                yield Item("step", rule.id, what, "", place.file, place.line), f"{rule.id}@{number}" in observed.asked
            for guard in (rule.when, rule.unless):
                yield from _clauses(plan, rule.id, guard, observed)


def _paths(plan: ir.Plan, observed: Observed) -> Iterator[tuple[Item, bool]]:
    for process in plan.processes:
        for until in process.until if _own(process.id) else ():
            place = _source(plan, until.src)
            ended = True in observed.guards.get(id(until.when), ())
            yield Item("end", process.id, phrase("ways.ends"), place.text, place.file, place.line), ended
            yield from _clauses(plan, process.id, until.when, observed)
        for item in process.until_all if _own(process.id) else ():
            place, when = _source(plan, item.event.src), item.event.when
            happened = True in observed.guards.get(id(when), ())
            yield Item("item", process.id, phrase("ways.happens"), place.text, place.file, place.line), happened
            yield from _clauses(plan, process.id, when, observed)
        for until in process.restart if _own(process.id) else ():
            yield from _clauses(plan, process.id, until.when, observed)


def _states(plan: ir.Plan, observed: Observed) -> Iterator[tuple[Item, bool]]:
    for state in plan.states:
        turns = (*state.enter_on, *state.leave_on)
        for guard in (state.enter, state.leave, *(turn.when for turn in turns)) if _own(state.id) else ():
            yield from _clauses(plan, state.id, guard, observed)


def _clauses(plan: ir.Plan, owner: str, guard: Any, observed: Observed) -> Iterator[tuple[Item, bool]]:
    """Both ways of each clause; one that is written twice, in two uses of a define, counts once."""
    for src in dict.fromkeys(leaf.src for leaf in _leaves(guard)):
        place = _source(plan, src)
        outcomes = observed.outcomes.get((owner, src), set())
        for way in (True, False):
            what = phrase("ways.is_true" if way else "ways.is_false")
            yield Item("clause", owner, what, place.text, place.file, place.line), way in outcomes


def conditions_of(plan: ir.Plan) -> Iterator[tuple[str, list[Any]]]:
    """Yield the clauses of each guard of the rulebook's own, with whose they are."""
    for rule in plan.rules:
        for guard in (rule.when, rule.unless) if _own(rule.id) and rule.mode != "off" else ():
            yield rule.id, list(_leaves(guard))
    for process in plan.processes:
        for until in process.until if _own(process.id) else ():
            yield process.id, list(_leaves(until.when))
        for item in process.until_all if _own(process.id) else ():
            yield process.id, list(_leaves(item.event.when))
    for state in plan.states:
        for guard in (state.enter, state.leave) if _own(state.id) else ():
            yield state.id, list(_leaves(guard))


def _leaves(expr: Any) -> Iterator[Any]:
    match expr:
        case None | ir.Const():
            return
        case ir.And() | ir.Or():
            for operand in expr.operands:
                yield from _leaves(operand)
        case ir.Not():
            yield from _leaves(expr.operand)
        case ir.Quantified():
            yield from _leaves(expr.condition)
        case ir.TallyTest(tally=ir.Tally(condition=condition)):
            yield expr
            yield from _leaves(condition)
        case ir.TallyTest(tally=ir.Score(hints=hints)):
            yield expr
            for hint in hints:
                yield from _leaves(hint.when)
        case _:
            yield expr
