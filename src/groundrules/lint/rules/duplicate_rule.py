"""What it does: finds two rules with the same events, condition and effects.

Why: one was copied and never changed, so what the second should do is missing. If it strikes or grants, everybody is
counted twice.

Example:

```yaml
rules:
  - {id: no-adverts, on: message, when: text contains any of adverts, then: [delete, strike: 1]}
  - {id: no-adverts-2, on: message, when: text contains any of adverts, then: [delete, strike: 1]}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from groundrules.checker.constructs import Rule
from groundrules.diagnostics.codes.lints import DUPLICATE_RULE
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.lint.linted import Linted
from groundrules.plan.codec import definition_hash


def duplicate_rule(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each rule that repeats an earlier one."""
    by_hash: dict[str, Rule] = {}
    for rule in linted.own_rules:
        bare = replace(linted.lowered_rule(rule), id="", title={}, text={}, tags=(), was=None)
        first = by_hash.setdefault(definition_hash(bare), rule)
        if first is not rule:
            message = f"`{rule.source.id.value}` does the same as `{first.source.id.value}` on the same events"
            label = Label(first.source.id.span, "the same")
            yield DUPLICATE_RULE.at(rule.source.id.span, message, "remove one, or change what it looks at", (label,))
