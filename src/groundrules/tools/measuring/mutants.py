"""Small mistakes that an author might have made, one at a time: do the tests notice?

A mutant is the plan with one thing changed: a threshold one higher, a comparison that includes its end or does not, a
clause left out, a word missing from a list, an action that is not taken, a step that comes later. A mutant that passes
all tests could be in force without anybody knowing. Imports are not changed.

After R. DeMillo, R. Lipton and F. Sayward, "Hints on test data selection", IEEE Computer 11(4), 1978.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from msgspec.structs import replace

from groundrules.narrate.speech import Phrase, phrase
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.time_units import format_duration
from groundrules.tools.measuring.coverage import observe
from groundrules.tools.measuring.variants import Windows, conditions, durations, moved, numbers, windows_of
from groundrules.tools.testing.cases import Case
from groundrules.tools.testing.runner import run_case
from groundrules.types.catalog import shipped_catalog
from groundrules.window_kinds import KINDS

MOST_WORDS = 12  # of a list, evenly chosen: in a list of thousands, one entry is as good as the next


class Mutant(NamedTuple):
    """The changed plan; which block was changed, where it was written, and what was changed into what."""

    owner: str
    src: int
    change: Phrase
    plan: ir.Plan


@dataclass(frozen=True)
class Verdict:
    """The fate of a mutant: `by` names the test that noticed it, None if none did.

    `harm` says how severe its rule is: 3 removes members, 2 silences them, 1 hides messages or strikes.
    """

    owner: str
    file: str
    line: int
    text: str
    change: Phrase
    by: str | None
    harm: int = 0

    @property
    def weight(self) -> tuple[int, int]:
        """What is read first: what is left out before what moved, before times, before words; then by harm."""
        kind = self.change.form.removeprefix("changes.")
        return _GRAVITY.get(kind, 0 if kind.endswith("left_out") else 1), -self.harm


_GRAVITY = {"within": 2, "once_within": 2, "after": 2, "starts_later": 2, "ends_later": 2, "word_left_out": 3}


def mutants(plan: ir.Plan) -> Iterator[Mutant]:
    """Yield every mutant of what the rulebook itself defines."""
    windows = windows_of(plan)
    for number, rule in enumerate(plan.rules):
        if "." not in rule.id and rule.mode != "off":
            for src, change, changed in _of_rule(rule, windows):
                rules = (*plan.rules[:number], changed, *plan.rules[number + 1 :])
                yield Mutant(rule.id, src, change, _roomy(replace(plan, rules=rules)))
    yield from _of_cells(plan)


def judge(plan: ir.Plan, cases: Sequence[Case], mutants: Iterable[Mutant]) -> Iterator[Verdict]:
    """Run the tests on each mutant until one notices; the cases must pass on the plan itself.

    A rule's mutant is shown only to the cases in which that rule is asked.
    """
    observed, harms = observe(plan, cases), _harms(plan)
    for mutant in mutants:
        concerned = observed.asked.get(mutant.owner) if _is_rule(mutant, plan) else None
        shown = [case for case in cases if concerned is None or case.name in concerned]
        place = plan.sources[mutant.src] if mutant.src >= 0 else ir.Source(file="", line=0, column=0, text="")
        by = next((case.name for case in shown if not run_case(mutant.plan, case).passed), None)
        harm = harms.get(mutant.owner.partition("#")[0], 0)
        yield Verdict(mutant.owner, place.file, place.line, place.text, mutant.change, by, harm)


def _harms(plan: ir.Plan) -> dict[str, int]:
    """How much each block of a plan does to people, by its id."""
    harms: dict[str, int] = {}
    catalog = shipped_catalog()
    for rule in plan.rules:
        acts = [action for act in within(rule, ir.Act) if (action := catalog.action(act.do))]
        does = frozenset[str]().union(*(action.does or () for action in acts))
        struck = rule.kind == "rule" and bool(list(within(rule.effects, ir.Delta)))
        harm = 3 if "removes" in does else 2 if "silences" in does else 1 if "hides" in does or struck else 0
        id = rule.id.partition("#")[0]
        harms[id] = max(harm, harms.get(id, 0))
    return harms


def _is_rule(mutant: Mutant, plan: ir.Plan) -> bool:
    return any(rule.id == mutant.owner and isinstance(rule.trigger, ir.OnEvent) for rule in plan.rules)


def _roomy(plan: ir.Plan) -> ir.Plan:
    """Let windows keep what a changed comparison looks at."""
    windows = tuple(
        replace(window, keep=window.keep + 1, within=window.within * 2) if KINDS[window.kind].looks_back else window
        for window in plan.windows
    )
    return replace(plan, windows=windows)


# --- rules ------------------------------------------------------------------------------------------

Change = tuple[int, Phrase, ir.Rule]


def _of_rule(rule: ir.Rule, windows: Windows) -> Iterator[Change]:
    for src, change, when in conditions(rule.when, windows):
        yield src, change, replace(rule, when=when)
    if rule.unless is not None:
        yield rule.src, phrase("changes.left_out", "`unless`"), replace(rule, unless=None)
        for src, change, unless in conditions(rule.unless, windows):
            yield src, change, replace(rule, unless=unless)
    for effects, src, change in _effects(rule.effects):
        yield src if src >= 0 else rule.src, change, replace(rule, effects=effects)
    yield from _memory(rule)


def _memory(rule: ir.Rule) -> Iterator[Change]:
    if rule.once is not None:
        yield rule.src, phrase("changes.left_out", "`once_per`"), replace(rule, once=None)
        for change, within in durations(rule.once.within, "once_within"):
            yield rule.src, change, replace(rule, once=replace(rule.once, within=within))
    for number, (at, effects) in enumerate(rule.times.steps if rule.times else ()):
        assert rule.times is not None
        later = (*rule.times.steps[:number], (at + 1, effects), *rule.times.steps[number + 1 :])
        if len({step for step, _ in later}) == len(later):
            yield rule.src, moved(f"`times` {at}", at + 1), replace(rule, times=replace(rule.times, steps=later))
    if rule.ranking is not None:
        change = phrase("changes.moved", "`most`", "`least`")
        yield rule.src, change, replace(rule, ranking=replace(rule.ranking, least=not rule.ranking.least))
        for limit in numbers(rule.ranking.limit) if rule.ranking.limit > 1 else ():
            change = moved(f"`limit` {rule.ranking.limit}", limit)
            yield rule.src, change, replace(rule, ranking=replace(rule.ranking, limit=limit))
    if rule.approval is not None:
        yield rule.src, phrase("changes.left_out", "`approval`"), replace(rule, approval=None)
    if rule.undo:
        yield rule.src, phrase("changes.left_out", "`undo_on`"), replace(rule, undo=())


def _effects(effects: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], int, Phrase]]:
    for number, effect in enumerate(effects):
        before, after = effects[:number], effects[number + 1 :]
        yield (*before, *after), effect.src, _left_out(effect)
        for change, changed in _changed(effect):
            yield (*before, changed, *after), effect.src, change


def _left_out(effect: Any) -> Phrase:
    match effect:
        case ir.Act():
            return phrase("changes.left_out", f"`{effect.do}`")
        case ir.Delta():
            return phrase("changes.delta_left_out", f"`{effect.ledger}`")
        case ir.Reset():
            return phrase("changes.reset_left_out", f"`{effect.ledger}`")
        case ir.Label():
            return phrase("changes.label_left_out", f"`{effect.label}`")
        case ir.Open():
            return phrase("changes.path_left_out", f"`{effect.process}`")
    return phrase("changes.left_out", "`exempt`")


def _changed(effect: Any) -> Iterator[tuple[Phrase, Any]]:
    if isinstance(effect, ir.Delta) and isinstance(effect.amount, ir.Const):
        for amount in numbers(effect.amount.value):
            change = moved(f"`{effect.ledger}` {effect.amount.value:+}", f"{amount:+}")
            yield change, replace(effect, amount=replace(effect.amount, value=amount))
    for name, value in effect.parameters.items() if isinstance(effect, ir.Act) else ():
        if isinstance(value, ir.Const) and value.kind == "duration":
            changed = replace(value, value=value.value * 2)
            change = moved(f"`{effect.do}` {format_duration(value.value)}", format_duration(changed.value))
            yield change, replace(effect, parameters={**effect.parameters, name: changed})


# --- cells ------------------------------------------------------------------------------------------

Where = int | str  # an index of the plan's sources, -1 for the cell's own place, or the rule of a step


def _of_cells(plan: ir.Plan) -> Iterator[Mutant]:
    windows = windows_of(plan)
    sections: tuple[tuple[str, Callable[[Any], Iterator[tuple[Where, Phrase, Any]]]], ...] = (
        ("ladders", _of_ladder),
        ("processes", partial(_of_process, windows=windows)),
        ("states", partial(_of_state, windows=windows)),
        ("lists", _of_list),
        ("caps", _of_cap),
        ("ledgers", _of_ledger),
    )
    yield from _of_windows(plan)
    places = {rule.id: rule.src for rule in plan.rules}
    for section, vary in sections:
        cells = getattr(plan, section)
        for number, cell in enumerate(cells):
            for where, change, changed in vary(cell) if "." not in cell.id else ():
                mutated = {section: (*cells[:number], changed, *cells[number + 1 :])}
                owner = where if isinstance(where, str) else cell.id
                src = where if isinstance(where, int) and where >= 0 else _place(owner, places)
                yield Mutant(owner, src, change, _roomy(replace(plan, **mutated)))


def _of_windows(plan: ir.Plan) -> Iterator[Mutant]:
    """What a window takes back left out, one type at a time, in the name of the first that asks for it."""
    owners: dict[str, str] = {}
    cells: tuple[ir.Rule | ir.Process | ir.State, ...] = (*plan.rules, *plan.processes, *plan.states)
    for cell in cells:
        for test in within(cell, ir.WindowTest):
            owners.setdefault(test.window, cell.id)
    for number, window in enumerate(plan.windows):
        owner = owners.get(window.id, ".")
        for taken, taker in enumerate(window.less if "." not in owner else ()):
            changed = replace(window, less=(*window.less[:taken], *window.less[taken + 1 :]))
            windows = (*plan.windows[:number], changed, *plan.windows[number + 1 :])
            change = phrase("changes.left_out", f"`less {taker.type}`")
            yield Mutant(owner, window.src, change, _roomy(replace(plan, windows=windows)))


def _place(id: str, places: Mapping[str, int]) -> int:
    """Where the rule stands that a cell, or a step of it, does its work through."""
    whole = id.partition("#")[0]
    return next((places[name] for name in (id, f"{id}#back", whole, f"{whole}#1") if name in places), -1)


def _of_ladder(ladder: ir.Ladder) -> Iterator[tuple[Where, Phrase, Any]]:
    for number, step in enumerate(ladder.steps):
        for field in ("reaches", "falls_below"):
            value = getattr(step, field)
            for other in (value + 1, value - 1) if value is not None else ():
                steps = (*ladder.steps[:number], replace(step, **{field: other}), *ladder.steps[number + 1 :])
                if len({reached.reaches for reached in steps}) == len(steps):
                    yield f"{ladder.id}#{number + 1}", moved(f"`{field}: {value}`", other), replace(ladder, steps=steps)
    if ladder.beyond == "repeat":
        yield -1, phrase("changes.left_out", "`beyond: repeat`"), replace(ladder, beyond="nothing")


def _of_process(process: ir.Process, windows: Windows) -> Iterator[tuple[Where, Phrase, Any]]:
    for number, until in enumerate(process.until):
        before, after = process.until[:number], process.until[number + 1 :]
        yield until.src, phrase("changes.until_left_out"), replace(process, until=(*before, *after))
        for src, change, when in conditions(until.when, windows):
            yield src, change, replace(process, until=(*before, replace(until, when=when), *after))
    for number, item in enumerate(process.until_all):
        first, rest = process.until_all[:number], process.until_all[number + 1 :]
        yield item.event.src, phrase("changes.left_out", f"`{item.id}`"), replace(process, until_all=(*first, *rest))
        for src, change, when in conditions(item.event.when, windows):
            changed = replace(item, event=replace(item.event, when=when))
            yield src, change, replace(process, until_all=(*first, changed, *rest))
    for number, due in enumerate(process.steps):
        for change, length in durations(due.after, "after"):
            steps = (*process.steps[:number], replace(due, after=length), *process.steps[number + 1 :])
            yield f"{process.id}#{number + 1}", change, replace(process, steps=steps)
    if process.hours is not None:
        yield -1, phrase("changes.left_out", "`hours`"), replace(process, hours=None)


def _of_state(state: ir.State, windows: Windows) -> Iterator[tuple[Where, Phrase, Any]]:
    for field in ("enter", "leave"):
        for src, change, guard in conditions(getattr(state, field), windows):
            yield src, change, replace(state, **{field: guard})
    for field in ("enter_on", "leave_on"):
        turns: tuple[ir.Until, ...] = getattr(state, field)
        for number, turn in enumerate(turns):
            before, after = turns[:number], turns[number + 1 :]
            yield turn.src, phrase("changes.event_left_out"), replace(state, **{field: (*before, *after)})
            for src, change, when in conditions(turn.when, windows):
                yield src, change, replace(state, **{field: (*before, replace(turn, when=when), *after)})


def _of_list(words: ir.WordList) -> Iterator[tuple[Where, Phrase, Any]]:
    step = max(1, len(words.items) // MOST_WORDS)
    for number in range(0, len(words.items), step):
        items = (*words.items[:number], *words.items[number + 1 :])
        yield -1, phrase("changes.word_left_out", f"`{words.items[number]}`"), replace(words, items=items)


def _of_cap(cap: ir.Cap) -> Iterator[tuple[Where, Phrase, Any]]:
    for amount in (cap.amount + 1, cap.amount - 1):
        yield -1, phrase("changes.per", cap.amount, amount, cap.per), replace(cap, amount=amount)


def _of_ledger(ledger: ir.Ledger) -> Iterator[tuple[Where, Phrase, Any]]:
    if ledger.fade is not None:
        yield -1, phrase("changes.left_out", "`fade`"), replace(ledger, fade=None)
    for field in ("floor", "ceiling"):
        value = getattr(ledger, field)
        if value:
            yield -1, phrase("changes.left_out", f"`{field}: {value}`"), replace(ledger, **{field: None})
