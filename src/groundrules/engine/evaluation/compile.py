"""From the expressions of a plan to Python functions.

`Compiler(plan)` answers with objects that compile themselves at their first use (`codegen` says how), so a plan of
10,000 rules starts at once and rules of one shape share their code.

Every method takes the event types that the event at hand can have, as far as the caller knows them: a rule's trigger,
a window's type. With them, reads of promised fields cost nothing; without them (None) the code also answers where
there is no event at all, as behind a timer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from groundrules.engine.codegen.emitter import Frame
from groundrules.engine.codegen.keying import Key
from groundrules.engine.codegen.layout import place_of
from groundrules.engine.codegen.program import Program
from groundrules.engine.codegen.units import Unit
from groundrules.engine.evaluation.missing_reads import fields_alone, missing_reads
from groundrules.engine.evaluation.templates import Rendering
from groundrules.engine.state.scope import Scope
from groundrules.engine.texts.needles import SavedLiterals
from groundrules.plan import ir

__all__ = ["Compiler", "Condition", "Rendering", "Value"]

Types = tuple[str, ...] | None


class Condition(Unit):
    """A compiled condition: `true(e, x)` and `false(e, x)`, neither of them if unknown; `value(e, x)`: Kleene's."""

    __slots__ = ("_fields", "_without_any")

    def __init__(self, program: Program, expr: ir.Expr, frame: Frame) -> None:
        super().__init__(program, expr, frame)
        self._fields: frozenset[str] | None = None
        self._without_any: tuple[str, ...] | None = None

    def missing_reads(self, e: Any, x: Scope) -> tuple[str, ...]:
        """Return the source texts of the missing reads that left the condition unknown, sorted; () if it is not.

        Where it reads nothing but fields of the event, and the event has none of these, the answer is always the same.
        """
        if self._fields is None:
            self._fields = fields_alone(self.expr)
        if not self._fields or any(getattr(e, field, None) is not None for field in self._fields):
            return missing_reads(self._program, self.expr, self.frame, e, x)
        if self._without_any is None:
            self._without_any = missing_reads(self._program, self.expr, self.frame, e, x)
        return self._without_any


class Value:
    """A compiled value: call it with the event and the scope; None if it is missing."""

    __slots__ = ("_unit",)

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def __call__(self, e: Any, x: Scope) -> Any:
        return self._unit.value(e, x)

    @property
    def function(self) -> Callable[..., Any]:
        """The compiled function itself, for frequent callers."""
        return self._unit.value


class Compiler:
    """Compiles the expressions of one plan; every partition may share it."""

    def __init__(self, plan: ir.Plan, literals: SavedLiterals | None = None) -> None:
        self.plan = plan
        self.program = Program(plan, literals)
        self._frames: dict[Types, Frame] = {}

    def condition(self, expr: ir.Expr, types: Types = None) -> Condition:
        """Return a condition as a triple of functions."""
        return Condition(self.program, expr, self.frame(types))

    def value(self, expr: ir.Expr, types: Types = None) -> Value:
        """Return a value as a function of the event and the scope."""
        return Value(self.program.unit(expr, self.frame(types)))

    def key(self, components: Sequence[ir.AnyExpr], types: Types = None) -> Key:
        """Return a key of a window."""
        return self.program.keys.of(components, self.frame(types))

    def template(self, template: ir.Template, types: Types = None) -> Rendering:
        """Return a template as a function of the event and the scope that gives a text per language."""
        return Rendering(self.program, template, self.frame(types))

    def frame(self, types: Types) -> Frame:
        """Return the frame of an expression outside of any `any` or `all`."""
        if types not in self._frames:
            self._frames[types] = Frame(place_of(self.plan.events, types), absent=not types)
        return self._frames[types]
