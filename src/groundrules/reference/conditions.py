"""When a condition is true, false or unknown.

Kleene's three values: a comparison with something missing is unknown; `not unknown` is unknown; an `and` is false as
soon as one side is false and an `or` true as soon as one side is true, whatever the other side is; otherwise one
unknown side makes the whole unknown. `any` is an `or` over the items of a list, `all` an `and`: over no items `any` is
false and `all` is true. Only `known(x)` turns unknown into an answer.

Texts are compared under a view: exact, folded, squeezed, word or domain (`groundrules.text` says what each does). A
list brings its own. Values that are not text compare as they are. No text contains an empty needle, or begins or ends
with one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from groundrules.calendar.clock import in_clock_range
from groundrules.plan import ir
from groundrules.plan.relations import HOLDS
from groundrules.reference import lots, tallies, texts  # noqa: F401  (lots registers its nodes)
from groundrules.reference.scope import Scope, identity
from groundrules.reference.values import evaluate, raw

Kleene = bool | None


def conjunction(outcomes: Iterable[Kleene]) -> Kleene:
    """Kleene's and."""
    results = list(outcomes)
    return False if False in results else None if None in results else True


def disjunction(outcomes: Iterable[Kleene]) -> Kleene:
    """Kleene's or."""
    results = list(outcomes)
    return True if True in results else None if None in results else False


def items_of(collection: Any) -> list[Any]:
    """A list's items, objects as their ids; a single value counts as a list of one."""
    return [identity(item) for item in collection] if isinstance(collection, list | tuple) else [collection]


@evaluate.register
def _(expr: ir.And, scope: Scope) -> Kleene:
    return conjunction(evaluate(operand, scope) for operand in expr.operands)


@evaluate.register
def _(expr: ir.Or, scope: Scope) -> Kleene:
    return disjunction(evaluate(operand, scope) for operand in expr.operands)


@evaluate.register
def _(expr: ir.Not, scope: Scope) -> Kleene:
    outcome = evaluate(expr.operand, scope)
    return None if outcome is None else not outcome


@evaluate.register
def _(expr: ir.Quantified, scope: Scope) -> Kleene:
    collection = raw(expr.collection, scope)
    if collection is None:
        return None
    outcomes = [evaluate(expr.condition, scope.binding(item)) for item in collection]
    return disjunction(outcomes) if expr.quantifier == "any" else conjunction(outcomes)


@evaluate.register
def _(expr: ir.Known, scope: Scope) -> bool:
    return evaluate(expr.operand, scope) is not None


@evaluate.register
def _(expr: ir.Compare, scope: Scope) -> Kleene:
    left, right = evaluate(expr.left, scope), evaluate(expr.right, scope)
    if left is None or right is None:
        return None
    if expr.operator in ("==", "!="):
        return texts.equal(left, right, expr.view) is (expr.operator == "==")
    return HOLDS[expr.operator](left, right)


@evaluate.register
def _(expr: ir.InClock, scope: Scope) -> Kleene:
    instant = evaluate(expr.instant, scope)
    return None if instant is None else in_clock_range(scope.plan.timezone, instant, expr.start, expr.end)


@evaluate.register
def _(expr: ir.In, scope: Scope) -> Kleene:
    item, collection = evaluate(expr.item, scope), evaluate(expr.collection, scope)
    if item is None or collection is None:
        return None
    return any(texts.equal(item, other, expr.view) for other in items_of(collection))


@evaluate.register
def _(expr: ir.InList, scope: Scope) -> Kleene:
    item = evaluate(expr.item, scope)
    return None if item is None else texts.in_list(item, scope.partition.lists[expr.list])


@evaluate.register
def _(expr: ir.Has, scope: Scope) -> Kleene:
    collection, values = evaluate(expr.collection, scope), evaluate(expr.values, scope)
    if collection is None or values is None:
        return None
    held = items_of(collection)
    outcomes = [any(texts.equal(item, value, expr.view) for item in held) for value in items_of(values)]
    return any(outcomes) if expr.quantifier == "any" else all(outcomes)


@evaluate.register
def _(expr: ir.HasList, scope: Scope) -> Kleene:
    collection = evaluate(expr.collection, scope)
    if collection is None:
        return None
    words = scope.partition.lists[expr.list]
    outcomes = [any(texts.is_entry(item, entry, words) for item in items_of(collection)) for entry in words.items]
    return any(outcomes) if expr.quantifier == "any" else all(outcomes)


@evaluate.register
def _(expr: ir.Contains, scope: Scope) -> Kleene:
    subject, needles = evaluate(expr.subject, scope), evaluate(expr.needles, scope)
    if subject is None or needles is None:
        return None
    outcomes = [texts.contains(subject, needle, expr.view) for needle in items_of(needles)]
    return any(outcomes) if expr.quantifier == "any" else all(outcomes)


@evaluate.register
def _(expr: ir.ContainsList, scope: Scope) -> Kleene:
    subject = evaluate(expr.subject, scope)
    if subject is None:
        return None
    words = scope.partition.lists[expr.list]
    entries = {entry for _, _, entry in texts.found_entries(subject, words)}
    return bool(entries) if expr.quantifier == "any" else entries == set(words.items)


@evaluate.register
def _(expr: ir.Affix, scope: Scope) -> Kleene:
    subject, needle = evaluate(expr.subject, scope), evaluate(expr.needle, scope)
    if subject is None or needle is None:
        return None
    return any(texts.has_affix(subject, item, expr.end, expr.view) for item in items_of(needle))


@evaluate.register
def _(expr: ir.Matches, scope: Scope) -> Kleene:
    subject = evaluate(expr.subject, scope)
    return None if subject is None else texts.matches(subject, expr.pattern, expr.flags, expr.view)


@evaluate.register
def _(expr: ir.WindowTest, scope: Scope) -> Kleene:
    key = [evaluate(part, scope) for part in expr.key]
    if None in key:
        return None
    held = scope.partition.windows.value(expr.window, key, expr.within, None, scope.now)
    return None if held is None else HOLDS[expr.operator](held, expr.bound)


@evaluate.register
def _(expr: ir.TallyTest, scope: Scope) -> Kleene:
    bounds = tallies.bounds(expr.tally, scope)
    if bounds is None:
        return None
    outcomes = {HOLDS[expr.operator](number, expr.bound) for number in bounds}
    if expr.operator in ("==", "!=") and bounds[0] < expr.bound < bounds[1]:
        return None
    return outcomes.pop() if len(outcomes) == 1 else None


@evaluate.register
def _(expr: ir.InState, scope: Scope) -> Kleene:
    of = None if expr.of is None else evaluate(expr.of, scope)
    if expr.of is not None and of is None:
        return None
    return (expr.state, of) in scope.partition.states.held


@evaluate.register
def _(expr: ir.InForce, scope: Scope) -> Kleene:
    member = evaluate(expr.member, scope)
    return None if member is None else bool(scope.partition.sanctions.ends(member, expr.does, scope.now))


@evaluate.register
def _(expr: ir.HasLabel, scope: Scope) -> Kleene:
    bearer = evaluate(expr.id, scope)
    return None if bearer is None else scope.partition.labels.bears(expr.entity, bearer, expr.label, scope.now)
