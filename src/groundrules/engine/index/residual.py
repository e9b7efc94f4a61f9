"""Guards that no look-up finds: one function asks all of them, and works out once what several of them share.

For each guard the function asks only whether it is surely false; what remains is evaluated as every candidate is. A
condition that stands in several guards (a define, mostly) gets a local variable, which is filled when it is first
needed: `(s0 if s0 is not U else (s0 := …)) is False`. So do keys and rings of windows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from groundrules.engine.codegen.emitter import Emitter, Frame
from groundrules.engine.codegen.program import Program
from groundrules.engine.codegen.structure import parts
from groundrules.plan import codec, ir

MOST = 256
"""Guards beyond this many are simply asked; one function of all would take too long to compile."""

_JOINS = (ir.And, ir.Or, ir.Not)


class Residual(Emitter):
    """An emitter whose shared conditions are worked out once. `unset` is the name of the constant that marks those
    not worked out yet.
    """

    def __init__(self, program: Program, frame: Frame, guards: Sequence[ir.Expr]) -> None:
        super().__init__(program, frame)
        self._names: dict[int, str] = {}
        self.unset = self.constant(object())
        counts = Counter(_meaning(part) for guard in guards for part in _conditions(guard))
        self._shared = {name: "" for name, count in counts.items() if count > 1}
        self._kept: dict[Hashable, str] = {}

    @property
    def variables(self) -> list[str]:
        """The local variables in use; they must be set to `unset` first."""
        return [*filter(None, self._shared.values()), *self._kept.values()]

    def constant(self, value: Any) -> str:
        """Write numbers and texts as they are and bind all else once: a call hands over every bound constant."""
        if type(value) in (int, str):
            return repr(value)
        if id(value) not in self._names:
            self._names[id(value)] = super().constant(value)
        return self._names[id(value)]

    def kept(self, what: Hashable, source: str) -> str:
        name = self._kept.setdefault(what, f"r{len(self._kept)}")
        return f"({name} if {name} is not {self.unset} else ({name} := {source}))"

    def _outcome(self, expr: ir.Expr, wanted: bool) -> str:
        meaning = None if isinstance(expr, ir.Const) else _meaning(expr)
        if meaning not in self._shared:
            return super()._outcome(expr, wanted)
        name = self._shared[meaning] = self._shared[meaning] or f"s{sum(map(bool, self._shared.values()))}"
        value = self.call(self.program.unit(expr, self.frame), "value")
        return f"(({name} if {name} is not {self.unset} else ({name} := {value})) is {wanted})"


def _conditions(guard: ir.Expr) -> Iterator[ir.Expr]:
    """Yield a guard and the conditions that it joins, largest first, but none inside `any` and `all`."""
    waiting = [guard]
    while waiting:
        found = waiting.pop()
        if not isinstance(found, ir.Const):
            yield found
        if isinstance(found, _JOINS):
            waiting.extend(parts(found))


def _meaning(expr: ir.Expr) -> str:
    return codec.definition_hash(expr)
