"""What it does: finds actions on members, messages, channels or the community that no adapter in use can carry out.

Why: the rule fires, the log says that it acted, and nothing happens.

Example:

```yaml
rules:
  - id: adverts
    on: message
    when: text contains any of adverts
    then: [hold]                    # QQ can't hold a message back; `delete` it, or `notify` somebody
```

Name the adapters with `groundrules lint --adapter NAME`; without one, or with one that does not say what it can do,
this lint finds nothing. Reports, tasks, challenges, requests and other messages are up to the bot and not checked.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import UNSUPPORTED_ACTION
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.linted import Linted
from groundrules.lint.platforms import undone, unsupported


def unsupported_action(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each action that nobody carries out."""
    if linted.supplies:
        help = "choose an action that the platform has, or let the bot do this itself and ignore this with that reason"
        yield from unsupported(linted, undone(linted), UNSUPPORTED_ACTION, "can't", help)
