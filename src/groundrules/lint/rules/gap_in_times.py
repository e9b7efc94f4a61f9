"""What it does: finds numbers missing from a rule's `times` between two of its steps.

Why: nothing happens at that number, which may be intended or a mistake: the later offence is then treated more mildly
than the earlier one.

Example:

```yaml
rules:
  - id: off-topic
    on: message
    times: {per: actor, within: 1h, 1: [warn], 2: [mute: 10m], 4: [mute: 1d]}    # nothing for the third
```
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from groundrules.diagnostics.codes.lints import GAP_IN_TIMES
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.linted import Linted


def gap_in_times(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a note for each gap between two steps."""
    for rule in linted.own_rules:
        if rule.effects or rule.source.times is None:
            continue
        for (low, _), (high, _) in pairwise(rule.source.times.steps):
            first, last = int(low.value) + 1, int(high.value) - 1
            if first <= last:
                which = f"time {first}" if first == last else f"times {first} to {last}"
                message = f"`{rule.source.id.value}` does nothing for {which}, between {low.value} and {high.value}"
                yield GAP_IN_TIMES.at(high.span, message, f"write `{first}: […]`, if that is not intended")
