"""One scan for all constant needles.

All constants that guards look for in texts, and the entries of the lists that they name, are literals under one of
three views (words are literals of the folded view). Per view they make one `Scanner`, which answers for a text which
of them stand in it; a guard then only looks up its own among these **hits**. A scanner is built when first asked. In a
view with no more than `FEW` literals, needles are found faster one by one.

Hits are what necessary conditions can be indexed by: a rule whose guard needs one of its literals need not be looked
at unless it was hit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Literal

import msgspec

from groundrules.engine.codegen.structure import walk
from groundrules.engine.texts.scanning import FEW, Pass, Scanner, platform_of_databases
from groundrules.plan import ir
from groundrules.text.factors import factors
from groundrules.text.fold import fold, fold_bytes
from groundrules.text.views import Needle, Text

Base = Literal["exact", "folded", "squeezed"]

BASES: dict[str, Base] = {"exact": "exact", "folded": "folded", "word": "folded", "squeezed": "squeezed"}


class Needles:
    """Several needles under one view, looked for together."""

    def __init__(self, view: ir.View, items: Iterable[str]) -> None:
        needles = [Needle(view, item) for item in items]
        self.base = BASES[view]
        self.findable = all(needle.key for needle in needles)
        self.by_key: dict[str, list[Needle]] = {}
        for needle in needles:
            if needle.key:
                self.by_key.setdefault(needle.key, []).append(needle)

    def any(self, text: Text, hits: frozenset[str]) -> bool:
        """Tell whether one of the needles stands in the text."""
        if len(hits) > len(self.by_key):
            return any(self._stands(key, text) for key in self.by_key if key in hits)
        return any(self._stands(key, text) for key in hits if key in self.by_key)

    def all(self, text: Text, hits: frozenset[str]) -> bool:
        """Tell whether all of the needles stand in the text."""
        return self.findable and all(
            key in hits and all(needle.sufficient or needle.within(text) for needle in needles)
            for key, needles in self.by_key.items()
        )

    def _stands(self, key: str, text: Text) -> bool:
        return any(needle.sufficient or needle.within(text) for needle in self.by_key[key])


class SavedLiterals(msgspec.Struct, frozen=True):
    """The literals of a plan with their pattern databases; `lists` are the numbers of the entries of scanned lists."""

    platform: str
    keys: dict[Base, tuple[str, ...]]
    databases: dict[Base, bytes]
    lists: dict[str, tuple[int, ...]]


class Literals:
    """The literals of a plan per view, and the scanners made of them. `saved` is what `save` gave for the same plan."""

    def __init__(self, plan: ir.Plan, saved: SavedLiterals | None = None) -> None:
        self._plan = plan
        self._saved = saved
        self._scanners: dict[Base, Scanner] = {}

    def known(self, base: Base, keys: Iterable[str]) -> bool:
        """Whether all of these literals can be among the hits of a view."""
        return self._numbers[base].keys() >= set(keys)

    def worthwhile(self, base: Base) -> bool:
        """Whether a view has so many literals that one scan is faster than looking for a few of them."""
        return len(self._keys[base]) > FEW

    def hits(self, base: Base, viewed: str) -> frozenset[str]:
        """Return the literals that stand in a text, given under the view."""
        keys = self._keys[base]
        return frozenset([keys[number] for number in self._scanner(base).find(_encoded(viewed))])

    def number(self, base: Base, key: str) -> int:
        """Return the number of a literal."""
        return self._numbers[base][key]

    def numbers_of(self, name: str) -> Sequence[int]:
        """Return the numbers of the entries of a list, one that `Needles` can find."""
        if self._saved is not None:
            return self._saved.lists[name]
        words = next(words for words in self._plan.lists if words.id == name)
        group = Needles(words.match, words.items)
        return [self._numbers[group.base][key] for key in group.by_key]

    def finder(self, base: Base) -> Callable[[str], Sequence[int]]:
        """Return a function from a text to the numbers of the literals that stand in it, good until its next call.

        It takes the raw text for the exact and the folded view, and the squeezed one for the squeezed view.
        """
        return self._scanner(base).finder(self.encoder(base))

    def encoder(self, base: Base) -> Callable[[str], bytes]:
        """Return the function from such a text to what is searched."""
        return fold_bytes if base == "folded" else _encoded

    def encoded(self, base: Base, number: int) -> bytes:
        """Return the literal of a number as it is searched for."""
        return self._keys[base][number].encode("utf-8", "surrogatepass")

    def scan(self, base: Base) -> Pass | None:
        """Return what a pass over the text of a view needs; None if there are literals that it does not find."""
        scanner = self._scanner(base)
        return scanner.make_pass() if scanner.scans_all else None

    def save(self) -> SavedLiterals:
        """Return what it took time to make, as data."""
        databases = {base: self._scanner(base).dump() for base, keys in self._keys.items() if keys}
        scanned = [words.id for words in self._plan.lists if self._is_scanned(words)]
        return SavedLiterals(
            platform=platform_of_databases(),
            keys={base: tuple(keys) for base, keys in self._keys.items()},
            databases={base: found for base, found in databases.items() if found is not None},
            lists={name: tuple(self.numbers_of(name)) for name in scanned},
        )

    def _is_scanned(self, words: ir.WordList) -> bool:
        if words.match not in BASES or words.options:
            return False
        group = Needles(words.match, words.items)
        return self.known(group.base, group.by_key)

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
    def _keys(self) -> Mapping[Base, Sequence[str]]:
        if self._saved is not None:
            return self._saved.keys
        keys: dict[Base, set[str]] = {"exact": set(), "folded": set(), "squeezed": set()}
        lists = {words.id: words for words in self._plan.lists}
        for leaf in _searches(self._plan):
            base, literals = literals_of(leaf, lists)
            keys[base].update(literals)
        return {base: sorted(found) for base, found in keys.items()}


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


Search = ir.Contains | ir.ContainsList | ir.Affix | ir.Matches


def literals_of(leaf: Search, lists: Mapping[str, ir.WordList]) -> tuple[Base, Iterable[str]]:
    """Return the literals that a search needs, and the view to look for them in; none if it can't be told.

    A pattern needs its factors, folded: where they stand in a text, they stand folded in the folded text.
    """
    if isinstance(leaf, ir.Matches):
        found = [fold(factor) for factor in factors(leaf.pattern, leaf.flags) or ()]
        return "squeezed" if leaf.view == "squeezed" else "folded", found if all(found) else ()
    group = None
    if isinstance(leaf, ir.ContainsList):
        words = lists[leaf.list]
        group = Needles(words.match, words.items) if words.match in BASES and not words.options else None
    else:
        wanted = leaf.needle if isinstance(leaf, ir.Affix) else leaf.needles
        if isinstance(wanted, ir.Const) and leaf.view in BASES:
            group = Needles(leaf.view, texts_of(wanted))
    return ("exact", ()) if group is None else (group.base, group.by_key)


def texts_of(needles: ir.Const) -> list[str]:
    """Return constant needles as a list; a single one may stand alone."""
    return list(needles.value) if isinstance(needles.value, list | tuple) else [needles.value]


def _searches(plan: ir.Plan) -> Iterator[Search]:
    for guard in _guards(plan):
        for expr in walk(guard) if guard is not None else ():
            if isinstance(expr, Search):
                yield expr


def _guards(plan: ir.Plan) -> Iterator[ir.Expr | None]:
    for rule in plan.rules:
        yield rule.when
        yield rule.unless
    for window in plan.windows:
        yield window.where
    for process in plan.processes:
        yield from (until.when for until in (*process.until, *process.restart))
    for state in plan.states:
        yield from (turn.when for turn in (*state.enter_on, *state.leave_on))
