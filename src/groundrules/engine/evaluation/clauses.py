"""Why a guard came out as it did: the leaf conditions that decided it.

None of this runs before a rule has fired. From the guard down, a true `or` leads to its true sides and a false `and` to
its false ones; a true `and`, a false `or` and `not` lead to all their parts; `any` and `all` lead to the items that
witness the outcome, or to all items. Each leaf reached (any other condition) becomes a clause: its outcome, the values
of its operands and, if it looked for something in a text, where that was found (`evidence`). The function that makes
the clause is generated when the leaf first decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from groundrules.decisions import Clause, Evidence
from groundrules.engine.codegen.emitter import TESTS, Emitter, Frame
from groundrules.engine.codegen.program import Program
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
        """Return the clause of a leaf with this outcome."""
        reads = self._points(leaf) if isinstance(leaf.expr, ir.TallyTest) else {}
        return leaf_code(self.program, leaf).clause(self._e, self._x, *leaf.items, outcome is True, reads)

    def matcher(self, name: str) -> ListMatcher:
        """Return a list as it is now."""
        if self.program.word_list(name).changes:
            matcher: ListMatcher = self._x.readings.words(name).matcher
            return matcher
        return self.program.matcher(name)

    def operand(self, leaf: Site, expr: ir.Expr) -> Any:
        """Return the value of a leaf's operand."""
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
            return tuple([code.clause(e, x, held, {}) for code, held in always])
    leaves = list(tracer.leaves(guard, outcome))
    if len(leaves) > 1:
        leaves.sort(key=lambda decided: leaf_code(compiler.program, decided[0]).place)
    groups = [
        _distinct(tracer.clause(*decided) for decided in group)
        for _, group in groupby(leaves, key=lambda decided: decided[0].expr.src)
    ]
    return tuple(clause for group in groups for clause in group)


def leaves_if_true(program: Program, guard: Site) -> Sequence[tuple[LeafCode, bool]] | None:
    """Return the leaves that decide a guard whenever it is true, in source order; None if they depend on the event."""
    name = id(guard.expr), id(guard.frame)
    if name not in program.decided:
        try:
            leaves = _always(guard, True)
        except RecursionError:  # nested too deeply
            leaves = None
        if leaves is None or len({leaf.expr.src for leaf, _ in leaves}) < len(leaves):
            program.decided[name] = None  # leaves with the same source give one clause
        else:
            codes = [(leaf_code(program, leaf), held) for leaf, held in leaves]
            program.decided[name] = sorted(codes, key=lambda decided: decided[0].place)
    always: Sequence[tuple[LeafCode, bool]] | None = program.decided[name]
    return always


def _always(site: Site, outcome: bool) -> list[tuple[Site, bool]] | None:
    """Return the leaves that decide a condition with this outcome, whatever the event."""
    expr, leaves = site.expr, list[tuple[Site, bool]]()
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
    """Return the clauses, those that several items share only once."""
    distinct: list[Clause] = []
    for clause in clauses:
        if clause not in distinct:
            distinct.append(clause)
    return distinct


class LeafCode(NamedTuple):
    """The code of a leaf. place: file, line and column. field: the text that it searches with `search`, "" if none.

    clause: makes its clause from the event, the scope, the items, the outcome, and what is read beside its operands.
    """

    site: Site
    place: tuple[str, int, int]
    field: str
    search: Search
    clause: Callable[..., Clause]


def leaf_code(program: Program, leaf: Site) -> LeafCode:
    """Return the code of a leaf, made at its first use."""
    name = id(leaf.expr), id(leaf.frame)
    leaf_code = program.leaves.get(name)
    if leaf_code is None:
        leaf_code = program.leaves[name] = _leaf_code(program, leaf)
    return leaf_code


def _leaf_code(program: Program, leaf: Site) -> LeafCode:
    expr, subject, place = leaf.expr, subject_of(leaf.expr), _place(program.plan, leaf.expr)
    field = "" if subject is None else ".".join(subject.path)
    return LeafCode(leaf._replace(items=()), place, field, search(program, expr), _clause(program, leaf))


def _clause(program: Program, leaf: Site) -> Callable[..., Clause]:
    """Return the function that makes a leaf's clause from its non-constant operands."""
    expr, subject, emitter = leaf.expr, subject_of(leaf.expr), Emitter(program, leaf.frame)
    below = () if isinstance(expr, ir.TallyTest) else parts(expr) if type(expr) in TESTS else [expr]
    (file, line, _), handed, places = _place(program.plan, expr), ", ".join(leaf.frame.parameters), "()"
    lines = list[str]()
    for part in below:
        if isinstance(part, ir.Const):
            continue
        is_time = kind_of(part) in ("instant", "duration")
        shown = f"{emitter.constant(logged)}({emitter.constant(part)}, v)" if is_time else "v"
        lines.append(f"v = {emitter.operand(part).optional}")
        lines.append(f"if v is not None: reads[{emitter.constant(program.text(part))}] = {shown}")
        if part is subject:
            lines.append(f"places = {emitter.constant(partial(_evidence, program, leaf))}(v, {handed})")
            places = "places"
    text, line_number, path = (emitter.constant(value) for value in (program.text(expr), line, file))
    fields = f"text={text}, line={line_number}, file={path}, outcome=outcome, reads=reads, evidence={places}"
    lines.append(f"return {emitter.constant(Clause)}({fields})")
    body = "".join(f"    {statement}\n" for statement in lines)
    return program.shapes.function((*leaf.frame.parameters, "outcome", "reads"), body, emitter.constants)


def _evidence(program: Program, leaf: Site, text: Any, e: Any, x: Scope, *items: Any) -> tuple[Evidence, ...]:
    """Return where a leaf found something in the text that it searches."""
    if not isinstance(text, str):
        return ()
    code, tracer, here = leaf_code(program, leaf), Tracer(program, e, x), leaf._replace(items=items)
    return evidence(code.field, text, code.search(text, lambda expr: tracer.operand(here, expr), tracer.matcher))


def _place(plan: ir.Plan, expr: ir.Expr) -> tuple[str, int, int]:
    if expr.src < 0:
        return "", 0, 0
    source = plan.sources[expr.src]
    return source.file, source.line, source.column
