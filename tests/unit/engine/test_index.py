"""The index: what a guard needs, how it is found, and that a guard is left out only if it is certainly false."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.engine.evaluation.compile import Compiler
from groundrules.engine.index.atoms import Atom
from groundrules.engine.index.lookup import lookup
from groundrules.engine.index.necessary import Derivation, paths_of
from groundrules.engine.index.selectivity import Sample, estimated
from groundrules.engine.index.tables import access
from groundrules.engine.intake.decode import Decoder
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir
from strategies.expressions import NOW, PLAN, Answers, conditions, messages

TYPES = ("message",)
TEXT = ir.Field(root="event", path=("text",), kind="text")
LEVEL = ir.Field(root="event", path=("level",), kind="number")
COUNT = ir.Field(root="event", path=("count",), kind="number", optional=True)


def says(word: str) -> ir.Contains:
    return ir.Contains(subject=TEXT, quantifier="any", needles=ir.Const(value=word), view="folded")


def is_(field: ir.Field, value: object) -> ir.Compare:
    return ir.Compare(operator="==", left=field, right=ir.Const(value=value))


def over(field: ir.Field, bound: int) -> ir.Compare:
    return ir.Compare(operator=">", left=field, right=ir.Const(value=bound))


def any_of(words: str) -> ir.ContainsList:
    return ir.ContainsList(subject=TEXT, quantifier="any", list=words)


def atoms(guard: ir.Expr, frequency: Any = estimated) -> tuple[Atom, ...] | None:
    rule = ir.Rule(id="r", trigger=ir.OnEvent(types=TYPES), when=guard)
    compiler = Compiler(msgspec.structs.replace(PLAN, rules=(rule,)))
    return Derivation(compiler.program, compiler.frame(TYPES), frequency).atoms(guard)


STANDS = Atom("stands", "text text", "folded", "spam")
IS = Atom("is", "number level", "exact", 3)


@pytest.mark.parametrize(
    ("guard", "wanted"),
    [
        (says("Spam"), (STANDS,)),
        (is_(LEVEL, 3), (IS,)),
        (is_(COUNT, 3), (Atom("is", "number count", "exact", 3), Atom("missing", "number count"))),
        (over(LEVEL, 3), (Atom(">", "number level", "", 3),)),
        (ir.Not(operand=over(LEVEL, 3)), (Atom("<=", "number level", "", 3),)),
        (ir.And(operands=(is_(LEVEL, 3), says("spam"))), (IS,)),
        (ir.Or(operands=(is_(LEVEL, 3), says("spam"))), (IS, STANDS)),
        (ir.Or(operands=(is_(LEVEL, 3), ir.InState(state="s"))), None),
        (ir.And(operands=(says("spam"), ir.InState(state="s"))), (STANDS,)),
        (ir.Not(operand=says("spam")), None),
        (ir.Not(operand=ir.Not(operand=says("spam"))), (STANDS,)),
        (ir.Const(value=False), ()),
        (ir.Const(value=True), None),
        (ir.Matches(subject=TEXT, pattern="spam[0-9]", flags=""), (STANDS,)),
        (ir.Matches(subject=TEXT, pattern="[0-9]", flags=""), None),
        (any_of("folded"), (Atom("stands from", "text text", "folded", "folded"),)),
        (any_of("leet"), (Atom("found from", "text text", "text", "leet"),)),
    ],
)  # fmt: skip
def test_what_a_guard_needs(guard: ir.Expr, wanted: tuple[Atom, ...] | None) -> None:
    assert atoms(guard) == wanted


def test_a_few_frequent_literals_are_looked_for_directly() -> None:
    """Many are found by a scan that keeps its hits, and a guard is then asked as fast as it is looked up."""
    few, many = ("!!", "??"), tuple(f"word{number}" for number in range(20))
    assert all(path is not None for path in _paths([says(word) for word in few]))
    assert _paths([says(word) for word in (*few, *many)])[: len(few)] == [None, None]


def _paths(guards: list[ir.Expr]) -> list[tuple[Atom, ...] | None]:
    rules = tuple(ir.Rule(id=f"r{n}", trigger=ir.OnEvent(types=TYPES), when=guard) for n, guard in enumerate(guards))
    compiler = Compiler(msgspec.structs.replace(PLAN, rules=rules))
    return paths_of(compiler.program, compiler.frame(TYPES), [(guard, None) for guard in guards], estimated)[0]


def test_of_an_and_the_side_that_a_sample_found_rarer_is_taken() -> None:
    guard = ir.And(operands=(is_(LEVEL, 3), says("spam")))
    assert atoms(guard, Sample(100, {STANDS: 90, IS: 1})) == (IS,)
    assert atoms(guard, Sample(100, {STANDS: 1, IS: 90})) == (STANDS,)


guards = st.lists(conditions(), min_size=1, max_size=6)


@given(guards, messages)
def test_no_guard_is_left_out_that_is_not_surely_false(drawn: list[ir.Expr], event: Any) -> None:
    rules = tuple(
        ir.Rule(id=f"r{number}", trigger=ir.OnEvent(types=TYPES), when=guard) for number, guard in enumerate(drawn)
    )
    compiler = Compiler(ir.Plan(rulebook="r", events=PLAN.events, lists=PLAN.lists, rules=rules, sources=PLAN.sources))
    frame, pairs = compiler.frame(TYPES), [(guard, None) for guard in drawn]
    tables = access(*paths_of(compiler.program, frame, pairs, estimated))
    e, x = Decoder(PLAN.events).decode(event), Scope(NOW, Answers())
    found = lookup(compiler.program, frame, tables, pairs)(e, x)
    missed = [number for number in range(len(drawn)) if number not in found]
    assert list(found) == sorted(set(found))
    assert all(compiler.condition(drawn[number], TYPES).value(e, x) is False for number in missed)
