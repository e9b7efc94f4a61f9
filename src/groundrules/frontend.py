"""From a path to a checked book: the one door into the front end.

`check_path` and `check_text` find everything that is wrong with a rulebook, at once; `load` goes on to the plan. What
the loader had to leave out is missing from the rulebook, and so is what has mistakes in its schema; findings that only
say that such a name does not exist are echoes and are dropped: one mistake, one message.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from groundrules import checker, confined
from groundrules.checker import Checked
from groundrules.diagnostics.codes import files, types
from groundrules.diagnostics.codes import names as codes
from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.diagnostics.source import SourceFile, Span
from groundrules.errors import GroundrulesError
from groundrules.lower import conflicts, lower
from groundrules.lower.periods import Conflict
from groundrules.plan import codec, ir
from groundrules.plan.codec import no_collection
from groundrules.rulebook.load import load_rulebook, load_text
from groundrules.rulebook.model import Parameter, Rulebook
from groundrules.rulebook.settings_schema import settings_schema
from groundrules.rulebook.yaml import YMapping, YNode, read_yaml

Settings = dict[str, tuple[Span, YNode]]  # parameter → where it was given, and its value
_ECHOES = frozenset(
    code.code for code in (codes.UNKNOWN_NAME, codes.UNKNOWN_ACTION, codes.UNKNOWN_RULE, codes.UNKNOWN_DECLARATION)
)
_IMPORTS = frozenset(
    code.code
    for code in (files.UNKNOWN_IMPORT, files.IMPORT_CYCLE, files.DUPLICATE_ALIAS, files.IMPORTS_TOO_DEEP, files.OUTSIDE)
)

_MOST_TRIED = 8  # dates on one day, of which each is tried by itself to find the one that can't be


class RulebookError(GroundrulesError, ValueError):
    """The rulebook does not check; `diagnostics` say why, errors and warnings in order of place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        errors = [diagnostic for diagnostic in self.diagnostics if diagnostic.is_error]
        first = f": {errors[0].code} {errors[0].message}" if errors else ""
        super().__init__(f"{len(errors)} error{'s' * (len(errors) != 1)} in the rulebook{first}")


@dataclass(frozen=True)
class Book:
    """A checked rulebook: its plan, and the warnings that it still has."""

    path: str
    plan: ir.Plan
    diagnostics: tuple[Diagnostic, ...] = ()
    parameters: tuple[Parameter, ...] = field(default=(), repr=False, compare=False)

    def settings_schema(self, lang: str = "en") -> dict[str, Any]:
        """Return the JSON Schema of its settings, the values of its parameters; titles and descriptions in `lang`."""
        return settings_schema(self.parameters, lang)

    @property
    def name(self) -> str:
        return self.plan.rulebook

    @property
    def digest(self) -> str:
        """The hash of what the rulebook means: layout, comments and the order of rules don't change it."""
        return codec.digest(self.plan)


@dataclass(frozen=True)
class CheckResult:
    """All findings in order of place, the checked rulebook if there was one to check, and its plan if it was linted."""

    diagnostics: tuple[Diagnostic, ...]
    checked: Checked | None
    plan: ir.Plan | None = None

    @property
    def has_errors(self) -> bool:
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


def load(path: str | PathLike[str], roots: Iterable[str | PathLike[str]] = ()) -> Book:
    """Load the rulebook at `path` (a file or a folder), which reads what stands in its folder and in the `roots`.

    Raises RulebookError if it has errors, OSError if it cannot be read.
    """
    with confined.roots(map(Path, roots)):
        result = check_path(fspath(path))
    if result.checked is None or result.has_errors:
        raise RulebookError(result.diagnostics)
    return Book(fspath(path), lower(result.checked), tuple(result.diagnostics), result.checked.book.parameters)


def check(path: str | PathLike[str], roots: Iterable[str | PathLike[str]] = ()) -> list[Diagnostic]:
    """Return all diagnostics of the rulebook at `path`, in order of place; empty means clean. `roots` as for `load`."""
    with confined.roots(map(Path, roots)):
        return list(check_path(fspath(path)).diagnostics)


def check_path(path: Path | str, settings: Settings | None = None) -> CheckResult:
    """Load and check the rulebook at `path`, a file or a folder; `settings` are values for its parameters."""
    report = Report()
    with no_collection():
        book = load_rulebook(path, report)
        return _checked(replace(book, settings=settings) if book and settings else book, report, Path(path))


def read_settings(values: Mapping[str, Any]) -> Settings:
    """Return values for parameters, as JSON has them, as if they stood in a rulebook: `{"warnings": 3, "every": "2h"}`.

    Raises RulebookError for what can't be written down.
    """
    report = Report()
    text = json.dumps(dict(values), ensure_ascii=False, indent=1)
    root = read_yaml(SourceFile("settings", text), report)
    if not isinstance(root, YMapping):
        raise RulebookError(report.sorted)
    return {name.text: (name.span, value) for name, value in root.items}


def check_text(text: str, path: str = "rulebook.yaml") -> CheckResult:
    """Load and check a rulebook given as text; paths in it begin at the folder of `path`."""
    report = Report()
    with no_collection():
        return _checked(load_text(text, report, path), report, Path(path).parent)


def _checked(book: Rulebook | None, report: Report, place: Path) -> CheckResult:
    if book is None:
        return CheckResult(tuple(report.sorted), None)
    findings = Report()
    with confined.inside(confined.home_of(place)):
        checked = checker.check(book, findings)
        if checked.later and not (findings.has_errors or report.has_errors):
            _report_conflicts(checked, findings)
    broken = checked.catalog.refused.union(_broken(book))
    echoes = _Echoes(broken, any(earlier.code in _IMPORTS for earlier in report.sorted))
    for diagnostic in findings.sorted:
        if diagnostic not in echoes:
            report.add(diagnostic)
    return CheckResult(tuple(report.sorted), checked)


def _report_conflicts(checked: Checked, report: Report) -> None:
    """Report what has values by date, and can have but one."""
    alone: dict[int, list[tuple[Span, list[Conflict]]]] = {}
    for conflict in conflicts(checked):
        since, block, what = conflict
        if since not in alone:
            alone[since] = _alone(checked, since)
        date = next((place for place, of_place in alone[since] if conflict in of_place), checked.dates[since][0])
        message = f"from `{date.text}` on, `{what}` of `{block}` would change, but it needs one value for all time"
        help = f"write two blocks, one with `ends: {date.text}` and one with `starts: {date.text}`"
        report.add(types.SAME_FOR_ALL_TIME.at(date, message, help))


def _alone(checked: Checked, since: int) -> list[tuple[Span, list[Conflict]]]:
    """Return where values from one instant on are dated, each with the conflicts that it has if no other is dated.

    Where there is one, or too many to try each, it is not asked.
    """
    places = list(dict.fromkeys(checked.dates[since]))
    if not 1 < len(places) <= _MOST_TRIED:
        return []
    return [(place, conflicts(checker.check(checked.book, Report(), only=place))) for place in places]


@dataclass(frozen=True)
class _Echoes:
    """Findings that only say that something does not exist that was left out for its own mistakes."""

    broken: frozenset[str]
    imports_failed: bool  # event types may be among what they would have brought

    def __contains__(self, diagnostic: Diagnostic) -> bool:
        written = diagnostic.span.text
        if diagnostic.code == codes.UNKNOWN_EVENT_TYPE.code:
            return self.imports_failed or written in self.broken
        if diagnostic.code not in _ECHOES:
            return False
        return bool(self.broken & {written, written.partition(".")[0], written.rpartition(".")[2]})


def _broken(book: Rulebook) -> Iterator[str]:
    """Yield what was left out of a rulebook and its imports, each of them looked at once."""
    waiting, visited = [book], {id(book)}
    while waiting:
        current = waiting.pop()
        yield from current.broken
        fresh = {id(use.book): use.book for use in current.uses if id(use.book) not in visited}
        visited.update(fresh)
        waiting += fresh.values()
