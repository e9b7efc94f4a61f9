"""`groundrules schema …`: the JSON Schemas that rulebooks, tests, budgets, events, actions and decisions follow."""

from __future__ import annotations

import json
from pathlib import Path

import click

from groundrules.cli.help import Command
from groundrules.cli.language import say, spoken
from groundrules.cli.options import ONLY_SPOKEN
from groundrules.cli.printing import write_page
from groundrules.cli.usage import no_such
from groundrules.narrate.localised import pick
from groundrules.narrate.speech import speech
from groundrules.resources import shipped

_WHOLE = ("rulebook", "tests", "budget", "decision")
_FOLDERS = {"event": "events", "action": "actions", "entity": "entities"}


@click.command("schema", cls=Command)
@click.argument(
    "kind",
    type=click.Choice(["rulebook", "tests", "budget", "event", "action", "entity", "decision"]),
    default="rulebook",
    metavar="[rulebook|tests|budget|event|action|entity|decision]",
)
@click.argument("name", required=False)
@click.option("-o", "--output", type=click.Path(dir_okay=False, writable=True), help="Write it to this file.")
@ONLY_SPOKEN
def command(kind: str, name: str | None, output: str | None) -> None:
    """Print a JSON Schema, or write it for an editor's completion.

    KIND is rulebook (the default), tests, budget, event, action, entity or decision; event, action and entity take a
    NAME; without one, they list the names. Editors read the schema from the first line of a file:
    `# yaml-language-server: $schema=.groundrules/rulebook.schema.json`.
    """
    text = _read(shipped("schemas") / f"{kind}.schema.json") if kind in _WHOLE else _named(kind, name)
    write_page(text + "\n", output)


def _named(kind: str, name: str | None) -> str:
    folder = shipped("schemas") / _FOLDERS[kind]
    names = sorted(path.name.removesuffix(".json") for path in folder.glob("*.json"))
    if name is None:
        return "\n".join(f"{item:24} {_described(kind, item, _read(folder / f'{item}.json'))}" for item in names)
    if name not in names:
        raise click.UsageError(no_such(kind, name, names))
    return _read(folder / f"{name}.json")


def _described(kind: str, name: str, text: str) -> str:
    """What a schema is about, as it says itself; in another language than English, what people are told of it."""
    schema, lang = json.loads(text), spoken()
    if lang == "en":
        return str(schema.get("description", ""))
    if kind == "action":
        return pick(schema.get("title", {}), lang)
    if kind == "event":
        return speech("handbook", lang)(f"events.{name}")
    return say(f"entities.{name}")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").rstrip("\n")
