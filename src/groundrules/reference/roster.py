"""What is remembered about members and channels.

An event gives facts with every object in it that stands for an entity (as its schema says). The latest value holds; of
two in one event, the one whose place comes later by field name. It holds from the next event on: the event at hand
speaks for itself. (The engine keeps only what rules read.)

Somebody who left, was kicked or was banned is forgotten at once; so is anybody not seen for the plan's `retain`.
For those who left by themselves, `first_seen` is kept.

`first_seen` is a fact that no event needs to give: when a member was first met. A member who arrived then
(`member.joined`, `join.requested`) counts from that instant; any other was here before anybody looked, and counts from
`retain` ago, or from when they joined, if that is known.

`silence(member)` counts from the member's last message; without one, from joining (as `joined` says, or else when
`member.joined` came) or from the first event that the partition ever saw, whichever is later: time that nobody
observed doesn't count as silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from groundrules.calendar.instants import format_ms, parse_rfc3339
from groundrules.plan import ir
from groundrules.plan.ir import FIRST_SEEN, NAMED_OTHERWISE
from groundrules.reference.scope import Json, walk

ARRIVING = ("join.requested", "member.joined")
LEFT = "member.left"
GONE = {LEFT: "actor", "member.kicked": "target", "member.banned": "target"}


@dataclass
class Entry:
    """One entity: its facts, when it was last seen, last wrote, and joined."""

    facts: dict[str, Any] = field(default_factory=dict)
    heard: int = 0
    wrote: int | None = None
    joined: int | None = None
    gone: bool = False


class Roster:
    """Everybody known in one partition."""

    def __init__(self, plan: ir.Plan) -> None:
        self.plan = plan
        self.entries: dict[tuple[str, str], Entry] = {}

    # --- reading ----------------------------------------------------------------------------------

    def entry(self, entity: str, who: str, now: int) -> Entry | None:
        """What is known, or None if nothing is or it was forgotten."""
        entry = self.entries.get((entity, who))
        return None if entry is None or now - entry.heard > self.plan.retain else entry

    def fact(self, entity: str, who: str, name: str, now: int) -> Any:
        """A fact as earlier events gave it, or None."""
        entry = self.entry(entity, who, now)
        return None if entry is None else entry.facts.get(name)

    def roles(self, member: Json, now: int) -> list[str]:
        """The roles of a member in an event: what it says, else what earlier ones said."""
        roles = member.get("roles")
        return (self.fact("member", member["id"], "roles", now) if roles is None else roles) or []

    def known(self, entity: str, now: int, with_self: bool = False) -> list[str]:
        """The ids of everybody who is here, as far as is known, sorted; the bot itself only if `with_self`."""
        entries = {who: self.entry(kind, who, now) for kind, who in self.entries if kind == entity}
        here = {who: entry for who, entry in entries.items() if entry is not None and not entry.gone}
        return sorted(who for who, entry in here.items() if with_self or entry.facts.get("self") is not True)

    def silence(self, member: str, now: int, first: int) -> int:
        """How long a member has not written; `first` is when the partition's first event came."""
        entry = self.entry("member", member, now) or Entry()
        if entry.wrote is not None:
            return now - entry.wrote
        return now - (first if entry.joined is None else max(entry.joined, first))

    # --- learning ---------------------------------------------------------------------------------

    def learn(self, event: Json, now: int) -> None:
        """Take note of what an event says, after it was decided."""
        schema = self.plan.events[event["type"]]
        missing = {fact: field for fact, field in NAMED_OTHERWISE.items() if fact not in schema["properties"]}
        named = {fact: event[field] for fact, field in missing.items() if field in event}
        things = list(self.things({**event, **named}, schema))
        for entity, thing in things:
            self.hear(entity, thing, now)
        actor = self.entries.get(("member", walk(event, ("actor", "id"))))
        if actor is not None and event["type"] == "message":
            actor.wrote = now
        if actor is not None and event["type"] == "member.joined" and "joined" not in event["actor"]:
            actor.joined = now
        for who in (thing["id"] for entity, thing in things if entity == "member"):
            self.see(who, event["type"] in ARRIVING and who == walk(event, ("actor", "id")), now)
        if event["type"] in GONE:
            self.part_from(walk(event, (GONE[event["type"]], "id")), event["type"] == LEFT, now)

    def see(self, member: str, arriving: bool, now: int) -> None:
        """Note when a member was first seen."""
        entry = self.entries["member", member]
        unknown = now if arriving else now - self.plan.retain
        entry.facts.setdefault(FIRST_SEEN, format_ms(unknown if entry.joined is None else entry.joined))

    def part_from(self, member: str, by_themself: bool, now: int) -> None:
        """Forget somebody who is gone; for those who left by themselves, keep when they were first seen."""
        entry = self.entries.pop(("member", member), None)
        if entry is not None and by_themself:
            first = {FIRST_SEEN: entry.facts[FIRST_SEEN]}
            self.entries["member", member] = Entry(first, now, gone=True)

    def things(self, value: Any, schema: Json) -> Iterator[tuple[str, Json]]:
        """Every object in an event that stands for an entity with facts, by the names of the fields."""
        if isinstance(value, list):
            for item in value:
                yield from self.things(item, schema.get("items", {}))
        elif isinstance(value, dict):
            if "entity" in schema:
                yield schema["entity"], value
            for name, inner in sorted(schema.get("properties", {}).items()):
                if name in value:
                    yield from self.things(value[name], inner)

    def hear(self, entity: str, thing: Json, now: int) -> None:
        """Take note of one object."""
        entry = self.entry(entity, thing["id"], now) or Entry()
        self.entries[entity, thing["id"]] = entry
        entry.heard, entry.gone = now, False
        entry.facts |= {name: value for name, value in thing.items() if name != "id"}
        if "joined" in thing:
            entry.joined = parse_rfc3339(thing["joined"])
