r"""What it does: finds patterns that cost more than all others of a rulebook together: more than 110 million steps for
the longest text read (`limits: {text: …}`, by default 65,536 characters), or more than 10,000 to compile.

Why: a pattern takes time linear in the text, but the time per character depends on the pattern. If something repeatable
is followed by a counted gap, every character may take a step for each instruction of the pattern: a hundred million
take a tenth of a second or two, and one such text makes everybody wait. A program of 20,000 steps takes 50 ms to
compile each time an engine starts; usually a large character class is repeated.

Example:

```yaml
when: text matches /buy.{0,200}now/           # 118 million steps; search for the two words, or a shorter gap
when: text matches /(?:\p{L}\p{N}){10}/       # 14,394 steps; write /(?:\p{L}\p{N})+/ if more than ten are fine too
```
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import COSTLY_PATTERN
from groundrules.diagnostics.model import Diagnostic
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import Condition, leaves
from groundrules.lint.linted import Linted
from groundrules.plan import ir
from groundrules.text.patterns import Pattern

MOST = 10_000
MOST_STEPS = 110_000_000
_A_SECOND = 500_000_000  # steps


def costly_pattern(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each pattern whose program is large, or slow on the longest text."""
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            if isinstance(leaf.expression, ir.Matches):
                yield from _costs(leaf, leaf.expression, linted.plan.longest_text)


def _costs(leaf: Condition, match_expr: ir.Matches, longest: int) -> Iterator[Diagnostic]:
    pattern, shown = Pattern(match_expr.pattern, match_expr.flags), excerpt(leaf.text)
    steps = pattern.steps(longest)
    if pattern.size > MOST:
        message = f"`{shown}` compiles to {pattern.size:,} steps, which takes tens of milliseconds"
        yield COSTLY_PATTERN.at(leaf.span, message, "repeat less often, or use `+` or `*` instead of a count")
    elif steps > MOST_STEPS:
        message = f"`{shown}` may take {steps // 1_000_000:,} million steps for {longest:,} characters"
        help = f"that is about {steps / _A_SECOND:.1f} s; bridge fewer characters, or read less: `limits: {{text: …}}`"
        yield COSTLY_PATTERN.at(leaf.span, message, help)
