"""`groundrules bot init LIBRARY DIR`: a bot to start from, in a library's own idiom, with its rulebook."""

from __future__ import annotations

import re
from pathlib import Path

import click

from groundrules.calendar.zones import names
from groundrules.cli.help import Command, Group
from groundrules.cli.init import write_new
from groundrules.cli.language import say, spoken
from groundrules.cli.options import ONLY_SPOKEN
from groundrules.cli.printing import print_lines
from groundrules.cli.usage import no_such
from groundrules.display.lines import Line
from groundrules.resources import shipped

LIBRARIES = ("nonebot", "matrix", "discord", "telegram", "astrbot")
_WRITTEN = (".py", ".yaml", ".md")
_PAGE = Path("README.md")


@click.group("bot", cls=Group)
@ONLY_SPOKEN
def command() -> None:
    """Start a bot that keeps a community's rules."""


@command.command("init", cls=Command, short_help="write a small bot into a folder")
@click.argument("library", type=click.Choice(LIBRARIES))
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--timezone", help="The community's time zone; by default Asia/Shanghai on QQ, UTC elsewhere.")
@ONLY_SPOKEN
def init(library: str, directory: Path, timezone: str | None) -> None:
    """Write a small bot into DIRECTORY: the program, idiomatic for LIBRARY, its rulebook, and a five-step guide.

    Existing files are not overwritten.
    """
    template = shipped("bots") / library
    files = {path.relative_to(template): path for path in sorted(template.rglob("*.*")) if path.suffix in _WRITTEN}
    in_languages = {path: files.pop(path) for path in [*files] if path.match("*.*.md")}
    files[_PAGE] = in_languages.get(Path(f"README.{spoken()}.md"), files[_PAGE])
    if timezone is not None and timezone not in names():
        raise click.UsageError(no_such("time_zone", timezone, sorted(names())))
    written = {directory / path: source.read_text(encoding="utf-8") for path, source in files.items()}
    write_new({path: _in_zone(text, timezone) if path.suffix == ".yaml" else text for path, text in written.items()})
    package = "groundrules" if library == "astrbot" else f"groundrules[{library}]"
    (book,) = template.rglob("rulebook.yaml")
    own = directory / book.parent.relative_to(template)
    steps = (f"pip install '{package}'", f"groundrules lint {own}")
    print_lines([Line(), Line(say("now_try")), *(Line(f"  {step}") for step in steps)])
    print_lines([Line(), Line(say("then_read", file=directory / _PAGE))])


def _in_zone(text: str, timezone: str | None) -> str:
    return text if timezone is None else re.sub(r"(?m)^timezone: .*$", f"timezone: {timezone}", text)
