"""What it does: finds domains that are searched for, or compared with, something no domain contains: `https://`, a
path, a `?`.

Why: `link.domain` is only the host name, so the condition never holds (or, with `not` in front of it, always).

Example:

```yaml
when: any(link in links where not link.domain starts with "https://")     # every link; write link.url
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import NOT_IN_A_DOMAIN
from groundrules.diagnostics.model import Diagnostic
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import Condition, leaves
from groundrules.lint.linted import Linted
from groundrules.plan import ir
from groundrules.syntax import nodes
from groundrules.types import kinds

_FOREIGN = re.compile(r"[/:?#@&=%\s]")
_FOREIGN_IN_PATTERN = re.compile(r"https?|:/|\\/|\\\?|[@#&=%/]")


def not_in_a_domain(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each literal that a domain can't hold."""
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            if isinstance(leaf.node, nodes.Contains | nodes.Affix | nodes.Matches) and _is_domain(linted, leaf):
                entry = _foreign(leaf)
                if entry:
                    message = f"a domain never contains `{excerpt(entry)}`"
                    yield NOT_IN_A_DOMAIN.at(leaf.span, message, "read the whole address: `link.url`")


def _is_domain(linted: Linted, leaf: Condition) -> bool:
    subject = leaf.node.subject  # type: ignore[attr-defined]
    typed = linted.checked.tables.types.get((leaf.context.id, id(subject)))
    return typed is not None and isinstance(typed.type, kinds.Domain)


def _foreign(leaf: Condition) -> str | None:
    if isinstance(leaf.expression, ir.Matches):
        pattern = leaf.expression.pattern
        return pattern if _FOREIGN_IN_PATTERN.search(pattern) else None
    needle = leaf.node.needle  # type: ignore[attr-defined]
    texts = [node.value for node in nodes.walk(needle) if isinstance(node, nodes.String)]
    return next((text for text in texts if _FOREIGN.search(text)), None)
