"""Every code of the project, collected from one module per range.

A module binds its codes to UPPER_CASE names; a code or name that is given twice fails at import.
"""

from __future__ import annotations

from types import ModuleType

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.codes import (
    budgets,
    cells,
    events,
    files,
    format,
    internal,
    lints,
    names,
    plans,
    syntax,
    tests,
    types,
)

MODULES: tuple[ModuleType, ...] = (
    files,
    format,
    tests,
    budgets,
    syntax,
    names,
    types,
    cells,
    lints,
    events,
    plans,
    internal,
)


def _collect(modules: tuple[ModuleType, ...]) -> dict[str, Code]:
    codes: dict[str, Code] = {}
    names_seen: dict[str, Code] = {}
    for module in modules:
        for name, value in vars(module).items():
            if not (name.isupper() and isinstance(value, Code)):
                continue
            if value.code in codes or value.name in names_seen:
                raise ValueError(f"{module.__name__}.{name}: {value.code} {value.name} is taken")
            codes[value.code] = names_seen[value.name] = value
    return dict(sorted(codes.items()))


CODES: dict[str, Code] = _collect(MODULES)

__all__ = ["CODES", "Code"]
