"""How the actions of one decision combine.

An action is `{do, who, parameters}`. Its schema says which parameters merge (`max`, `min`, `union`); all other
parameters distinguish actions. Two actions with the same name, target and distinguishing parameters become one action,
with the larger or smaller parameter or the union of the lists, attributed to both rules. A parameter that only one of
them has is kept. A union is sorted, so merging is associative, commutative and idempotent.

Then, among actions on the same target, one that includes another (`supersedes`) makes it unnecessary, and one of two
opposites (`opposes`) wins. Both are judged on all merged actions at once, so that the order of rules never shows. The
loser is listed under `dropped`, with the winner's name (the first by name if there are several).

The key of an action is the hex of the first 12 bytes of the BLAKE2b of the JSON list [partition, cause, do, who,
distinguishing parameters], by which a repetition of the same action is recognised.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from groundrules.decisions import Action, Dropped
from groundrules.plan import ir

MERGES: dict[str, Callable[[Any, Any], Any]] = {
    "max": max,
    "min": min,
    "union": lambda left, right: sorted({*items(left), *items(right)}),
}


def items(value: Any) -> list[Any]:
    """A list's items; a single value counts as a list of one."""
    return list(value) if isinstance(value, list | tuple) else [value]


@dataclass(frozen=True)
class Wish:
    """An action that rules ask for, before merging."""

    do: str
    who: str | None
    parameters: dict[str, Any]
    rules: tuple[str, ...]
    or_else: tuple[Wish, ...] = ()


def specification(plan: ir.Plan, name: str) -> ir.ActionSpec:
    """What the action's schema says; an action without one has no target and merges nothing."""
    return next((spec for spec in plan.actions if spec.name == name), ir.ActionSpec(name=name))


def key_parameters(plan: ir.Plan, wish: Wish) -> dict[str, Any]:
    """The parameters that distinguish this action from others of its name and target."""
    merged = specification(plan, wish.do).merge
    return {name: value for name, value in sorted(wish.parameters.items()) if name not in merged}


def identity_of(plan: ir.Plan, wish: Wish) -> str:
    return json.dumps([wish.do, wish.who, key_parameters(plan, wish)], sort_keys=True)


def merge(plan: ir.Plan, wishes: Iterable[Wish]) -> list[Wish]:
    """One wish for each action that is asked for, sorted by name, target and distinguishing parameters."""
    merged: dict[str, Wish] = {}
    for wish in wishes:
        name = identity_of(plan, wish)
        merged[name] = both(plan, merged[name], wish) if name in merged else both(plan, wish, wish)
    return list(merged.values())


def both(plan: ir.Plan, left: Wish, right: Wish) -> Wish:
    """The one action that does what two actions with the same identity do."""
    how = specification(plan, left.do).merge
    parameters = {**left.parameters, **right.parameters}
    for name in left.parameters.keys() & right.parameters.keys() & how.keys():
        parameters[name] = MERGES[how[name]](left.parameters[name], right.parameters[name])
    return replace(
        left,
        parameters=parameters,
        rules=tuple(sorted({*left.rules, *right.rules})),
        or_else=tuple(merge(plan, (*left.or_else, *right.or_else))),
    )


def winners_over(plan: ir.Plan, loser: Wish, wishes: list[Wish]) -> list[str]:
    """The names of the actions on the same target that make `loser` needless or win against it."""
    others = [wish for wish in wishes if wish.who == loser.who and wish.do != loser.do]
    return sorted(other.do for other in others if beats(plan, other.do, loser.do))


def beats(plan: ir.Plan, left: str, right: str) -> bool:
    first, second = specification(plan, left), specification(plan, right)
    return right in first.supersedes or first.opposes.get(right) == left or second.opposes.get(left) == left


def combine(plan: ir.Plan, wishes: list[Wish], partition: str, cause: str) -> tuple[list[Action], list[Dropped]]:
    """All actions of one decision, merged, and those that lost."""
    merged = merge(plan, wishes)
    lost = {id(wish): winners_over(plan, wish, merged) for wish in merged}
    actions = [finished(plan, wish, partition, cause) for wish in merged if not lost[id(wish)]]
    dropped = [
        Dropped(do=wish.do, who=wish.who, rules=wish.rules, because=lost[id(wish)][0])
        for wish in merged
        if lost[id(wish)]
    ]
    actions.sort(key=place)
    dropped.sort(key=lambda drop: (drop.do, drop.who or "", drop.rules))
    return actions, dropped


def place(action: Action) -> tuple[str, str, str]:
    """What the actions of a decision are sorted by."""
    return action.do, action.who or "", action.key


def finished(plan: ir.Plan, wish: Wish, partition: str, cause: str) -> Action:
    """The action as a decision carries it."""
    return Action(
        do=wish.do,
        who=wish.who,
        parameters=dict(sorted(wish.parameters.items())),
        key=action_key(plan, wish, partition, cause),
        rules=wish.rules,
        or_else=tuple(finished(plan, other, partition, cause) for other in wish.or_else),
    )


def action_key(plan: ir.Plan, wish: Wish, partition: str, cause: str) -> str:
    return hashed([partition, cause, wish.do, wish.who, key_parameters(plan, wish)])


def hashed(parts: list[Any]) -> str:
    """The hex of the first 12 bytes of the hash of a JSON list."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return blake2b(text.encode()).hexdigest()[:24]
