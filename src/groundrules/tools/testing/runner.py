"""Running cases: a fresh engine for each, its steps on the virtual clock, every step judged."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from groundrules.decisions import Decision
from groundrules.diagnostics.source import Span
from groundrules.engine.engine import Engine, HasPlan
from groundrules.narrate.deeds import Wordings
from groundrules.plan import ir
from groundrules.tools.testing.cases import Case, Step
from groundrules.tools.testing.judge import Mismatch, Outcome, judge
from groundrules.tools.testing.settings import grouped
from groundrules.tools.testing.timeline import PARTITION, EventMaker, TimeError, at_once


@dataclass(frozen=True)
class StepFailure:
    """A step that came out differently, with the decisions that show why."""

    step: Step
    mismatches: tuple[Mismatch, ...]
    decisions: tuple[Decision, ...]


@dataclass
class CaseResult:
    """How a case went; `problem` is set if it could not be run to its end, in the step `stopped`."""

    case: Case
    seconds: float = 0.0
    failures: list[StepFailure] = field(default_factory=list)
    problem: str | None = None
    stopped: Step | None = None
    decisions: list[Decision] = field(default_factory=list)

    @property
    def place(self) -> Span:
        """Where the problem stands: the step, or the whole case."""
        return self.stopped.span if self.stopped else self.case.span

    @property
    def passed(self) -> bool:
        return not self.failures and self.problem is None


@dataclass
class Suite:
    """A rulebook with its cases, by the plan that they run on, and how they went."""

    rulebook: str
    groups: list[tuple[ir.Plan, list[Case]]]
    results: list[CaseResult] = field(default_factory=list)

    @property
    def wordings(self) -> Wordings:
        """The wordings of the rulebook's actions."""
        return {action.name: action for plan, _ in self.groups for action in plan.actions}


def run_suite(rulebook: Path, ready: HasPlan, cases: Sequence[Case]) -> Suite:
    """Run the cases of a rulebook, those under settings of their own on a plan of their own."""
    suite = Suite(str(rulebook), grouped(rulebook, ready.plan, cases))
    for plan, concerned in suite.groups:
        compiled = ready if plan is ready.plan else None
        suite.results += [run_case(plan, case, compiled) for case in concerned]
    order = {id(case): number for number, case in enumerate(cases)}
    suite.results.sort(key=lambda result: order[id(result.case)])
    return suite


def run_cases(plan: ir.Plan, cases: Iterable[Case]) -> list[CaseResult]:
    """Run every case on its own engine."""
    return [run_case(plan, case) for case in cases]


def run_case(plan: ir.Plan, case: Case, compiled: HasPlan | None = None) -> CaseResult:
    """Run one case to its end, going on after failed steps; on the compiled form of the plan, if it is given."""
    result = CaseResult(case)
    start = time.perf_counter()
    try:
        _play(Engine(compiled or plan), plan, case, result)
    except TimeError as error:
        result.problem = str(error)
    if result.problem is None and not _reaches(plan, case, result.decisions):
        listened = sorted({step.type for step in case.steps if step.type})
        result.problem = f"this test reaches no rule: none listens to {', '.join(listened) or 'the passing of time'}"
    result.seconds = time.perf_counter() - start
    return result


def _play(engine: Engine, plan: ir.Plan, case: Case, result: CaseResult) -> None:
    maker = EventMaker(plan, case)
    specs = {spec.name: spec for spec in plan.actions}
    beginnings = frozenset(rule.id for rule in plan.rules if _only_begins(rule))
    roster = maker.roster()
    if roster:
        result.decisions += engine.feed(roster)
    for step in case.steps:
        result.stopped = step
        decisions = [decision for event in maker.events(step) for decision in at_once(engine, event)]
        maker.heard(decisions)
        result.decisions += decisions
        mismatches = judge(step.expect, _outcome(engine, step, decisions, beginnings), specs)
        if mismatches:
            result.failures.append(StepFailure(step, tuple(mismatches), tuple(decisions)))
    result.stopped = None


def _only_begins(rule: ir.Rule) -> bool:
    return bool(rule.effects) and all(isinstance(effect, ir.Open) for effect in rule.effects)


def _outcome(engine: Engine, step: Step, decisions: Sequence[Decision], beginnings: frozenset[str]) -> Outcome:
    expected = step.expect
    ledgers = {
        (name, who): engine.balance(PARTITION, name, who)
        for name, row in (expected.ledgers or {}).items()
        for who in row
    }
    labels = {who: engine.labels(PARTITION, who) for who in expected.labels or {}}
    states, pending = engine.states(PARTITION), engine.pending(PARTITION)
    return Outcome(decisions, ledgers, labels, states, pending, beginnings)


def _reaches(plan: ir.Plan, case: Case, decisions: Iterable[Decision]) -> bool:
    """Whether some rule listens to an event of the case, schedules may run in it, or something happened."""
    types = {step.type for step in case.steps}
    listens = any(isinstance(rule.trigger, ir.OnEvent) and types & set(rule.trigger.types) for rule in plan.rules)
    counts = any(window.type in types for window in plan.windows)
    runs = bool(plan.schedules) and len(case.steps) > 1
    return listens or counts or runs or any(decision.notable for decision in decisions)
