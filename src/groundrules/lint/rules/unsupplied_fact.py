"""What it does: finds fields that rules read and that none of the adapters in use fills in, so that they stay unknown
unless something is assumed.

Why: missing never punishes, so a rule that reads such a field never fires, and every day looks quiet.

Example:

```yaml
define:
  newcomer: age(actor.joined) < 3d      # no adapter in use says when members joined
assume:
  member: {level: 0}                    # says what to take for granted
```

Name the adapters with `groundrules lint --adapter NAME`; without one this lint finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import UNSUPPLIED_FACT
from groundrules.diagnostics.model import Diagnostic
from groundrules.diagnostics.source import Span
from groundrules.lint.conditions import Condition, leaves
from groundrules.lint.linted import Linted
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.types import kinds


def unsupplied_fact(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each field in a guard that nobody supplies."""
    if not linted.supplies:
        return
    rostered = {path for table in linted.supplies.values() for path in table.get("roster", ())}
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            for path in sorted(_paths(leaf, rostered)):
                if not _supplied(linted, leaf.context.types, path):
                    yield _finding(linted, leaf.span, path)


def _paths(leaf: Condition, rostered: set[str]) -> set[tuple[str, ...]]:
    """Return the paths of the event that a leaf needs: those without an assumed or default value, in no roster."""
    known = {id(part) for found in within(leaf.expression, ir.Known) for part in within(found, ir.Expr)}
    known |= {id(part) for found in within(leaf.expression, ir.Coalesce) for part in within(found.value, ir.Expr)}
    fields = {
        found.path
        for found in within(leaf.expression, ir.Field)
        if found.root == "event" and found.optional and id(found) not in known
    }
    facts = {
        (*found.path, found.fact)
        for found in within(leaf.expression, ir.Fact)
        if found.root == "event" and found.assume is None and found.default is None and id(found) not in known
        if not (found.entity == "member" and f"members.{found.fact}" in rostered)
    }
    return fields | facts


def _supplied(linted: Linted, types: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Tell whether some adapter fills a path in, for some of the types; types that no adapter sends are not judged."""
    dotted = ".".join(path)
    sent = [table[kind] for table in linted.supplies.values() for kind in types if kind in table]
    return not sent or any(dotted in paths for paths in sent) or _required(linted, types, path)


def _required(linted: Linted, types: tuple[str, ...], path: tuple[str, ...]) -> bool:
    for kind in types:
        event = linted.checked.catalog.event(kind)
        fields = event.fields if event else {}
        for name in path:
            field = fields.get(name)
            if field is None or (field.optional and field.default is None):
                return False
            fields = field.type.fields if isinstance(field.type, kinds.Object) else {}
    return bool(types)


def _finding(linted: Linted, span: Span, path: tuple[str, ...]) -> Diagnostic:
    names = ", ".join(sorted(linted.supplies))
    message = f"`{'.'.join(path)}` is not supplied by {names}, so this stays unknown"
    return UNSUPPLIED_FACT.at(span, message, "say under `assume` what to take for granted, or use `??`")
