"""Why a guard came out as it did: the leaf conditions that decided it.

Nothing of this runs before a rule has fired. From the guard down, a true `or` leads to its true sides and a false
`and` to its false ones; a true `and`, a false `or` and `not` lead to all they have; `any` and `all` lead to the items
that witness the outcome, or to all items. Each leaf reached, any condition that is none of these, becomes a clause: its
outcome, what its operands were worth, and, where it looked for something in a text, where that stands (`evidence`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from groundrules.decisions import Clause
from groundrules.engine.codegen.emitter import TESTS, Frame
from groundrules.engine.codegen.program import Program
from groundrules.engine.codegen.structure import BRANCHES, parts
from groundrules.engine.compile import Compiler
from groundrules.engine.evidence import evidence
from groundrules.engine.kinds import kind_of
from groundrules.engine.render import logged
from groundrules.engine.scope import Scope
from groundrules.plan import ir


class Site(NamedTuple):
    """An expression in its surroundings: its frame and the items of the enclosing `any` and `all`."""

    expr: ir.Expr
    frame: Frame
    items: tuple[Any, ...] = ()


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

    def leaves(self, guard: Site) -> Iterator[Site]:
        """Yield the leaves that decided a guard, in the order of the tree and then of the items."""
        waiting = [guard]
        while waiting:
            site = waiting.pop()
            if isinstance(site.expr, BRANCHES):
                waiting.extend(reversed(self._deciding(site)))
            else:
                yield site

    def _deciding(self, site: Site) -> list[Site]:
        below = self._below(site)
        outcome = self.value(site)
        decisive = isinstance(site.expr, ir.Or) or (
            isinstance(site.expr, ir.Quantified) and site.expr.quantifier == "any"
        )
        if isinstance(site.expr, ir.Not) or outcome is not decisive:
            return below
        return [part for part in below if self.value(part) is outcome]

    def _below(self, site: Site) -> list[Site]:
        if not isinstance(site.expr, ir.Quantified):
            return [Site(part, site.frame, site.items) for part in parts(site.expr)]
        loop = self.program.loop(site.expr, site.frame)
        items = loop.items(self._e, self._x, *site.items) or ()
        return [Site(site.expr.condition, loop.frame, (*site.items, item)) for item in items]


def clauses(compiler: Compiler, rule: ir.Rule, e: Any, x: Scope) -> tuple[Clause, ...]:
    """Return the clauses of the guard of a rule that fired, in source order; none if it is always true.

    `x.memory` must still answer as it did when the guard was evaluated.
    """
    if isinstance(rule.when, ir.Const):
        return ()
    types = rule.trigger.types if isinstance(rule.trigger, ir.OnEvent) else None
    tracer = Tracer(compiler.program, e, x)
    leaves = list(tracer.leaves(Site(rule.when, compiler.frame(types))))
    if len(leaves) == 1:
        return (_clause(tracer, leaves[0]),)
    leaves.sort(key=lambda leaf: _place(compiler.plan, leaf.expr))
    told = [
        _distinct(_clause(tracer, leaf) for leaf in group)
        for _, group in groupby(leaves, key=lambda leaf: leaf.expr.src)
    ]
    return tuple(clause for group in told for clause in group)


def _distinct(found: Iterable[Clause]) -> list[Clause]:
    """Return the clauses that items share only once."""
    told: list[Clause] = []
    for clause in found:
        if clause not in told:
            told.append(clause)
    return told


def _place(plan: ir.Plan, expr: ir.Expr) -> tuple[str, int, int]:
    if expr.src < 0:
        return "", 0, 0
    source = plan.sources[expr.src]
    return source.file, source.line, source.column


class Wording(NamedTuple):
    """What a leaf's clause says whatever the event: its text and place, and its operands that are not constant, each
    with its text and whether it is a time, which a log writes in its own way.
    """

    text: str
    file: str
    line: int
    operands: tuple[tuple[ir.Expr, str, bool], ...]


def _wording(program: Program, leaf: ir.Expr) -> Wording:
    found = program.wordings.get(id(leaf))
    if found is None:
        file, line, _ = _place(program.plan, leaf)
        operands = [part for part in (parts(leaf) if type(leaf) in TESTS else [leaf]) if not isinstance(part, ir.Const)]
        told = tuple((part, program.text(part), kind_of(part) in ("instant", "duration")) for part in operands)
        found = program.wordings[id(leaf)] = Wording(program.text(leaf), file, line, told)
    return found


def _clause(tracer: Tracer, leaf: Site) -> Clause:
    wording = _wording(tracer.program, leaf.expr)
    return Clause(
        text=wording.text,
        line=wording.line,
        file=wording.file,
        outcome=bool(tracer.value(leaf)),
        reads=_reads(tracer, leaf, wording),
        evidence=evidence(tracer.program, leaf.expr, lambda expr: tracer.value(Site(expr, leaf.frame, leaf.items))),
    )


def _reads(tracer: Tracer, leaf: Site, wording: Wording) -> dict[str, Any]:
    """Return what the operands that are not constant were worth, under their source text."""
    found = {}
    for operand, text, is_time in wording.operands:
        value = tracer.value(Site(operand, leaf.frame, leaf.items))
        if value is not None:
            found[text] = logged(operand, value) if is_time else value
    return found
