"""Which missing reads left a condition unknown.

Blame goes from a node that is unknown to those of its parts that are: the undecided sides of `and` and `or`, the
undecided items of `any` and `all` (or the list itself), the missing operands of anything else. A node none of whose
parts is missing is to blame itself: a field that is absent, a fact that nobody told, a division by zero.
"""

from __future__ import annotations

from typing import Any

from groundrules.engine.codegen.emitter import Frame
from groundrules.engine.codegen.program import Program
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir
from groundrules.plan.walk import parts

Item = Any


def missing_reads(program: Program, expr: ir.Expr, frame: Frame, e: Any, x: Scope) -> tuple[str, ...]:
    """Return the source texts of the reads to blame, sorted, without repeats; () if `expr` has a value."""
    texts: set[str] = set()
    waiting: list[tuple[ir.Expr, Frame, tuple[Item, ...]]] = [(expr, frame, ())]
    while waiting:
        node, inside, items = waiting.pop()
        if program.evaluate(node, inside, e, x, items) is not None:
            continue
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
