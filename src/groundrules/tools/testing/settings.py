"""Cases with their own settings: each combination of settings gets its own plan."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from groundrules.diagnostics.model import Diagnostic
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


def misfits(rulebook: Path, cases: Iterable[Case]) -> list[Diagnostic]:
    """Return what is wrong with the settings of the cases, without making a plan of each."""
    varied = {key: case for case in cases if (key := _key(case))}
    checked = [check_path(rulebook, case.settings) for case in varied.values()]
    return [diagnostic for result in checked for diagnostic in result.diagnostics if diagnostic.is_error]


def _key(case: Case) -> str:
    values: dict[str, Any] = {name: value.plain() for name, (_, value) in sorted(case.settings.items())}
    return repr(values) if values else ""


def _plan(rulebook: Path, case: Case) -> ir.Plan:
    result = check_path(rulebook, case.settings)
    if result.checked is None or result.has_errors:
        raise TestsError(result.diagnostics)
    return lower(result.checked)
