"""Which open paths an event may end: by look-up instead of asking each of them.

The guard of an `until` reads the event at hand and the event that opened a path. `ways` derives from it when it can be
true at all: conditions on the event alone, worked out once for all open paths, and an equality between a value of the
event and a field of the start event, by which the open paths are kept in a dictionary.

    reply_to == start.id or (channel.id == start.channel.id and staff)

is true only of paths whose `id` is the event's `reply_to`, and, if it comes from staff, of those of its channel. The
paths found are then asked as if there had been no look-up, so that nothing here can change a decision.
"""

from __future__ import annotations

from typing import NamedTuple

from groundrules.plan import ir
from groundrules.plan.walk import walk

MOST = 16


class Equality(NamedTuple):
    """`read`, of the event, equals `start`, of the event that opened the path, under `view`."""

    read: ir.Expr
    start: ir.Field
    view: ir.View


class Way(NamedTuple):
    """All `conditions`, which do not read the start event, are true, and `equality`, if there is one, holds."""

    conditions: tuple[ir.Expr, ...] = ()
    equality: Equality | None = None


ANY = [Way()]


def ways(guard: ir.Expr) -> list[Way]:
    """Return ways one of which holds wherever `guard` is true."""
    try:
        alternatives = _ways(guard)
    except RecursionError:  # nested too deeply
        return ANY
    return alternatives if len(alternatives) <= MOST else ANY


def _ways(guard: ir.Expr) -> list[Way]:
    if not _reads_start(guard):
        return [Way((guard,))]
    match guard:
        case ir.Or():
            return [way for operand in guard.operands for way in _ways(operand)]
        case ir.And():
            alone = tuple(operand for operand in guard.operands if not _reads_start(operand))
            best = min((_ways(operand) for operand in guard.operands if _reads_start(operand)), key=_cost)
            return [Way((*alone, *way.conditions), way.equality) for way in best]
        case ir.Compare(operator="=="):
            return [Way((), _equality(guard))]
    return ANY


def _equality(compare: ir.Compare) -> Equality | None:
    for start, read in ((compare.left, compare.right), (compare.right, compare.left)):
        if isinstance(start, ir.Field) and start.root == "start" and start.kind != "list" and not _reads_start(read):
            return Equality(read, start, compare.view)
    return None


def _cost(ways: list[Way]) -> tuple[int, int]:
    return sum(way.equality is None for way in ways), len(ways)


def _reads_start(expr: ir.Expr) -> bool:
    return any(isinstance(part, ir.Field | ir.Fact) and part.root == "start" for part in walk(expr))
