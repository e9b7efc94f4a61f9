"""The missing tests: one below, at, and one above each threshold of a rulebook.

A threshold is a number that a window, a length, an age, a field or a balance is compared with, or that a ladder's step
reaches. Listening to the existing tests shows what they measure; for a threshold that they do not pass closely, a case
is made from one of their steps: taken again and again until a window is full, by three members whose facts lie around
the bound, or with three values of a field. A case is proposed only if, when played, it does measure them; it expects
what the rulebook does today, for its author to read and judge. For a state, the two numbers between which it changes
are enough: once it has changed, nobody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from groundrules.decisions import Decision
from groundrules.plan import ir
from groundrules.plan.dated import is_date
from groundrules.reference.scope import Scope
from groundrules.reference.values import evaluate
from groundrules.time_units import SECOND
from groundrules.tools.measuring import drafts
from groundrules.tools.measuring.coverage import conditions_of
from groundrules.tools.measuring.drafts import Threshold, Witness
from groundrules.tools.measuring.observe import leaves, play
from groundrules.tools.testing.cases import Case, Expectation, Step
from groundrules.tools.testing.judge import as_expected
from groundrules.window_kinds import KINDS

ORDERED = ("<", "<=", ">", ">=")


class Proposal(NamedTuple):
    """A threshold that no test passes closely, and a case that does; None if none could be made."""

    threshold: Threshold
    case: Case | None


@dataclass
class Observations:
    """What was measured against each threshold, and the steps at which each rule was asked, and fired."""

    measured: dict[tuple[str, int], set[Any]] = field(default_factory=dict)
    asked: dict[str, list[Witness]] = field(default_factory=dict)
    fired: dict[str, list[Witness]] = field(default_factory=dict)


def boundaries(plan: ir.Plan, cases: Sequence[Case]) -> Iterator[Proposal]:
    """Yield a proposal for each threshold of the rulebook's own that the cases do not pass closely."""
    observed = Observations()
    for case in cases:
        _listen(plan, case, observed)
    for threshold in thresholds(plan):
        if not set(threshold.needed) <= observed.measured.get(threshold.key, set()):
            yield Proposal(threshold, _proposed(plan, threshold, observed, cases))


def thresholds(plan: ir.Plan) -> Iterator[Threshold]:
    """Yield every threshold once, in the order of the text."""
    by_key: dict[tuple[str, int], Threshold] = {}
    for owner, guard in conditions_of(plan):
        for leaf in guard:
            if threshold := _threshold(plan, owner, leaf):
                by_key.setdefault(threshold.key, threshold)
    for ladder in plan.ladders:
        for number, step in enumerate(ladder.steps if "." not in ladder.id else ()):
            rule = next((rule for rule in plan.rules if rule.id == f"{ladder.id}#{number + 1}"), None)
            place = plan.sources[rule.src] if rule and rule.src >= 0 else ir.Source(file="", line=0, column=0, text="")
            key = (f"{ladder.id}#{number + 1}", -1)
            text = f"{ladder.ledger} reaches {step.reaches}"
            by_key[key] = Threshold(key[0], -1, text, place.file, place.line, step.reaches, 1, ladder)
    yield from sorted(by_key.values(), key=lambda limit: (limit.file, limit.line, limit.text))


def _threshold(plan: ir.Plan, owner: str, leaf: Any) -> Threshold | None:
    place = plan.sources[leaf.src] if leaf.src >= 0 else ir.Source(file="", line=0, column=0, text="")
    if isinstance(leaf, ir.WindowTest):
        window = next(window for window in plan.windows if window.id == leaf.window)
        unit = SECOND if KINDS[window.kind].elapsed else 1
        return Threshold(
            owner, leaf.src, place.text, place.file, place.line, leaf.bound, unit, leaf, _is_state(plan, owner)
        )
    if isinstance(leaf, ir.Compare) and leaf.operator in ORDERED and not is_date(leaf):
        constant = next((side for side in (leaf.left, leaf.right) if isinstance(side, ir.Const)), None)
        if constant is not None and isinstance(constant.value, int):
            unit = SECOND if constant.kind in ("duration", "clock") else 1
            return Threshold(
                owner, leaf.src, place.text, place.file, place.line, constant.value, unit, leaf, _is_state(plan, owner)
            )
    return None


def _is_state(plan: ir.Plan, owner: str) -> bool:
    return any(state.id == owner for state in plan.states)


# --- listening --------------------------------------------------------------------------------------


def _listen(plan: ir.Plan, case: Case, observed: Observations) -> list[list[Decision]]:
    """Play a case and note what it measures; its decisions, step by step."""
    owners: set[str] = set()

    def watch(owner: str, guard: Any, scope: Scope) -> None:
        owners.add(owner)
        for leaf, where in leaves(guard, scope):
            value = _measure(leaf, where)
            if value is not None:
                observed.measured.setdefault((owner, leaf.src), set()).add(value)

    played = []
    for number, decisions in enumerate(play(plan, case, watch)):
        witness = Witness(case, number)
        for owner in owners:
            observed.asked.setdefault(owner, []).append(witness)
        for decision in decisions:
            for fired in decision.fired:
                observed.fired.setdefault(fired.rule, []).append(witness)
            for change in decision.ledgers:
                _balances(plan, change.ledger, change.after, observed)
        owners.clear()
        played.append(decisions)
    return played


def _balances(plan: ir.Plan, ledger: str, after: int, observed: Observations) -> None:
    for ladder in plan.ladders:
        for number, _ in enumerate(ladder.steps if ladder.ledger == ledger else ()):
            observed.measured.setdefault((f"{ladder.id}#{number + 1}", -1), set()).add(after)


def _measure(leaf: Any, scope: Scope) -> Any:
    """The number that a clause compares; None if there is none."""
    if isinstance(leaf, ir.WindowTest):
        key = [evaluate(part, scope) for part in leaf.key]
        return (
            None
            if None in key
            else scope.partition.windows.value(leaf.window, key, leaf.within, None, scope.partition.now)
        )
    if isinstance(leaf, ir.Compare):
        side = next((side for side in (leaf.left, leaf.right) if not isinstance(side, ir.Const)), None)
        value = None if side is None else evaluate(side, scope)
        return value if isinstance(value, int | float) else None
    return None


# --- proposing --------------------------------------------------------------------------------------


def _proposed(plan: ir.Plan, threshold: Threshold, observed: Observations, cases: Sequence[Case]) -> Case | None:
    """A draft that measures the numbers, with what it brings about as its expectations.

    The first in which the outcome hangs on them; else the first of all.
    """
    best = None
    for draft in drafts.drafts(plan, threshold, _witnesses(plan, threshold, observed), cases):
        trial = Observations()
        played = _listen(plan, draft, trial)
        if set(threshold.needed) <= trial.measured.get(threshold.key, set()) and len(played) == len(draft.steps):
            best = best or _expecting(plan, draft, played)
            if len({tuple(fired.rule for decision in step for fired in decision.fired) for step in played[-3:]}) > 1:
                return _expecting(plan, draft, played)
    return best


def _witnesses(plan: ir.Plan, threshold: Threshold, observed: Observations) -> Iterable[Witness]:
    """Steps to make a draft of: at best such at which the rule fired, else such at which it was asked."""
    owners = [threshold.owner]
    if isinstance(threshold.leaf, ir.Ladder):
        ledger = threshold.leaf.ledger
        owners = [rule.id for rule in plan.rules if any(_adds(effect, ledger) for effect in _all_effects(rule))]
    return [
        witness
        for witnesses in (observed.fired, observed.asked)
        for owner in owners
        for witness in witnesses.get(owner, ())
    ]


def _all_effects(rule: ir.Rule) -> tuple[Any, ...]:
    steps = rule.times.steps if rule.times else ()
    return (*rule.effects, *(effect for _, effects in steps for effect in effects))


def _adds(effect: Any, ledger: str) -> bool:
    return isinstance(effect, ir.Delta) and effect.ledger == ledger


def _expecting(plan: ir.Plan, draft: Case, played: Sequence[Sequence[Decision]]) -> Case:
    specs = {spec.name: spec for spec in plan.actions}
    steps = []
    for step, decisions in zip(draft.steps, played, strict=True):
        actions = [as_expected(action, specs) for decision in decisions for action in decision.actions]
        quiet = not any(decision.fired for decision in decisions)
        steps.append(_with(step, Expectation(actions=actions) if actions or quiet else _fired(decisions)))
    return Case(draft.name, tuple(steps), draft.span, draft.members, draft.channels, draft.start, draft.channel)


def _fired(decisions: Sequence[Decision]) -> Expectation:
    return Expectation(actions=[], fired=sorted(fired.rule for decision in decisions for fired in decision.fired))


def _with(step: Step, expect: Expectation) -> Step:
    return Step(step.at, step.type, step.short, step.fields, expect, step.span, step.repeat, step.every)
