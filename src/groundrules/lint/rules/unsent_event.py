"""What it does: finds event types that rules wait for and that none of the adapters in use sends. Of several that a
rule lists, one is enough.

Why: the rule never fires, the path never ends, the window stays empty, and every day looks quiet.

Example:

```yaml
rewards:
  - id: liked
    on: reaction.added              # QQ has no reactions that bots are told of
    grant: {points: 1, to: message.author}
```

Name the adapters with `groundrules lint --adapter NAME`; without one this lint finds nothing. What your bot makes
events of by itself, such as commands that cast votes, is known to you alone: say so, as in
`# groundrules: ignore[GR637] the bot sends it`.
Types that the rulebook brings schemas for, and answers to what was decided, are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import UNSENT_EVENT
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.linted import Linted
from groundrules.lint.platforms import unsent, unsupported


def unsent_event(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each event type that nobody sends."""
    if linted.supplies:
        help = "leave out what waits for it, or let the bot send such events itself and ignore this with that reason"
        yield from unsupported(linted, unsent(linted), UNSENT_EVENT, "never sends", help)
