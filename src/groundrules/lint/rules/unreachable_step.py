"""What it does: finds ladder steps that no balance can reach: nothing adds to the ledger, or a lower step takes the
balance back each time and no single event adds enough to jump over it.

Why: the consequence that the step announces never happens.

Example:

```yaml
ladders:
  - id: discipline
    ledger: strikes                   # and every rule has `strike: 1`
    steps:
      - {reaches: 3, then: [mute: 10m, reset: strikes]}
      - {reaches: 6, then: [ban]}     # after the third strike everybody starts again from zero
```
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.constructs import Ladder, LadderStep
from groundrules.diagnostics.codes.lints import UNREACHABLE_STEP
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.lint.linted import Linted


def unreachable_step(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each step that is never reached."""
    for ladder in linted.checked.ladders:
        if ladder.source.mode == "off":
            continue
        if ladder.ledger.id not in linted.raised:
            if ladder.ledger.instance is linted.root:
                message = f"nothing adds to `{ladder.ledger.id}`, so no step of `{ladder.source.id.value}` is reached"
                yield UNREACHABLE_STEP.at(ladder.source.ledger.span, message, "let a rule `strike` or `grant`")
        else:
            yield from _behind_resets(linted, ladder)


def _behind_resets(linted: Linted, ladder: Ladder) -> Iterator[Diagnostic]:
    most = linted.most_at_once(ladder.ledger.id)
    resetting: LadderStep | None = None
    for step in ladder.steps:
        if resetting is not None and most is not None and step.reaches - (resetting.reaches - 1) > most:
            message = f"no event adds enough to reach {step.reaches}: at {resetting.reaches} the balance goes back"
            label = Label(resetting.source.span, "goes back to zero here")
            yield UNREACHABLE_STEP.at(step.source.reaches.fragment.whole, message, None, (label,))
        if resetting is None and step.approval is None and ladder.resets(step):
            resetting = step
