"""Rulebooks from text, for tests of the checker and of lowering."""

from __future__ import annotations

from pathlib import Path

from groundrules import confined
from groundrules.checker import Checked, check
from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.lower import lower
from groundrules.plan import ir
from groundrules.rulebook.load import load_rulebook, load_text

HEADER = "rulebook: test\nuse: [std/chat]\n"


def checked(body: str, header: str = HEADER) -> tuple[Checked, list[Diagnostic]]:
    """Check the sections of a rulebook; the text itself has to be readable."""
    report = Report()
    book = load_text(header + body, report)
    assert book is not None
    assert not report.sorted, report.sorted
    return check(book, report), report.sorted


def findings(body: str, header: str = HEADER) -> list[Diagnostic]:
    return checked(body, header)[1]


def only(body: str, header: str = HEADER) -> Diagnostic:
    """Return the one finding of a rulebook."""
    (found,) = findings(body, header)
    return found


def plan(body: str, header: str = HEADER) -> ir.Plan:
    """Lower a rulebook that is clean."""
    result, found = checked(body, header)
    assert not [one for one in found if one.is_error], found
    return lower(result)


def rule(body: str, **keys: str) -> str:
    """Return a rulebook of one rule on messages with a guard."""
    shown = "".join(f"    {key}: {value}\n" for key, value in {"on": "message", **keys}.items() if value)
    return f"rules:\n  - id: a\n{shown}    when: >\n      {body}\n" + ("" if "then" in keys else "    then: [delete]\n")


def folder(path: Path, files: dict[str, str]) -> tuple[Checked, list[Diagnostic]]:
    """Write files, then load and check the rulebook in `path`, which may read what stands beside it."""
    for name, text in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    report = Report()
    with confined.roots([path.parent]):
        book = load_rulebook(path, report)
        assert book is not None
        assert not report.sorted, report.sorted
        return check(book, report), report.sorted
