"""What it does: finds fields that rules read but no adapter in use fills in, so that they stay unknown unless something
is assumed, or always have their default (`[]`, `""`, `false`).

Why: missing never punishes, so a rule that reads such a field never fires, and every day looks quiet.

Example:

```yaml
define:
  newcomer: age(actor.joined) < 3d      # no adapter in use says when members joined
assume:
  member: {level: 0}                    # what to assume
```

Name the adapters with `groundrules lint --adapter NAME`; without one this lint finds nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import UNSUPPLIED_FACT
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.conditions import Condition, leaves
from groundrules.lint.linted import Linted
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.types import kinds
from groundrules.types.kinds import Field


def unsupplied_fact(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each field in a guard that nobody supplies."""
    if not linted.supplies:
        return
    rostered = {path for platform in linted.supplies.values() for path in platform.sends.get("roster", ())}
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            for path in sorted(_paths(leaf, rostered)):
                if not _supplied(linted, leaf.context.types, path):
                    yield _finding(linted, leaf, path)


def _paths(leaf: Condition, rostered: set[str]) -> set[tuple[str, ...]]:
    """Return the paths of the event that a leaf needs: those without an assumed value, in no roster."""
    known = {id(part) for test in within(leaf.expression, ir.Known) for part in within(test, ir.Expr)}
    known |= {id(part) for fallback in within(leaf.expression, ir.Coalesce) for part in within(fallback.value, ir.Expr)}
    fields = {
        field.path for field in within(leaf.expression, ir.Field) if field.root == "event" and id(field) not in known
    }
    facts = {
        (*fact.path, fact.fact)
        for fact in within(leaf.expression, ir.Fact)
        if fact.root == "event" and fact.assume is None and id(fact) not in known
        if not (fact.entity == "member" and (fact.fact == ir.FIRST_SEEN or f"members.{fact.fact}" in rostered))
    }
    return fields | facts


def _supplied(linted: Linted, types: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Tell whether some adapter fills a path in, for some of the types; types that no adapter sends are not judged."""
    dotted = ".".join(path)
    sent = [supply.sends[kind] for supply in linted.supplies.values() for kind in types if kind in supply.sends]
    filled = {dotted, "text"} if dotted == "links" else {dotted}  # links are found in the text
    return not sent or any(filled & paths for paths in sent) or _required(linted, types, path)


def _required(linted: Linted, types: tuple[str, ...], path: tuple[str, ...]) -> bool:
    walks = [list(_walk(linted, kind, path)) for kind in types]
    return bool(walks) and not any(
        field is None or field.optional or field.default is not None for walk in walks for field in walk
    )


def _walk(linted: Linted, kind: str, path: tuple[str, ...]) -> Iterator[Field | None]:
    """Yield the fields of an event type along a path; None and no more where one is not declared."""
    event = linted.checked.catalog.event(kind)
    fields = event.fields if event else {}
    for name in path:
        field = fields.get(name)
        yield field
        if field is None:
            return
        fields = field.type.fields if isinstance(field.type, kinds.Object) else {}


def _finding(linted: Linted, leaf: Condition, path: tuple[str, ...]) -> Diagnostic:
    names = ", ".join(sorted(linted.supplies))
    ends = [list(_walk(linted, kind, path))[-1] for kind in leaf.context.types]
    defaults = [json.dumps(end.default) for end in ends if end is not None and end.default is not None]
    outcome = f"it is always `{defaults[0]}`" if defaults else "this stays unknown"
    message = f"`{'.'.join(path)}` is not supplied by {names}, so {outcome}"
    return UNSUPPLIED_FACT.at(leaf.span, message, "say under `assume` what to assume, or use `??`")
