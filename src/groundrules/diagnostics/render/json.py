"""Diagnostics as JSON. The structure is stable; `version` is raised when it must change.

    {"version": 1,
     "diagnostics": [{"code": "GR301", "name": "unknown-name", "severity": "error",
                      "message": "…", "help": "…" or null,
                      "location": LOCATION,
                      "labels": [{"message": "…", "location": LOCATION}],
                      "fixes": [{"title": "…", "safe": false, "location": LOCATION, "replacement": "…"}]}],
     "summary": {"errors": 1, "warnings": 0, "notes": 0, "files": 1}}

LOCATION is {"file": "rules.yaml", "start": POSITION, "end": POSITION}; the end is exclusive. POSITION is
{"line": 12, "column": 32, "offset": 310}: lines and columns from 1, offsets from 0, all in code points.
The fixes of one diagnostic belong together: all of them mend it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from groundrules.diagnostics.codes import CODES
from groundrules.diagnostics.model import Diagnostic, Severity
from groundrules.diagnostics.source import SourceFile, Span

VERSION = 1


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """Return the document, indented by two."""
    document = {
        "version": VERSION,
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in diagnostics],
        "summary": _summary(diagnostics),
    }
    flat = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")  # json's own indentation is slow
    return msgspec.json.format(flat, indent=2).decode("utf-8") + "\n"


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "name": CODES[diagnostic.code].name if diagnostic.code in CODES else None,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "location": _location(diagnostic.span),
        "labels": [{"message": label.text, "location": _location(label.span)} for label in diagnostic.labels],
        "fixes": [
            {"title": fix.title, "safe": fix.safe, "location": _location(fix.span), "replacement": fix.text}
            for fix in diagnostic.fixes
        ],
    }


def _location(span: Span) -> dict[str, Any]:
    return {
        "file": span.file.path,
        "start": _position(span.file, span.start),
        "end": _position(span.file, span.end),
    }


def _position(file: SourceFile, offset: int) -> dict[str, int]:
    line, column = file.position(offset)
    return {"line": line, "column": column, "offset": offset}


def _summary(diagnostics: Sequence[Diagnostic]) -> dict[str, int]:
    counts = {
        f"{severity}s": sum(diagnostic.severity is severity for diagnostic in diagnostics) for severity in Severity
    }
    return {**counts, "files": len({diagnostic.span.file.path for diagnostic in diagnostics})}
