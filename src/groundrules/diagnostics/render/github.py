"""Diagnostics as workflow commands, which GitHub Actions shows as annotations: one line a finding."""

from __future__ import annotations

from collections.abc import Sequence

from groundrules.diagnostics.codes import CODES
from groundrules.diagnostics.model import Diagnostic, Severity
from groundrules.diagnostics.translation import mended, translated, word
from groundrules.display import safe

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(diagnostics: Sequence[Diagnostic], lang: str = "en") -> str:
    """Return the commands; empty if there are no findings."""
    return "".join(f"{_command(diagnostic, lang)}\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic, lang: str) -> str:
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in _properties(diagnostic).items())
    text = translated(diagnostic.message, lang)
    if diagnostic.help:
        text += f"\n{word('help', lang)}{word('colon', lang)}{mended(diagnostic.help, lang)}"
    return f"::{_COMMANDS[diagnostic.severity]} {properties}::{_data(text)}"


def _properties(diagnostic: Diagnostic) -> dict[str, str | int]:
    """Columns are only understood where the finding stands on one line."""
    (line, column), (end_line, end_column) = (
        diagnostic.span.file.position(at) for at in (diagnostic.span.start, diagnostic.span.end)
    )
    name = f" {CODES[diagnostic.code].name}" if diagnostic.code in CODES else ""
    columns = {"col": column, "endColumn": max(end_column, column)} if line == end_line else {}
    return {
        "file": diagnostic.span.file.path,
        "line": line,
        "endLine": end_line,
        **columns,
        "title": diagnostic.code + name,
    }


def _data(text: str) -> str:
    return safe.plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
