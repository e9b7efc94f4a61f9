"""Diagnostics as SARIF 2.1.0, the format that code hosts show beside the lines of a change.

Columns count code points (`columnKind`), ends are exclusive, file URIs are relative to the root of the source.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from groundrules._version import __version__
from groundrules.diagnostics.codes import CODES, Code
from groundrules.diagnostics.model import Diagnostic, Fix, Label
from groundrules.diagnostics.source import Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"


def render(diagnostics: Sequence[Diagnostic], *, root: PurePath | None = None) -> str:
    """Return a log with one run. Absolute paths below `root` are made relative to it."""
    used = sorted({diagnostic.code for diagnostic in diagnostics if diagnostic.code in CODES})
    driver = {"name": "groundrules", "version": __version__, "rules": [_rule(CODES[code]) for code in used]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, used, root) for diagnostic in diagnostics],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.code,
        "name": code.name,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.page.strip()},
        "help": {"text": code.page.strip()},
        "defaultConfiguration": {"level": code.severity.value},
    }


def _result(diagnostic: Diagnostic, used: list[str], root: PurePath | None) -> dict[str, Any]:
    text = f"{diagnostic.message}\nhelp: {diagnostic.help}" if diagnostic.help else diagnostic.message
    result: dict[str, Any] = {"ruleId": diagnostic.code, "level": diagnostic.severity.value, "message": {"text": text}}
    if diagnostic.code in used:
        result["ruleIndex"] = used.index(diagnostic.code)
    result["locations"] = [{"physicalLocation": _physical(diagnostic.span, root)}]
    if diagnostic.labels:
        result["relatedLocations"] = [_related(index, label, root) for index, label in enumerate(diagnostic.labels)]
    if diagnostic.fixes:
        result["fixes"] = [_fix(diagnostic.fixes, root)]
    return result


def _related(index: int, label: Label, root: PurePath | None) -> dict[str, Any]:
    return {"id": index, "message": {"text": label.text}, "physicalLocation": _physical(label.span, root)}


def _physical(span: Span, root: PurePath | None) -> dict[str, Any]:
    return {"artifactLocation": _artifact(span, root), "region": _region(span)}


def _region(span: Span) -> dict[str, int]:
    (line, column), (end_line, end_column) = span.file.position(span.start), span.file.position(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _artifact(span: Span, root: PurePath | None) -> dict[str, str]:
    path = PurePath(span.file.path)
    if root is not None and path.is_relative_to(root):
        path = path.relative_to(root)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": ROOT}


def _fix(fixes: Sequence[Fix], root: PurePath | None) -> dict[str, Any]:
    """The fixes of one finding belong together, so they are one SARIF fix."""
    changes: dict[str, dict[str, Any]] = {}
    for fix in fixes:
        artifact = _artifact(fix.span, root)
        change = changes.setdefault(artifact["uri"], {"artifactLocation": artifact, "replacements": []})
        replacement = {"deletedRegion": _region(fix.span), "insertedContent": {"text": fix.text}}
        change["replacements"].append(replacement)
    titles = ", ".join(dict.fromkeys(fix.title for fix in fixes))
    return {"description": {"text": titles}, "artifactChanges": list(changes.values())}
