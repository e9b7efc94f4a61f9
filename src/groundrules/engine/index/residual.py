"""An emitter for functions that ask many guards: whatever several of them need is bound, or computed, once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from groundrules.engine.codegen.emitter import Emitter, Frame
from groundrules.engine.codegen.program import Program
from groundrules.plan import ir

MOST = 256
"""Guards beyond this many are looked up or simply asked; one function of all would take too long to compile."""


class Residual(Emitter):
    """Keeps keys and rings of windows, and the parts that guards share, in local variables."""

    def __init__(self, program: Program, frame: Frame) -> None:
        super().__init__(program, frame)
        self._names: dict[int, str] = {}
        self._kept: dict[Hashable, str] = {}

    def begin(self) -> Iterator[str]:
        """Yield the first statement: it marks all local variables as not worked out yet."""
        if self._kept:
            yield " = ".join((*self._kept.values(), "UNSET"))

    def constant(self, value: Any) -> str:
        """Write numbers and texts as they are and bind all else once: a call passes every bound constant."""
        if type(value) in (int, str):
            return repr(value)
        if id(value) not in self._names:
            self._names[id(value)] = super().constant(value)
        return self._names[id(value)]

    def kept(self, what: Hashable, source: str) -> str:
        name = self._kept.setdefault(what, f"r{len(self._kept)}")
        return f"({name} if {name} is not UNSET else ({name} := {source}))"

    def _shared(self, expr: ir.Expr) -> str | None:
        source = super()._shared(expr)
        return None if source is None else self.kept(self.program.sharing.slot(expr, self.frame), source)
