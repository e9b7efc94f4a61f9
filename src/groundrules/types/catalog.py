"""The catalogue: every event type, entity and action that a rulebook can refer to.

Schemas are checked when they are read and turned into types when they are first asked for. References are resolved, so
that an event type's schema is self-contained in a plan; each object that came from a reference has its entity's name
under `entity`. In the plan's schema, facts about members have no defaults, because an absent fact is read from the
roster first; the type keeps the default for lowering the read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from groundrules.diagnostics.codes import types as codes
from groundrules.diagnostics.model import Report
from groundrules.resources import shipped
from groundrules.types import kinds
from groundrules.types.actions import ActionType, build_action, check_actions, superseded
from groundrules.types.document import read_document
from groundrules.types.folders import Definition, Kind, Library
from groundrules.types.schema import Checker, Schema, entity_of, to_object

ROSTER = ("member",)  # entities whose facts a roster remembers


@dataclass(frozen=True, eq=False)
class EventType:
    """An event type. `schema` is plain JSON without references; `entity` is set if the event itself is such a thing."""

    name: str
    object: kinds.Object
    schema: Schema
    description: str = ""

    @property
    def fields(self) -> dict[str, kinds.Field]:
        return self.object.fields

    @property
    def entity(self) -> str | None:
        return self.object.entity

    @property
    def has_target(self) -> bool:
        """Whether one member acts on another in events of this type, so that `who` must be given."""
        return "target" in self.fields

    def at_hand(self, what: str) -> tuple[str, ...] | None:
        """Return the path of the id of the `actor`, `message`, `channel` or `community` at hand, or None.

        The actor is at hand only if there is no target. The message is the event itself or its field `message`.
        """
        if what == self.entity:
            return ("id",)
        if what == "actor" and self.has_target:
            return None
        field = self.fields.get(what)
        entity = "member" if what == "actor" else what
        is_such = field is not None and isinstance(field.type, kinds.Object) and field.type.entity == entity
        return (what, "id") if is_such else None


class Catalog:
    """Looks up types by name; None if there is no such name."""

    def __init__(self, library: Library, superseded: dict[str, tuple[str, ...]]) -> None:
        self._library = library
        self._superseded = superseded
        self._events: dict[str, EventType] = {}
        self._entities: dict[str, kinds.Object] = {}
        self._actions: dict[str, ActionType] = {}

    @staticmethod
    def load(folders: Iterable[Path], report: Report) -> Catalog:
        """Return the shipped catalogue extended by `folders`, in order; findings go to `report`."""
        wanted = list(folders)
        if not wanted:
            return shipped_catalog()
        library = shipped_catalog()._library.copy()
        return _extended(library, wanted, report)

    def event(self, name: str) -> EventType | None:
        """Return an event type."""
        definition = self._library.definitions["events"].get(name)
        if definition is None:
            return None
        if name not in self._events:
            self._events[name] = self._event_type(name, definition)
        return self._events[name]

    def entity(self, name: str) -> kinds.Object | None:
        """Return the object type of an entity, with the defaults of its facts."""
        definition = self._library.definitions["entities"].get(name)
        if definition is None:
            return None
        if name not in self._entities:
            self._entities[name] = to_object({**self._inline(definition.schema), "entity": name}, name)
        return self._entities[name]

    def action(self, name: str) -> ActionType | None:
        """Return an action type."""
        definition = self._library.definitions["actions"].get(name)
        if definition is None:
            return None
        if name not in self._actions:
            schema = self._inline(definition.schema)
            self._actions[name] = build_action(name, schema, self._superseded.get(name, ()))
        return self._actions[name]

    def own_fields(self, name: str) -> frozenset[str]:
        """Return the fields of an event type besides those of the header."""
        definition = self._library.definitions["events"].get(name)
        own = definition.schema["properties"] if definition else {}
        return frozenset(own) - frozenset(self._library.header["properties"])

    def names(self, kind: Kind) -> list[str]:
        """Return the names of all `events`, `entities` or `actions`, sorted."""
        return sorted(self._library.definitions[kind])

    @property
    def refused(self) -> frozenset[str]:
        """The names of what has mistakes in its schema, which were reported."""
        return frozenset(self._library.refused)

    @cached_property
    def schemas(self) -> dict[str, Schema]:
        """The schemas of all event types, for a decoder that takes every known event."""
        return {name: event_type.schema for name in self.names("events") if (event_type := self.event(name))}

    def _event_type(self, name: str, definition: Definition) -> EventType:
        own, header = definition.schema, self._library.header
        merged = {
            "title": name,
            "description": own.get("description", ""),
            "type": "object",
            **({"entity": own["entity"]} if "entity" in own else {}),
            "properties": {**header["properties"], **own["properties"]},
            "required": [*header["required"], *(name for name in own["required"] if name not in header["required"])],
        }
        inlined = self._inline(merged)
        tagged = {**inlined["properties"], "type": {"type": "string", "const": name}}
        schema = _without_fact_defaults({**inlined, "properties": tagged})
        return EventType(name, to_object(inlined, name), schema, merged["description"])

    def _inline(self, schema: Schema) -> Schema:
        """Resolve references, all the way down. The library has no cycles."""
        if "$ref" in schema:
            name = entity_of(schema)
            target = self._library.definitions["entities"][name or ""].schema
            required = [*dict.fromkeys([*target.get("required", ()), *schema.get("required", ())])]
            words: Schema = {key: schema[key] for key in ("title", "description") if key in schema}
            return self._inline({**target, **words, "entity": name, "required": required})
        inlined = dict(schema)
        if "properties" in schema:
            inlined["properties"] = {name: self._inline(inner) for name, inner in schema["properties"].items()}
        if "items" in schema:
            inlined["items"] = self._inline(schema["items"])
        inlined.pop("$schema", None)
        return inlined


def _without_fact_defaults(schema: Schema, inside: bool = False) -> Schema:
    bare = dict(schema)
    if inside:
        bare.pop("default", None)
    inside = schema.get("entity") in ROSTER
    if "properties" in schema:
        bare["properties"] = {
            name: _without_fact_defaults(inner, inside) for name, inner in schema["properties"].items()
        }
    if "items" in schema:
        bare["items"] = _without_fact_defaults(schema["items"])
    return bare


@cache
def shipped_catalog() -> Catalog:
    """Return the catalogue of the shipped schemas; its findings would be our own bugs and are raised."""
    folder = shipped("schemas")
    report = Report()
    catalog = _extended(Library(read_document(folder / "header.json").data), [folder], report)
    if report.sorted:
        raise ValueError(f"shipped schemas: {report.sorted[0]}")
    return catalog


def _extended(library: Library, folders: list[Path], report: Report) -> Catalog:
    before = {kind: dict(named) for kind, named in library.definitions.items()}
    for folder in folders:
        library.read(folder, report)
    fresh = {name for name, named in library.definitions["actions"].items() if before["actions"].get(name) is not named}
    _break_cycles(library, report)
    _drop_dangling(library)
    actions = library.definitions["actions"]
    refused = check_actions(actions, fresh & actions.keys(), report)
    library.refused |= refused
    for name in refused:
        del actions[name]
    actions.update({name: before["actions"][name] for name in refused & before["actions"].keys()})
    return Catalog(library, superseded(actions, fresh & actions.keys(), report))


def _references(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        own = {entity_of(schema) or ""} if isinstance(schema.get("$ref"), str) else set()
        return own.union(*(_references(value) for value in schema.values()))
    return set().union(*(_references(value) for value in schema)) if isinstance(schema, list) else set()


def _break_cycles(library: Library, report: Report) -> None:
    """Report entities that contain themselves and remove them, so that all others can be resolved."""
    entities = library.definitions["entities"]
    inside = {name: _references(entity.schema) for name, entity in entities.items()}
    for name in sorted(entities):
        reached, waiting = set[str](), list(inside[name])
        while waiting:
            below = waiting.pop()
            if below not in reached:
                reached.add(below)
                waiting.extend(inside.get(below, ()))
        if name in reached:
            checker = Checker(entities[name].document, report, frozenset())
            checker.fail(codes.SCHEMA_CYCLE, (), f"`{name}` contains itself", "refer to it by its id instead")
            del entities[name]


def _drop_dangling(library: Library) -> None:
    """Remove what refers to a refused entity; the refusal was reported."""
    dangling = True
    while dangling:
        entities = library.definitions["entities"].keys()
        dangling = False
        for definitions in library.definitions.values():
            for name in [
                name for name, definition in definitions.items() if not _references(definition.schema) <= entities
            ]:
                del definitions[name]
                dangling = True
