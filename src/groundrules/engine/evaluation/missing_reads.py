"""Which missing reads left a condition unknown.

Blame goes from a node that is unknown to those of its parts that are: the undecided sides of `and` and `or`, the
undecided items of `any` and `all` (or the list itself), the missing operands of anything else. A node none of whose
parts is missing is to blame itself: an absent field, a fact that no event has given, a division by zero.
"""

from __future__ import annotations

from typing import Any

from groundrules.engine.codegen.emitter import Frame
from groundrules.engine.codegen.program import Program
from groundrules.engine.intake.structs import attribute
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir
from groundrules.plan.walk import parts, walk

Item = Any


_OF_FIELDS = (
    *(ir.Const, ir.Field, ir.And, ir.Or, ir.Not, ir.Compare, ir.In, ir.Has, ir.Contains, ir.Affix, ir.Matches),
    *(ir.Arithmetic, ir.Negate, ir.Coalesce, ir.Known, ir.Call, ir.Sequence),
)
"""Nodes whose values depend on nothing but the fields that they read."""


def fields_alone(expr: ir.Expr) -> frozenset[str]:
    """Return the attributes of the event's fields if a condition depends on these alone; none otherwise."""
    nodes = list(walk(expr))
    reads = [node for node in nodes if isinstance(node, ir.Field)]
    if not all(isinstance(node, _OF_FIELDS) for node in nodes) or any(read.root != "event" for read in reads):
        return frozenset()
    return frozenset(attribute(read.path[0]) for read in reads)


def missing_reads(program: Program, expr: ir.Expr, frame: Frame, e: Any, x: Scope) -> tuple[str, ...]:
    """Return the source texts of the reads to blame, sorted, without repeats; () if `expr` has a value."""
    texts: set[str] = set()
    waiting: list[tuple[ir.Expr, Frame, tuple[Item, ...]]] = []
    if program.evaluate(expr, frame, e, x) is None:
        waiting.append((expr, frame, ()))
    while waiting:
        node, inside, items = waiting.pop()
        below = _below(program, node, inside, e, x, items)
        missing = [part for part in below if program.evaluate(part[0], part[1], e, x, part[2]) is None]
        waiting.extend(missing)
        if not missing:
            texts.add(program.text(node))
    return tuple(sorted(texts))


def _below(
    program: Program, node: ir.Expr, frame: Frame, e: Any, x: Scope, items: tuple[Item, ...]
) -> list[tuple[ir.Expr, Frame, tuple[Item, ...]]]:
    """Return the parts of a node with the frame and the items that each is evaluated with."""
    if not isinstance(node, ir.Quantified | ir.Tally):
        return [(part, frame, items) for part in parts(node)]
    collection = program.evaluate(node.collection, frame, e, x, items)
    if collection is None:
        return [(node.collection, frame, items)]
    loop = program.loop(node, frame)
    return [(node.condition, loop.frame, (*items, item)) for item in loop.items(e, x, *items)]
