"""Why a guard came out as it did: the leaf conditions that decided it.

None of this runs before a rule has fired. From the guard down, a true `or` leads to its true sides and a false `and` to
its false ones; a true `and`, a false `or` and `not` lead to all they have; `any` and `all` lead to the items that
witness the outcome, or to all items. Each leaf reached (any other condition) becomes a clause: its outcome, the values
of its operands and, if it looked for something in a text, where that was found (`evidence`). The parts of a clause that
don't depend on the event, its source text and place, are put together once, when the leaf first decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from groundrules.decisions import Clause, Evidence
from groundrules.engine.codegen.emitter import TESTS, Frame
from groundrules.engine.codegen.program import Program
from groundrules.engine.codegen.units import Unit
from groundrules.engine.evaluation.compile import Compiler
from groundrules.engine.evaluation.evidence import Search, evidence, search, subject_of
from groundrules.engine.evaluation.kinds import kind_of
from groundrules.engine.evaluation.templates import logged
from groundrules.engine.state.scope import Scope
from groundrules.functions import numbers
from groundrules.plan import ir
from groundrules.plan.walk import parts
from groundrules.text.lists import ListMatcher


class Site(NamedTuple):
    """An expression in its surroundings: its frame and the items of the enclosing `any` and `all`."""

    expr: ir.Expr
    frame: Frame
    items: tuple[Any, ...] = ()


BRANCHES = (ir.And, ir.Or, ir.Not, ir.Quantified)

Decided = tuple[Site, bool | None]
"""A condition and its outcome."""


class Tracer:
    """Evaluates the parts of one guard for one event."""

    def __init__(self, program: Program, e: Any, x: Scope) -> None:
        self.program = program
        self._e = e
        self._x = x

    def value(self, site: Site) -> Any:
        """Return a value, or a condition's outcome."""
        if type(site.expr) is ir.Const:
            return site.expr.value
        return self.program.evaluate(site.expr, site.frame, self._e, self._x, site.items)

    def leaves(self, guard: Site, outcome: bool | None) -> Iterator[Decided]:
        """Yield the leaves that decided a guard of that outcome, in the order of the tree and then of the items."""
        waiting = [(guard, outcome)]
        while waiting:
            site, outcome = waiting.pop()
            if isinstance(site.expr, BRANCHES):
                waiting.extend(reversed(self._deciding(site, outcome)))
            else:
                yield site, outcome
                if isinstance(site.expr, ir.TallyTest):
                    waiting.extend((part, True) for part in reversed(self._counted(site)))

    def _deciding(self, site: Site, outcome: bool | None) -> list[Decided]:
        """Return the parts that decided a branch; most outcomes follow from its own and need no second look."""
        expr, below = site.expr, self._below(site)
        if isinstance(expr, ir.Not):
            return [(below[0], None if outcome is None else not outcome)]
        decisive = isinstance(expr, ir.Or) or (isinstance(expr, ir.Quantified) and expr.quantifier == "any")
        if outcome is (not decisive):
            return [(part, outcome) for part in below]
        values = [(part, self.value(part)) for part in below]
        return values if outcome is None else [pair for pair in values if pair[1] is outcome]

    def _counted(self, site: Site) -> list[Site]:
        """Return the conditions that hold of those that a tally or score adds up."""
        assert isinstance(site.expr, ir.TallyTest)
        tally = site.expr.tally
        if isinstance(tally, ir.Score):
            parts = [site._replace(expr=hint.when) for hint in tally.hints]
        else:
            parts = self._below(site._replace(expr=tally))
        return [part for part in parts if self.value(part) is True]

    def _points(self, site: Site) -> dict[str, Any]:
        """Return what a tally or score is at least, and the points of each hint that holds."""
        assert isinstance(site.expr, ir.TallyTest)
        tally = site.expr.tally
        if not isinstance(tally, ir.Score):
            missing = self.program.loop(tally, site.frame).items(self._e, self._x, *site.items) is None
            return {} if missing else {self.program.text(tally): len(self._counted(site))}
        hints = [
            (hint, self.value(site._replace(expr=hint.when)), self.value(site._replace(expr=hint.points)) or 0)
            for hint in tally.hints
        ]
        least = [points if outcome else min(points, 0) for _, outcome, points in hints if outcome is not False]
        certain = {self.program.text(hint): points for hint, outcome, points in hints if outcome}
        return {self.program.text(tally): numbers.total(least), **certain}

    def _below(self, site: Site) -> list[Site]:
        if not isinstance(site.expr, ir.Quantified | ir.Tally):
            return [Site(part, site.frame, site.items) for part in parts(site.expr)]
        loop = self.program.loop(site.expr, site.frame)
        items = loop.items(self._e, self._x, *site.items) or ()
        return [Site(site.expr.condition, loop.frame, (*site.items, item)) for item in items]

    def clause(self, leaf: Site, outcome: bool | None) -> Clause:
        """Return what a leaf says."""
        e, x, items, code = self._e, self._x, leaf.items, leaf_code(self.program, leaf)
        reads: dict[str, Any] = self._points(leaf) if isinstance(leaf.expr, ir.TallyTest) else {}
        searched = None
        for number, (text, unit, is_time) in enumerate(code.operands):
            value = unit.value(e, x, *items)
            if value is not None:
                reads[text] = logged(unit.expr, value) if is_time else value
                if number == code.subject:
                    searched = value
        places: tuple[Evidence, ...] = ()
        if isinstance(searched, str):
            places = evidence(
                code.field, searched, code.search(searched, lambda expr: self._operand(leaf, expr), self._matcher)
            )
        return Clause(
            text=code.text,
            line=code.place[1],
            file=code.place[0],
            outcome=outcome is True,
            reads=reads,
            evidence=places,
        )

    def _matcher(self, name: str) -> ListMatcher:
        """Return a list as it is now."""
        if self.program.word_list(name).changes:
            matcher: ListMatcher = self._x.readings.words(name).matcher
            return matcher
        return self.program.matcher(name)

    def _operand(self, leaf: Site, expr: ir.Expr) -> Any:
        return self.value(Site(expr, leaf.frame, leaf.items))


def clauses(compiler: Compiler, rule: ir.Rule, e: Any, x: Scope, *, fired: bool = False) -> tuple[Clause, ...]:
    """Return the clauses of a rule's guard, in source order; none if it is always true. `fired`: it is known true.

    `x.readings` must still answer as it did when the guard was evaluated.
    """
    if isinstance(rule.when, ir.Const):
        return ()
    types = rule.trigger.types if isinstance(rule.trigger, ir.OnEvent) else None
    tracer, guard = Tracer(compiler.program, e, x), Site(rule.when, compiler.frame(types))
    outcome = True if fired else tracer.value(guard)
    if outcome is True:
        always = leaves_if_true(compiler.program, guard)
        if always is not None:
            return tuple([tracer.clause(leaf, held) for leaf, held in always])
    leaves = list(tracer.leaves(guard, outcome))
    if len(leaves) > 1:
        leaves.sort(key=lambda decided: leaf_code(compiler.program, decided[0]).place)
    groups = [
        _distinct(tracer.clause(*decided) for decided in group)
        for _, group in groupby(leaves, key=lambda decided: decided[0].expr.src)
    ]
    return tuple(clause for group in groups for clause in group)


def leaves_if_true(program: Program, guard: Site) -> Sequence[Decided] | None:
    """Return the leaves that decide a guard whenever it is true, in source order; None if they depend on the event."""
    name = id(guard.expr), id(guard.frame)
    if name not in program.decided:
        try:
            leaves = _always(guard, True)
        except RecursionError:  # nested too deeply to bother
            leaves = None
        if leaves is not None and len({leaf.expr.src for leaf, _ in leaves}) < len(leaves):
            leaves = None  # what is written once is told once
        elif leaves is not None:
            leaves.sort(key=lambda decided: leaf_code(program, decided[0]).place)
        program.decided[name] = leaves
    always: Sequence[Decided] | None = program.decided[name]
    return always


def _always(site: Site, outcome: bool) -> list[Decided] | None:
    """Return the leaves that decide a condition of an outcome, whatever the event."""
    expr, leaves = site.expr, list[Decided]()
    if isinstance(expr, ir.Not):
        return _always(site._replace(expr=expr.operand), not outcome)
    if isinstance(expr, ir.TallyTest):
        return None
    if not isinstance(expr, BRANCHES):
        return [(site, outcome)]
    if not isinstance(expr, ir.And if outcome else ir.Or):
        return None
    for part in parts(expr):
        below = _always(site._replace(expr=part), outcome)
        if below is None:
            return None
        leaves += below
    return leaves


def _distinct(clauses: Iterable[Clause]) -> list[Clause]:
    """Return the clauses that items share only once."""
    distinct: list[Clause] = []
    for clause in clauses:
        if clause not in distinct:
            distinct.append(clause)
    return distinct


class LeafCode(NamedTuple):
    """The parts of a leaf's clause that don't depend on the event.

    place: file, line and column. operands: those that are not constant, each with its source text and whether it is a
    time, which a log writes in its own way. subject: which of them is the text that the leaf looks into, if it looks
    into one; `field` names it, `search` looks.
    """

    site: Site
    text: str
    place: tuple[str, int, int]
    operands: tuple[tuple[str, Unit, bool], ...]
    subject: int | None
    field: str
    search: Search


def leaf_code(program: Program, leaf: Site) -> LeafCode:
    """Return what a leaf says, made at the first time."""
    name = id(leaf.expr), id(leaf.frame)
    leaf_code = program.leaves.get(name)
    if leaf_code is None:
        leaf_code = program.leaves[name] = _leaf_code(program, leaf)
    return leaf_code


def _leaf_code(program: Program, leaf: Site) -> LeafCode:
    expr = leaf.expr
    below = () if isinstance(expr, ir.TallyTest) else parts(expr) if type(expr) in TESTS else [expr]
    read = [part for part in below if not isinstance(part, ir.Const)]
    subject = subject_of(expr)
    return LeafCode(
        leaf._replace(items=()),
        program.text(expr),
        _place(program.plan, expr),
        tuple(
            (program.text(part), program.unit(part, leaf.frame), kind_of(part) in ("instant", "duration"))
            for part in read
        ),
        next((number for number, part in enumerate(read) if part is subject), None),
        "" if subject is None else ".".join(subject.path),
        search(program, expr),
    )


def _place(plan: ir.Plan, expr: ir.Expr) -> tuple[str, int, int]:
    if expr.src < 0:
        return "", 0, 0
    source = plan.sources[expr.src]
    return source.file, source.line, source.column
