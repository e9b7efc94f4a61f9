"""Versions of a rulebook named on the command line: a path, a plan file, or either at a revision of git."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from groundrules.cli.language import advice, reason
from groundrules.cli.loading import print_diagnostics
from groundrules.cli.printing import tell_error
from groundrules.plan.codec import PlanError


@contextmanager
def exit_on_mistakes() -> Iterator[None]:
    """Print what is wrong with a version and exit: 1 for a faulty rulebook or plan, 2 if there is none."""
    from groundrules.frontend import RulebookError
    from groundrules.tools.revisions import RevisionError

    try:
        yield
    except RulebookError as error:
        print_diagnostics([diagnostic for diagnostic in error.diagnostics if diagnostic.is_error])
        sys.exit(1)
    except PlanError as error:
        tell_error(reason(error.message), error.code, advice(error.help or ""))
        sys.exit(1)
    except RevisionError as error:
        raise click.UsageError(reason(error.message) + (f"\n{advice(error.help)}" if error.help else "")) from None
