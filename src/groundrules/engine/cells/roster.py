"""The roster: what earlier events said about members, channels and other entities whose facts rules ask for.

A row is stored under the entity's id in the space of its kind. It keeps only the facts that rules read, the instant
when the entity was last seen, and for members the instant of the last message. Anybody not seen for the plan's
`retain` counts as forgotten. For somebody who left, only the instant when they were first seen is kept, if rules ask
for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from groundrules.engine.intake.decode import attribute
from groundrules.engine.state.held import Codec, HeldSpace
from groundrules.engine.state.partition import Partition
from groundrules.plan import ir
from groundrules.plan.walk import within

_encode = msgspec.msgpack.Encoder(order="deterministic").encode


class Entry(msgspec.Struct, array_like=True):
    """One entity: its facts, when it was last seen, when it last wrote, when it joined (ms); whether it is gone."""

    facts: dict[str, Any]
    heard: int
    wrote: int | None = None
    joined: int | None = None
    gone: bool = False


_entry = msgspec.msgpack.Decoder(Entry)


def name(entity: str) -> str:
    """Return the name of an entity's space."""
    return "roster/" + entity


CODEC = Codec(_entry.decode, _encode, most=16_384)


def space(partition: Partition, entity: str, retain: int) -> HeldSpace:
    """Return an entity's roster with its entries held decoded; its version changes with membership and facts."""
    return partition.held(name(entity), retain, CODEC)


def entry(space: HeldSpace, id: str, now: int, retain: int) -> Entry | None:
    """Return the entry, or None if there is none or it was last seen too long ago."""
    entry: Entry | None = space.held(id)
    return entry if entry is not None and now - entry.heard <= retain else None


def here(space: HeldSpace, now: int, retain: int) -> list[str]:
    """Return the ids of everybody present except the bot itself, sorted."""
    entries = ((id, entry(space, id, now, retain)) for id in sorted(space.names()))
    return [id for id, known in entries if known is not None and not known.gone and not is_self(known)]


def is_self(entry: Entry) -> bool:
    """Tell whether somebody is the bot itself, as far as is known."""
    return entry.facts.get("self") is True


def without(row: bytes, id: str) -> bytes:
    """Return a row without the facts that name `id`."""
    entry = _entry.decode(row)
    facts = {name: _others(fact, id) for name, fact in entry.facts.items() if fact != id}
    return row if facts == entry.facts else _encode(msgspec.structs.replace(entry, facts=facts))


def _others(fact: Any, id: str) -> Any:
    return [item for item in fact if item != id] if isinstance(fact, list) else fact


class Census:
    """Who is on a roster, and who shares a fact; updated with each change, so that thousands need not be scanned."""

    def __init__(self, space: HeldSpace) -> None:
        self._space = space
        self._moved: dict[str, None] | None = None
        self._names: list[str] = []
        self._alike: dict[str, Alike] = {}

    def everybody(self) -> list[str]:
        """Return the ids of all entries, sorted; some may be forgotten or gone."""
        self._catch_up()
        return self._names

    def alike(self, fact: str) -> Iterable[Iterable[str]]:
        """Return the ids of all entries, grouped by their value for a fact, or its absence."""
        self._catch_up()
        alike = self._alike.get(fact)
        if alike is None:
            alike = self._alike[fact] = Alike(fact)
            for id in self._names:
                alike.put(id, self._space.held(id))
        return alike.kinds.values()

    def _catch_up(self) -> None:
        if self._moved is None or self._space.followed is not self._moved:
            self._moved = self._space.followed = {}
            self._names, self._alike = self._space.names(), {}
            return
        for id in self._moved:
            entry = self._space.held(id)
            place = bisect_left(self._names, id)
            is_listed = place < len(self._names) and self._names[place] == id
            if entry is not None and not is_listed:
                self._names.insert(place, id)
            elif entry is None and is_listed:
                del self._names[place]
            for alike in self._alike.values():
                alike.put(id, entry)
        self._moved.clear()


class Alike:
    """The ids of a roster by their value for one fact."""

    def __init__(self, fact: str) -> None:
        self.kinds: dict[str, dict[str, None]] = {}
        self._fact = fact
        self._kind_of: dict[str, str] = {}

    def put(self, id: str, entry: Entry | None) -> None:
        """Move an id to the group of its value; None removes it."""
        before = self._kind_of.pop(id, None)
        if before is not None:
            del self.kinds[before][id]
            if not self.kinds[before]:
                del self.kinds[before]
        if entry is not None:
            kind = self._kind_of[id] = repr(entry.facts.get(self._fact))
            self.kinds.setdefault(kind, {})[id] = None


class Place(NamedTuple):
    """Where a schema holds entities that the roster keeps: the attributes that lead there, from an event or an item.

    `facts`: the kept facts of the entity there, each with the attribute that gives it. `items`: the places in the items
    of a list, if there is one.
    """

    path: tuple[str, ...]
    entity: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    items: tuple[Place, ...] = ()


def places(
    schema: Mapping[str, Any], kept: Mapping[str, Collection[str]], path: tuple[str, ...] = ()
) -> Iterator[Place]:
    """Yield the places of kept entities in a schema, by name."""
    entity = schema.get("entity", "")
    if entity in kept:
        yield Place(path, entity, tuple((name, attribute(_field_of(schema, path, name))) for name in kept[entity]))
    for name, inner in sorted(schema.get("properties", {}).items()):
        yield from places(inner, kept, (*path, attribute(name)))
    items = tuple(places(schema["items"], kept)) if "items" in schema else ()
    if items:
        yield Place(path, items=items)


def _field_of(schema: Mapping[str, Any], path: tuple[str, ...], fact: str) -> str:
    """Return the field that holds a fact; a different one where the event itself is the entity and lacks that field."""
    return fact if path or fact in schema.get("properties", {}) else ir.NAMED_OTHERWISE.get(fact, fact)


def things(value: Any, where: Iterable[Place]) -> Iterator[tuple[Place, Any]]:
    """Yield (place, object) for every kept entity in a decoded event."""
    for place in where:
        thing = value
        for name in place.path:
            thing = getattr(thing, name, None)
        if not thing:
            continue
        if not place.items:
            yield place, thing
            continue
        for item in thing:
            yield from things(item, place.items)


def kept_facts(plan: ir.Plan) -> dict[str, tuple[str, ...]]:
    """Entity → the facts that the roster keeps: those that rules read, and those that the engine itself needs.

    It needs to know which member is the bot where it goes through members, and their roles where only some may answer.
    """
    kept = {entity: set(facts) for entity, facts in plan.facts.items()}
    for schedule in plan.schedules:
        if schedule.for_each is not None:
            kept.setdefault(schedule.for_each, set())
    if "member" in {schedule.for_each for schedule in plan.schedules} or _reads(plan, ir.Members):
        kept.setdefault("member", set()).add("self")
    if _reads(plan, ir.Silence):
        kept.setdefault("member", set())
    if any(rule.approval for rule in plan.rules) or any(ladder.appeal for ladder in plan.ladders):
        kept.setdefault("member", set()).add("roles")
    return {entity: tuple(sorted(facts)) for entity, facts in kept.items()}


def _reads(plan: ir.Plan, kind: type[ir.Expr]) -> bool:
    parts = (plan.rules, plan.states, plan.processes, plan.brakes)
    return next(within(parts, kind), None) is not None
