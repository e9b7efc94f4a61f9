"""What adapters are held to: their events are valid, and say what their tables say."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from groundrules.engine.intake.decode import Decoder
from groundrules.frontend import check_text

HEADER = ("id", "type", "time", "community")


@cache
def decoder() -> Decoder:
    checked = check_text("rulebook: all\nlanguages: [en]\nuse: [std/chat]\n").checked
    assert checked is not None
    return Decoder({kind: checked.catalog.event(kind).schema for kind in checked.instances[0].types})


def said_in(made: Iterable[dict[str, Any]]) -> dict[str, set[str]]:
    """Event type → the dotted paths that these events fill in; raises for an event that is not valid."""
    found: dict[str, set[str]] = {}
    for event in made:
        decoder().decode(event)
        found.setdefault(event["type"], set()).update(paths(event))
    return found


def paths(event: dict[str, Any]) -> Iterable[str]:
    for name, value in event.items():
        if name in HEADER:
            continue
        yield name
        for item in value if name == "members" else [value]:
            if isinstance(item, dict):
                yield from (f"{name}.{inner}" for inner in item if inner != "id")
