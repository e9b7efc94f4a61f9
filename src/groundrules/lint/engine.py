"""Runs the lints over a rulebook that checked without errors.

Only what stands in the rulebook's own files is told, once each, in order of place, and less what its comments ignore.
"""

from __future__ import annotations

from collections.abc import Iterable

from groundrules.checker.model import Checked
from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.lint.ignores import silenced
from groundrules.lint.linted import Linted, Supplies
from groundrules.lint.rules import RULES


def lint(
    checked: Checked, supplies: Supplies | None = None, earlier: Iterable[Diagnostic] = ()
) -> tuple[Diagnostic, ...]:
    """Return what the lints find and the findings of `earlier` stages, sorted.

    `checked` has no errors. `supplies` says which paths the adapters in use fill in; comments silence warnings and
    notes of earlier stages too.
    """
    return look(Linted(checked, supplies or {}), earlier)


def look(linted: Linted, earlier: Iterable[Diagnostic] = ()) -> tuple[Diagnostic, ...]:
    """Return what the lints find in a rulebook that is lowered already, as `lint` does."""
    own = frozenset(linted.book.files)
    report = Report()
    for diagnostic in earlier:
        report.add(diagnostic)
    for rule in RULES:
        for diagnostic in rule(linted):
            if diagnostic.span.file in own:
                report.add(diagnostic)
    kept = Report()
    for diagnostic in silenced(report.sorted, linted.book.files):
        kept.add(diagnostic)
    return tuple(kept.sorted)
