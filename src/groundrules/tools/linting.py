"""Check and lint: everything that is wrong or probably unintended, and the fixes that are safe to make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundrules import confined
from groundrules.diagnostics.model import Diagnostic, Fix
from groundrules.diagnostics.source import SourceFile
from groundrules.frontend import CheckResult, check_path, check_text
from groundrules.lint.engine import look
from groundrules.lint.linted import Linted, Supplies
from groundrules.plan.codec import no_collection
from groundrules.rulebook.files import MAX_YAML
from groundrules.tools.fmt.files import files_below
from groundrules.tools.testing.cases import Case
from groundrules.tools.testing.read import TestsError, find_tests, read_tests
from groundrules.tools.testing.settings import misfits

_ROUNDS = 10  # a fix may make room for another


def rulebooks_at(path: Path) -> list[Path]:
    """Return the rulebooks at a path: itself, or those below a folder that is none, however deep.

    A folder with one header is a rulebook; where there are several in it, each file is one.
    """
    if not path.is_dir():
        return [path]
    headed = [file for file in files_below(path) if _has_header(file)]
    if not headed or any(file.parent == path for file in headed):
        return [path]
    folders = Counter(file.parent for file in headed)
    return list(dict.fromkeys(file.parent if folders[file.parent] == 1 else file for file in headed))


def _has_header(file: Path) -> bool:
    return any(line.startswith(b"rulebook:") for line in confined.read(file, MAX_YAML).splitlines())


def lint_path(path: Path | str, supplies: Supplies | None = None, split: bool = False) -> CheckResult:
    """Load, check and lint the rulebook at `path`; a rulebook with errors is not linted.

    With `split`, whatever keeps all members in one stage is reported, too.
    """
    return _linted(check_path(path), supplies, split)


def lint_text(text: str, path: str = "rulebook.yaml", supplies: Supplies | None = None) -> CheckResult:
    """Load, check and lint a rulebook given as text."""
    return _linted(check_text(text, path), supplies)


def _linted(result: CheckResult, supplies: Supplies | None, split: bool = False) -> CheckResult:
    if result.checked is None or result.has_errors:
        return result
    with no_collection():
        linted = Linted(result.checked, supplies or {}, split)
        return CheckResult(look(linted, result.diagnostics), result.checked, linted.plan)


def lint_tests(path: Path | str, result: CheckResult) -> list[Diagnostic]:
    """Return what is wrong with the tests of a rulebook that has no errors, without running them."""
    rulebook = Path(path)
    if result.plan is None:
        return []
    findings: list[Diagnostic] = []
    cases: list[Case] = []
    for file in find_tests(rulebook).get(rulebook, ()):
        try:
            cases += read_tests(file, result.plan)
        except TestsError as error:
            findings += error.diagnostics
    return [*findings, *misfits(rulebook, cases)]


@dataclass(frozen=True)
class Mended:
    """The result of fixing: how many fixes were made, in which files, and the findings that remain."""

    result: CheckResult
    fixes: int
    files: tuple[Path, ...]


def mend_path(path: Path | str, codes: Sequence[str] = (), supplies: Supplies | None = None) -> Mended:
    """Make the safe mends of the rulebook at `path` in its files, again until there are none left.

    `codes` are prefixes of codes; without any, all findings are mended. Mends that overlap are made one after the
    other, with a check in between; a round that brings an error is taken back. Raises OSError.
    """
    result, count, changed = lint_path(path, supplies), 0, dict[Path, None]()
    for _ in range(_ROUNDS):
        fixes = safe_fixes(
            diagnostic for diagnostic in result.diagnostics if diagnostic.code.startswith(tuple(codes) or "")
        )
        texts = {Path(file.path): (file.text, applied(file, of_file)) for file, of_file in fixes.items()}
        if not texts:
            break
        _write({place: after for place, (_, after) in texts.items()})
        again = lint_path(path, supplies)
        if _errors(again) > _errors(result):
            _write({place: before for place, (before, _) in texts.items()})
            break
        result, count = again, count + sum(map(len, fixes.values()))
        changed.update(dict.fromkeys(texts))
    return Mended(result, count, tuple(changed))


def safe_fixes(diagnostics: Iterable[Diagnostic]) -> dict[SourceFile, list[Fix]]:
    """Return the safe fixes by file, in order; of those that touch or overlap, only the first."""
    fixes = sorted(
        (fix for diagnostic in diagnostics for fix in diagnostic.fixes if fix.safe),
        key=lambda fix: (fix.span.file.path, fix.span.start, fix.span.end),
    )
    kept: dict[SourceFile, list[Fix]] = {}
    for fix in fixes:
        before = kept.setdefault(fix.span.file, [])
        if not before or before[-1].span.end < fix.span.start:
            before.append(fix)
    return kept


def applied(file: SourceFile, fixes: Iterable[Fix]) -> str:
    """Return the text of a file with fixes made that are in order and do not overlap."""
    parts, end = [], 0
    for fix in fixes:
        parts += [file.text[end : fix.span.start], fix.text]
        end = fix.span.end
    return "".join([*parts, file.text[end:]])


def _write(texts: dict[Path, str]) -> None:
    for place, text in texts.items():
        confined.replace(place, text.encode("utf-8"))


def _errors(result: CheckResult) -> int:
    return sum(diagnostic.is_error for diagnostic in result.diagnostics)
