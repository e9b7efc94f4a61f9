"""A test's result as plain data."""

from __future__ import annotations

from typing import Any

from groundrules.tools.testing.runner import CaseResult


def as_data(result: CaseResult) -> dict[str, Any]:
    return {
        "name": result.case.name,
        "file": result.case.span.file.path,
        "line": result.case.span.line,
        "passed": result.passed,
        "seconds": round(result.seconds, 6),
        "problem": result.problem,
        "failures": [
            {"line": failure.step.span.line, "what": item.heading, "expected": item.expected, "actual": item.actual}
            for failure in result.failures
            for item in failure.mismatches
        ],
    }
