"""`groundrules init DIR`: a small rulebook that lints clean, with events to try it on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from groundrules.cli import help
from groundrules.cli.help import Command
from groundrules.cli.language import say, spoken
from groundrules.cli.options import ONLY_SPOKEN
from groundrules.cli.printing import print_lines
from groundrules.display.lines import Line
from groundrules.resources import shipped

_SCHEMAS = ("rulebook", "tests")
_SCHEMA_LINE = "# yaml-language-server: $schema=.groundrules/{}.schema.json\n"


@click.command("init", cls=Command)
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", help="The rulebook's name; by default, the folder's.")
@ONLY_SPOKEN
def command(directory: Path, name: str | None) -> None:
    """Write a small rulebook into DIRECTORY: rules, a word list, tests, a file of events, and the schemas that editors
    use for completion (in `.groundrules`; `groundrules schema` rewrites them).

    Existing files are not overwritten.
    """
    write_new({directory / place: text for place, text in _files(name or _slug(directory)).items()})
    steps = (f"lint {directory}", f"test {directory}", f"run {directory} {directory / 'events.jsonl'} --format human")
    print_lines([Line(), Line(say("now_try")), *(Line(f"  groundrules {step}") for step in steps)])


def write_new(files: Mapping[Path, str]) -> None:
    """Write files, with comments in the language of the command, and say so.

    Raises UsageError, before anything is written, if one of them exists.
    """
    existing = [target for target in files if os.path.lexists(target)]
    if existing:
        raise click.UsageError(say("exists", path=existing[0]))
    words = help.words(spoken()).get("written", {})
    for target, text in files.items():
        for english, other in words.items():
            text = text.replace(english, other)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as file:  # not through a link that leads nowhere yet
            file.write(text)
        print_lines([Line(say("wrote", file=target))])


def _files(name: str) -> dict[Path, str]:
    """Return what is written, by its place in the folder."""
    template, schemas = shipped("policies") / "_starter", shipped("schemas")
    files = {}
    for source in sorted(template.rglob("*.*")):
        text = source.read_text(encoding="utf-8").replace("starter-group", name)
        place = source.relative_to(template)
        files[place] = _SCHEMA_LINE.format(place.stem) + text if place.stem in _SCHEMAS else text
    for kind in _SCHEMAS:
        files[Path(".groundrules") / f"{kind}.schema.json"] = (schemas / f"{kind}.schema.json").read_text("utf-8")
    return files


def _slug(directory: Path) -> str:
    """The folder's name as an id; a name in which no Latin letter stands, such as `我的群`, gives `my-group`."""
    letters = "".join(char if char.isascii() and char.isalnum() else "-" for char in directory.resolve().name.lower())
    slug = "-".join(part for part in letters.split("-") if part)
    return slug if slug[:1].isalpha() else "my-group"
