"""`groundrules docs RULEBOOK`: the members' handbook, made from the rulebook."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from groundrules.cli.help import Command
from groundrules.cli.language import say
from groundrules.cli.loading import print_diagnostics
from groundrules.cli.options import LANGUAGE, ROOTS
from groundrules.cli.printing import tell, write_page


@click.command("docs", cls=Command)
@click.argument("rulebook", type=click.Path(exists=True))
@click.option(
    "--to", "form", type=click.Choice(["md", "html"]), help="By default, from the file's name, or else Markdown."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, writable=True), help="Write it to this file.")
@click.option("--check", "committed", type=click.Path(dir_okay=False), help="Only check whether this file is current.")
@LANGUAGE
@ROOTS
def command(rulebook: str, form: str | None, output: str | None, committed: str | None, lang: str) -> None:
    """Write the members' handbook of RULEBOOK: rules by theme, what earns points, what each step leads to, how to
    appeal, who decides, what is remembered.

    Every number comes from the plan the engine runs. Rules in shadow and rules that are off are left out. Exit code 0:
    written, or current; 1: errors in the rulebook, or the file given with --check is out of date.
    """
    page = _page(rulebook, form or _form(output or committed), lang)
    if committed is not None:
        _compare(page, rulebook, committed, lang)
    else:
        write_page(page, output)


def _page(rulebook: str, form: str, lang: str) -> str:
    from groundrules.frontend import check_path
    from groundrules.tools.handbook import handbook, html, markdown

    result = check_path(rulebook)
    if result.checked is None or result.has_errors:
        print_diagnostics(result.diagnostics)
        sys.exit(1)
    return {"md": markdown, "html": html}[form](handbook(result.checked, lang))


def _form(name: str | None) -> str:
    return "html" if name and name.lower().endswith((".html", ".htm")) else "md"


def _compare(page: str, rulebook: str, committed: str, lang: str) -> None:
    file = Path(committed)
    there = file.read_text(encoding="utf-8") if file.exists() else None
    if there == page:
        return
    tell(say("not_there" if there is None else "not_current", file=committed))
    tell("  " + say("fix", command=f"groundrules docs {rulebook} --lang {lang} -o {committed}"))
    sys.exit(1)
