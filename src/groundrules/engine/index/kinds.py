"""Kinds of events: those of a sparse type that carry the same fields.

Events come from few sources, and those from one source carry the same fields. So once a kind has been met a few times,
each guard that reads one of its fields is reduced by the fields that are absent, and found by those that are present: a
guard that is false unless certain atoms hold, by those; a guard that stays undecided unless certain atoms decide it,
likewise. A new kind, and any beyond a certain number, is asked field by field (`presence`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from groundrules.engine.index.atoms import Atoms
from groundrules.engine.index.lookup import Lookup, finding
from groundrules.engine.index.necessary import Derivation, Guard, path_of
from groundrules.engine.index.selectivity import estimated
from groundrules.engine.index.tables import access

if TYPE_CHECKING:
    from groundrules.engine.index.presence import Fields, Presence

OFTEN = 8
"""A kind met this often is worth working out."""

MOST = 256
MOST_COUNTED = 10_000


class Kind(NamedTuple):
    """Finds the rules on the fields that a kind of event carries, numbered as by `lookup.asking`.

    `always` are rules to be asked in any case. `undecided` are the members of `group`: undecided unless they are found.
    """

    find: Lookup | None
    always: tuple[int, ...]
    undecided: frozenset[int]
    group: int


class Way(NamedTuple):
    """How one guard is found: by atoms, None if by none; `undecided`: whether it is undecided unless they hold."""

    atoms: Atoms | None
    undecided: bool


class Kinds:
    """The kinds of one sparse event type."""

    def __init__(self, presence: Presence) -> None:
        self._presence = presence
        self._derivation = Derivation(presence.program, presence.frame, estimated)
        self._met: Counter[Fields] = Counter()
        self._kinds: dict[Fields, Kind] = {}
        self._ways: dict[tuple[int, Fields], Way | None] = {}

    def of(self, carried: Mapping[str, Any]) -> Kind | None:
        """Return the kind of an event that carries these fields; None while it is not worked out."""
        fields = frozenset(carried)
        kind = self._kinds.get(fields)
        if kind is None and len(self._kinds) < MOST:
            self._met[fields] += 1
            if self._met[fields] >= OFTEN:
                kind = self._kinds[fields] = self._kind(fields)
            elif len(self._met) > MOST_COUNTED:
                self._met.clear()
        return kind

    def _kind(self, fields: Fields) -> Kind:
        numbers: list[int] = []
        paths: list[Atoms] = []
        always: list[int] = []
        undecided: list[int] = []
        for number in sorted(self._presence.readers(fields)):
            way = self._way(number, fields)
            if way is None:
                continue
            if way.atoms is None:
                always.append(4 * number)
            elif way.atoms:
                numbers.append(number)
                paths.append(way.atoms)
            if way.undecided:
                undecided.append(number)
        program, frame = self._presence.program, self._presence.frame
        find = finding(program, frame, access(paths, self._derivation.subjects), numbers) if numbers else None
        return Kind(find, tuple(always), frozenset(undecided), self._presence.add_group(undecided))

    def _way(self, number: int, carried: Fields) -> Way | None:
        """Return how a guard is found; None if it is false whatever the fields that are present hold."""
        of_rule = self._presence.fields_of(number)
        place = number, of_rule & carried
        if place not in self._ways:
            self._ways[place] = self._way_of(self._presence.guards[number], of_rule - carried)
        return self._ways[place]

    def _way_of(self, guard: Guard, absent: Fields) -> Way | None:
        left = self._presence.remainder(guard, absent)
        if left is None:
            return Way(None, False)
        if self._presence.is_silent(left):
            return None
        path = path_of(self._derivation, *left)
        if path is not None:
            return Way(path, False) if path else None
        exceptions = self._exceptions(left)
        return Way(None, False) if exceptions is None else Way(exceptions, True)

    def _exceptions(self, guard: Guard) -> Atoms | None:
        """Return atoms one of which holds wherever a guard is decided; None if that is unknown."""
        when, unless = guard
        ways = [self._derivation.surely(when, True), self._derivation.surely(when, False)]
        ways += [] if unless is None else [self._derivation.surely(unless, True)]
        exceptions: list[Atoms] = [way for way in ways if way is not None]
        if len(exceptions) < len(ways):
            return None
        return tuple(dict.fromkeys(atom for way in exceptions for atom in way))
