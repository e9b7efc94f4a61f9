"""How commands get a plan: from a plan file, or from a rulebook that checks clean; else they exit with code 1.

A plan file is recognised by its first bytes. Reading one imports nothing of the front end.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from groundrules.cli.language import advice, reason, say, spoken
from groundrules.cli.printing import print_lines, tell, tell_error
from groundrules.engine import plan_file
from groundrules.plan import codec

if TYPE_CHECKING:
    from groundrules.diagnostics.model import Diagnostic


def load_plan(path: str) -> plan_file.Compiled:
    """Return the plan of the rulebook or plan file at `path`; on errors print them and exit with 1."""
    if os.path.isfile(path):
        with open(path, "rb") as file:
            if codec.is_plan(file.read(codec.LONGEST_MARK)):
                return _read(path)
    return _load(path)


def _read(path: str) -> plan_file.Compiled:
    try:
        return plan_file.load_plan(path)
    except codec.PlanError as error:
        tell_error(reason(error.message), error.code, advice(error.help or ""), path)
        sys.exit(1)


def _load(path: str) -> plan_file.Compiled:
    from groundrules.frontend import RulebookError, load

    try:
        book = load(path)
    except RulebookError as error:
        print_diagnostics(error.diagnostics)
        sys.exit(1)
    warnings = [diagnostic for diagnostic in book.diagnostics if not diagnostic.is_error]
    if warnings:
        tell(say("one_warning" if len(warnings) == 1 else "warnings", path=path, count=len(warnings)))
    return plan_file.Compiled(book.plan, book.digest)


def print_diagnostics(diagnostics: Sequence[Diagnostic]) -> None:
    """Print diagnostics in their human form on standard error."""
    from groundrules.diagnostics.render import human

    print_lines(human.lines(diagnostics, spoken()), err=True)
