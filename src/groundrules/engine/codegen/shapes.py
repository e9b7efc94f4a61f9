"""From source text to functions, one code object per shape.

Rules of one author look alike: the same comparison with another word, another number. Generated source therefore
names its constants `k0`, `k1`, …; two expressions with the same source have the same **shape** and share one code
object, and each gets its own function with its constants as the defaults of trailing parameters, which Python reads
like local variables. A function of hundreds of constants, of which a call reads a few, has them as its own globals: a
call would copy them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import CodeType, FunctionType
from typing import Any

MOST_HANDED = 32
"""At most this many constants are passed at each call; a function with more has them as its globals."""


class Shapes:
    """The code objects made so far, by source text. `names` are the globals that generated code sees."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = {"__builtins__": {"dict": dict, "iter": iter, "len": len, "list": list, "next": next}, **names}
        self._codes: dict[str, CodeType] = {}

    def __len__(self) -> int:
        return len(self._codes)

    def function(self, parameters: Sequence[str], body: str, constants: Sequence[Any]) -> Callable[..., Any]:
        """Return a function of `parameters`; `body` is its indented statements and reads constants as k0, k1, …"""
        names, many = [f"k{index}" for index in range(len(constants))], len(constants) > MOST_HANDED
        source = f"def generated({', '.join([*parameters] if many else [*parameters, *names])}):\n{body}"
        code = self._codes.get(source)
        if code is None:
            code = self._codes[source] = _compile(source)
        if many:
            return FunctionType(code, {**self._names, **dict(zip(names, constants, strict=True))})
        return FunctionType(code, self._names, argdefs=tuple(constants))


def _compile(source: str) -> CodeType:
    module = compile(source, "<groundrules>", "exec", dont_inherit=True)
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))
