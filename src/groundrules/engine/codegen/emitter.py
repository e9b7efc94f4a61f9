"""The three modes of a condition, and how big expressions are split.

An emitter writes one Python expression for one function. Every kind of node has one emitting function, which answers
with an `Operand` (values) or a `Test` (leaf conditions); the emitter puts those together for `and`, `or` and `not`.

Python's parser and compiler have limits, and plans have none. So where nesting gets deeper than `DEEPEST` the rest
becomes a **unit** of its own: an object with lazily compiled functions `true`, `false` and `value`, bound as a constant
and called. `and` and `or` of more than `WIDEST` operands are cut into units of that many. The body of `any` and `all`
is a unit that loops. Units compile at their first call, so neither this recursion nor Python's meets a deep tree.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from groundrules.engine.codegen.layout import Place
from groundrules.engine.codegen.ranking import in_order
from groundrules.plan import ir

if TYPE_CHECKING:
    from groundrules.engine.codegen.program import Program

Mode = Literal["true", "false", "value", "fill", "holds", "fails"]

DEEPEST = 24
MOST_IN_PLACE = 32


@dataclass(frozen=True, slots=True)
class Operand:
    """A value: once the conditions `needs` hold, in this order, `source` is it. Each may be evaluated once only."""

    needs: tuple[str, ...]
    source: str

    @property
    def optional(self) -> str:
        """One expression for the value or None."""
        return f"({self.source} if {' and '.join(self.needs)} else None)" if self.needs else self.source


@dataclass(frozen=True, slots=True)
class Test:
    """A leaf condition: once `needs` hold, either `yes` or `no` does; both give bools."""

    needs: tuple[str, ...]
    yes: str
    no: str


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The context of an expression: the place of the event, and of the items of enclosing `any` and `all`.

    `absent`: there may be no event at all.
    """

    event: Place
    absent: bool
    items: tuple[Place, ...] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        return ("e", "x", *(f"i{depth}" for depth in range(len(self.items))))

    def binding(self, item: Place) -> Frame:
        """Return the frame inside an `any` or `all` over items at this place."""
        return Frame(self.event, self.absent, (*self.items, item))


Emit = Callable[["Emitter", Any], Any]
VALUES: dict[type[ir.Expr], Callable[[Emitter, Any], Operand]] = {}
TESTS: dict[type[ir.Expr], Callable[[Emitter, Any], Test]] = {}


def emits_value(kind: type[ir.Expr]) -> Callable[[Emit], Emit]:
    """Register the function that emits values of a kind of node."""
    return lambda emit: VALUES.setdefault(kind, emit)


def emits_test(kind: type[ir.Expr]) -> Callable[[Emit], Emit]:
    """Register the function that emits a kind of leaf condition."""
    return lambda emit: TESTS.setdefault(kind, emit)


class Emitter:
    """Writes one function: its source, and the constants that the source names k0, k1, …

    `filling` is the shared expression whose slot the function fills, if any.
    """

    def __init__(self, program: Program, frame: Frame, filling: ir.Expr | None = None) -> None:
        self.program = program
        self.frame = frame
        self.filling = filling
        self.constants: list[Any] = []
        self._locals = 0
        self._depth = 0

    # --- names ----------------------------------------------------------------------------------

    def constant(self, value: Any) -> str:
        """Bind a constant and return its name."""
        self.constants.append(value)
        return f"k{len(self.constants) - 1}"

    def local(self) -> str:
        """Return the name of a new local variable."""
        self._locals += 1
        return f"v{self._locals - 1}"

    def statement(self) -> None:
        """Begin another statement, which may reuse the local variables of earlier ones."""
        self._locals = 0

    def kept(self, what: Hashable, source: str) -> str:
        """Return an expression for the result of `source`, which is the same wherever `what` is requested."""
        return source

    def present(self, needs: tuple[str, ...], source: str) -> Operand:
        """Return the operand for a `source` that may evaluate to None."""
        name = self.local()
        return Operand((*needs, f"({name} := {source}) is not None"), name)

    # --- expressions ----------------------------------------------------------------------------

    def operand(self, expr: ir.Expr) -> Operand:
        """Return the value of any expression; a condition's value is True, False or missing."""
        shared = self._shared(expr)
        if shared is not None:
            return self.present((), shared)
        if self._depth >= DEEPEST and not isinstance(expr, ir.Const):
            return self.present((), self.call(self.program.unit(expr, self.frame), "value"))
        self._depth += 1
        emit = VALUES.get(type(expr))
        operand = emit(self, expr) if emit else self._condition_value(expr)
        self._depth -= 1
        return operand

    def operands(self, exprs: tuple[Any, ...]) -> tuple[tuple[str, ...], str]:
        """Return the combined needs of several values, and their sources joined by commas."""
        operands = [self.operand(expr) for expr in exprs]
        return tuple(need for item in operands for need in item.needs), ", ".join(item.source for item in operands)

    def true(self, expr: ir.Expr) -> str:
        """Return an expression that holds iff the condition is True."""
        return self._outcome(expr, True)

    def false(self, expr: ir.Expr) -> str:
        """Return an expression that holds iff the condition is False."""
        return self._outcome(expr, False)

    def call(self, unit: Any, mode: Mode, *arguments: str) -> str:
        """Return a call of one of a unit's functions with this function's event, scope and items."""
        return self.calls(unit, *arguments)(mode)

    def calls(self, unit: Any, *arguments: str) -> Callable[[Mode], str]:
        """Return a function from a mode to a call of the unit's function for it; the unit is bound only once."""
        name = self.constant(unit)
        handed = ", ".join((*self.frame.parameters, *arguments))
        return lambda mode: f"{name}.{mode}({handed})"

    def test(self, expr: ir.Expr) -> Test:
        """Return a leaf condition; a value used as a condition is a leaf."""
        emit = TESTS.get(type(expr))
        if emit:
            return emit(self, expr)
        value = self.operand(expr)
        return Test(value.needs, value.source, f"not {value.source}")

    def _shared(self, expr: ir.Expr) -> str | None:
        """Return an expression for a shared value, computed at its first use; None if it is not shared."""
        slot = None if expr is self.filling else self.program.sharing.slot(expr, self.frame)
        if slot is None:
            return None
        name, fill = self.local(), self.call(self.program.unit(expr, self.frame), "fill")
        return f"({name} if ({name} := x.kept.get({slot}, UNSET)) is not UNSET else {fill})"

    # --- putting together -----------------------------------------------------------------------

    def _outcome(self, expr: ir.Expr, wanted: bool) -> str:
        shared = self._shared(expr)
        if shared is not None:
            return f"({shared} is {wanted})"
        if self._depth >= DEEPEST and not isinstance(expr, ir.Const):
            return self.call(self.program.unit(expr, self.frame), "true" if wanted else "false")
        self._depth += 1
        if isinstance(expr, ir.Const):
            source = str(expr.value is wanted)
        elif isinstance(expr, ir.Not):
            source = self._outcome(expr.operand, not wanted)
        elif isinstance(expr, ir.And | ir.Or):
            source = self._joined(expr, wanted)
        elif isinstance(expr, ir.Coalesce) and isinstance(expr.default, ir.Const):
            source = self._decided(expr, wanted)
        else:
            test = self.test(expr)
            source = _all((*test.needs, test.yes if wanted else test.no))
        self._depth -= 1
        return source

    def _decided(self, expr: ir.Coalesce, wanted: bool) -> str:
        """A condition with a constant default is only evaluated for the opposite outcome."""
        by_default = expr.default == ir.Const(value=wanted, src=expr.default.src)
        return f"(not {self._outcome(expr.value, not wanted)})" if by_default else self._outcome(expr.value, wanted)

    def _joined(self, expr: ir.And | ir.Or, wanted: bool) -> str:
        mode: Mode = "true" if wanted else "false"
        pieces = narrowed(expr)
        if pieces:
            sources = [self.call(self.program.unit(piece, self.frame), mode) for piece in pieces]
        else:
            sources = [self._outcome(operand, wanted) for operand in in_order(expr)]
        if isinstance(expr, ir.And) is wanted:
            return "False" if "False" in sources else _all([source for source in sources if source != "True"])
        if "True" in sources:
            return "True"
        sources = [source for source in sources if source != "False"]
        return f"({' or '.join(sources)})" if sources else "False"

    def _condition_value(self, expr: ir.Expr) -> Operand:
        if isinstance(expr, ir.Not):
            value = self.operand(expr.operand)
            return Operand(value.needs, f"(not {value.source})")
        if isinstance(expr, ir.And | ir.Or):
            return self.present((), self.call(self.program.unit(expr, self.frame), "value"))
        test = self.test(expr)
        return Operand(test.needs, f"({test.yes})")


def narrowed(expr: ir.And | ir.Or) -> list[ir.And | ir.Or]:
    """Return the pieces that an `and` or `or` is cut into if it is too wide; else nothing."""
    operands = expr.operands
    if len(operands) <= MOST_IN_PLACE:
        return []
    size = max(MOST_IN_PLACE, -(-len(operands) // MOST_IN_PLACE))
    return [type(expr)(operands=operands[start : start + size]) for start in range(0, len(operands), size)]


def _all(conditions: Sequence[str]) -> str:
    return f"({' and '.join(conditions)})" if conditions else "True"
