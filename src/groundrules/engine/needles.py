"""One scan for all constant needles.

All constants that guards look for in texts, and the entries of the lists that they name, are literals under one of
three views (words are literals of the folded view). Per view they make one `Scanner`, which answers for a text which
of them stand in it; a guard then only looks up its own among these **hits**. A scanner is built when first asked. In a
view with no more than `FEW` literals, needles are found faster one by one.

Hits are what necessary conditions can be indexed by: a rule whose guard needs one of its literals need not be looked
at unless it was hit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal

from groundrules.engine.codegen.structure import walk
from groundrules.plan import ir
from groundrules.text.lists import scan_for
from groundrules.text.views import Needle, Text

Base = Literal["exact", "folded", "squeezed"]

BASES: dict[str, Base] = {"exact": "exact", "folded": "folded", "word": "folded", "squeezed": "squeezed"}
FEW = 8


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


class Literals:
    """The literals of a plan per view, and the scanners made of them."""

    def __init__(self, plan: ir.Plan) -> None:
        self._plan = plan
        self._scans: dict[Base, Scanner] = {}

    def known(self, base: Base, keys: Iterable[str]) -> bool:
        """Whether all of these literals can be among the hits of a view."""
        return self._keys[base].issuperset(keys)

    def worthwhile(self, base: Base) -> bool:
        """Whether a view has so many literals that one scan is faster than looking for a few of them."""
        return len(self._keys[base]) > FEW

    def hits(self, base: Base, viewed: str) -> frozenset[str]:
        """Return the literals that stand in a text, given under the view."""
        scan = self._scans.get(base)
        if scan is None:
            scan = self._scans[base] = Scanner(sorted(self._keys[base]))
        return scan.hits(viewed)

    @cached_property
    def _keys(self) -> dict[Base, set[str]]:
        keys: dict[Base, set[str]] = {"exact": set(), "folded": set(), "squeezed": set()}
        lists = {words.id: words for words in self._plan.lists}
        for leaf in _containments(self._plan):
            if isinstance(leaf, ir.ContainsList):
                words = lists[leaf.list]
                if words.match in BASES:
                    keys[BASES[words.match]].update(Needles(words.match, words.items).by_key)
            elif isinstance(leaf.needles, ir.Const) and leaf.view in BASES:
                keys[BASES[leaf.view]].update(Needles(leaf.view, texts_of(leaf.needles)).by_key)
        return keys


class Scanner:
    """Finds which of many literals stand in a text."""

    def __init__(self, keys: list[str]) -> None:
        self._keys = keys
        self._scan = scan_for(keys)

    def hits(self, viewed: str) -> frozenset[str]:
        """Return the literals that stand in a text, given under the scanner's view."""
        return frozenset(self._keys[number] for number in self._scan(viewed))


def texts_of(needles: ir.Const) -> list[str]:
    """Return constant needles as a list; a single one may stand alone."""
    return list(needles.value) if isinstance(needles.value, list | tuple) else [needles.value]


def _containments(plan: ir.Plan) -> Iterator[ir.Contains | ir.ContainsList]:
    for guard in _guards(plan):
        for expr in walk(guard) if guard is not None else ():
            if isinstance(expr, ir.Contains | ir.ContainsList):
                yield expr


def _guards(plan: ir.Plan) -> Iterator[ir.Expr | None]:
    for rule in plan.rules:
        yield rule.when
        yield rule.unless
    for window in plan.windows:
        yield window.where
    for process in plan.processes:
        yield from (until.when for until in (*process.until, *process.restart))
