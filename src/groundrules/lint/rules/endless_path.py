"""What it does: finds paths with several steps, a repeated step or a sanction, but no `until`.

Why: whatever the member or the moderators do, all steps are taken: the reminder comes even after the task is done.

Example:

```yaml
paths:
  - id: unanswered
    on: message
    one_per: actor
    steps:
      - {after: 30m, then: [{notify: {role: helper}}]}
      - {after: 2h, then: [{notify: {role: admin}}]}
    until: [{on: message, when: reply_to == start.id}]        # this line was missing
```

A single harmless step is taken for a delayed action and not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.constructs import Act, Path
from groundrules.diagnostics.codes.lints import ENDLESS_PATH
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.linted import Linted


def endless_path(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each path that nothing ends before its last step."""
    for path in linted.checked.paths:
        if (
            not path.until
            and not path.until_all
            and path.source.mode != "off"
            and (_long(path) or _hurts(linted, path))
        ):
            message = f"nothing ends `{path.source.id.value}` before its last step"
            help = "say with `until` which event ends it"
            yield ENDLESS_PATH.at(path.source.id.span, message, help)


def _long(path: Path) -> bool:
    return len(path.steps) > 1 or any(step.repeat > 1 for step in path.steps)


def _hurts(linted: Linted, path: Path) -> bool:
    effects = [effect for step in path.steps for effect in step.effects]
    return any(isinstance(effect, Act) and effect.do in linted.sanctions for effect in effects)
