"""What generated code must withstand, and what it must share."""

from __future__ import annotations

import time
from functools import reduce
from typing import Any

import pytest

from groundrules.engine.evaluation.clauses import clauses
from groundrules.engine.evaluation.compile import Compiler
from groundrules.engine.intake.decode import Decoder
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir
from strategies import expressions

TYPES = ("message",)
DEEP = 3000
WIDE = 5000

EVENT = {
    "id": "1",
    "type": "message",
    "time": "2026-01-02T00:00:00Z",
    "community": {"id": "c"},
    "level": 7,
    "count": 5,
    "actor": {"id": "li"},
    "text": "hello spam",
    "odd-name": "odd",
    "links": [{"url": "u", "hits": 1}, {"url": "v", "hits": 2}, {"url": "w"}],
}


@pytest.fixture
def compiler() -> Compiler:
    return Compiler(expressions.PLAN)


@pytest.fixture(scope="module")
def e() -> Any:
    return Decoder(expressions.EVENTS).decode(EVENT)


@pytest.fixture(scope="module")
def x() -> Scope:
    return Scope(now=expressions.NOW, readings=expressions.Answers())


def number(*path: str, root: str = "event") -> ir.Field:
    return ir.Field(root=root, path=path, kind="number", optional=True)


def compare(left: ir.Expr, operator: Any, right: Any) -> ir.Compare:
    return ir.Compare(operator=operator, left=left, right=ir.Const(value=right))


TRUE = compare(number("count"), "==", 5)
FALSE = compare(number("count"), "==", 6)
UNKNOWN = compare(number("weight"), "==", 5)


@pytest.mark.parametrize("build", [ir.Or, ir.And])
def test_thousands_of_operands(build: Any, compiler: Compiler, e: Any, x: Scope) -> None:
    found = {}
    for name, last in {"true": TRUE, "false": FALSE, "unknown": UNKNOWN}.items():
        neutral = FALSE if build is ir.Or else TRUE
        condition = compiler.condition(build(operands=(neutral,) * (WIDE - 1) + (last,)), TYPES)
        found[name] = (condition.true(e, x), condition.false(e, x), condition.value(e, x))
    assert found == {"true": (True, False, True), "false": (False, True, False), "unknown": (False, False, None)}


@pytest.mark.parametrize(
    ("wrap", "wanted"),
    [
        (lambda inner: ir.Not(operand=inner), True),
        (lambda inner: ir.And(operands=(inner, TRUE)), True),
        (lambda inner: ir.Or(operands=(UNKNOWN, inner)), True),
        (lambda inner: ir.And(operands=(ir.Or(operands=(inner, FALSE)), ir.Not(operand=FALSE))), True),
        (lambda inner: ir.Known(operand=inner), True),
        (lambda inner: ir.Coalesce(value=inner, default=FALSE), True),
        (
            lambda inner: ir.Quantified(
                quantifier="any", variable="v", collection=ir.Const(value=[1]), condition=inner
            ),
            True,
        ),
    ],
)
def test_nesting_of_any_depth(wrap: Any, wanted: bool, compiler: Compiler, e: Any, x: Scope) -> None:
    depth = 200 if isinstance(wrap(TRUE), ir.Quantified) else DEEP
    expr = reduce(lambda inner, _: wrap(inner), range(depth), TRUE)
    condition = compiler.condition(expr, TYPES)
    assert condition.true(e, x) is wanted
    assert condition.false(e, x) is not wanted
    assert condition.value(e, x) is wanted


def test_deep_arithmetic(compiler: Compiler, e: Any, x: Scope) -> None:
    total = reduce(
        lambda left, _: ir.Arithmetic(operator="+", left=left, right=number("count")), range(DEEP), ir.Const(value=0)
    )
    assert compiler.value(total, TYPES)(e, x) == 5 * DEEP


def test_blame_and_clauses_of_deep_guards(compiler: Compiler, e: Any, x: Scope) -> None:
    leaf = ir.Compare(
        operator="==", left=ir.Field(root="event", path=("weight",), kind="number", src=3), right=TRUE.right
    )
    unknown = reduce(lambda inner, _: ir.Not(operand=ir.And(operands=(inner, TRUE))), range(DEEP // 10), leaf)
    assert compiler.condition(unknown, TYPES).missing_reads(e, x) == ("source 3",)
    true = reduce(lambda inner, _: ir.And(operands=(inner, TRUE)), range(DEEP // 10), TRUE)
    rule = ir.Rule(id="r", trigger=ir.OnEvent(types=TYPES), when=true)
    assert [clause.outcome for clause in clauses(compiler, rule, e, x)] == [True]


def test_conditions_as_values_cost_their_size(compiler: Compiler, e: Any, x: Scope) -> None:
    expr: ir.Expr = UNKNOWN
    for _ in range(300):
        expr = ir.Not(operand=ir.Known(operand=ir.And(operands=(expr, UNKNOWN))))
    began = time.perf_counter()
    assert compiler.condition(expr, TYPES).value(e, x) in (True, False)
    assert time.perf_counter() - began < 5


def test_nothing_is_compiled_before_its_first_use(compiler: Compiler, e: Any, x: Scope) -> None:
    condition = compiler.condition(TRUE, TYPES)
    assert len(compiler.program.shapes) == 0
    assert condition.true(e, x)
    assert len(compiler.program.shapes) == 1


def test_similar_rules_share_their_code(compiler: Compiler, e: Any, x: Scope) -> None:
    guards = [
        compiler.condition(
            ir.And(operands=(compare(number("count"), ">", bound), compare(number("level"), "<", -bound))), TYPES
        )
        for bound in range(1000)
    ]
    assert not any(guard.true(e, x) for guard in guards)
    assert len(compiler.program.shapes) == 1


def test_an_unknown_mode_is_an_attribute_error(compiler: Compiler) -> None:
    with pytest.raises(AttributeError):
        _ = compiler.condition(TRUE).maybe  # type: ignore[attr-defined]


def test_fields_of_some_types_only(compiler: Compiler, e: Any, x: Scope) -> None:
    tags = ir.Field(root="event", path=("odd-name",), kind="text", optional=True)
    note = Decoder(expressions.EVENTS).decode({**EVENT, "type": "note"})
    assert compiler.value(tags, ("message", "note"))(e, x) == "odd"
    assert compiler.value(tags, ("message", "note"))(note, x) is None
    assert compiler.value(tags)(None, x) is None


def test_inner_and_outer_items(compiler: Compiler, e: Any, x: Scope) -> None:
    links = ir.Field(root="event", path=("links",), kind="list")
    inner = ir.Compare(operator="<", left=number("hits", root="$0"), right=number("hits", root="$1"))
    nested = ir.Quantified(quantifier="any", variable="b", collection=links, condition=inner)
    condition = compiler.condition(
        ir.Quantified(quantifier="any", variable="a", collection=links, condition=nested), TYPES
    )
    assert condition.true(e, x)
    largest = ir.Quantified(quantifier="all", variable="a", collection=links, condition=ir.Not(operand=nested))
    assert compiler.condition(largest, TYPES).false(e, x)


@pytest.mark.parametrize(
    ("operator", "left", "right", "wanted"),
    [
        ("/", 1, 0, None),
        ("%", 1, 0, None),
        ("%", -7, 3, 2),
        ("%", 7, -3, -2),
        ("/", 4, 2, 2.0),
        ("*", 1e308, 10.0, None),
        ("*", 2**62, 2, None),
        ("*", 2**62, 0.5, 2.0**61),
        ("-", 1e308, -1e308, None),
        ("+", 2**63 - 1, 1, None),
        ("%", 2**62, 0.5, 0.0),
    ],
)
def test_arithmetic_is_total(operator: Any, left: Any, right: Any, wanted: Any, compiler: Compiler, x: Scope) -> None:
    expr = ir.Arithmetic(operator=operator, left=ir.Const(value=left), right=ir.Const(value=right))
    found = compiler.value(ir.Coalesce(value=expr, default=ir.Const(value="missing")))(None, x)
    assert found == ("missing" if wanted is None else wanted)
    assert type(found) is type("" if wanted is None else wanted)
