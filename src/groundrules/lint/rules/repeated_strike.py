"""What it does: finds rules that count events and strike, without `once_per` or `times`.

Why: `count(message by actor within 1m) >= 5` stays true for the sixth message, and the seventh. One flood of ten
messages gives six strikes, and the ladder is climbed in a minute.

Example:

```yaml
- id: flood
  on: message
  when: count(message by actor within 1m) >= 5
  then: [delete: matched, strike: 1]
  once_per: actor within 1m             # this line was missing
```

If every further event is meant to count, say so: `# groundrules: ignore[GR619] each message counts`.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.constructs import Delta, Rule
from groundrules.diagnostics.codes.lints import REPEATED_STRIKE
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import Condition
from groundrules.lint.linted import Linted
from groundrules.plan import ir
from groundrules.window_kinds import KINDS

_RISING = (">=", ">")


def repeated_strike(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each counting rule that strikes on every further event."""
    for rule in linted.own_rules:
        when = linted.condition(rule)
        if when is None or rule.source.kind == "reward" or rule.once or rule.times or not _strikes(linted, rule):
            continue
        window = _rising(linted, when)
        if window is not None:
            message = (
                f"`{rule.source.id.value}` strikes again on every event for which `{excerpt(window.text)}` stays true"
            )
            label = Label(window.span, _until(linted, window.expression))
            yield REPEATED_STRIKE.at(rule.source.id.span, message, "write `once_per: actor within 10m`", (label,))


def _strikes(linted: Linted, rule: Rule) -> bool:
    watched = {ladder.ledger.id for ladder in linted.checked.ladders} | {"strikes"}
    return any(
        isinstance(effect, Delta) and effect.sign > 0 and effect.ledger.id in watched and effect.cap is None
        for effect in rule.effects
    )


def _rising(linted: Linted, condition: Condition) -> Condition | None:
    """Return the window that must have come to a bound for a condition to hold, if there is one."""
    test = condition.expression
    if isinstance(test, ir.And | ir.Or):
        rising = [_rising(linted, part) for part in condition.parts]
        if isinstance(test, ir.Or):
            return rising[0] if all(rising) else None
        return next(filter(None, rising), None)
    if not isinstance(test, ir.WindowTest):
        return None
    return condition if KINDS[linted.ground.windows[test.window].kind].looks_back and test.operator in _RISING else None


def _until(linted: Linted, test: ir.Expr) -> str:
    by_events = isinstance(test, ir.WindowTest) and linted.ground.windows[test.window].by_events
    return "stays true until enough others have come" if by_events else "stays true until enough time has passed"
