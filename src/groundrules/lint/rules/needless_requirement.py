"""What it does: finds a `requires` that holds whenever `when` does.

Why: `otherwise` never happens. Usually the requirement is also under `when`, where it silences the rule instead of
refusing.

Example:

```yaml
rules:
  - id: buy
    on: message
    when: text == "/title" and reputation(actor) >= 30     # leave the balance to `requires`
    requires: reputation(actor) >= 30
    then: [{take: {reputation: 30}}, {add_role: titled}]
    otherwise: [{reply: "30 points are needed"}]
```

Parameter values are not considered: a bot may set them to something else.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import NEEDLESS_REQUIREMENT
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.lint.linted import Linted


def needless_requirement(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each requirement that is always met."""
    for rule in linted.own_rules:
        when, required = linted.condition(rule), linted.condition(rule, "requires")
        if when and required and linted.satisfiable((when, True)) and linted.implies(when, required):
            message = "`requires` holds whenever `when` does"
            help = "remove it, or take from `when` what is to be refused `otherwise`"
            yield NEEDLESS_REQUIREMENT.at(required.span, message, help, (Label(when.span, "this decides"),))
