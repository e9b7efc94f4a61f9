"""What it does: finds two ladders on one ledger that interfere with each other: at the same balance both punish, do the
same or undo each other; one takes the balance back before the other's step; or one undoes on the way back what the
other has done.

Why: each ladder looks right on its own, but members get something that neither of them says. Of two punishments at once
only the harder one happens; a step beyond another ladder's `reset` never happens.

Example:

```yaml
ladders:
  - id: discipline
    ledger: strikes
    steps: [{reaches: 3, then: [mute: 10m, reset: strikes]}]
  - id: removal
    ledger: strikes
    steps:
      - {reaches: 3, then: [warn]}    # the mute makes the warning redundant
      - {reaches: 6, then: [kick]}    # at three strikes `discipline` lets everybody start again
```

Merge them into one ladder, or give each its own ledger. A ladder that only notifies or asks somebody doesn't conflict
with another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations, product, starmap

from groundrules.checker import bindings
from groundrules.checker.constructs import Act, Constant, Ladder, LadderStep
from groundrules.diagnostics.codes.lints import COLLIDING_LADDERS
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.lint.linted import Linted

HELP = "make the two one ladder, or give each a ledger of its own"


def colliding_ladders(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each step of an own ladder that another ladder gets in the way of."""
    for ladder, other in combinations(linted.checked.ladders, 2):
        if _is_both_at_work(linted, ladder, other):
            yield from _same_balance(linted, ladder, other)
            for first, second in permutations((ladder, other)):
                yield from _behind_reset(linted, first, second)
                yield from _taken_away(linted, first, second)


def _is_both_at_work(linted: Linted, ladder_a: Ladder, other: Ladder) -> bool:
    """Whether both climb on one ledger that something adds to; a ladder on trial (shadow) may repeat another one."""
    if ladder_a.ledger.id != other.ledger.id or ladder_a.ledger.id not in linted.raised:
        return False
    modes = {bindings.milder(ladder.source.mode, ladder.context.instance.mode) for ladder in (ladder_a, other)}
    return len(modes) == 1 and "off" not in modes and any(_is_own(linted, ladder) for ladder in (ladder_a, other))


def _is_own(linted: Linted, ladder: Ladder) -> bool:
    return ladder.context.instance is linted.root


def _same_balance(linted: Linted, ladder: Ladder, other: Ladder) -> Iterator[Diagnostic]:
    """Both punish at one balance, do the same, or undo each other."""
    if not _is_own(linted, other):
        ladder, other = other, ladder
    steps = {step.reaches: step for step in ladder.steps if step.approval is None}
    for step in other.steps:
        earlier = steps.get(step.reaches) if step.approval is None else None
        trouble = None if earlier is None else _at_once(linted, earlier, step)
        if earlier is not None and trouble is not None:
            message = f"`{_name(ladder)}` {trouble[0]} at {step.reaches}, {trouble[1]}"
            label = Label(earlier.source.reaches.fragment.whole, "the other step")
            yield COLLIDING_LADDERS.at(step.source.reaches.fragment.whole, message, HELP, (label,))


def _at_once(linted: Linted, earlier: LadderStep, step: LadderStep) -> tuple[str, str] | None:
    """What is wrong with two steps that are taken at once, as the words before and behind the balance."""
    if _sanctions(linted, earlier) and _sanctions(linted, step):
        return "punishes", "too, so only the harder of the two happens"
    pairs = list(product(earlier.effects, step.effects))
    if any(_undoes(linted, *pair) or _undoes(linted, *pair[::-1]) for pair in pairs):
        return "does the opposite", "so only one of the two happens"
    if any(starmap(_repeats, pairs)):
        return "does the same", "which is done once"
    return None


def _repeats(done: object, again: object) -> bool:
    """Whether two actions are surely one: of one name, their parameters written out and equal."""
    if not isinstance(done, Act) or not isinstance(again, Act) or done.do != again.do or not done.parameters:
        return False
    values = [{name: _constant(value) for name, value in act.parameters.items()} for act in (done, again)]
    return values[0] == values[1] and None not in values[0].values()


def _constant(value: object) -> object:
    return value.value if isinstance(value, Constant) else None


def _behind_reset(linted: Linted, resetting: Ladder, hidden: Ladder) -> Iterator[Diagnostic]:
    """The balance goes back at a step of the one before it comes to a step of the other."""
    back = next((step for step in resetting.steps if step.approval is None and resetting.resets(step)), None)
    most = linted.most_at_once(hidden.ledger.id)
    if back is None or most is None:
        return
    for step in hidden.steps:
        if step.reaches - (back.reaches - 1) > most:
            message = f"`{_name(resetting)}` takes the balance back at {back.reaches}, so `{_name(hidden)}` never"
            message_start = f"{message} comes to {step.reaches}"
            yield _finding(linted, (hidden, step), (resetting, back), message_start, "goes back to zero here")


def _taken_away(linted: Linted, ending: Ladder, lasting: Ladder) -> Iterator[Diagnostic]:
    """The way back of the one undoes an action of the other that is not meant to end there."""
    for end in ending.steps:
        for step in lasting.steps:
            pairs = ((undo, done) for undo in end.back for done in step.effects)
            undone = next((pair for pair in pairs if _undoes(linted, *pair)), None)
            if undone is not None and not _ends_by_itself(linted, step, undone[1], end.falls_below or 0):
                do = undone[1].do if isinstance(undone[1], Act) else ""
                message_start = (
                    f"below {end.falls_below}, `{_name(ending)}` takes back the `{do}` of `{_name(lasting)}`"
                )
                yield _finding(
                    linted, (lasting, step), (ending, end), message_start, "taken back on the way back from here"
                )


def _ends_by_itself(linted: Linted, step: LadderStep, done: object, below: int) -> bool:
    """Whether the step has taken its action back itself by the time the balance falls so low."""
    return (step.falls_below or 0) >= below and any(_undoes(linted, undo, done) for undo in step.back)


def _undoes(linted: Linted, undo: object, done: object) -> bool:
    if not isinstance(undo, Act) or not isinstance(done, Act):
        return False
    action = linted.checked.catalog.action(done.do)
    if action is None or undo.do not in action.opposes:
        return False
    shared = [(value, done.parameters[name]) for name, value in undo.parameters.items() if name in done.parameters]
    return not any(isinstance(a, Constant) and isinstance(b, Constant) and a.value != b.value for a, b in shared)


def _finding(
    linted: Linted, hit: tuple[Ladder, LadderStep], by: tuple[Ladder, LadderStep], message: str, what: str
) -> Diagnostic:
    """Point at the affected step, or at the one that hits it where only that one is the rulebook's own."""
    place, other = hit[1].source.reaches.fragment.whole, by[1].source.reaches.fragment.whole
    if not _is_own(linted, hit[0]):
        return COLLIDING_LADDERS.at(other, message, HELP, (Label(place, "the affected step"),))
    return COLLIDING_LADDERS.at(place, message, HELP, (Label(other, what),))


def _name(ladder: Ladder) -> str:
    return ladder.context.instance.qualified(str(ladder.source.id.value))


def _sanctions(linted: Linted, step: LadderStep) -> bool:
    return any(isinstance(effect, Act) and effect.do in linted.sanctions for effect in step.effects)
