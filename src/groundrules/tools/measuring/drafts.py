"""Drafts of cases that may pass a threshold closely; whether one does is found by playing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from groundrules.plan import ir
from groundrules.plan.walk import walk
from groundrules.time_units import format_duration
from groundrules.tools.testing.cases import Case, Expectation, Step
from groundrules.tools.testing.timeline import VirtualClock, numbered
from groundrules.window_kinds import KINDS

WAYS = ("below", "at", "above")
SPACINGS = ("1s", "1m", "1h", "1d")
MOST_TAKEN = 500  # steps to fill a window with


@dataclass(frozen=True)
class Threshold:
    """A number that something is compared with; `leaf` is the comparison, or the ladder whose step it is."""

    owner: str
    src: int
    text: str
    file: str
    line: int
    bound: int
    unit: int
    leaf: Any
    turns: bool = False  # it is a state's: asked until it turns

    @property
    def key(self) -> tuple[str, int]:
        return self.owner, self.src

    @property
    def around(self) -> tuple[int, int, int]:
        """One below, at, one above."""
        return self.bound - self.unit, self.bound, self.bound + self.unit

    @property
    def needed(self) -> tuple[int, ...]:
        """The numbers that a test must have measured."""
        if not self.turns:
            return self.around
        return self.around[1:] if self.leaf.operator in (">", "<=") else self.around[:2]


class Witness(NamedTuple):
    """A step of a case, by its number from 0."""

    case: Case
    step: int

    @property
    def it(self) -> Step:
        return self.case.steps[self.step]


def drafts(plan: ir.Plan, threshold: Threshold, witnesses: Iterable[Witness], cases: Sequence[Case]) -> Iterator[Case]:
    """Yield drafts for a threshold, the likeliest first; at most twenty witnesses are tried."""
    for witness in list(witnesses)[:20]:
        if isinstance(threshold.leaf, ir.WindowTest):
            window = next(window for window in plan.windows if window.id == threshold.leaf.window)
            yield from _filling(threshold, witness, window, cases)
            yield from _by_values(threshold, witness, window.value)
        elif isinstance(threshold.leaf, ir.Ladder):
            yield from _climbing(threshold, witness)
        else:
            yield from _by_members(threshold, witness, _elapsed(plan, witness))
            yield from _by_members(threshold, witness, None)
            yield from _by_values(threshold, witness, threshold.leaf)


def _elapsed(plan: ir.Plan, witness: Witness) -> int:
    """How long after its first step, in ms, the witness comes in its case."""
    clock = VirtualClock(plan.timezone, witness.case.start)
    moments = []
    for step in witness.case.steps[: witness.step + 1]:
        moments.append(clock.move(step.at))
        for _ in range(step.repeat - 1):
            clock.move(f"+{step.every}")
    return round((moments[-1] - moments[0]).total_seconds() * 1000)


def _case(threshold: Threshold, witness: Witness, steps: Iterable[Step], **members: dict[str, Any]) -> Case:
    """A case with the people of the witness, three more if need be."""
    name = f"{threshold.owner}: below, at and above {threshold.text}"
    case, all_steps = witness.case, tuple(steps)
    used = {str(step.fields.get("by")) for step in all_steps}
    kept = {who: facts for who, facts in case.members.items() if who in used or "{" in who}
    return Case(name, all_steps, case.span, kept | members, case.channels, case.start, case.channel)


def _first_at(witness: Witness) -> str:
    """The hour of the witness, where it says one; a day's start otherwise."""
    clocks = [step.at for step in witness.case.steps[: witness.step + 1] if not step.at.startswith("+")]
    return clocks[-1] if clocks else "09:00"


def _taken(step: Step, at: str, repeat: int = 1, every: str = "0s") -> Step:
    return replace(step, at=at, repeat=repeat, every=every, expect=Expectation())


# --- taken again and again ----------------------------------------------------------------------------


def _filling(threshold: Threshold, witness: Witness, window: ir.Window, cases: Sequence[Case]) -> Iterator[Case]:
    """The counted event as often as needed, then the rule's own."""
    kind = KINDS[window.kind]
    if not kind.counts_up or not 2 <= threshold.bound <= MOST_TAKEN:
        return
    spacings = SPACINGS[-1:] if kind.daily else SPACINGS
    for spacing in spacings:
        if witness.it.type == window.type:
            for step in _numbered(witness.it):
                yield _case(threshold, witness, _thrice(step, threshold.bound - 1, _first_at(witness), spacing))
        else:
            for counted in _steps_of(window.type, cases):
                yield _case(threshold, witness, _alternating(counted, witness, threshold.bound - 1, spacing))


def _thrice(step: Step, count: int, at: str, spacing: str) -> Iterator[Step]:
    """A step so many times, once more, and once more."""
    yield _taken(step, at, count, spacing)
    for number in (count + 1, count + 2):
        yield _taken(_renumbered(step, number), f"+{spacing}")


def _renumbered(step: Step, number: int) -> Step:
    """The step with `{n}` as this number: it is not repeated itself."""
    return replace(step, short=numbered(step.short, number), fields=numbered(step.fields, number))


def _alternating(counted: Step, witness: Witness, count: int, spacing: str) -> Iterator[Step]:
    for step in _numbered(counted):
        yield _taken(step, _first_at(witness), count, spacing)
        yield _taken(witness.it, "+0s")
        for number in (count + 1, count + 2):
            yield _taken(_renumbered(step, number), f"+{spacing}")
            yield _taken(witness.it, "+0s")
        return


def _steps_of(type: str, cases: Sequence[Case]) -> Iterator[Step]:
    yield from (step for case in cases for step in case.steps if step.type == type)


def _numbered(step: Step) -> Iterator[Step]:
    """The step itself, then with a number in whatever may have to differ each time."""
    yield step
    if isinstance(step.short, str):
        yield replace(step, short=step.short + "{n}")
    if "by" in step.fields and isinstance(step.fields["by"], str):
        yield replace(step, fields=step.fields | {"by": step.fields["by"] + "{n}"})
    for name, value in step.fields.items():
        if isinstance(value, str) and name not in ("by", "in"):
            yield replace(step, fields=step.fields | {name: value + "{n}"})


def _climbing(threshold: Threshold, witness: Witness) -> Iterator[Case]:
    """Whatever adds to the ledger, until the step is reached and passed."""
    if 2 <= threshold.bound <= MOST_TAKEN:
        for spacing in SPACINGS:
            for step in _numbered(witness.it):
                yield _case(threshold, witness, _thrice(step, threshold.bound - 1, _first_at(witness), spacing))


# --- three members, three values ------------------------------------------------------------------------


def _by_members(threshold: Threshold, witness: Witness, elapsed: int | None) -> Iterator[Case]:
    """The same by three members, whose fact lies below, at and above the bound.

    With what came before it in its case, `elapsed` ms after the first step, or, where that is None, all by itself.
    """
    facts = [node for node in walk(threshold.leaf) if isinstance(node, ir.Fact)]
    who = witness.it.fields.get("by")
    if not facts or not isinstance(who, str):
        return
    known = witness.case.members.get(who, {})
    values: Iterable[Any] = threshold.around
    if facts[0].kind == "instant":
        values = [_ago(value - (elapsed or 0)) for value in threshold.around]
    members = {way: {**known, facts[0].fact: value} for way, value in zip(WAYS, values, strict=True)}
    steps = list(_by(witness, [{"by": way} for way in WAYS]))
    if elapsed:
        before = [replace(step, expect=Expectation()) for step in witness.case.steps[: witness.step]]
        steps = [*before, replace(steps[0], at=witness.it.at), *steps[1:]]
    yield _case(threshold, witness, steps, **members)


def _ago(length: int) -> str:
    return f"{format_duration(length)} ago" if length >= 0 else f"{format_duration(-length)} from now"


def _by_values(threshold: Threshold, witness: Witness, of: Any) -> Iterator[Case]:
    """The same with three values or lengths of a field, by three members if the event has an actor."""
    fields = [node for node in walk(of) if isinstance(node, ir.Field)] if of is not None else []
    paths = [node.path for node in fields if node.root == "event"]
    if not paths:
        return
    who = witness.it.fields.get("by")
    by = [{"by": way} for way in WAYS] if isinstance(who, str) else [{}, {}, {}]
    members = {way: witness.case.members.get(str(who), {}) for way in WAYS} if isinstance(who, str) else {}
    for values in _values(threshold, paths[0], witness.it):
        filled = [by_whom | {paths[0][0]: value} for by_whom, value in zip(by, values, strict=True)]
        yield _case(threshold, witness, _by(witness, filled), **members)


def _values(threshold: Threshold, path: tuple[str, ...], step: Step) -> Iterator[list[Any]]:
    around = [max(0, value) for value in threshold.around]
    if len(path) == 2:
        inner = step.fields.get(path[0])
        yield [(inner if isinstance(inner, dict) else {"id": "x"}) | {path[1]: value} for value in around]
    elif len(path) == 1 and max(around) <= MOST_TAKEN:
        yield list(around)
        yield ["好" * value for value in around]
        yield [[f"m{number}" for number in range(value)] for value in around]
        yield [[{"url": f"https://example.org/{n}", "domain": "example.org"} for n in range(value)] for value in around]


def _by(witness: Witness, changes: Sequence[dict[str, Any]]) -> Iterator[Step]:
    for number, change in enumerate(changes):
        step = _taken(witness.it, "+0s" if number else _first_at(witness))
        own = {name: value for name, value in change.items() if name not in ("text",)}
        short = change["text"] if "text" in change and isinstance(step.short, str) else step.short
        yield replace(step, short=short, fields=step.fields | own)
