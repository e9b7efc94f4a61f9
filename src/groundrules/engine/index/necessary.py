"""From a guard to what must hold of an event for the guard to be worth a look.

`Derivation.atoms(guard)` follows negation normal form: negations are pushed down on the way. For a condition not to be
certainly the opposite of what is wanted, what must hold is: for an `and`, the atoms of any one side, so the best is
taken; for an `or`, those of all sides together; for a leaf, its own atoms and those that say that an operand is
missing. None means that nothing is known to be necessary, an empty tuple that the guard is surely false.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from groundrules.engine.codegen.comparisons import view_constant
from groundrules.engine.codegen.emitter import Emitter, Frame
from groundrules.engine.codegen.program import Program
from groundrules.engine.index.absence import NOTHING
from groundrules.engine.index.atoms import Atom, Atoms, Test, is_readable, name_of
from groundrules.engine.index.selectivity import INLINE, LARGEST_USEFUL, MOST_INLINE, Frequency
from groundrules.engine.texts.needles import BASES, Needles, literals_of, texts_of
from groundrules.plan import ir
from groundrules.plan.relations import MIRRORED, NEGATED

PLAIN = (str, int, float)  # anything else equals nothing
BOUNDS: dict[str, Test] = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}


class Derivation:
    """Derives the atoms of the guards that share a frame; `subjects` are the expressions that they test, by name."""

    def __init__(self, program: Program, frame: Frame, frequency: Frequency) -> None:
        self._program = program
        self._frame = frame
        self._frequency = frequency
        self._optional: dict[str, bool] = {}
        self._surely = False  # whether unknown counts as the opposite of what is wanted
        self.subjects: dict[str, Any] = {}

    def atoms(self, guard: ir.Expr, wanted: bool = True) -> Atoms | None:
        """Return atoms one of which holds wherever `guard` is `wanted` or unknown; None: nothing is known."""
        if guard == NOTHING:
            return () if self._surely else None
        match guard:
            case ir.Const():
                return () if isinstance(guard.value, bool) and guard.value is not wanted else None
            case ir.Not():
                return self.atoms(guard.operand, not wanted)
            case ir.And() | ir.Or():
                sides = [self.atoms(operand, wanted) for operand in guard.operands]
                return self.best(sides) if isinstance(guard, ir.And) is wanted else _together(sides)
            case ir.Coalesce(default=ir.Const(value=bool() as otherwise)):
                return self._decided(guard.value, wanted, surely=otherwise is not wanted)
            case _:
                return self._leaf(guard, wanted)

    def surely(self, guard: ir.Expr, wanted: bool) -> Atoms | None:
        """Return atoms one of which holds wherever `guard` is `wanted`, and not unknown; None: nothing is known."""
        try:
            return self._decided(guard, wanted, surely=True)
        except RecursionError:  # nested too deeply to bother
            return None

    def _decided(self, guard: ir.Expr, wanted: bool, surely: bool) -> Atoms | None:
        """Return atoms one of which holds wherever `guard ?? default` is `wanted`; `surely`: not by its default."""
        before, self._surely = self._surely, surely
        try:
            return self.atoms(guard, wanted)
        finally:
            self._surely = before

    def best(self, choices: Iterable[Atoms | None]) -> Atoms | None:
        """Return the choice that holds least often, as estimated."""
        known = [choice for choice in choices if choice is not None]
        return min(known, key=self.cost, default=None)

    def is_direct(self, atoms: Atoms | None) -> bool:
        """Whether all atoms are literals of readings with so few literals that each is searched for on its own."""
        literals = self._program.literals
        return all(atom.test == "stands" and not literals.worthwhile(BASES[atom.under]) for atom in atoms or ())

    def cost(self, atoms: Atoms) -> float:
        """Return an upper bound on the share of events in which one of the atoms holds."""
        return sum(map(self._frequency, atoms))

    # --- leaves ---------------------------------------------------------------------------------

    def _leaf(self, leaf: ir.Expr, wanted: bool) -> Atoms | None:
        if isinstance(leaf, ir.Compare):
            return self._compare(leaf, wanted)
        if isinstance(leaf, ir.Known):
            known = is_readable(leaf.operand)
            return self._single(leaf.operand, "present" if wanted else "missing") if known else None
        if isinstance(leaf, ir.Quantified):
            helpful = (leaf.quantifier == "any") is wanted and is_readable(leaf.collection)
            return self._with_missing(leaf.collection, "filled", "", True) if helpful else None
        if isinstance(leaf, ir.TallyTest):
            return self._tally_test(leaf, wanted)
        derive = _LEAVES.get(type(leaf))
        if derive is not None:
            return derive(self, leaf) if wanted else None
        return self._with_missing(leaf, "is", "exact", wanted) if is_readable(leaf) else None

    def _compare(self, leaf: ir.Compare, wanted: bool) -> Atoms | None:
        subject, constant = leaf.left, leaf.right
        relation = leaf.operator if wanted else NEGATED[leaf.operator]
        if isinstance(subject, ir.Const):
            subject, constant, relation = constant, subject, MIRRORED[relation]
        if isinstance(subject, ir.WeightIn) and isinstance(constant, ir.Const):
            return self._weight(subject, relation, constant.value)
        if not isinstance(constant, ir.Const) or not is_readable(subject):
            return None
        if relation == "==" and not isinstance(constant.value, list | tuple):
            return self._with_missing(subject, "is", leaf.view, view_constant(constant.value, leaf.view))
        bound = BOUNDS.get(relation)
        return self._with_missing(subject, bound, "", constant.value) if bound else None

    def _tally_test(self, leaf: ir.TallyTest, wanted: bool) -> Atoms | None:
        """Return what a tally needs to reach its bound: an item; for a score, one of certain hints."""
        relation = leaf.operator if wanted else NEGATED[leaf.operator]
        reached = leaf.bound > 0 if relation in (">=", "==") else leaf.bound >= 0 and relation == ">"
        if not reached:
            return None
        if isinstance(leaf.tally, ir.Tally):
            readable = is_readable(leaf.tally.collection)
            return self._with_missing(leaf.tally.collection, "filled", "", True) if readable else None
        return self._hints(leaf.tally, leaf.bound, relation == ">")

    def _hints(self, score: ir.Score, bound: float, above: bool) -> Atoms | None:
        """Return atoms of which one holds wherever a score reaches a bound.

        The hints that hold most often are left out as long as they can't reach the bound together.
        """
        hints = [(self._hint(hint), hint) for hint in score.hints]
        hints.sort(key=lambda pair: math.inf if pair[0] is None else self.cost(pair[0]), reverse=True)
        left_out, needed = 0.0, list[Atoms | None]()
        for atoms, hint in hints:
            points = hint.points.value if isinstance(hint.points, ir.Const) else math.inf
            most = left_out + max(points, 0)
            if not needed and (most <= bound if above else most < bound):
                left_out = most
            elif points > 0:
                needed.append(atoms)
        return _together(needed)

    def _hint(self, hint: ir.Hint) -> Atoms | None:
        """Return atoms one of which holds wherever a hint may add points."""
        atoms = self.atoms(hint.when)
        return self.best([atoms, self._weight(hint.points, ">", 0)]) if isinstance(hint.points, ir.WeightIn) else atoms

    def _weight(self, weight: ir.WeightIn, relation: ir.Relation, bound: Any) -> Atoms | None:
        """Return what a weight above zero needs: an entry."""
        above = bound >= 0 if relation == ">" else bound > 0 and relation in (">=", "==")
        search = ir.ContainsList(subject=weight.subject, quantifier="any", list=weight.list)
        return self._contains_list(search) if above else None

    def _in(self, leaf: ir.In) -> Atoms | None:
        return self._values(leaf.item, "is", leaf.view, leaf.collection)

    def _has(self, leaf: ir.Has) -> Atoms | None:
        values = leaf.values
        if leaf.quantifier == "all" and isinstance(values, ir.Const) and isinstance(values.value, list | tuple):
            if not values.value:
                return None
            values = ir.Const(value=values.value[0])
        return self._values(leaf.collection, "holds", leaf.view, values)

    def _values(self, subject: ir.Expr, test: Test, view: str, values: ir.Expr) -> Atoms | None:
        if not isinstance(values, ir.Const) or not is_readable(subject):
            return None
        items = values.value if isinstance(values.value, list | tuple) else [values.value]
        wanted = [view_constant(item, view) for item in items]  # type: ignore[arg-type]
        if any(isinstance(item, list) for item in wanted):
            return None
        return self._with_missing(subject, test, view, *wanted)

    def _in_list(self, leaf: ir.InList) -> Atoms | None:
        indexed = is_readable(leaf.item) and not self._program.word_list(leaf.list).changes
        return self._with_missing(leaf.item, "is from", "", leaf.list) if indexed else None

    def _has_list(self, leaf: ir.HasList) -> Atoms | None:
        if leaf.quantifier == "all" or not is_readable(leaf.collection):
            return None
        if self._program.word_list(leaf.list).changes:
            return None
        return self._with_missing(leaf.collection, "holds from", "", leaf.list)

    def _contains(self, leaf: ir.Contains) -> Atoms | None:
        if not isinstance(leaf.needles, ir.Const) or leaf.view not in BASES or not is_readable(leaf.subject):
            return None
        group = Needles(leaf.view, texts_of(leaf.needles))
        if leaf.quantifier == "any":
            return self._stand(leaf.subject, group.base, group.by_key)
        if not group.findable:
            return self._stand(leaf.subject, group.base, ())
        return self.best([self._stand(leaf.subject, group.base, [key]) for key in group.by_key])

    def _contains_list(self, leaf: ir.ContainsList) -> Atoms | None:
        if leaf.quantifier == "all" or not is_readable(leaf.subject):
            return None
        if self._program.word_list(leaf.list).changes:
            return None
        readings = self._program.literals.lists.get(leaf.list, {})
        if len(readings) == 1 and not self._program.matcher(leaf.list).splits:
            return self._with_missing(leaf.subject, "stands from", next(iter(readings)), leaf.list)
        place = self._program.literals.place(leaf.subject) if readings else ""
        return self._with_missing(leaf.subject, "found from", place, leaf.list)

    def _affix(self, leaf: ir.Affix) -> Atoms | None:
        if not isinstance(leaf.needle, ir.Const) or leaf.view not in BASES or not is_readable(leaf.subject):
            return None
        return self._stand(leaf.subject, *literals_of(leaf))

    def _matches(self, leaf: ir.Matches) -> Atoms | None:
        base, keys = literals_of(leaf)
        return self._stand(leaf.subject, base, keys) if keys and is_readable(leaf.subject) else None

    def _stand(self, subject: ir.Expr, base: str, keys: Iterable[str]) -> Atoms:
        return self._with_missing(subject, "stands", base, *sorted(keys))

    # --- atoms ----------------------------------------------------------------------------------

    def _single(self, subject: ir.Expr, test: Test) -> Atoms:
        return (Atom(test, self._name(subject)),)

    def _with_missing(self, subject: ir.Expr, test: Test, under: str = "", *values: Any) -> Atoms:
        """Return an atom per plain value (nothing equals others), and one that the subject is missing if it can be."""
        name = self._name(subject)
        atoms = [Atom(test, name, under, value) for value in values if isinstance(value, PLAIN)]
        missing = not self._surely and self._may_miss(subject, name)
        return (*atoms, Atom("missing", name)) if missing else tuple(atoms)

    def _name(self, subject: ir.Expr) -> str:
        name = name_of(subject)
        self.subjects.setdefault(name, subject)
        return name

    def _may_miss(self, subject: ir.Expr, name: str) -> bool:
        if name not in self._optional:
            self._optional[name] = bool(Emitter(self._program, self._frame).operand(subject).needs)
        return self._optional[name]


def _together(sides: list[Atoms | None]) -> Atoms | None:
    """Return the atoms of all sides; None if nothing is known about one of them."""
    if any(side is None for side in sides):
        return None
    return tuple(dict.fromkeys(atom for side in sides if side is not None for atom in side))


_LEAVES: dict[type[ir.Expr], Callable[[Derivation, Any], Atoms | None]] = {
    ir.In: Derivation._in,
    ir.InList: Derivation._in_list,
    ir.Has: Derivation._has,
    ir.HasList: Derivation._has_list,
    ir.Contains: Derivation._contains,
    ir.ContainsList: Derivation._contains_list,
    ir.Affix: Derivation._affix,
    ir.Matches: Derivation._matches,
}


Guard = tuple[ir.Expr, ir.Expr | None]
"""The `when` and `unless` of a rule."""


def paths_of(
    program: Program, frame: Frame, guards: Iterable[Guard], frequency: Frequency
) -> tuple[list[Atoms | None], dict[str, Any]]:
    """Return the access path of each guard of one event type, and the subjects of all atoms by name."""
    derivation = Derivation(program, frame, frequency)
    paths = [path_of(derivation, when, unless) for when, unless in guards]
    return _without_frequent(derivation, paths), derivation.subjects


def _without_frequent(derivation: Derivation, paths: list[Atoms | None]) -> list[Atoms | None]:
    """Drop the access paths that hold too often, if they are few: asking those guards is faster than looking them up.

    Not where a few literals are looked for one by one, which is faster than taking a view of the text for the guard.
    """
    costs = {number: derivation.cost(path) for number, path in enumerate(paths) if path is not None}
    room = MOST_INLINE - (len(paths) - len(costs))
    frequent = sorted(
        (number for number, cost in costs.items() if cost > INLINE and not derivation.is_direct(paths[number])),
        key=lambda number: -costs[number],
    )
    dropped = set(frequent[: max(room, 0)])
    return [None if number in dropped else path for number, path in enumerate(paths)]


def path_of(derivation: Derivation, when: ir.Expr, unless: ir.Expr | None) -> Atoms | None:
    """Return the best access path of a guard; None if always looking at it is as good."""
    try:
        path = derivation.best(
            [derivation.atoms(when), None if unless is None else derivation.atoms(unless, wanted=False)]
        )
    except RecursionError:  # nested too deeply to bother
        return None
    return None if path is None or derivation.cost(path) > LARGEST_USEFUL else path
