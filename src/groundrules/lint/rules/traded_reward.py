"""What it does: finds rewards that two members can give each other endlessly: a grant to somebody else that costs the
giver nothing, or less than it gives, and has neither a cap nor `once_per`.

Why: A gives to B, B gives back to A, and both are richer. One person with two accounts can do it.

Example:

```yaml
rules:
  - id: gift
    on: message
    when: text starts with "/give" and length(mentions) == 1
    requires: points(actor) >= 1
    then: [{take: {points: 1}}, {grant: {points: 2, to: mentions}}]   # 2 for 1: take as much as is given
rewards:
  - id: thanked
    on: thanks.given
    when: actor.id != target.id
    grant: {points: 1, to: target}
    once_per: actor, target within 1d                                 # without this line: thanks for thanks
```

The lint considers events that members can cause alone. A guard that counts, requires a role, or reads a balance, a
label or a state is taken for a bound.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.constructs import Rule
from groundrules.diagnostics.codes.lints import TRADED_REWARD
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.linted import Linted
from groundrules.lint.rewards import ALONE
from groundrules.plan import ir
from groundrules.plan.walk import within

_ACTOR = ("actor",)
_REMEMBERED = (ir.WindowTest, ir.WindowValue, ir.LedgerValue, ir.LedgerRank, ir.HasLabel, ir.InState, ir.Silence)


def traded_reward(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each rule by which two members can enrich each other without end."""
    per_member = {ledger.id for ledger in linted.plan.ledgers if ledger.per == "member"}
    for rule in linted.own_rules:
        lowered = linted.lowered_rule(rule)
        if set(rule.context.types) <= ALONE and lowered.once is None and lowered.times is None:
            deltas = [effect for effect in lowered.effects if isinstance(effect, ir.Delta)]
            grants = [delta for delta in deltas if delta.ledger in per_member and _is_to_another(delta)]
            yield from (_finding(rule, True) for grant in grants[:1] if (_net(grant, deltas) or 0) > 0)
            if grants and not any(map(_from_actor, deltas)) and not _is_bounded(lowered):
                yield _finding(rule, False)


def _is_to_another(delta: ir.Delta) -> bool:
    other = isinstance(delta.who, ir.Field) and delta.who.root == "event" and delta.who.path != _ACTOR
    return other and not delta.takes and delta.cap is None


def _from_actor(delta: ir.Delta) -> bool:
    return delta.takes and isinstance(delta.who, ir.Field) and delta.who.path == _ACTOR


def _net(grant: ir.Delta, deltas: list[ir.Delta]) -> int | None:
    """Return by how much a grant exceeds what it costs the giver; None where that is nothing, or is worked out."""
    costs = [delta for delta in deltas if _from_actor(delta) and delta.ledger == grant.ledger]
    amounts = [delta.amount.value for delta in (grant, *costs) if isinstance(delta.amount, ir.Const)]
    return sum(amounts) if costs and len(amounts) == 1 + len(costs) else None


def _is_bounded(rule: ir.Rule) -> bool:
    """Whether a guard reads something remembered, or wants a role, which may be a bound."""
    wants_role = any(fact.fact == "roles" for fact in within(rule.when, ir.Fact))
    return wants_role or any(next(within((rule.when, rule.unless), kind), None) is not None for kind in _REMEMBERED)


def _finding(rule: Rule, costs: bool) -> Diagnostic:
    name = rule.source.id.value
    message = f"two members can earn `{name}` from each other as often as they like"
    help = "write `once_per: actor per day`, or take from the giver as much as is given"
    if costs:
        message = f"`{name}` gives more than it takes, so two members who give to each other earn endlessly"
        help = "take as much as is given"
    return TRADED_REWARD.at(rule.source.id.span, message, help)
