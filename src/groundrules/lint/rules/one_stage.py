"""What it does: finds rules that keep all members of a community in one stage, and says why.

Why: a community too large for one process can be divided by member, with the same decisions, as far as every rule looks
only at what is known of whoever caused the event. What counts all members, ranks them, or goes by the state of the
whole community stays in one stage behind the others.

Example:

```yaml
rules:
  - id: crowd
    on: message
    when: distinct(actor.id of message by channel within 10m) >= 8    # all members' messages, counted by channel
    then: [{notify: {role: admin}}]
```

Asked for with `groundrules lint --split member`; without it this lint finds nothing. Of what a pack brings it tells
where the pack is used. What it names is no mistake: `docs/cluster.md` says from which size on it matters.
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
