"""One line that counts: `3 errors, 1 warning in 2 files`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from groundrules.diagnostics.model import Diagnostic, Severity
from groundrules.diagnostics.translation import counted, word


def summary(diagnostics: Sequence[Diagnostic], lang: str = "en") -> str:
    """Return the counts by severity and the number of files they are in."""
    if not diagnostics:
        return word("none", lang)
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    parts = [counted(f"count_{severity}", lang, counts[severity]) for severity in Severity if counts[severity]]
    files = len({diagnostic.span.file.path for diagnostic in diagnostics})
    return word(
        "counts_one" if files == 1 and lang == "en" else "counts",
        lang,
        counts=word("list", lang).join(parts),
        files=files,
    )
