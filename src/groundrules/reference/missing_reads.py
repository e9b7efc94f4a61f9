"""Which reads left a condition unknown.

Blame explains unknown as clauses explain true and false: it is the source texts of the reads whose absence left a
condition undecided, sorted, each once. For `and` and `or` they are those of the undecided sides, for `any` and `all`
those of the undecided items (or of the list itself, if that is missing), for `??` those of both sides, for anything
else those of its missing operands. Where nothing that was read is missing, the expression itself is to blame: a
division by zero, the rank of somebody who has no balance.
"""

from __future__ import annotations

from typing import Any

from groundrules.plan import ir
from groundrules.plan.walk import parts
from groundrules.reference.clauses import text_of
from groundrules.reference.scope import Scope
from groundrules.reference.values import evaluate, raw


def missing_reads(expr: Any, scope: Scope) -> tuple[str, ...]:
    """The missing reads behind an expression that is unknown or missing."""
    return tuple(sorted(missing(expr, scope)))


def missing(expr: Any, scope: Scope) -> set[str]:
    if evaluate(expr, scope) is not None:
        return set()
    if isinstance(expr, ir.Quantified | ir.Tally):
        return of_items(expr, scope)
    texts = {text for part in parts(expr) for text in missing(part, scope)}
    return texts or {text_of(expr, scope)}


def of_items(expr: ir.Quantified | ir.Tally, scope: Scope) -> set[str]:
    """Those of the list if it is missing, else those of the items that are undecided."""
    collection = raw(expr.collection, scope)
    if collection is None:
        return missing(expr.collection, scope)
    return {text for item in collection for text in missing(expr.condition, scope.binding(item))}
