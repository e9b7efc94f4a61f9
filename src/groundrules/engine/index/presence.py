"""From the fields that an event carries to the rules that read them: for sparse event types.

With rules on thousands of optional fields, an event concerns only a few of them, but leaves all others undecided. So a
rule is asked individually only if the event carries one of its fields. If it carries none, what remains of the guard
(`absence`) is the same for many rules: these form a **group**, whose remainder is asked once. The undecided members of
a group are counted by subtraction: all of them, less those asked individually.

Among the rules that read a field, a look-up finds those whose access path holds for its value, and those whose access
path is about another, absent field.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from groundrules.engine.codegen.emitter import Frame
from groundrules.engine.codegen.program import Program
from groundrules.engine.codegen.total import own_act
from groundrules.engine.index.absence import remainder
from groundrules.engine.index.atoms import Atom, Atoms
from groundrules.engine.index.kinds import MOST, Kind, Kinds
from groundrules.engine.index.lookup import TRUE, UNKNOWN, Lookup, asking, finding
from groundrules.engine.index.necessary import Derivation, Guard, path_of, paths_of
from groundrules.engine.index.selectivity import estimated
from groundrules.engine.index.tables import Access, access
from groundrules.engine.intake.sparse import carried, sparse_fields
from groundrules.engine.intake.structs import attribute
from groundrules.engine.state.scope import Scope
from groundrules.plan import codec, ir
from groundrules.plan.walk import walk

UNDECIDED = "undecided"
"""The slot of a scope that holds what an event leaves undecided (`Left`)."""

Fields = frozenset[str]
"""Attributes of fields of a sparse event type."""

Finder = Callable[[Any, Scope, Mapping[str, Any]], list[int]]

_NEVER = 1e9
_NEVER_TRUE = ir.Const(value=False)
_SILENT: Guard = (_NEVER_TRUE, None)


class Left(NamedTuple):
    """Groups that an event leaves undecided; `hits`: members of its kind's group that were found all the same."""

    groups: tuple[int, ...]
    hits: tuple[int, ...] = ()


class Reader(NamedTuple):
    """A rule that reads fields of a sparse event type, and how it is found where the event carries one of them."""

    fields: Fields
    path: Atoms | None
    speaks_of: Fields


class Presence:
    """The rules on one sparse event type; `apart` are the numbers of those that must always be asked individually."""

    def __init__(
        self, program: Program, frame: Frame, type: str, guards: Sequence[Guard], apart: frozenset[int]
    ) -> None:
        self.program = program
        self.frame = frame
        self.guards = guards
        self._sparse = sparse_fields(program.plan.events[type])
        self._subjects: dict[str, Any] = {}
        self._fields: dict[str, Fields] = {}
        self._readers: dict[int, Reader] = {}
        self.groups: list[tuple[int, ...]] = []
        self._unasked: dict[tuple[tuple[int, ...], Fields], tuple[int, ...]] = {}
        self._asked: list[int] = []
        self._remainders: list[Guard] = []
        self._sort(apart)
        self._finders = Finders(self)
        self._kinds = Kinds(self)

    def _sort(self, apart: frozenset[int]) -> None:
        """Separate readers from other rules, and put readers with the same remainder in one group."""
        derivation = Derivation(self.program, self.frame, self._frequency)
        self._subjects = derivation.subjects
        members: dict[str, list[int]] = {}
        for number, guard in enumerate(self.guards):
            reader = None if number in apart else self._reader(derivation, guard)
            left = None if reader is None else self.remainder(guard, reader.fields)
            if reader is None or left is None:
                self._asked.append(number)
                continue
            self._readers[number] = reader
            if left != _SILENT:
                meaning = codec.definition_hash(left)
                if meaning not in members:
                    self._remainders.append(left)
                members.setdefault(meaning, []).append(number)
        self.groups = [tuple(numbers) for numbers in members.values()]

    def _reader(self, derivation: Derivation, guard: Guard) -> Reader | None:
        fields = frozenset(field for expr in guard if expr is not None for field in self._read_by(expr))
        if not fields:
            return None
        path = path_of(derivation, *guard)
        return Reader(fields, path, frozenset(map(self._field_of, path or ())))

    def _read_by(self, expr: ir.Expr) -> Fields:
        """Return the sparse fields that an expression reads."""
        reads = [part for part in walk(expr) if isinstance(part, ir.Field | ir.Fact) and part.root == "event"]
        return frozenset(attribute(part.path[0]) for part in reads if part.path and part.path[0] in self._sparse)

    def _of_subject(self, name: str) -> Fields:
        if name not in self._fields:
            self._fields[name] = self._read_by(self._subjects[name])
        return self._fields[name]

    def _frequency(self, atom: Atom) -> float:
        """Estimate how often an atom holds; atoms about anything but one sparse field are of no use."""
        return estimated(atom) if len(self._of_subject(atom.subject)) == 1 else _NEVER

    def _field_of(self, atom: Atom) -> str:
        return next(iter(self._of_subject(atom.subject)))

    def remainder(self, guard: Guard, fields: Fields) -> Guard | None:
        """Return what is left of a guard without these fields; None if that can't be determined."""
        defaults = {name: inner.get("default") for name, inner in self._sparse.items() if attribute(name) in fields}
        when = remainder(self.program, self.frame, guard[0], defaults)
        unless = _NEVER_TRUE if guard[1] is None else remainder(self.program, self.frame, guard[1], defaults)
        if when is None or unless is None:
            return None
        if when == ir.Const(value=False) or unless == ir.Const(value=True):
            return _SILENT
        return when, None if unless == _NEVER_TRUE else unless

    def warm(self) -> None:
        """Build the finders of all fields, which the first event with each field would otherwise wait for."""
        _ = self._others
        for field in self._readers_of:
            _ = self._finders[field]

    # --- asking ---------------------------------------------------------------------------------

    @property
    def inline(self) -> list[Guard]:
        """The guards that are asked of each event."""
        return [self._asked_guards[number] for number in self._access.always]

    @cached_property
    def _asked_guards(self) -> list[Guard]:
        return [*(self.guards[number] for number in self._asked), *self._remainders]

    @cached_property
    def _access(self) -> Access:
        return access(*paths_of(self.program, self.frame, self._asked_guards, estimated))

    @cached_property
    def _others(self) -> Lookup:
        """Asks the rules that read no sparse field, and the groups, which are numbered after all rules."""
        numbers = [*self._asked, *(len(self.guards) + number for number in range(len(self._remainders)))]
        return asking(self.program, self.frame, self._access, self._asked_guards, numbers)

    def ask(self, e: Any, x: Scope) -> Sequence[int]:
        """Return the rules with something to say, numbered as by `lookup.asking`; leave undecided groups in `x`."""
        fields = carried(e)
        kind = self._kinds.of(fields)
        to_ask = sorted(self._field_by_field(e, x)) if kind is None else _matching(kind, e, x)
        others = self._others(e, x) if self._asked_guards else ()
        if not others and (kind is None or not kind.undecided):
            return to_ask
        numbers, first_group = set(to_ask), 4 * len(self.guards)
        hits = () if kind is None else tuple(sorted(number >> 2 for number in numbers if number >> 2 in kind.undecided))
        groups: list[int] = []
        for number in others:
            (numbers.add if number < first_group else groups.append)(number)
        undecided = [] if kind is None or not kind.undecided else [kind.group]
        for number in groups:
            group, known = divmod(number - first_group, 4)
            outcome = known or self._outcome(group, e, x)
            if outcome == UNKNOWN:
                undecided.append(group)
            elif outcome == TRUE:
                numbers.update(4 * member + TRUE for member in self._of_groups((group,), fields))
        if undecided and not own_act(e):
            x.kept[UNDECIDED] = Left(tuple(undecided), hits)
        return sorted(numbers)

    def _field_by_field(self, e: Any, x: Scope) -> set[int]:
        fields = carried(e)
        return {number for field in fields for number in self._finders[field](e, x, fields)}

    def _outcome(self, group: int, e: Any, x: Scope) -> int | None:
        when, unless = self._remainders[group]
        units = self.program.unit(when, self.frame), unless and self.program.unit(unless, self.frame)
        if units[0].false(e, x) or (units[1] and units[1].true(e, x)):
            return None
        return TRUE if units[0].true(e, x) else UNKNOWN

    def unasked(self, left: Left, fields: Iterable[str], most: int) -> tuple[list[int], int]:
        """Return the first members of groups that were not asked individually, ascending, and how many more."""
        numbers = self._of_groups(left.groups, fields)
        first = list(islice((number for number in numbers if number not in left.hits), most))
        return first, len(numbers) - len(left.hits) - len(first)

    def _of_groups(self, groups: tuple[int, ...], fields: Iterable[str]) -> tuple[int, ...]:
        """Return the members of groups that read none of these fields; for the group of a kind, all members."""
        place = groups, frozenset(fields)
        if place not in self._unasked:
            if len(self._unasked) >= MOST:
                self._unasked.clear()
            readers, kinds = self.readers(fields), len(self._remainders)
            numbers = [n for group in groups for n in self.groups[group] if group >= kinds or n not in readers]
            self._unasked[place] = tuple(sorted(numbers))
        return self._unasked[place]

    def excluded(self, group: int, left: Left, fields: Iterable[str]) -> Collection[int]:
        """Return rules that were asked individually: for a kind's group those found, else those that read a field."""
        return left.hits if group >= len(self._remainders) else self.readers(fields)

    def add_group(self, members: Iterable[int]) -> int:
        """Add a group for a kind of events; return its number."""
        self.groups.append(tuple(members))
        return len(self.groups) - 1

    def fields_of(self, number: int) -> Fields:
        """Return the sparse fields that a rule reads."""
        return self._readers[number].fields

    def is_silent(self, left: Guard) -> bool:
        """Whether what is left of a guard can have no effect."""
        return left == _SILENT

    def readers(self, fields: Iterable[str]) -> set[int]:
        """Return the numbers of the rules that read one of these fields."""
        return {number for field in fields for number in self._readers_of.get(field, ())}

    @cached_property
    def _readers_of(self) -> dict[str, list[int]]:
        numbers: dict[str, list[int]] = {}
        for number, reader in self._readers.items():
            for field in reader.fields:
                numbers.setdefault(field, []).append(number)
        return numbers

    def finder(self, field: str) -> Finder:
        """Return the finder of the rules to consider when the event carries a field."""
        numbers = self._readers_of.get(field, [])
        here = [number for number in numbers if field in self._readers[number].speaks_of]
        paths = [
            [atom for atom in self._readers[number].path or () if self._field_of(atom) == field] for number in here
        ]
        find = finding(self.program, self.frame, access(map(tuple, paths), self._subjects), here) if here else None
        elsewhere: dict[Fields, list[int]] = {}
        for number in numbers:
            elsewhere.setdefault(self._readers[number].speaks_of, []).append(4 * number)
        always = elsewhere.pop(frozenset(), [])
        elsewhere.pop(frozenset((field,)), None)
        return _finder(find, always, elsewhere)


def _matching(kind: Kind, e: Any, x: Scope) -> Sequence[int]:
    numbers = () if kind.find is None else kind.find(e, x)
    return sorted({*kind.always, *numbers}) if kind.always else numbers


def _finder(find: Lookup | None, always: Sequence[int], elsewhere: Mapping[Fields, Sequence[int]]) -> Finder:
    def finder(e: Any, x: Scope, fields: Mapping[str, Any]) -> list[int]:
        numbers = [*always, *(() if find is None else find(e, x))]
        for spoken_of, others in elsewhere.items():
            if not spoken_of <= fields.keys():
                numbers += others
        return numbers

    return finder


class Finders(dict[str, Finder]):
    """The finders of the rules that read a field; each is made when the first event carries it."""

    def __init__(self, presence: Presence) -> None:
        super().__init__()
        self._presence = presence

    def __missing__(self, field: str) -> Finder:
        finder = self[field] = self._presence.finder(field)
        return finder
