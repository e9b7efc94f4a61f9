"""What an event teaches, after it was decided: facts, last messages, labels set by hand.

An event gives facts with every object in it that stands for an entity on the roster. The latest value holds; of two in
one event, the one whose place comes later by field name. It holds from the next event on, because the event at hand
speaks for itself. Somebody who left, was kicked or banned is forgotten, except that for those who left by themselves
the instant when they were first seen is kept. Labels that the bot itself reports don't count as set by a person.

`first_seen` comes with no event; it is noted here, if rules read it. A member first seen doing anything but arriving
was here before anybody looked.
"""

from __future__ import annotations

from typing import Any

from groundrules.decisions import Note
from groundrules.engine.cells import labels, roster
from groundrules.engine.codegen.total import reach
from groundrules.engine.intake.decode import plan_value
from groundrules.engine.program import Program
from groundrules.engine.state.held import HeldSpace
from groundrules.engine.state.partition import Partition
from groundrules.plan.ir import FIRST_SEEN

ARRIVING = ("join.requested", "member.joined")
LEFT = "member.left"
GONE = {LEFT: "actor", "member.kicked": "target", "member.banned": "target"}
COMING_AND_GOING = frozenset((*ARRIVING, *GONE))
ACTOR = ("actor",)
BEARERS = ("message", "task", "target")
MEMBER = "member"


class Learning:
    """Notes the facts that a partition's events give."""

    def __init__(self, program: Program, partition: Partition) -> None:
        self._places = program.places
        self._partition = partition
        self._retain = program.plan.retain
        self._spaces = {entity: roster.space(partition, entity, self._retain) for entity in program.kept}
        self._notes_first_seen = FIRST_SEEN in program.kept.get(MEMBER, ())

    def learn(self, e: Any) -> None:
        """Take note of the facts that an event gives."""
        if not self._is_old_news(e):
            self._take_in(e)

    def _is_old_news(self, e: Any) -> bool:
        """Tell whether an event repeats what was last known of its entities, and if so, note that they were seen.

        Most messages do. Entities in lists or deeper down, and members who come or go, are left to `_take_in`.
        """
        now, heard = self._partition.now, []
        for place in self._places.get(e.type, ()):
            if len(place.path) != 1:
                return False
            thing = getattr(e, place.path[0], None)
            if not thing:
                continue
            if place.items or e.type in COMING_AND_GOING:
                return False
            space, id = self._spaces[place.entity], thing.id
            entry = roster.entry(space, id, now, self._retain) if space.latest.get(id) == thing else None
            if entry is None or entry.gone:
                return False
            if self._notes_first_seen and place.entity == MEMBER and FIRST_SEEN not in entry.facts:
                return False
            heard.append((space, id, entry, place.path == ACTOR and place.entity == MEMBER))
        for space, id, entry, acts in heard:
            entry.heard = now
            if acts and e.type == "message":
                entry.wrote = now
            space.hold(id, entry, now, False)
        return True

    def _take_in(self, e: Any) -> None:
        now, retain, spaces = self._partition.now, self._retain, self._spaces
        heard: dict[tuple[str, str], roster.Entry] = {}
        changed: set[tuple[str, str]] = set()
        for place, thing in roster.things(e, self._places.get(e.type, ())):
            key = entity, id = place.entity, thing.id
            space = spaces[entity]
            entry = heard.get(key) or roster.entry(space, id, now, retain)
            if entry is not None and not entry.gone and space.latest.get(id) == thing:
                entry.heard, heard[key] = now, entry  # unchanged since it was last seen
                continue
            if entry is None:
                changed.add(key)
                entry = roster.Entry({}, 0)
            heard[key] = entry
            if _hear(entry, place, thing, now):
                changed.add(key)
            space.latest[id] = thing
        members = spaces.get(MEMBER)
        if members is not None:
            _act(e, now, heard)
        if self._notes_first_seen:
            changed |= _see(e, now, heard, retain)
        for key, entry in heard.items():
            spaces[key[0]].hold(key[1], entry, now, key in changed)
        gone = reach(e, (GONE[e.type], "id")) if members is not None and e.type in GONE else None
        if gone is not None and members is not None:
            _part_from(members, gone, heard.get((MEMBER, gone)) if e.type == LEFT else None, now)


def _hear(entry: roster.Entry, place: roster.Place, thing: Any, now: int) -> bool:
    """Note what an object of an event says; return whether a fact has changed."""
    entry.heard, entry.gone = now, False
    facts, changed = entry.facts, False
    for name, attribute in place.facts:
        fact = getattr(thing, attribute, None)
        if fact is not None:
            fact = fact if type(fact) is str or type(fact) is bool else plan_value(fact)
            if fact is not None and facts.get(name) != fact:
                facts[name] = fact
                changed = True
    joined = getattr(thing, "joined", None)
    if joined is not None:
        joined = plan_value(joined)
        if isinstance(joined, int):
            entry.joined = joined
    return changed


def _act(e: Any, now: int, heard: dict[tuple[str, str], roster.Entry]) -> None:
    """Note when the actor wrote or joined."""
    actor = getattr(e, "actor", None)
    entry = None if actor is None else heard.get((MEMBER, actor.id))
    if entry is None:
        return
    if e.type == "message":
        entry.wrote = now
    if e.type == "member.joined" and reach(actor, ("joined",)) is None:
        entry.joined = now


def _see(e: Any, now: int, heard: dict[tuple[str, str], roster.Entry], retain: int) -> set[tuple[str, str]]:
    """Note when members were first seen; return those for whom it was not known."""
    met = {key for key, entry in heard.items() if FIRST_SEEN not in entry.facts and key[0] == MEMBER}
    arriving = reach(e, ("actor", "id")) if met and e.type in ARRIVING else None
    for key in met:
        entry, unknown = heard[key], now if key[1] == arriving else now - retain
        entry.facts[FIRST_SEEN] = unknown if entry.joined is None else entry.joined
    return met


def _part_from(members: HeldSpace, id: str, entry: roster.Entry | None, now: int) -> None:
    """Forget somebody who is gone, except for when they were first seen (`entry`, if that is kept)."""
    if entry is None or FIRST_SEEN not in entry.facts:
        members.drop(id)
    else:
        members.hold(id, roster.Entry({FIRST_SEEN: entry.facts[FIRST_SEEN]}, now, gone=True), now)


def labels_by_hand(program: Program, partition: Partition, e: Any) -> list[Note]:
    """Apply the labels that people set or removed; return what to report about it."""
    if e.type not in labels.TYPES or reach(e, ("actor", "self")) is True:
        return []
    borne = e.type == "label.set"
    space, notes = partition.space(labels.NAME), []
    for field in BEARERS:
        id = reach(e, (field, "id"))
        if id is not None:
            entity = MEMBER if field == "target" else field
            lasts = labels.lasting(entity, None, program.plan.retain)
            mark = labels.Mark(borne, None if lasts is None else partition.now + lasts, by_hand=True)
            labels.store(space, labels.key(entity, id, e.label), mark, partition.now)
            kind = "label_set" if borne else "label_removed"
            notes.append(Note(kind=kind, subject=id, detail={"label": e.label, "by": reach(e, ("actor", "id"))}))
    return notes
