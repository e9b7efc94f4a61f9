"""What it does: finds hosts matched without a boundary: patterns with a host but nothing that says what precedes it,
and domains and URLs searched for one.

Why: `t.me` occurs in `about.me`, and `github.com` in `evilgithub.com` and `github.com.evil.example`. To pass for a
site, or avoid being taken for one, a longer name is enough.

Example:

```yaml
when: text matches /t\\.me\\/[a-z]/                          # also `about.me/x`; write `(^|[^a-z0-9.-])t\\.me\\/`
when: any(l in links where l.url contains "github.com")    # write `l.domain ends with "github.com"`, or use a list
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import HOST_WITHOUT_BORDER
from groundrules.diagnostics.model import Diagnostic
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import Condition, leaves
from groundrules.lint.linted import Linted
from groundrules.plan import ir
from groundrules.syntax import nodes
from groundrules.types import kinds

_TOP = "com|org|net|info|cn|ru|me|io|gg|tv|top|xyz|be|ly|example"
_OPEN = re.compile(rf"(?:^|\|)\(?(?:\?:)?(?:[a-z0-9-]+\\\.)+(?:{_TOP})\b(?![\w*+?{{])", re.IGNORECASE)
_HOST = re.compile(rf"(?:[a-z0-9-]+\.)+(?:{_TOP})/?", re.IGNORECASE)


def host_without_border(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each host that is found inside of longer ones."""
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            if isinstance(leaf.node, nodes.Matches | nodes.Contains) and (host := _host(linted, leaf)):
                message = f"`{excerpt(host)}` also matches inside longer names"
                yield HOST_WITHOUT_BORDER.at(leaf.span, message, _help(leaf))


def _host(linted: Linted, leaf: Condition) -> str | None:
    """Return the host that a condition looks for without a border."""
    if isinstance(leaf.expression, ir.Matches):
        match = _OPEN.search(leaf.expression.pattern)
        return match[0].lstrip("|(?:").replace("\\", "") if match else None
    if not isinstance(leaf.node, nodes.Contains) or not _leads_somewhere(linted, leaf):
        return None
    texts = [node.value for node in nodes.walk(leaf.node.needle) if isinstance(node, nodes.String)]
    return next((text for text in texts if _HOST.fullmatch(text)), None)


def _leads_somewhere(linted: Linted, leaf: Condition) -> bool:
    subject = leaf.node.subject  # type: ignore[attr-defined]
    typed = linted.checked.tables.types.get((leaf.context.id, id(subject)))
    return typed is not None and isinstance(typed.type, kinds.Domain | kinds.Url)


def _help(leaf: Condition) -> str:
    if isinstance(leaf.expression, ir.Matches):
        return "begin with `(^|[^a-z0-9.-])`, or ask `any(link in links where link.domain in …)` of a list of domains"
    return "write `link.domain ends with …`, or ask a list with `match: domain`"
