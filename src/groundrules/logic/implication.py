"""Does one guard imply another? Over the expressions of two plans, sound, and under Kleene's logic (`certainty`).

The same name need not mean the same thing in both versions. A list whose entries changed is renamed in the old version,
and the solver learns that whatever is in a sublist is in the list (`axioms`); a window over such a list becomes another
window. A count within a shorter time is no larger than within a longer one. Ledgers and states are taken as given:
guards are compared for the same event and the same memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Literal

from msgspec.structs import replace

from groundrules.logic.certainty import Guard
from groundrules.logic.solver import Solver
from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.plan.order import alike
from groundrules.plan.walk import list_of, rebuilt, within
from groundrules.window_kinds import KINDS, Name

Direction = Literal["more", "fewer", "unclear", "same"]
"""Whether a rule acts on more events than before, fewer, others (or that is unclear), or the same ones."""

_OLD = "\x00old"


@dataclass(frozen=True)
class Sides:
    """Two plans whose guards are compared: where their names differ in meaning, and how those relate."""

    old: ir.Plan
    new: ir.Plan
    lists: frozenset[str]  # in both, with other entries or another match
    windows: frozenset[str]  # in both, over such a list

    @classmethod
    def of(cls, old: ir.Plan, new: ir.Plan) -> Sides:
        ours = {words.id: words for words in new.lists}
        lists = frozenset(words.id for words in old.lists if words.id in ours and words != ours[words.id])
        known = {window.id for window in new.windows}
        windows = frozenset(window.id for window in old.windows if window.id in known and _lists_in(window) & lists)
        return cls(old, new, lists, windows)

    def direction(self, old: Guard, new: Guard) -> Direction:
        """Tell how the events that a guard lets through changed."""
        apart = self._apart(old)
        if alike(apart, new):
            return "same"
        axioms = [(axiom, True) for axiom in self._axioms([apart, new])]
        was, now, solver = apart.passes(), new.passes(), Solver()
        fewer = not solver.satisfiable((now, True), (was, False), *axioms)
        more = not solver.satisfiable((was, True), (now, False), *axioms)
        if fewer and more:
            return "same"
        return "fewer" if fewer else "more" if more else "unclear"

    def lists_of(self, guard: Guard) -> list[str]:
        """Return the changed lists that a guard looks in, sorted."""
        windows = {read.window for read in within(guard, ir.Expr) if isinstance(read, ir.WindowTest | ir.WindowValue)}
        counted = [window for window in self.new.windows if window.id in windows]
        return sorted(_lists_in([guard, counted]) & self.lists)

    # --- names ----------------------------------------------------------------------------------

    def _apart(self, guard: Guard) -> Guard:
        """Return a guard of the old plan with new names for what differs in the new one."""
        apart: Guard = rebuilt(guard, self._renamed)
        return apart

    def _renamed(self, node: Any) -> Any:
        if isinstance(node, ir.Expr) and list_of(node) in self.lists:
            return replace(node, list=f"{list_of(node)}{_OLD}")
        if isinstance(node, ir.WindowTest | ir.WindowValue) and node.window in self.windows:
            return replace(node, window=node.window + _OLD)
        return node

    # --- what else is so ------------------------------------------------------------------------

    def _axioms(self, guards: list[Guard]) -> Iterator[ir.AnyExpr]:
        tests = {definition_hash(test): test for test in within(guards, ir.WindowTest)}
        kinds = {window.id: window.kind for window in (*self.old.windows, *self.new.windows)}
        yield from _longer_holds_more(tests.values(), kinds)
        for kind in (ir.InList, ir.HasList, ir.ContainsList):
            yield from self._sublists({definition_hash(leaf): leaf for leaf in within(guards, kind)}.values())

    def _sublists(self, leaves: Iterable[Any]) -> Iterator[ir.AnyExpr]:
        """Yield that what is in a list is in a longer one; for what needs all of it, the reverse."""
        for leaf, other in permutations(leaves, 2):
            if replace(leaf, list=other.list, src=other.src) == other and self._within(leaf.list, other.list):
                narrow, broader = (other, leaf) if getattr(leaf, "quantifier", "any") == "all" else (leaf, other)
                yield _if(narrow, broader)

    def _within(self, name: str, other_name: str) -> bool:
        """Whether each entry of one list is certainly an entry of another, under the same match."""
        words, other = self._list(name), self._list(other_name)
        if (words.changes or other.changes) and words.id != other.id:
            return False
        return (words.match, words.options) == (other.match, other.options) and set(words.items) <= set(other.items)

    def _list(self, name: str) -> ir.WordList:
        plan = self.old if name.endswith(_OLD) else self.new
        id = name.removesuffix(_OLD)
        return next(words for words in (*plan.lists, *self.old.lists) if words.id == id)


def _lists_in(part: Any) -> set[str]:
    return {name for leaf in within(part, ir.Expr) if (name := list_of(leaf)) is not None}


def _longer_holds_more(tests: Iterable[ir.WindowTest], kinds: Mapping[str, Name]) -> Iterator[ir.AnyExpr]:
    """Yield that a count reached within a shorter time is reached within a longer one."""
    for short, long in permutations(tests, 2):
        alike = (short.window, definition_hash(list(short.key))) == (long.window, definition_hash(list(long.key)))
        kind = kinds.get(short.window.removesuffix(_OLD))
        if alike and kind and KINDS[kind].keeps_entries and 0 < short.within < long.within:
            for bound in {max(test.bound + more, 1) for test in (short, long) for more in (0, 1)}:
                yield _if(*(replace(test, operator=">=", bound=bound) for test in (short, long)))


def _if(condition: ir.AnyExpr, consequence: ir.AnyExpr) -> ir.AnyExpr:
    return ir.Or(operands=(ir.Not(operand=condition), consequence))


def together(directions: Iterable[Direction]) -> Direction:
    """Return the combined direction of several changes; unclear if they conflict."""
    different = set(directions) - {"same"}
    if not different:
        return "same"
    return different.pop() if len(different) == 1 else "unclear"
