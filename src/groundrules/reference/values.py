"""What an expression's value is.

`evaluate(expression, scope)` gives a value, or None where it is missing; for a condition it gives True, False or None
(unknown). Each kind of node has one small function here (values) or in `conditions`.

Missing spreads: arithmetic, a call, a list with a missing part is missing. Only `??` stops it. Arithmetic that has no
finite result is missing too: division by zero, NaN, infinity, and an integer that does not fit in 64 bits. `/` gives a
number with a fraction, `%` has the divisor's sign.

A window with a missing key component is missing; with all components and no entries it is 0. A ledger's balance is the
one before the event, but in a template the one after settlement, because by then the ledger has settled.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import singledispatch
from typing import Any

from groundrules.calendar.periods import period_name
from groundrules.functions import FUNCTIONS
from groundrules.plan import ir
from groundrules.reference import scope as scopes
from groundrules.reference import texts
from groundrules.reference.scope import Scope

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "%": lambda left, right: left % right,
}


@singledispatch
def evaluate(expr: Any, scope: Scope) -> Any:
    """The value of `expr`: None if missing or, for a condition, unknown."""
    raise TypeError(f"not an expression: {expr!r}")


@evaluate.register
def _(expr: ir.Const, scope: Scope) -> Any:
    return expr.value


@evaluate.register
def _(expr: ir.Field, scope: Scope) -> Any:
    return scopes.convert(scopes.walk(scope.root(expr.root), expr.path), expr.kind)


def raw(expr: Any, scope: Scope) -> Any:
    """A list as it occurs in the event, its items not yet reduced to ids."""
    return scopes.walk(scope.root(expr.root), expr.path) if isinstance(expr, ir.Field) else evaluate(expr, scope)


@evaluate.register
def _(expr: ir.Fact, scope: Scope) -> Any:
    thing = scopes.walk(scope.root(expr.root), expr.path)
    if expr.owner and scope.subject is not None:
        thing = scope.partition.roster.fact(expr.owner, scope.subject, expr.path[0], scope.now)
    who = scopes.identity(thing)
    if who is None:
        return None
    value = scopes.walk(thing, (expr.fact,)) if isinstance(thing, dict) else None
    if value is None:
        value = scope.partition.roster.fact(expr.entity, who, expr.fact, scope.now)
    if value is None and expr.assume is not None:
        return expr.default if (assumed := evaluate(expr.assume, scope)) is None else assumed
    return expr.default if value is None else scopes.convert(value, expr.kind)


@evaluate.register
def _(expr: ir.Now, scope: Scope) -> int:
    return scope.now


@evaluate.register
def _(expr: ir.CalendarPeriod, scope: Scope) -> str:
    return period_name(scope.plan.timezone, scope.now, expr.period)


@evaluate.register
def _(expr: ir.Sequence, scope: Scope) -> list[Any] | None:
    items = [evaluate(item, scope) for item in expr.items]
    return None if None in items else items


@evaluate.register
def _(expr: ir.Arithmetic, scope: Scope) -> Any:
    left, right = evaluate(expr.left, scope), evaluate(expr.right, scope)
    if left is None or right is None:
        return None
    try:
        return finite(OPERATORS[expr.operator](left, right))
    except (ZeroDivisionError, OverflowError):
        return None


def finite(number: Any) -> Any:
    """The number itself, or None if it is NaN, infinite or too large an integer."""
    if isinstance(number, float):
        return number if math.isfinite(number) else None
    return number if -(2**63) <= number < 2**63 else None


@evaluate.register
def _(expr: ir.Negate, scope: Scope) -> Any:
    operand = evaluate(expr.operand, scope)
    return None if operand is None else finite(-operand)


@evaluate.register
def _(expr: ir.Coalesce, scope: Scope) -> Any:
    value = evaluate(expr.value, scope)
    return evaluate(expr.default, scope) if value is None else value


@evaluate.register
def _(expr: ir.Call, scope: Scope) -> Any:
    arguments = [evaluate(argument, scope) for argument in expr.arguments]
    return None if None in arguments else call(expr.function, arguments, scope)


def call(name: str, arguments: list[Any], scope: Scope) -> Any:
    """A builtin applied to arguments; those about dates and times of day use the rulebook's zone."""
    function = FUNCTIONS[name]
    zone = [scope.plan.timezone] if function.signature.needs_zone else []
    return function.call(*zone, *arguments)


@evaluate.register
def _(expr: ir.WindowValue, scope: Scope) -> Any:
    key = [evaluate(part, scope) for part in expr.key]
    if None in key:
        return None
    return scope.partition.windows.value(expr.window, key, expr.within, expr.maximum, scope.now)


@evaluate.register
def _(expr: ir.LedgerValue, scope: Scope) -> int | None:
    who = evaluate(expr.key, scope)
    return None if who is None else scope.partition.ledgers.balance(expr.ledger, who, scope.now)


@evaluate.register
def _(expr: ir.LedgerRank, scope: Scope) -> int | None:
    who = evaluate(expr.key, scope)
    return None if who is None else scope.partition.ledgers.rank(expr.ledger, who, scope.now)


@evaluate.register
def _(expr: ir.ByDate, scope: Scope) -> Any:
    return expr.values[sum(date <= scope.now for date in expr.dates)]


@evaluate.register
def _(expr: ir.LedgerTop, scope: Scope) -> list[str]:
    return scope.partition.ledgers.top(expr.ledger, expr.count, scope.now)


@evaluate.register
def _(expr: ir.Standings, scope: Scope) -> list[str]:
    names = [scope.partition.roster.fact(expr.entity, who, expr.called, scope.now) or who for who in scope.those]
    return [f"{name} {figure}" for name, figure in zip(names, scope.figures, strict=True)]


@evaluate.register
def _(expr: ir.LedgerBoard, scope: Scope) -> list[str]:
    ledgers, roster = scope.partition.ledgers, scope.partition.roster
    return [
        f"{roster.fact(expr.entity, who, expr.called, scope.now) or who} {ledgers.balance(expr.ledger, who, scope.now)}"
        for who in ledgers.top(expr.ledger, expr.count, scope.now)
    ]


@evaluate.register
def _(expr: ir.Silence, scope: Scope) -> int | None:
    member = evaluate(expr.member, scope)
    return None if member is None else scope.partition.roster.silence(member, scope.now, scope.partition.first)


@evaluate.register
def _(expr: ir.InForceUntil, scope: Scope) -> int | None:
    member = evaluate(expr.member, scope)
    ends = [] if member is None else scope.partition.sanctions.ends(member, expr.does, scope.now)
    return None if not ends or math.inf in ends else int(max(ends))


@evaluate.register
def _(expr: ir.FoundIn, scope: Scope) -> list[str] | None:
    subject = evaluate(expr.subject, scope)
    return None if subject is None else [entry for *_, entry in entries_in(subject, expr.list, scope)]


@evaluate.register
def _(expr: ir.WeightIn, scope: Scope) -> int | None:
    subject, weights = evaluate(expr.subject, scope), scope.partition.lists[expr.list].weights
    if subject is None:
        return None
    return sum(weights.get(entry, 1) for *_, entry in entries_in(subject, expr.list, scope))


def entries_in(subject: str, name: str, scope: Scope) -> list[tuple[int, int, str]]:
    """The entries of a list that occur in a text, each with its leftmost place."""
    return texts.found_entries(subject, scope.partition.lists[name])


@evaluate.register
def _(expr: ir.Match, scope: Scope) -> str:
    return scope.match


@evaluate.register
def _(expr: ir.Nth, scope: Scope) -> int:
    return scope.nth


@evaluate.register
def _(expr: ir.Those, scope: Scope) -> list[str]:
    return list(scope.those)


@evaluate.register
def _(expr: ir.Remaining, scope: Scope) -> list[str]:
    process = scope.partition.processes.definitions[expr.process]
    return [item.called(expr.language) for item in process.until_all if item.id not in scope.done]


@evaluate.register
def _(expr: ir.WindowValues, scope: Scope) -> list[str] | None:
    key = [evaluate(part, scope) for part in expr.key]
    if None in key:
        return None
    return scope.partition.windows.values(expr.window, key, expr.within, scope.now)[: expr.maximum]


@evaluate.register
def _(expr: ir.Members, scope: Scope) -> list[str]:
    roster, now = scope.partition.roster, scope.now
    known = roster.known("member", now)
    if not expr.roles:
        return known
    return [who for who in known if {*expr.roles} & {*(roster.fact("member", who, "roles", now) or ())}]


@evaluate.register
def _(expr: ir.Names, scope: Scope) -> list[str] | None:
    ids = evaluate(expr.ids, scope)
    return (
        None if ids is None else [scope.partition.roster.fact("member", who, "name", scope.now) or who for who in ids]
    )


@evaluate.register
def _(expr: ir.Matched, scope: Scope) -> list[str]:
    return list(scope.matched)
