"""A version of a rulebook, from wherever it is kept: a rulebook, a plan file, or either at a git revision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from groundrules import confined
from groundrules.checker import Checked, check
from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.diagnostics.source import SourceFile, Span
from groundrules.engine import plan_file
from groundrules.frontend import CheckResult, RulebookError, check_path
from groundrules.lower import lower
from groundrules.plan import codec, ir
from groundrules.rulebook.load import load_rulebook
from groundrules.rulebook.model import Rulebook
from groundrules.tools.revisions import Spot, on_disk

Extend = Callable[[Rulebook], Rulebook]


@dataclass(frozen=True)
class Version:
    """A plan, how its origin is shown, and the checked rulebook it was made from (None for a plan file).

    `digest` is that of the rulebook without additions.
    """

    shown: str
    compiled: plan_file.Compiled
    digest: str
    checked: Checked | None = None

    @property
    def plan(self) -> ir.Plan:
        return self.compiled.plan


def load_version(place: Spot, extend: Extend | None = None) -> Version:
    """Load the version at `place`. `extend` may add to the rulebook before it is checked; a plan file has none.

    Raises RevisionError, RulebookError and PlanError; OSError if a file can't be read.
    """
    with on_disk(place) as standing:
        if is_plan_file(standing.path):
            ready = plan_file.load_plan(standing.path)
            return Version(place.shown, ready, ready.digest)
        if standing.top is None:
            return _version(place.shown, standing.path, extend)
        renamed = _Renamed(f"{standing.top.as_posix()}/", f"{place.revision}:")
        try:
            return renamed.version(_version(place.shown, standing.path, extend))
        except RulebookError as error:
            raise RulebookError(map(renamed.diagnostic, error.diagnostics)) from None


def varied(version: Version, path: Path, extend: Extend) -> Version:
    """Return a version of a rulebook at `path` that is in memory, with what `extend` makes of it.

    Nothing but the files of lists is read again. Raises RulebookError if the result does not check.
    """
    assert version.checked is not None
    report = Report()
    with confined.inside(confined.home_of(path)), codec.no_collection():
        checked = check(extend(version.checked.book), report)
        plan = _checked(CheckResult(tuple(report.sorted), checked))[1]
    return replace(version, compiled=plan_file.Compiled(plan, codec.digest(plan)), checked=checked)


def is_plan_file(path: Path) -> bool:
    """Tell whether a file begins as plan files do."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return codec.is_plan(file.read(codec.LONGEST_MARK))


def _version(shown: str, path: Path, extend: Extend | None) -> Version:
    checked, plan = _checked(check_path(path))
    digest = codec.digest(plan)
    if extend is None:
        return Version(shown, plan_file.Compiled(plan, digest), digest, checked)
    report = Report()
    book = load_rulebook(path, Report())
    assert book is not None
    with confined.inside(confined.home_of(path)):
        extended = check(extend(book), report)
    plan = _checked(CheckResult(tuple(report.sorted), extended))[1]
    return Version(shown, plan_file.Compiled(plan, codec.digest(plan)), digest, checked)


def _checked(result: CheckResult) -> tuple[Checked, ir.Plan]:
    if result.checked is None or result.has_errors:
        raise RulebookError(result.diagnostics)
    return result.checked, lower(result.checked)


@dataclass(frozen=True)
class _Renamed:
    """Names files in a temporary folder as files of their revision."""

    folder: str
    shown: str

    def version(self, version: Version) -> Version:
        plan = version.plan
        sources = tuple(msgspec.structs.replace(source, file=self._path(source.file)) for source in plan.sources)
        named = msgspec.structs.replace(plan, sources=sources)
        return replace(version, compiled=replace(version.compiled, plan=named))

    def diagnostic(self, diagnostic: Diagnostic) -> Diagnostic:
        return replace(
            diagnostic,
            span=self._span(diagnostic.span),
            message=diagnostic.message.replace(self.folder, self.shown),
            labels=tuple(replace(label, span=self._span(label.span)) for label in diagnostic.labels),
            fixes=(),
        )

    def _span(self, span: Span) -> Span:
        return replace(span, file=SourceFile(self._path(span.file.path), span.file.text))

    def _path(self, path: str) -> str:
        return path.replace(self.folder, self.shown)
