"""What it does: finds patterns that match every text, even an empty one.

Why: `matches` searches anywhere in the text, so a pattern that can be empty always matches: the condition tests
nothing.

Example:

```yaml
when: text matches /(spam)*/        # zero times is enough; write /spam/
when: text matches /^.*/
```
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import PATTERN_MATCHES_ALL
from groundrules.diagnostics.model import Diagnostic
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import leaves
from groundrules.lint.linted import Linted
from groundrules.plan import ir
from groundrules.text.patterns import Pattern

_PROBES = ("", "x", "好 1\n")


def pattern_matches_all(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each pattern that no text fails."""
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            expression = leaf.expression
            if isinstance(expression, ir.Matches):
                pattern = Pattern(expression.pattern, expression.flags)
                if all(pattern.search(probe) for probe in _PROBES):
                    message = f"`{excerpt(leaf.text)}` matches every text, even an empty one"
                    yield PATTERN_MATCHES_ALL.at(leaf.span, message, "let the pattern ask for something")
