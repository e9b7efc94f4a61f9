"""One line that counts: `3 errors, 1 warning in 2 files`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from groundrules.diagnostics.model import Diagnostic, Severity


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """Return the counts by severity and the number of files they are in."""
    if not diagnostics:
        return "no problems found"
    counts = Counter(found.severity for found in diagnostics)
    parts = [_plural(counts[severity], severity.value) for severity in Severity if counts[severity]]
    files = len({found.span.file.path for found in diagnostics})
    return f"{', '.join(parts)} in {_plural(files, 'file')}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
