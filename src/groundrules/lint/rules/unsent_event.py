"""What it does: finds event types that rules wait for but no adapter in use sends. If a rule lists several, one is
enough.

Why: the rule never fires, the path never ends, the window stays empty, and every day looks quiet.

Example:

```yaml
rewards:
  - id: liked
    on: reaction.added              # QQ doesn't report reactions to bots
    grant: {points: 1, to: message.author}
```

Name the adapters with `groundrules lint --adapter NAME`; without one this lint finds nothing. Only you know which
events your bot creates itself, such as votes cast by commands: say so, as in
`# groundrules: ignore[GR637] the bot sends it`. Types with a schema in the rulebook, and responses to decisions, are
not checked.
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
