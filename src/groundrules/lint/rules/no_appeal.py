"""What it does: finds ladders that remove members (kick, suspend or ban them) without an appeal.

Why: rules make mistakes, and removed members can't speak up in the group. An automatic sanction needs a way back that a
person decides on.

Example:

```yaml
ladders:
  - id: discipline
    ledger: strikes
    steps: [{reaches: 5, then: [ban]}]
    appeal: {within: 7d, to: owner}       # this line was missing
```

A step that waits for approval is already decided by people and not reported. Which actions count is in their schemas:
those that `removes` members.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.constructs import Act, Ladder
from groundrules.diagnostics.codes.lints import NO_APPEAL
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.linted import Linted


def no_appeal(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each ladder that shuts members out for good without an appeal."""
    removing = linted.doing("removes")
    for ladder in linted.checked.ladders:
        act = _first_exclusion(removing, ladder) if ladder.appeal is None and ladder.source.mode == "enforce" else None
        if act is not None:
            message = f"`{ladder.source.id.value}` leads to `{act.do}`, and nobody can appeal"
            yield NO_APPEAL.at(ladder.source.id.span, message, "write `appeal: {within: 7d, to: owner}`")


def _first_exclusion(removing: list[str], ladder: Ladder) -> Act | None:
    for step in ladder.steps:
        for effect in step.effects if step.approval is None else ():
            if isinstance(effect, Act) and effect.do in removing:
                return effect
    return None
