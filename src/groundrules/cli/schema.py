"""`groundrules schema …`: the JSON Schemas that rulebooks, events, actions and decisions follow."""

from __future__ import annotations

import json
from difflib import get_close_matches
from pathlib import Path

import click

from groundrules.resources import shipped


@click.command("schema")
@click.argument("kind", type=click.Choice(["rulebook", "event", "action", "entity", "decision"]), default="rulebook")
@click.argument("name", required=False)
def command(kind: str, name: str | None) -> None:
    """Print a JSON Schema.

    KIND is rulebook (the default), event, action, entity or decision; event, action and entity take a NAME and list
    the names there are without one.
    """
    root = shipped("schemas")
    if kind in ("rulebook", "decision"):
        click.echo(_read(root / f"{kind}.schema.json"))
        return
    folder = root / {"event": "events", "action": "actions", "entity": "entities"}[kind]
    names = sorted(path.name.removesuffix(".json") for path in folder.glob("*.json"))
    if name is None:
        for known in names:
            click.echo(f"{known:24} {json.loads(_read(folder / f'{known}.json')).get('description', '')}")
    elif name in names:
        click.echo(_read(folder / f"{name}.json"))
    else:
        near = get_close_matches(name, names, 1)
        raise click.UsageError(f"there is no {kind} `{name}`" + (f"; did you mean `{near[0]}`?" if near else ""))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").rstrip("\n")
