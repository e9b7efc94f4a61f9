"""What it does: finds rules whose condition can't be worded for members, and that have no `text` to explain it.

Why: the handbook can then only say that there are further conditions. Members want to know which.

Example:

```yaml
rules:
  - id: too-loud
    title: {zh: 太吵, en: Too loud}
    text: {zh: 请勿满屏符号, en: No messages of nothing but symbols}       # this line was missing
    on: message
    when: text matches /^[!?~]{4,}$/
    then: [delete]
```

These can be worded: facts of members and messages compared with values, short lists of words, roles, windows and
ledgers, times.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import UNTOLD_CONDITION
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.linted import Linted
from groundrules.phrasing.conditions import Conditions, Names


def untold_condition(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a note for each rule in force that members can't be told of in full."""
    tell = Conditions(linted.plan, "en", Names(str, str, str))
    for rule in linted.own_rules:
        if rule.source.text or rule.source.mode != "enforce":
            continue
        lowered = linted.lowered_rule(rule)
        parts = [*tell.parts(lowered.when), *tell.parts(lowered.unless)]
        if any(phrase is None for _, phrase in parts):
            message = f"members only read that `{rule.source.id.value}` has further conditions"
            yield UNTOLD_CONDITION.at(rule.source.id.span, message, "say them: `text: …`")
