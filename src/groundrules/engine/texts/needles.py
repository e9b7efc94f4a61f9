"""One scan for all constant needles.

All constants that guards look for in texts, and the entries of all lists that they look for, are literals under one of
a few **readings** of the text: its views, and what list options make of it (digits read as letters, Chinese by its
sound). Per reading they make one `Scanner`, which finds those that occur in a text; a guard then only looks up its own
among these **hits**. A scanner is built when first asked. In a reading with no more than `FEW` literals, needles are
found faster one by one.

Hits are what necessary conditions can be indexed by: a rule whose guard needs one of its literals need not be looked
at unless it was hit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import msgspec

from groundrules.engine.texts.plain import Squeezable, bare
from groundrules.engine.texts.scanning import FEW, Pass, Scanner, platform_of_databases
from groundrules.plan import ir
from groundrules.plan.walk import walk
from groundrules.text.factors import factors
from groundrules.text.fold import fold, fold_bytes, surely_within
from groundrules.text.lists import BASES, READINGS, Base, ListMatcher
from groundrules.text.views import Needle, Text

__all__ = ["BASES", "FEW", "Base", "Literals", "Needles", "SavedLiterals", "is_searched", "literals_of", "texts_of"]


VIEWS = frozenset(BASES.values())
NO_HITS: frozenset[int] = frozenset()


class Needles:
    """Several needles under one view, looked for together."""

    def __init__(self, view: ir.View, items: Iterable[str]) -> None:
        needles = [Needle(view, item) for item in items]
        self.base = BASES[view]
        self.findable = all(needle.key for needle in needles)
        self.sufficient = all(needle.sufficient for needle in needles)
        self.by_key: dict[str, list[Needle]] = {}
        for needle in needles:
            if needle.key:
                self.by_key.setdefault(needle.key, []).append(needle)


class Group(NamedTuple):
    """Needles by the numbers of their literals."""

    needles: Mapping[int, Sequence[Needle]]

    def any(self, text: Text, hits: Collection[int]) -> bool:
        """Tell whether one of the needles occurs in the text."""
        return any(needle.within(text) for hit in hits for needle in self.needles.get(hit, ()))

    def all(self, text: Text, hits: Collection[int]) -> bool:
        """Tell whether all of the needles occur in the text."""
        return all(
            number in hits and all(needle.sufficient or needle.within(text) for needle in needles)
            for number, needles in self.needles.items()
        )


class Owners(NamedTuple):
    """The lists that need a literal of a reading, by its number.

    is_ascii: whether an ASCII text can have one of them.
    """

    base: Base
    owners: Mapping[int, Sequence[str]]
    is_ascii: bool


class SavedLiterals(msgspec.Struct, frozen=True):
    """The literals of a plan with their pattern databases; `lists`: list → reading → the numbers of its entries."""

    platform: str
    keys: dict[Base, tuple[str, ...]]
    databases: dict[Base, bytes]
    lists: dict[str, dict[Base, tuple[int, ...]]]


class Literals:
    """The literals of a plan per reading, and the scanners made of them. `saved` is what `save` gave for the same plan.

    `matcher` gives a list of the plan, ready to be asked.
    """

    def __init__(
        self, plan: ir.Plan, matcher: Callable[[str], ListMatcher], saved: SavedLiterals | None = None
    ) -> None:
        self._plan = plan
        self._matcher = matcher
        self._saved = saved
        self._scanners: dict[Base, Scanner] = {}

    def known(self, base: Base, keys: Iterable[str]) -> bool:
        """Whether all of these literals can be among the hits of a reading."""
        return self._numbers[base].keys() >= set(keys)

    def worthwhile(self, base: Base) -> bool:
        """Whether a reading has so many literals that one scan is faster than looking for a few of them."""
        return len(self._keys[base]) > FEW

    def number(self, base: Base, key: str) -> int:
        """Return the number of a literal."""
        return self._numbers[base][key]

    def key(self, base: Base, number: int) -> str:
        """Return the literal of a number."""
        return self._keys[base][number]

    def group(self, needles: Needles) -> Group:
        """Return needles by the numbers of their literals."""
        numbers = self._numbers[needles.base]
        return Group({numbers[key]: of_key for key, of_key in needles.by_key.items()})

    @cached_property
    def lists(self) -> Mapping[str, Mapping[Base, Sequence[int]]]:
        """List → reading → the numbers of literals one of which occurs in the text if an entry does."""
        if self._saved is not None:
            return self._saved.lists
        return {
            name: {base: tuple(self._numbers[base][key] for key in keys) for base, keys in wanted.items()}
            for name, wanted in self._wanted.items()
        }

    def place(self, subject: ir.Expr) -> str:
        """Return the place of a text; lists that are asked about the same place are searched for together."""
        return ".".join(subject.path) if isinstance(subject, ir.Field) else ""

    def lists_in(self, text: Text, place: str) -> frozenset[str]:
        """Return the lists that may have an entry in a text, of those that are asked about its place."""
        ascii, names = text.raw.isascii(), set[str]()
        for base, owners, is_ascii in self._owners[place]:
            if is_ascii or not ascii:
                for number in owners.keys() & self.hits(text, base):
                    names.update(owners[number])
        if not ascii:
            names.update(name for name, list in self._split[place] if name not in names and list.joins(text))
        return frozenset(names)

    @cached_property
    def _owners(self) -> Mapping[str, Sequence[Owners]]:
        """Place → what tells the lists that may have an entry there."""
        return {place: list(self._owners_of(names)) for place, names in self._places.items()}

    def _owners_of(self, names: Collection[str]) -> Iterator[Owners]:
        bases = sorted({base for name in names for base in self.lists[name]})
        for base in bases:
            owners: dict[int, list[str]] = {}
            for name in sorted(names):
                for number in self.lists[name].get(base, ()):
                    owners.setdefault(number, []).append(name)
            keys = self._keys[base]
            yield Owners(base, owners, any(keys[number].isascii() for number in owners))

    @cached_property
    def _spelled(self) -> Mapping[int, Sequence[tuple[int, bytes]]]:
        """Literal of the folded view → the sounds, with their letters, that no ASCII text spells without it."""
        folded, heard = self._numbers["folded"], self._numbers.get("sound", {})
        spelled: dict[int, set[tuple[int, bytes]]] = {}
        for name in self.lists:
            for syllable, letters in self._matcher(name).spelled:
                spelled.setdefault(folded[syllable], set()).add((heard[letters], letters.encode()))
        return {number: sorted(sounds) for number, sounds in spelled.items()}

    @cached_property
    def _squeezable(self) -> Squeezable:
        return Squeezable(key for key in self._keys["squeezed"] if key.isascii())

    @cached_property
    def _split(self) -> Mapping[str, Sequence[tuple[str, ListMatcher]]]:
        """Place → the lists that are also searched for there with characters taken apart."""
        return {
            place: [(name, matcher) for name in sorted(names) if (matcher := self._matcher(name)).splits]
            for place, names in self._places.items()
        }

    @cached_property
    def _places(self) -> Mapping[str, Collection[str]]:
        """Place → the lists that guards look for in the texts there."""
        places: dict[str, set[str]] = {}
        for leaf in _searches(self._plan):
            if isinstance(leaf, ir.ContainsList) and leaf.list in self.lists:
                places.setdefault(self.place(leaf.subject), set()).add(leaf.list)
        return places

    def hits(self, text: Text, base: Base) -> frozenset[int]:
        """Return the numbers of the literals that occur in a reading of a text."""
        kept = getattr(text, f"{base}_hits", None) if base in VIEWS else None
        return self.scanned(text, base) if kept is None else kept

    def scanned(self, text: Text, base: Base) -> frozenset[int]:
        """Scan a reading of a text for its literals; of an ASCII text only where it may have any."""
        if base in ("squeezed", "sound") and text.raw.isascii():
            if base == "sound":
                return self._spelled_in(text)
            if not self._squeezable.may_stand_in(bare(text.folded)):
                return NO_HITS
        read = READINGS[base](text)
        return frozenset(self._scanner(base).find(_encoded(read))) if read is not None else frozenset()

    def _spelled_in(self, text: Text) -> frozenset[int]:
        """Return the sounds that may be spelled in an ASCII text."""
        spelled, hits = self._spelled, self.hits(text, "folded")
        if spelled.keys().isdisjoint(hits):
            return NO_HITS
        letters = bare(text.folded)
        heard = [number for hit in hits for number, sound in spelled.get(hit, ()) if sound in letters]
        return frozenset(heard) if heard else NO_HITS

    def finder(self, base: Base) -> Callable[[str], Sequence[int]]:
        """Return a function from a text to the numbers of the literals that occur in it, good until its next call.

        It takes the raw text for the exact and the folded view, and the squeezed one for the squeezed view.
        """
        return self._scanner(base).finder(self.encoder(base))

    def encoder(self, base: Base) -> Callable[[str], bytes]:
        """Return the function from such a text to what is searched."""
        return fold_bytes if base == "folded" else _encoded

    def encoded(self, base: Base, number: int) -> bytes:
        """Return the literal of a number as it is searched for."""
        return self.key(base, number).encode("utf-8", "surrogatepass")

    def scan(self, base: Base) -> Pass | None:
        """Return what a pass over the text of a view needs; None if there are literals that it does not find."""
        scanner = self._scanner(base)
        return scanner.make_pass() if scanner.scans_all else None

    def save(self) -> SavedLiterals:
        """Return what takes time to make, as data."""
        databases = {base: self._scanner(base).dump() for base, keys in self._keys.items() if keys}
        return SavedLiterals(
            platform=platform_of_databases(),
            keys={base: tuple(keys) for base, keys in self._keys.items()},
            databases={base: database for base, database in databases.items() if database is not None},
            lists={name: {base: tuple(numbers) for base, numbers in of.items()} for name, of in self.lists.items()},
        )

    def _scanner(self, base: Base) -> Scanner:
        scanner = self._scanners.get(base)
        if scanner is None:
            saved = self._saved
            fits = saved is not None and saved.platform == platform_of_databases()
            database = saved.databases.get(base) if saved is not None and fits else None
            scanner = self._scanners[base] = Scanner(self._keys[base], database)
        return scanner

    @cached_property
    def _numbers(self) -> dict[Base, dict[str, int]]:
        return {base: {key: number for number, key in enumerate(keys)} for base, keys in self._keys.items()}

    @cached_property
    def _wanted(self) -> Mapping[str, Mapping[Base, Collection[str]]]:
        """The literals of each list that a guard looks for in a text, by reading."""
        searches = _searches(self._plan)
        names = {leaf.list for leaf in searches if isinstance(leaf, ir.ContainsList)}
        matchers = {name: self._matcher(name) for name in sorted(names)}
        return {name: matcher.needed for name, matcher in matchers.items() if matcher.match in BASES}

    @cached_property
    def _keys(self) -> Mapping[Base, Sequence[str]]:
        if self._saved is not None:
            return self._saved.keys
        keys: dict[Base, set[str]] = {base: set() for base in BASES.values()}
        for leaf in _searches(self._plan):
            if not isinstance(leaf, ir.ContainsList):
                base, literals = literals_of(leaf)
                keys[base].update(literals)
        for name, wanted in self._wanted.items():
            keys["folded"].update(syllable for syllable, _ in self._matcher(name).spelled)
            for base, needed in wanted.items():
                keys.setdefault(base, set()).update(needed)
        return {base: sorted(literals) for base, literals in keys.items()}


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


Search = ir.Contains | ir.ContainsList | ir.Affix | ir.Matches


def is_searched(guards: Iterable[ir.Expr]) -> bool:
    """Whether one of some guards looks for something in a text."""
    return any(isinstance(node, Search) for guard in guards for node in walk(guard))


def literals_of(leaf: ir.Contains | ir.Affix | ir.Matches) -> tuple[Base, Iterable[str]]:
    """Return the literals that a search needs, and the view to look for them in; none if it can't be told.

    A pattern needs its factors, folded: where they occur in a text, they occur folded in the folded text.
    """
    if isinstance(leaf, ir.Matches):
        keys = [surely_within(fold(factor)) for factor in factors(leaf.pattern, leaf.flags) or ()]
        return "squeezed" if leaf.view == "squeezed" else "folded", keys if all(keys) else ()
    wanted = leaf.needle if isinstance(leaf, ir.Affix) else leaf.needles
    if not isinstance(wanted, ir.Const) or leaf.view not in BASES:
        return "exact", ()
    group = Needles(leaf.view, texts_of(wanted))
    return group.base, group.by_key


def texts_of(needles: ir.Const) -> list[str]:
    """Return constant needles as a list; a single one may stand alone."""
    return list(needles.value) if isinstance(needles.value, list | tuple) else [needles.value]


def _searches(plan: ir.Plan) -> Iterator[Search]:
    for guard in _guards(plan):
        for expr in walk(guard) if guard is not None else ():
            if isinstance(expr, Search):
                yield expr
            elif isinstance(expr, ir.FoundIn | ir.WeightIn):
                yield ir.ContainsList(subject=expr.subject, quantifier="any", list=expr.list)


def _guards(plan: ir.Plan) -> Iterator[ir.Expr | None]:
    for rule in plan.rules:
        yield rule.when
        yield rule.unless
    for window in plan.windows:
        yield window.where
        yield from (taker.where for taker in window.less)
    for process in plan.processes:
        yield from (until.when for until in (*process.until, *process.restart))
        yield from (item.event.when for item in process.until_all)
    for state in plan.states:
        yield from (turn.when for turn in (*state.enter_on, *state.leave_on))
