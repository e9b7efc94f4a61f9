"""What adapters must satisfy: their events are valid and say what their tables say, and so do their actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from groundrules.adapters import UnsupportedError
from groundrules.decisions import Action
from groundrules.engine.intake.decode import Decoder
from groundrules.frontend import check_text
from groundrules.types.catalog import shipped_catalog

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


_GIVEN = {  # a value for each parameter of the shipped actions
    "text": {"": "words", "en": "words", "zh": "字"},
    "duration": 600_000,
    "interval": 10_000,
    "events": ["m1"],
    "name": "new",
    "role": "helper",
    "to": "li",
    "parts": ["link"],
}


def carried_out(calls: Callable[[Action], Sequence[Any]]) -> set[str]:
    """The shipped actions for which there are calls, with all that they may be given."""
    catalog = shipped_catalog()
    return {name for name in catalog.names("actions") if _is_done(calls, _specimen(name))}


def _is_done(calls: Callable[[Action], Sequence[Any]], action: Action) -> bool:
    try:
        return bool(calls(action))
    except UnsupportedError:
        return False


def _specimen(name: str) -> Action:
    action = shipped_catalog().action(name)
    assert action is not None
    parameters = {name: _GIVEN[name] for name in action.parameters if name in _GIVEN}
    return Action(do=name, who="li", key="k", rules=("r",), parameters=parameters)


def compared(made: Iterable[dict[str, Any]], table: Mapping[str, frozenset[str]]) -> tuple[list[str], list[str]]:
    """What events say and their table does not, and what the table says and no event does: `type: path`."""
    said = {f"{kind}: {path}" for kind, found in said_in(made).items() for path in found}
    promised = {f"{kind}: {path}" for kind, found in table.items() for path in found}
    return sorted(said - promised), sorted(promised - said)
