"""The one exception that the parser raises: it carries the diagnostic that the author is shown."""

from __future__ import annotations

from groundrules.diagnostics.model import Diagnostic


class SyntaxProblem(Exception):
    """Text that is not in the language; `diagnostic` says what is wrong, where, and how to mend it."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(f"{diagnostic.code}: {diagnostic.message}")
        self.diagnostic = diagnostic
