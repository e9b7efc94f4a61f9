"""How the actions of one decision combine.

An action's schema says which parameters merge (`max`, `min`, `union`); all other parameters distinguish actions. Two
actions with the same name, target and distinguishing parameters become one action attributed to both rules. A union is
sorted, so that merging is associative, commutative and idempotent. Then, among actions on the same target, one that
includes another (`supersedes`) makes it unnecessary, and one of two opposites (`opposes`) wins; both are judged on all
merged actions at once, so that the order of rules never shows.

An action's key is the hex of the first 12 bytes of the BLAKE2b of the JSON list [partition, cause, do, who,
distinguishing parameters].
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from json.encoder import encode_basestring as _quoted
from typing import Any

import msgspec

from groundrules.decisions import Action, Dropped
from groundrules.engine.codegen.total import listed
from groundrules.plan import ir

_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
_identity = msgspec.json.Encoder(order="deterministic")


class Wish(msgspec.Struct, frozen=True):
    """An action that rules ask for, before merging."""

    do: str
    who: str | None
    parameters: dict[str, Any]
    rules: tuple[str, ...]
    or_else: tuple[Wish, ...] = ()


Combined = tuple[tuple[Action, ...], tuple[Dropped, ...]]
"""The actions of a decision, by (do, who, key), and those that lost."""


class Combiner:
    """Combines the actions of decisions by their schemas; one per plan."""

    def __init__(self, plan: ir.Plan) -> None:
        self._specs = {spec.name: spec for spec in plan.actions}

    def spec(self, name: str) -> ir.ActionSpec:
        """Return what the action's schema says; an action without one has no target and merges nothing."""
        spec = self._specs.get(name)
        if spec is None:
            spec = self._specs[name] = ir.ActionSpec(name=name)
        return spec

    def combine(self, wishes: Sequence[Wish], partition: str, cause: str) -> Combined:
        """Return all actions of one decision, merged, by (do, who, key), and those that lost."""
        if not wishes:
            return (), ()
        merged = self._merge(wishes)
        if len(merged) == 1:
            return (self._finished(merged[0], partition, cause),), ()
        actions: list[Action] = []
        dropped: list[Dropped] = []
        for wish in merged:
            winner = self._winner_over(wish, merged)
            if winner is None:
                actions.append(self._finished(wish, partition, cause))
            else:
                dropped.append(Dropped(do=wish.do, who=wish.who, rules=wish.rules, because=winner))
        actions.sort(key=place)
        dropped.sort(key=lambda drop: (drop.do, drop.who or "", drop.rules))
        return tuple(actions), tuple(dropped)

    def _merge(self, wishes: Sequence[Wish]) -> list[Wish]:
        if len(wishes) == 1:
            return [self._alone(wishes[0])]
        merged: dict[bytes, Wish] = {}
        for wish in wishes:
            name = _identity.encode((wish.do, wish.who, self.apart(wish)))
            merged[name] = self.both(merged[name], wish) if name in merged else self._alone(wish)
        return list(merged.values())

    def _alone(self, wish: Wish) -> Wish:
        """Return an action that merges with no other in its merged form: unions become sorted lists."""
        parameters = wish.parameters
        for name, how in self.spec(wish.do).merge.items():
            value = parameters.get(name) if how == "union" else None
            if value is not None and not (type(value) is list and len(value) == 1):
                parameters = parameters | {name: _merged(how, value, ())}
        if parameters is wish.parameters and len(wish.rules) == 1 and not wish.or_else:
            return wish
        or_else = tuple(self._merge(wish.or_else)) if wish.or_else else ()
        return Wish(wish.do, wish.who, parameters, tuple(sorted({*wish.rules})), or_else)

    def both(self, left: Wish, right: Wish) -> Wish:
        """Return the one action that does what two actions with the same identity do."""
        parameters = {**left.parameters, **right.parameters}
        for name, how in self.spec(left.do).merge.items():
            if name in left.parameters and name in right.parameters:
                parameters[name] = _merged(how, left.parameters[name], right.parameters[name])
        return Wish(
            left.do,
            left.who,
            parameters,
            tuple(sorted({*left.rules, *right.rules})),
            tuple(self._merge((*left.or_else, *right.or_else))),
        )

    def apart(self, wish: Wish | Action) -> dict[str, Any]:
        """Return the parameters that distinguish an action."""
        merge, parameters = self.spec(wish.do).merge, wish.parameters
        if not merge or not parameters:
            return parameters
        return {name: value for name, value in parameters.items() if name not in merge}

    def _winner_over(self, loser: Wish, wishes: list[Wish]) -> str | None:
        """Return the first by name of the actions that make `loser` needless or win against it."""
        rivals = {wish.do for wish in wishes if wish.who == loser.who and wish.do != loser.do}
        return min((do for do in rivals if self._beats(do, loser.do)), default=None)

    def _beats(self, left: str, right: str) -> bool:
        first, second = self.spec(left), self.spec(right)
        return right in first.supersedes or first.opposes.get(right) == left or second.opposes.get(left) == left

    def _finished(self, wish: Wish, partition: str, cause: str) -> Action:
        return Action(
            do=wish.do,
            who=wish.who,
            parameters=dict(sorted(wish.parameters.items())) if len(wish.parameters) > 1 else wish.parameters,
            key=_key(partition, cause, wish.do, wish.who, self.apart(wish)),
            rules=wish.rules,
            or_else=tuple([self._finished(other, partition, cause) for other in wish.or_else]) if wish.or_else else (),
        )


def place(action: Action) -> tuple[str, str, str]:
    """Return what the actions of a decision are sorted by."""
    return action.do, action.who or "", action.key


def waiting_key(occasion: str, wish: Wish, apart: Mapping[str, Any]) -> str:
    """Return the key of an action that waits: per occasion, or with "" for one that waits only once."""
    return _key(occasion, wish.do, wish.who, dict(apart))


def request_id(partition: str, cause: str, rule: str) -> str:
    """Return the id of the request for approval that a rule makes in a decision."""
    return _key(partition, cause, rule)


def _merged(how: str, left: Any, right: Any) -> Any:
    if how == "union":
        return sorted({*listed(left), *listed(right)})
    return max(left, right) if how == "max" else min(left, right)


def _key(*parts: Any) -> str:
    return blake2b(f"[{','.join([_json(part) for part in parts])}]".encode()).hexdigest()[:24]


def _json(value: Any) -> str:
    """Return the canonical JSON of a value. Most keys are of texts, without target or parameters."""
    if type(value) is str:
        return _quoted(value)
    if value is None:
        return "null"
    return _canonical.encode(value) if value else "{}"


def plain(wish: Wish) -> Mapping[str, Any]:
    """Return a wish as a parameter of another action: what would be done, and to whom."""
    fields: dict[str, Any] = {"do": wish.do}
    if wish.who is not None:
        fields["who"] = wish.who
    return fields | dict(sorted(wish.parameters.items()))
