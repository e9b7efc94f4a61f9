"""Which rules fire.

A rule **fires** if its `when` is true and its `unless` is not true: an unknown `when` never fires a rule, an unknown
`unless` never holds one back. A rule whose `when` is unknown while its `unless` is not true is **undecided**, and the
log says which facts were missing. A rule that is `off`, past its `ends` or before its `starts`, is not asked. Events
caused by the bot itself are answered only by rules whose `when` mentions `actor.self`; whatever follows from them, such
as a ladder's step, is nobody's act.

A rule with `once_per` that has already fired for this key, within its time or in this calendar period, does not fire
again; one with a missing key component is undecided, and so is one with a missing component of `times: {per}`.

A rule is **exempted** if it is named by an exempting rule whose own `when` is true or unknown and whose `unless` is not
true: the member gets the benefit of the doubt. Exempting takes all of a rule's contribution away, except an exempting
rule's own exemption.
The exempted rule is listed under `exempted` if it would have fired, and remembers nothing of it. Likewise, among the
rules of a group (`first_of`) that would fire, all give way to the one with the lowest priority (the first by id if
there are several).

A rule in **shadow**, or for a member outside its **rollout** share, does nothing, remembers separately what it would
have done, and exempts nobody. The share of a member is the first eight bytes of the BLAKE2b of the block's id (so that
everything a block lowers to applies to the same members), a zero byte and the member's id, as a fraction of 2**64. The
member is the subject, whose balance crosses a ladder or whom a schedule is about; if there is none, it is the actor of
the event or, for a timer, of the event that opened the path. If there is none of these, the rule is outside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

from groundrules.plan import ir
from groundrules.reference.missing_reads import missing_reads
from groundrules.reference.scope import Scope, walk
from groundrules.reference.selfmade import is_own_act, mentions_self
from groundrules.reference.values import evaluate

Lane = Literal["live", "shadow", "rollout"]


@dataclass(frozen=True)
class Answer:
    """What one rule says to one trigger: it fires, or is undecided for lack of `missing`, or neither."""

    rule: ir.Rule
    scope: Scope
    lane: Lane
    fires: bool = False
    exempts: bool = False
    missing: tuple[str, ...] = ()


def applies(rule: ir.Rule, scope: Scope) -> bool:
    """Whether a rule is asked at all."""
    if rule.mode == "off" or (rule.ends is not None and scope.now > rule.ends):
        return False
    if rule.starts is not None and scope.now < rule.starts:
        return False
    return not (isinstance(rule.trigger, ir.OnEvent) and is_own_act(scope.event)) or mentions_self(rule.when)


def answer(rule: ir.Rule, scope: Scope) -> Answer:
    """What a rule says, given its earlier firings but regardless of exemptions."""
    lane = lane_of(rule, scope)
    when = evaluate(rule.when, scope.watched(rule.id, rule.when))
    unless = None if rule.unless is None else evaluate(rule.unless, scope.watched(rule.id, rule.unless))
    if when is False or unless is True or (when is True and scope.passed_over):
        return Answer(rule, scope, lane)
    exempts = lane == "live" and any(isinstance(effect, ir.Exempt) for effect in rule.effects)
    if when is None:
        return Answer(rule, scope, lane, exempts=exempts, missing=missing_reads(rule.when, scope))
    lacking = missing_keys(rule, scope)
    if lacking:
        return Answer(rule, scope, lane, exempts=exempts, missing=lacking)
    return Answer(
        rule, scope, lane, fires=not scope.partition.firings.fired_already(rule, lane, scope), exempts=exempts
    )


def missing_keys(rule: ir.Rule, scope: Scope) -> tuple[str, ...]:
    """The missing components of the keys under which a rule remembers its firings."""
    keys = (*(rule.once.key if rule.once else ()), *(rule.times.key if rule.times else ()))
    return tuple(sorted({text for part in keys for text in missing_reads(part, scope)}))


def lane_of(rule: ir.Rule, scope: Scope) -> Lane:
    """Whether what a rule does counts."""
    if rule.mode == "shadow":
        return "shadow"
    return "live" if rule.rollout >= 1 or share(rule, scope) < rule.rollout else "rollout"


def share(rule: ir.Rule, scope: Scope) -> float:
    """Where the member at hand stands among all members for its block, from 0 to 1; 1 where there is none."""
    actor = walk(scope.event if scope.event is not None else scope.start, ("actor", "id"))
    member = actor if scope.subject is None else scope.subject
    if member is None:
        return 1.0
    digest = blake2b(f"{rule.id.partition('#')[0]}\x00{member}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def overtaken(answers: Iterable[Answer], exempted: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Rule → the one of its group that acts in its place, sorted by priority and id."""
    firing = [answer for answer in answers if answer.fires and answer.lane == "live" and answer.rule.id not in exempted]
    groups: dict[str, list[Answer]] = {}
    for answer in sorted(firing, key=lambda answer: (answer.rule.priority, answer.rule.id)):
        if answer.rule.first_of:
            groups.setdefault(answer.rule.first_of, []).append(answer)
    return {later.rule.id: (first.rule.id,) for first, *others in groups.values() for later in others}


def exemptions(answers: Iterable[Answer]) -> dict[str, tuple[str, ...]]:
    """Exempted rule → the rules that exempt it, sorted."""
    by_rule: dict[str, set[str]] = {}
    for answer in answers:
        for effect in answer.rule.effects if answer.exempts else ():
            for name in effect.rules if isinstance(effect, ir.Exempt) else ():
                by_rule.setdefault(name, set()).add(answer.rule.id)
    return {name: tuple(sorted(by)) for name, by in by_rule.items()}
