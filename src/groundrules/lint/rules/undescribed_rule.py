"""What it does: finds rules and rewards with neither a `title` nor a `text`.

Why: the handbook, the moderators' log and messages to members can only show an id.

Example:

```yaml
rules:
  - id: no-adverts
    title: {zh: 禁止广告, en: No advertising}       # this line was missing
    on: message
    when: text contains any of adverts
    then: [delete]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import UNDESCRIBED_RULE
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.linted import Linted


def undescribed_rule(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each rule that says nothing to members."""
    for rule in linted.own_rules:
        source = rule.source
        if not source.title and not source.text:
            id = source.table.id if source.table else source.id
            message = f"`{id.value}` has no title and no text for members"
            yield UNDESCRIBED_RULE.at(id.span, message, "write `title: …`")
