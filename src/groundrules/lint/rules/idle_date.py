"""What it does: finds dated values of a parameter that change nothing: the value was the same before that date.

Why: either the line was copied for the next date and its value forgotten, or it can go. Reviewers take it for a change,
but the handbook shows none.

Example:

```yaml
parameters:
  limit:
    type: integer
    values:
      2026-01-01: 5
      2026-07-01: 5      # nothing changes on that day
```
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.endings import moment
from groundrules.diagnostics.codes.lints import IDLE_DATE
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.linted import Linted
from groundrules.rulebook import model as authored


def idle_date(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each dated value of the rulebook's own parameters that is the one before it."""
    for parameter in linted.book.parameters:
        name = str(parameter.name.value)
        dated = [
            (at, value) for value in parameter.values if (at := moment(value.since, linted.ground.zone)) is not None
        ]
        first = min((at for at, _ in dated), default=0)
        for at, value in dated:
            if (at != first or parameter.default is not None) and _is_idle(linted, name, at):
                yield _finding(name, value)


def _is_idle(linted: Linted, name: str, at: int) -> bool:
    """Whether a parameter has the same value before an instant and from it on."""
    root = linted.root
    times = [(0, root.earliest or root), *root.later]
    before, now = ([known for since, known in times if is_in(since)] for is_in in (at.__gt__, at.__ge__))
    settings = [side[-1].settings.get(name) for side in (before, now)]
    return None not in settings and len({str(setting and setting.value) for setting in settings}) == 1


def _finding(name: str, dated: authored.DatedValue) -> Diagnostic:
    message = f"`{name}` is `{dated.value.span.text}` before `{dated.since.value}`, too"
    return IDLE_DATE.at(dated.since.span, message, "leave it out, or write what changes")
