"""What it does: finds ladders whose last step removes members, and does so only once: nothing repeats it, and nothing
takes the balance back.

Why: somebody who was removed and comes back is already above the last step. Whatever they do then, no step is crossed.

Example:

```yaml
ladders:
  - id: discipline
    ledger: strikes
    steps:
      - {reaches: 3, then: [mute: 10m]}
      - {reaches: 6, then: [kick]}
    beyond: repeat                    # without this line, nothing happens to those who rejoin
```

If the ledger fades below the last step, it can be reached again in time, but too late for somebody who is back within
the hour.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.constructs import Act, Ladder, Reset
from groundrules.diagnostics.codes.lints import REMOVED_ONCE
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.linted import Linted


def removed_once(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each last step that removes and is not repeated."""
    removing = linted.doing("removes")
    for ladder in linted.checked.ladders:
        if ladder.source.mode == "off" or ladder.source.beyond == "repeat" or not ladder.steps:
            continue
        if ladder.ledger.declaration.per.value != "member":
            continue  # whoever returns has no balance: another message begins at rest
        last = ladder.steps[-1]
        acts = [effect.do for effect in last.effects if isinstance(effect, Act) and effect.do in removing]
        if acts and not _taken_back(ladder):
            message = f"`{acts[0]}` at {last.reaches} happens once: members who return are already above the last step"
            yield REMOVED_ONCE.at(last.source.reaches.fragment.whole, message, "write `beyond: repeat`")


def _taken_back(ladder: Ladder) -> bool:
    effects = ladder.steps[-1].effects
    return any(isinstance(effect, Reset) and effect.ledger.id == ladder.ledger.id for effect in effects)
