"""A diagnostic: what is wrong, where, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundrules.diagnostics.source import Span


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Label:
    """A further place that explains the first one ("first declared here")."""

    span: Span
    text: str


@dataclass(frozen=True)
class Fix:
    """A replacement of `span` by `text` that mends the problem; `safe` ones are applied by `--fix`."""

    span: Span
    text: str
    title: str
    safe: bool = False


@dataclass(frozen=True)
class Diagnostic:
    """One finding. `message` starts in lower case, has no final period and quotes user text in backticks."""

    code: str
    severity: Severity
    message: str
    span: Span
    help: str | None = None
    labels: tuple[Label, ...] = ()
    fixes: tuple[Fix, ...] = ()

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        return (self.span.file.path, self.span.start, self.span.end, self.code, self.message)


class Report:
    """Collects diagnostics; one mistake gives one message, so an equal finding is kept once."""

    def __init__(self) -> None:
        self._diagnostics: dict[tuple[str, int, int, str, str], Diagnostic] = {}

    def add(self, diagnostic: Diagnostic) -> None:
        self._diagnostics.setdefault(diagnostic.sort_key, diagnostic)

    @property
    def sorted(self) -> list[Diagnostic]:
        return [self._diagnostics[key] for key in sorted(self._diagnostics)]

    @property
    def has_errors(self) -> bool:
        return any(diagnostic.is_error for diagnostic in self._diagnostics.values())
