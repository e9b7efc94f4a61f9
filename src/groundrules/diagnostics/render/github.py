"""Diagnostics as workflow commands, which GitHub Actions shows as annotations: one line a finding."""

from __future__ import annotations

from collections.abc import Sequence

from groundrules.diagnostics.codes import CODES
from groundrules.diagnostics.model import Diagnostic, Severity
from groundrules.display import safe

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """Return the commands; empty if there are no findings."""
    return "".join(f"{_command(found)}\n" for found in diagnostics)


def _command(found: Diagnostic) -> str:
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in _properties(found).items())
    text = f"{found.message}\nhelp: {found.help}" if found.help else found.message
    return f"::{_COMMANDS[found.severity]} {properties}::{_data(text)}"


def _properties(found: Diagnostic) -> dict[str, str | int]:
    """Columns are only understood where the finding stands on one line."""
    (line, column), (end_line, end_column) = (found.span.file.position(at) for at in (found.span.start, found.span.end))
    name = f" {CODES[found.code].name}" if found.code in CODES else ""
    columns = {"col": column, "endColumn": max(end_column, column)} if line == end_line else {}
    return {"file": found.span.file.path, "line": line, "endLine": end_line, **columns, "title": found.code + name}


def _data(text: str) -> str:
    return safe.plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
