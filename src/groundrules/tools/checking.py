"""Load and check: everything that is wrong with a rulebook, at once.

What the loader had to leave out is missing from the rulebook, so findings of the checker that only say that such a
name does not exist are echoes and are dropped: one mistake, one message.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from groundrules.checker import Checked, check
from groundrules.diagnostics.codes import files
from groundrules.diagnostics.codes import names as codes
from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.diagnostics.source import Span
from groundrules.plan import ir
from groundrules.plan.codec import no_collection
from groundrules.rulebook.load import load_rulebook, load_text
from groundrules.rulebook.model import Rulebook
from groundrules.rulebook.yaml import YNode

Settings = dict[str, tuple[Span, YNode]]  # parameter → where it was given, and its value
_ECHOES = frozenset(
    code.code for code in (codes.UNKNOWN_NAME, codes.UNKNOWN_ACTION, codes.UNKNOWN_RULE, codes.UNKNOWN_DECLARATION)
)
_IMPORTS = frozenset(
    code.code for code in (files.UNKNOWN_IMPORT, files.IMPORT_CYCLE, files.DUPLICATE_ALIAS, files.IMPORTS_TOO_DEEP)
)


@dataclass(frozen=True)
class CheckResult:
    """All findings in order of place, the checked rulebook if there was one to check, and its plan if it was linted."""

    diagnostics: tuple[Diagnostic, ...]
    checked: Checked | None
    plan: ir.Plan | None = None

    @property
    def has_errors(self) -> bool:
        return any(found.is_error for found in self.diagnostics)


def check_path(path: Path | str, settings: Settings | None = None) -> CheckResult:
    """Load and check the rulebook at `path`, a file or a folder; `settings` are values for its parameters."""
    report = Report()
    with no_collection():
        book = load_rulebook(path, report)
        return _checked(replace(book, settings=settings) if book and settings else book, report)


def check_text(text: str, path: str = "rulebook.yaml") -> CheckResult:
    """Load and check a rulebook given as text; paths in it begin at the folder of `path`."""
    report = Report()
    with no_collection():
        return _checked(load_text(text, report, path), report)


def _checked(book: Rulebook | None, report: Report) -> CheckResult:
    if book is None:
        return CheckResult(tuple(report.sorted), None)
    found = Report()
    checked = check(book, found)
    echoes = _Echoes(frozenset(_broken(book)), any(earlier.code in _IMPORTS for earlier in report.sorted))
    for diagnostic in found.sorted:
        if diagnostic not in echoes:
            report.add(diagnostic)
    return CheckResult(tuple(report.sorted), checked)


@dataclass(frozen=True)
class _Echoes:
    """Findings that only say that something left out by the loader does not exist."""

    broken: frozenset[str]
    imports_failed: bool  # event types may be among what they would have brought

    def __contains__(self, diagnostic: Diagnostic) -> bool:
        if diagnostic.code == codes.UNKNOWN_EVENT_TYPE.code:
            return self.imports_failed
        if diagnostic.code not in _ECHOES:
            return False
        written = diagnostic.span.text
        return bool(self.broken & {written, written.partition(".")[0], written.rpartition(".")[2]})


def _broken(book: Rulebook) -> Iterator[str]:
    """Yield what was left out of a rulebook and its imports, each of them looked at once."""
    waiting, seen = [book], {id(book)}
    while waiting:
        current = waiting.pop()
        yield from current.broken
        fresh = {id(use.book): use.book for use in current.uses if id(use.book) not in seen}
        seen.update(fresh)
        waiting += fresh.values()
