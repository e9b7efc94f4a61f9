"""`any`, `all` and tallies: a unit that loops.

Its functions take the outer frame's parameters and the items, as decoded; its condition is compiled in a frame with one
more item. `any` is decided by a true item, `all` by a false one; over no items `any` is False and `all` is True. For a
tally it counts the items for which the condition is true (`holds`) or false (`fails`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundrules.engine.codegen import layout
from groundrules.engine.codegen.emitter import Emitter, Frame, Operand, Test, emits_test, emits_value
from groundrules.engine.codegen.layout import OPEN, Place
from groundrules.engine.codegen.outcomes import Outcomes, only_read
from groundrules.engine.codegen.reads import place_at, raw
from groundrules.engine.codegen.units import Compiled, Unit, deciding_step
from groundrules.plan import ir

if TYPE_CHECKING:
    from groundrules.engine.codegen.program import Program


class Loop(Unit):
    """The loop of an `any`, an `all` or a tally; `items` gives what it goes over, or None."""

    __slots__ = ("fails", "holds", "items", "outer")

    modes = ("true", "false", "value", "items", "holds", "fails")

    expr: ir.Quantified | ir.Tally
    items: Compiled
    holds: Compiled
    fails: Compiled

    def __init__(self, program: Program, expr: ir.Quantified | ir.Tally, outer: Frame) -> None:
        super().__init__(program, expr, outer.binding(_place_of_items(expr.collection, outer)))
        self.outer = outer

    def _compile(self, mode: str) -> Compiled:
        if mode == "items":
            emitter = Emitter(self._program, self.outer)
            body = f"    return {items_of(emitter, self.expr.collection).optional}\n"
            return self._program.shapes.function(self.outer.parameters, body, emitter.constants)
        emitter = Emitter(self._program, self.frame)
        if mode in ("holds", "fails"):
            condition = emitter.true(self.expr.condition) if mode == "holds" else emitter.false(self.expr.condition)
            body = f"    n = 0\n    for {self._item} in c:\n        if {condition}:\n            n += 1\n    return n\n"
            return self._program.shapes.function((*self.outer.parameters, "c"), body, emitter.constants)
        body = self._value(emitter) if mode == "value" else self._outcome(emitter, mode == "true")
        return self._program.shapes.function((*self.outer.parameters, "c"), body, emitter.constants)

    def _value(self, emitter: Emitter) -> str:
        assert isinstance(self.expr, ir.Quantified)
        decisive = self.expr.quantifier == "any"
        step = deciding_step(emitter, self.expr.condition, decisive, "        ")
        return f"    u = False\n    for {self._item} in c:\n{step}    return None if u else {not decisive}\n"

    def _outcome(self, emitter: Emitter, wanted: bool) -> str:
        assert isinstance(self.expr, ir.Quantified)
        condition = emitter.true(self.expr.condition) if wanted else emitter.false(self.expr.condition)
        if wanted is (self.expr.quantifier == "any"):
            return f"    for {self._item} in c:\n        if {condition}:\n            return True\n    return False\n"
        return f"    for {self._item} in c:\n        if not {condition}:\n            return False\n    return True\n"

    @property
    def _item(self) -> str:
        return self.frame.parameters[-1]


@emits_test(ir.Quantified)
def test(emitter: Emitter, expr: ir.Quantified) -> Test:
    collection, items = items_of(emitter, expr.collection), emitter.local()
    call = emitter.calls(emitter.program.loop(expr, emitter.frame), items)
    here = f"({items} := {collection.source})"
    of_none = expr.quantifier == "all"  # the outcome over no items
    yes, no = f"({call('true')} if {here} else {of_none})", f"({call('false')} if {here} else {not of_none})"
    read = only_read(expr)
    if read is not None:
        yes, no = _remembered(emitter, read, yes), _remembered(emitter, read, no)
    return Test(collection.needs, yes, no)


def _remembered(emitter: Emitter, read: ir.Field | ir.Fact, source: str) -> str:
    """Return an expression for an outcome that may already be known for a text."""
    outcomes, text, known = emitter.constant(Outcomes()), emitter.local(), emitter.local()
    here = f"({text} := {emitter.operand(read).optional})"
    return f"({known} if ({known} := {outcomes}.get({here})) is not None else {outcomes}.keep({text}, {source}))"


@emits_value(ir.Quantified)
def value(emitter: Emitter, expr: ir.Quantified) -> Operand:
    collection = items_of(emitter, expr.collection)
    read = only_read(expr)
    if read is not None:
        asked = test(emitter, expr)
        return emitter.present(asked.needs, f"(True if {asked.yes} else False if {asked.no} else None)")
    loop = emitter.program.loop(expr, emitter.frame)
    return emitter.present(collection.needs, emitter.call(loop, "value", collection.source))


def items_of(emitter: Emitter, collection: ir.Expr) -> Operand:
    """Return the items that a loop goes over, as they were decoded."""
    if isinstance(collection, ir.Field) and collection.root != "subject":
        return raw(emitter, collection.root, collection.path)[0]
    return emitter.operand(collection)


def _place_of_items(collection: ir.Expr, frame: Frame) -> Place:
    if isinstance(collection, ir.Field):
        return layout.item_of(place_at(frame, collection.root, collection.path))
    return OPEN
