"""What it does: finds ladder steps whose sanction is milder than that of the step below: a warning after a mute, a
shorter mute after a longer one.

Why: repeat offenders get off more lightly. Usually two steps are in the wrong order, or a unit is wrong (`10m` for
`10d`).

Example:

```yaml
steps:
  - {reaches: 3, then: [mute: 1d]}
  - {reaches: 6, then: [mute: 10m]}
```

What is milder follows from the actions' schemas: an action is stricter than those it supersedes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from groundrules.checker.constructs import Act, Constant, Given, LadderStep, Value
from groundrules.diagnostics.codes.lints import MILDER_STEP
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.lint.linted import Linted
from groundrules.syntax import nodes
from groundrules.time_units import format_duration
from groundrules.types import kinds
from groundrules.types.actions import ActionType


def milder_step(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each step that is milder than the one below it."""
    for ladder in linted.checked.ladders:
        for below, step in pairwise(ladder.steps):
            yield from _compared(linted, below, step)


def _compared(linted: Linted, below: LadderStep, step: LadderStep) -> Iterator[Diagnostic]:
    before, now = _hardest(linted, below), _hardest(linted, step)
    if before is None or now is None:
        return
    message = None
    ranks = linted.sanctions
    if before.do != now.do:
        action = linted.checked.catalog.action(before.do)
        if action and now.do in action.supersedes and ranks[now.do] < ranks[before.do]:
            message = f"`{now.do}` is milder than the `{before.do}` of the step below"
    else:
        message = _shorter(linted.checked.catalog.action(now.do), before, now)
    if message:
        label = Label(before.span, "the step below")
        yield MILDER_STEP.at(now.span, message, "steps get stricter as balances rise", (label,))


def _hardest(linted: Linted, step: LadderStep) -> Act | None:
    acts = [effect for effect in step.effects if isinstance(effect, Act) and effect.do in linted.sanctions]
    return max(acts, key=lambda act: linted.sanctions[act.do], default=None)


def _shorter(action: ActionType | None, before: Act, now: Act) -> str | None:
    for name, how in action.merge.items() if action else ():
        first, second = _number(before.parameters.get(name)), _number(now.parameters.get(name))
        if how == "max" and first is not None and second is not None and second < first:
            lasting = action is not None and isinstance(action.parameters[name].field.type, kinds.Duration)
            shown = [format_duration(int(value)) if lasting else str(value) for value in (second, first)]
            return f"`{now.do}: {shown[0]}` is milder than the `{shown[1]}` of the step below"
    return None


def _number(given: Given | None) -> float | None:
    if isinstance(given, Constant) and isinstance(given.value, int | float):
        return given.value
    if isinstance(given, Value) and isinstance(given.parsed.root, nodes.Duration | nodes.Number):
        return given.parsed.root.value
    return None
