"""A code: one kind of finding, with its name, severity, title and page of explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from groundrules.diagnostics.model import Diagnostic, Fix, Label, Severity
from groundrules.diagnostics.source import Span

_LONGEST = 1000  # characters of a message
_ENDS = 400


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
        """Return a diagnostic of this kind at `span`; long words, of somebody's name of a megabyte, are cut."""
        shown = help and _cut(help)
        return Diagnostic(self.code, self.severity, _cut(message), span, shown, tuple(labels), tuple(fixes))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_ENDS]}…{text[-_ENDS:]}"
