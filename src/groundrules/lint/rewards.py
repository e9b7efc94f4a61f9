"""How much of a reward one member can earn in a day, alone."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.checker.constructs import Delta, Rule
from groundrules.lint.conditions import leaves
from groundrules.lint.linted import Linted
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.time_units import DAY

ALONE = frozenset(  # event types that a member can bring about as often as they like
    {
        *("message", "message.edited", "reaction.added", "thread.created", "poll.created", "vote.cast", "check_in"),
        *("thanks.given", "feedback.given", "document.shared", "activity.created", "activity.joined"),
        *("report.created", "member.invited"),
    }
)


@dataclass(frozen=True)
class Bound:
    """The most that one member can earn in a day; None where there is no bound. `capped`: a cap says so."""

    times: int | None
    amount: int | None
    capped: bool = False


def is_earned_alone(linted: Linted, rule: Rule, delta: Delta) -> bool:
    """Tell whether one member can bring the event about and be the one who earns."""
    if not set(rule.context.types) <= ALONE:
        return False
    earner = _earner(linted, rule, delta)
    return earner == ("actor",) or (earner is not None and not _is_distinguished(linted, rule, earner))


def _earner(linted: Linted, rule: Rule, delta: Delta) -> tuple[str, ...] | None:
    """Return the path of the member who earns."""
    for effect in linted.lowered_rule(rule).effects:
        if isinstance(effect, ir.Delta) and effect.ledger == delta.ledger.id and isinstance(effect.who, ir.Field):
            return effect.who.path
    return None


def _is_distinguished(linted: Linted, rule: Rule, earner: tuple[str, ...]) -> bool:
    """Tell whether a guard compares the actor with the one who earns."""
    for role in ("when", "unless"):
        condition = linted.condition(rule, role)
        for leaf in leaves(condition) if condition else ():
            if isinstance(leaf.expression, ir.Compare):
                paths = [field.path for field in within(leaf.expression, ir.Field)]
                if any(path[:1] == ("actor",) for path in paths) and any(
                    path[: len(earner)] == earner for path in paths
                ):
                    return True
    return False


def daily_bound(linted: Linted, rule: Rule, delta: Delta) -> Bound:
    """Return the most that a member can earn of one ledger through a rule in a day."""
    lowered = linted.lowered_rule(rule)
    thing = None if delta.ledger.declaration.per.value == "member" else _earner(linted, rule, delta)
    times = _times_a_day(lowered.once, thing)
    fixed = next(
        (effect for effect in lowered.effects if isinstance(effect, ir.Delta) and effect.ledger == delta.ledger.id),
        None,
    )
    each = int(fixed.amount.value) if fixed and isinstance(fixed.amount, ir.Const) else None
    amount = times * each if times is not None and each is not None else None
    cap = next((cap for cap in linted.checked.caps if cap.id == delta.cap), None)
    if cap is None:
        return Bound(times, amount)
    return Bound(times, cap.amount if amount is None else min(amount, cap.amount), True)


def _times_a_day(once: ir.Once | None, thing: tuple[str, ...] | None) -> int | None:
    """Return how often `once_per` lets a member through in a day; None if they can change the rest of the key.

    What a `thing` earns, such as a message, they can't earn with another one.
    """
    if once is None or any(not _is_actor(part) and not _is_at(part, thing) for part in once.key):
        return None
    if once.per is not None:
        return 1
    return max(1, -(-DAY // once.within)) if once.within else None


def _is_at(part: ir.AnyExpr, path: tuple[str, ...] | None) -> bool:
    return isinstance(part, ir.Field) and part.path == path


def _is_actor(part: ir.AnyExpr) -> bool:
    return isinstance(part, ir.Field) and part.path[:1] in (("actor",), ("community",))
