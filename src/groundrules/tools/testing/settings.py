"""Cases with their own settings: each combination of settings gets its own plan."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from groundrules.frontend import check_path
from groundrules.lower import lower
from groundrules.plan import ir
from groundrules.tools.testing.cases import Case
from groundrules.tools.testing.read import TestsError


def grouped(rulebook: Path, plan: ir.Plan, cases: Iterable[Case]) -> list[tuple[ir.Plan, list[Case]]]:
    """Return the cases by the plan that they run on: those without settings first, on `plan`.

    Raises TestsError where a setting does not fit its parameter.
    """
    groups: dict[str, tuple[ir.Plan, list[Case]]] = {"": (plan, [])}
    for case in cases:
        key = _key(case)
        if key not in groups:
            groups[key] = (_plan(rulebook, case), [])
        groups[key][1].append(case)
    return [(variant, concerned) for variant, concerned in groups.values() if concerned]


def _key(case: Case) -> str:
    values: dict[str, Any] = {name: value.plain() for name, (_, value) in sorted(case.settings.items())}
    return repr(values) if values else ""


def _plan(rulebook: Path, case: Case) -> ir.Plan:
    result = check_path(rulebook, case.settings)
    if result.checked is None or result.has_errors:
        raise TestsError(result.diagnostics)
    return lower(result.checked)
