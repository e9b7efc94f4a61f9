"""A rulebook ready to run: loaded, checked and lowered.

`load` is the straight road from a path to a plan; `check` stops at the diagnostics.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike, fspath

from groundrules.diagnostics.model import Diagnostic
from groundrules.lower import lower
from groundrules.plan import codec, ir
from groundrules.tools.checking import check_path


class RulebookError(ValueError):
    """The rulebook does not check; `diagnostics` say why, errors and warnings in order of place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        errors = [found for found in self.diagnostics if found.is_error]
        first = f": {errors[0].code} {errors[0].message}" if errors else ""
        super().__init__(f"{len(errors)} error{'s' * (len(errors) != 1)} in the rulebook{first}")


@dataclass(frozen=True)
class Book:
    """A checked rulebook: its plan, and the warnings that it still has."""

    path: str
    plan: ir.Plan
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def name(self) -> str:
        return self.plan.rulebook

    @property
    def digest(self) -> str:
        """The hash of what the rulebook means: layout, comments and the order of rules don't change it."""
        return codec.digest(self.plan)


def load(path: str | PathLike[str]) -> Book:
    """Load the rulebook at `path` (a file or a folder).

    Raises RulebookError if it has errors, OSError if it cannot be read.
    """
    result = check_path(fspath(path))
    if result.checked is None or result.has_errors:
        raise RulebookError(result.diagnostics)
    return Book(fspath(path), lower(result.checked), tuple(result.diagnostics))


def check(path: str | PathLike[str]) -> list[Diagnostic]:
    """Return all diagnostics of the rulebook at `path`, in order of place; empty means clean."""
    return list(check_path(fspath(path)).diagnostics)
