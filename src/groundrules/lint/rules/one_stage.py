"""What it does: finds rules that prevent dividing a community by member, and says why.

Why: a community too large for one process can be divided by member, with the same decisions, as far as every rule reads
only what is known about the member who caused the event. Rules that count all members, rank them, or depend on the
state of the whole community stay in a single stage after the others.

Example:

```yaml
rules:
  - id: crowd
    on: message
    when: distinct(actor.id of message by channel within 10m) >= 8    # all members' messages, counted by channel
    then: [{notify: {role: admin}}]
```

Run it with `groundrules lint --split member`; otherwise this lint finds nothing. Findings in a pack are reported where
the pack is used. They are not mistakes: `docs/cluster.md` says from which size on they matter.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.bindings import Context, Instance
from groundrules.diagnostics.codes.lints import ONE_STAGE
from groundrules.diagnostics.model import Diagnostic
from groundrules.diagnostics.source import Span
from groundrules.lint.linted import Linted
from groundrules.logic.splitting import hindrances
from groundrules.rulebook import model as authored


def one_stage(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each reason why a rule can't be divided by member."""
    if not linted.split:
        return
    checked = linted.checked
    blocks: list[tuple[Context, authored.Common]] = [
        *((rule.context, rule.source) for rule in checked.rules),
        *((ladder.context, ladder.source) for ladder in checked.ladders),
        *((path.context, path.source) for path in checked.paths),
        *((state.context, state.source) for state in checked.states),
        *((schedule.context, schedule.source) for schedule in checked.schedules),
    ]
    reasons = hindrances(linted.plan)
    for context, source in blocks:
        id = context.instance.qualified(str(source.id.value))
        for reason in reasons.get(id, ()):
            yield ONE_STAGE.at(_place(context.instance, source), f"`{id}` can't be divided by member: {reason}")


def _place(instance: Instance, source: authored.Common) -> Span:
    """Return where a block stands in the rulebook itself: of what a pack brings, where the pack is used."""
    place = source.id.span
    at: Instance | None = instance
    while at is not None and at.use is not None:
        place = at.use.path.span
        at = at.parent
    return place
