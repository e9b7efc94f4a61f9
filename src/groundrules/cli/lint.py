"""`groundrules lint PATH…`: everything that is wrong with rulebooks, at once."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from groundrules.cli.help import Command
from groundrules.cli.language import reason, say, spoken
from groundrules.cli.options import LANGUAGE, ROOTS, walk_into
from groundrules.cli.printing import print_lines, print_page, tell
from groundrules.cli.usage import no_such
from groundrules.cli.waiting import note_when_slow
from groundrules.diagnostics.codes import CODES
from groundrules.diagnostics.model import Diagnostic
from groundrules.diagnostics.render import github, human, sarif
from groundrules.diagnostics.render import json as json_form
from groundrules.diagnostics.render.explain import explain
from groundrules.display import safe
from groundrules.narrate.speech import speech

if TYPE_CHECKING:
    from groundrules.lint.linted import Supplies


@click.command("lint", cls=Command)
@click.argument("paths", nargs=-1, type=click.Path(exists=True))
@click.option(
    "--format", "form", type=click.Choice(["human", "json", "sarif", "github"]), default="human", show_default=True
)
@click.option("--select", multiple=True, metavar="CODE", help="Report only these codes; GR4 means all GR4xx.")
@click.option(
    "--ignore", multiple=True, metavar="CODE", help="Don't report these codes (errors still prevent running)."
)
@click.option(
    "--adapter", "adapters", multiple=True, metavar="NAME", help="Report facts that this adapter does not supply."
)
@click.option(
    "--split",
    type=click.Choice(["member"]),
    help="Show which rules prevent dividing a community by member, and why.",
)
@click.option(
    "--fix",
    is_flag=True,
    help="Apply the safe fixes, then report what remains. Fixes that might change the meaning are only shown.",
)
@click.option("--cost", is_flag=True, help="Print the most the rulebook remembers and pays out, and stop.")
@LANGUAGE
@click.option("--explain", "code", metavar="CODE", help="Print what a code means, with an example, and stop.")
@ROOTS
def command(
    paths: Sequence[str],
    form: str,
    select: Sequence[str],
    ignore: Sequence[str],
    adapters: Sequence[str],
    split: str | None,
    fix: bool,
    cost: bool,
    code: str | None,
    lang: str,
) -> None:
    """Check rulebooks (files, folders, or folders of rulebooks) and report every problem at once, sorted by position.

    Their tests are looked at, too, but not run: a rule, an event type or a setting that there is none of would test
    nothing.

    Beyond errors, lints (GR6xx) report what is probably unintended. A comment silences one, on its line or above it:
    `# groundrules: ignore[GR612] reason`.

    Exit code 0: clean; 1: findings. Notes do not count as findings.
    """
    if code is not None:
        _explain(code, lang)
        return
    if not paths:
        raise click.UsageError(say("name_a_rulebook"))
    walk_into(paths)
    if cost:
        _print_costs([rulebook for path in paths for rulebook in _rulebooks(path)])
        return
    prefixes = _prefixes(select), _prefixes(ignore)
    supplies = _supplies(adapters)
    rulebooks = dict.fromkeys(rulebook for path in paths for rulebook in _rulebooks(path))
    findings = [
        item
        for path in rulebooks
        for item in _findings(path, fix, prefixes[0], supplies, split is not None)
        if _wanted(item, *prefixes)
    ]
    findings = list({item.sort_key: item for item in findings}.values())  # what two rulebooks share is told once
    _print(findings, form, lang)
    if any(item.severity != "note" for item in findings):
        sys.exit(1)


def _rulebooks(path: str) -> list[str]:
    from groundrules.tools.linting import rulebooks_at

    return [str(rulebook) for rulebook in rulebooks_at(Path(path))]


def print_findings(path: str) -> bool:
    """Print the findings at `path`; return whether it has no errors, warnings aside."""
    findings = [item for rulebook in _rulebooks(path) for item in _findings(rulebook, False, (), None)]
    _print(findings, "human", spoken())
    return not any(item.is_error for item in findings)


def _print(findings: Sequence[Diagnostic], form: str, lang: str) -> None:
    if form == "human":
        print_lines(human.lines(findings, lang))
        return
    if form == "github":
        printed = github.render(findings, lang)
    else:
        printed = {"json": json_form.render, "sarif": sarif.render}[form](findings)
    print_page(safe.json(printed.rstrip("\n") + "\n"))


def _findings(
    path: str, fix: bool, codes: tuple[str, ...], supplies: Supplies | None, split: bool = False
) -> list[Diagnostic]:
    from groundrules.tools.linting import lint_path, lint_tests, mend_path

    if not fix:
        with note_when_slow(say("checking", path=path)):
            result = lint_path(Path(path), supplies, split)
            return [*result.diagnostics, *lint_tests(path, result)]
    mended = mend_path(path, codes, supplies)
    if mended.fixes:
        files = speech("cli", spoken()).join(map(str, mended.files))
        tell(say("fixed_one" if mended.fixes == 1 else "fixed", count=mended.fixes, files=files))
    return [*mended.result.diagnostics, *lint_tests(path, mended.result)]


def _supplies(adapters: Sequence[str]) -> Supplies | None:
    from groundrules.ports import PortError
    from groundrules.tools.supplies import supplies

    if not adapters:
        return None
    try:
        return supplies(adapters)
    except PortError as error:
        raise click.UsageError(reason(error)) from None


def _print_costs(paths: Sequence[str]) -> None:
    from groundrules.frontend import check_path
    from groundrules.tools.costs import costs, lines

    for path in paths:
        result = check_path(path)
        if result.checked is None or result.has_errors:
            _print([diagnostic for diagnostic in result.diagnostics if diagnostic.is_error], "human", spoken())
            sys.exit(1)
        print_lines(lines(costs(result.checked), spoken()))


def _explain(code: str, lang: str) -> None:
    entry = CODES.get(code.upper())
    if entry is None:
        known = [] if re.fullmatch("GR[0-9]{3}", code.upper()) else list(CODES)  # no number is nearer than another
        raise click.UsageError(no_such("code", code.upper(), known))
    print_page(explain(entry.code, lang) + "\n")


def _prefixes(codes: Sequence[str]) -> tuple[str, ...]:
    """Codes may be given with commas or one by one; each must be the beginning of a known code."""
    prefixes = tuple(part.strip().upper() for code in codes for part in code.split(",") if part.strip())
    for prefix in prefixes:
        if not any(code.startswith(prefix) for code in CODES):
            raise click.UsageError(say("no_code_begins", prefix=prefix))
    return prefixes


def _wanted(item: Diagnostic, select: tuple[str, ...], ignore: tuple[str, ...]) -> bool:
    return (not select or item.code.startswith(select)) and not (ignore and item.code.startswith(ignore))
