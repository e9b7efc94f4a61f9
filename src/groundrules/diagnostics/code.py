"""A code: one kind of finding, with its name, severity, title and page of explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from groundrules.diagnostics.model import Diagnostic, Fix, Label, Severity
from groundrules.diagnostics.source import Span


@dataclass(frozen=True)
class Code:
    """One kind of finding. `written` is its page, or what gives the page to whoever asks for it."""

    code: str
    name: str
    severity: Severity
    title: str
    written: str | Callable[[], str]

    @property
    def page(self) -> str:
        """What `--explain` shows: what it does, why, and an example."""
        return self.written if isinstance(self.written, str) else self.written()

    def at(
        self,
        span: Span,
        message: str,
        help: str | None = None,
        labels: Iterable[Label] = (),
        fixes: Iterable[Fix] = (),
    ) -> Diagnostic:
        """Return a diagnostic of this kind at `span`."""
        return Diagnostic(self.code, self.severity, message, span, help, tuple(labels), tuple(fixes))
