"""What it does: finds an `unless` that can never be true when the rule's `when` is.

Why: the exception that somebody asked for does not exist.

Example:

```yaml
when: length(links) > 5
unless: length(links) < 3        # never, with more than five
```
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import UNREACHABLE_UNLESS
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.display.columns import excerpt
from groundrules.lint.linted import Linted


def unreachable_unless(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each exception that never applies."""
    for rule in linted.own_rules:
        when, unless = linted.condition(rule), linted.condition(rule, "unless")
        if (
            when is None
            or unless is None
            or not (linted.satisfiable((when, True)) and linted.satisfiable((unless, True)))
        ):
            continue
        if not linted.satisfiable((when, True), (unless, True)):
            message = f"`{excerpt(unless.text)}` never blocks: it excludes what `when` asks for"
            yield UNREACHABLE_UNLESS.at(unless.span, message, None, (Label(when.span, "required here"),))
