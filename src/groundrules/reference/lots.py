"""Lots: chance that anybody can check.

A draw is a function of the occasion alone: the partition, the event (for a timer: the event that began it all, if there
is one, and the instant), the subject, and the rule. All of these are in the log, so a replay draws the same, and nobody
can redraw until the result suits them: a request that is checked again keeps its draw. A rule draws one number per
occasion; to pick from a list, it draws another number for each item, and takes the lowest.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from groundrules.plan import ir
from groundrules.reference.scope import Scope
from groundrules.reference.values import evaluate
from groundrules.reference.windows import encoded


def number(scope: Scope, site: str, about: str = "") -> float:
    """The number drawn, from 0 to 1."""
    event = "" if scope.event is None else scope.event["id"]
    start = "" if scope.start is None or scope.event is not None else scope.start["id"]
    instant = "" if scope.event is not None else str(scope.now if scope.began is None else scope.began)
    parts = [scope.partition.id, event, start, instant, scope.subject or "", site, about]
    return int.from_bytes(blake2b("\x1f".join(parts).encode(errors="replace")).digest()[:8], "big") / 2**64


def drawn(scope: Scope, site: str, items: list[Any]) -> list[Any]:
    """The distinct items, ordered by their lots."""
    different = {encoded(item): item for item in items}
    return [different[name] for name in sorted(different, key=lambda name: (number(scope, site, name), name))]


@evaluate.register
def _(expr: ir.Chance, scope: Scope) -> bool | None:
    share = evaluate(expr.share, scope)
    return None if share is None else number(scope, expr.site) < share


@evaluate.register
def _(expr: ir.Pick, scope: Scope) -> list[Any] | None:
    items, count = evaluate(expr.items, scope), evaluate(expr.count, scope)
    return None if items is None or count is None else drawn(scope, expr.site, items)[: max(count, 0)]
