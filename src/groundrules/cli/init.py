"""`groundrules init DIR`: a small rulebook that lints clean, with events to try it on."""

from __future__ import annotations

from pathlib import Path

import click

from groundrules.resources import shipped


@click.command("init")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", help="The rulebook's name; the folder's name if not given.")
def command(directory: Path, name: str | None) -> None:
    """Write a small rulebook into DIRECTORY: rules, a word list, tests and a file of events.

    Nothing that exists is overwritten.
    """
    template = shipped("policies") / "_starter"
    targets = {source: directory / source.relative_to(template) for source in sorted(template.rglob("*.*"))}
    taken = [target for target in targets.values() if target.exists()]
    if taken:
        raise click.UsageError(f"`{taken[0]}` exists; nothing was written")
    for source, target in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8")
        target.write_text(text.replace("starter-group", name or _slug(directory)), encoding="utf-8")
        click.echo(f"wrote {target}")
    click.echo(f"\nnow try:\n  groundrules lint {directory}")
    click.echo(f"  groundrules test {directory}")
    click.echo(f"  groundrules run {directory} {directory / 'events.jsonl'} --format human")


def _slug(directory: Path) -> str:
    letters = "".join(char if char.isalnum() else "-" for char in directory.resolve().name.lower())
    return "-".join(part for part in letters.split("-") if part) or "my-group"
