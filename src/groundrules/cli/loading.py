"""How commands get a plan: from a rulebook that checks clean, else with its diagnostics and exit code 1."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from groundrules.plan import ir


def load_plan(path: str) -> ir.Plan:
    """Load, check and lower the rulebook at `path`; on errors print them and exit with 1."""
    from groundrules.book import RulebookError, load

    try:
        book = load(path)
    except RulebookError as error:
        print_diagnostics(error.diagnostics)
        sys.exit(1)
    warnings = [found for found in book.diagnostics if not found.is_error]
    if warnings:
        click.echo(f"{path}: {len(warnings)} warnings; see `groundrules lint {path}`", err=True)
    return book.plan


def print_diagnostics(diagnostics: Sequence[object]) -> None:
    """Print diagnostics in their human form on standard error."""
    from groundrules.diagnostics.render import human

    click.echo(human.render(list(diagnostics), color=sys.stderr.isatty()), err=True)  # type: ignore[arg-type]
