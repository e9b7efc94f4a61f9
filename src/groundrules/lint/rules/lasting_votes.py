"""What it does: finds windows that count votes or voters without taking any back.

Why: a vote can be withdrawn or changed. A counted vote then still decides although nobody wants it any more, and a
member who changed from yes to no counts for both.

Example:

```yaml
rules:
  - id: mute-by-vote
    on: vote.cast
    when: >
      distinct(actor.id of vote.cast where option == "yes" by poll within 1d) >= 5
    then: [{mute: 1h, who: poll.about}]
```

Write `less vote.cast, vote.withdrawn` after the `where`: then each member's latest vote counts. A count of everybody
who voted, either way, needs `less vote.withdrawn`.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import LASTING_VOTES
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.conditions import Condition, leaves
from groundrules.lint.linted import Linted
from groundrules.plan import ir
from groundrules.plan.walk import within

_COUNTING = ("count", "distinct")


def lasting_votes(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each window that decides by votes and keeps what was taken back."""
    windows = {window.id: window for window in linted.plan.windows}
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            for test in within(leaf.expression, ir.WindowTest):
                yield from _judged(leaf, windows[test.window])


def _judged(leaf: Condition, window: ir.Window) -> Iterator[Diagnostic]:
    if window.type != "vote.cast" or window.kind not in _COUNTING:
        return
    needed = ["vote.withdrawn"] if window.where is None else ["vote.cast", "vote.withdrawn"]
    lasting = sorted(set(needed) - {taker.type for taker in window.less})
    if lasting:
        what = "that were withdrawn" if "vote.withdrawn" in lasting else "that were changed"
        message = f"votes {what} still count in `{leaf.text}`"
        yield LASTING_VOTES.at(leaf.span, message, f"write `less {', '.join(needed)}` after what is counted")
