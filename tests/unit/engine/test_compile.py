"""The public face of the compiler: conditions, values and templates."""

from __future__ import annotations

from typing import Any

import pytest

from groundrules.engine.evaluation.compile import Compiler
from groundrules.engine.intake.decode import Decoder
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir
from strategies.expressions import EVENTS, NOW, Answers

PLAN = ir.Plan(rulebook="x", timezone="Asia/Shanghai", events=EVENTS)
EVENT = {
    "id": "1",
    "type": "message",
    "time": "2026-01-01T00:00:00Z",
    "community": {"id": "c"},
    "level": 7,
    "actor": {"id": "li", "name": "李", "joined": "2025-12-31T17:30:00Z"},
    "tags": ["a", "b"],
}


def field(kind: Any, *path: str) -> ir.Field:
    return ir.Field(root="event", path=path, kind=kind, optional=True)


def rendered(*parts: Any) -> str:
    event = Decoder(EVENTS).decode(EVENT)
    template = Compiler(PLAN).template(ir.Template(texts={"": parts}), ("message",))
    return template(event, Scope(now=NOW, readings=Answers()))[""]


@pytest.mark.parametrize(
    ("expr", "wanted"),
    [
        (field("text", "actor", "name"), "李"),
        (field("entity", "actor"), "li"),
        (field("number", "level"), "7"),
        (field("instant", "actor", "joined"), "2026-01-01 01:30"),
        (field("list", "tags"), "a, b"),
        (field("number", "weight"), ""),
        (ir.Arithmetic(operator="-", left=ir.Now(), right=field("instant", "actor", "joined")), "1d6h30m"),
        (ir.Arithmetic(operator="/", left=field("number", "level"), right=ir.Const(value=2)), "3.5"),
        (ir.Arithmetic(operator="/", left=field("number", "level"), right=ir.Const(value=7)), "1"),
        (ir.Const(value=600_000, kind="duration"), "10m"),
        (ir.Call(function="abs", arguments=(ir.Negate(operand=ir.Const(value=600_000, kind="duration")),)), "10m"),
        (ir.Const(value=34_200_000, kind="clock"), "09:30"),
        (ir.Const(value=True), "true"),
        (ir.LedgerValue(ledger="strikes", key=field("entity", "actor")), "2"),
        (ir.Silence(member=field("entity", "actor")), "5s"),
    ],
)
def test_what_messages_show(expr: Any, wanted: str) -> None:
    assert rendered("<", expr, ">") == f"<{wanted}>"


def test_a_template_speaks_all_its_languages() -> None:
    template = ir.Template(
        texts={"en": ("hi ", field("text", "actor", "name")), "zh": (field("text", "actor", "name"), "好")}
    )
    event = Decoder(EVENTS).decode(EVENT)
    found = Compiler(PLAN).template(template)(event, Scope(now=NOW, readings=Answers()))
    assert found == {"en": "hi 李", "zh": "李好"}


def test_matched_events_come_from_the_scope() -> None:
    scope = Scope(now=NOW, readings=Answers(), matched=("b", "a"))
    assert Compiler(PLAN).value(ir.Matched())(None, scope) == ["b", "a"]


def test_a_condition_is_neither_true_nor_false_if_unknown() -> None:
    event, scope = Decoder(EVENTS).decode(EVENT), Scope(now=NOW, readings=Answers())
    condition = Compiler(PLAN).condition(
        ir.Compare(operator="<", left=field("number", "weight"), right=ir.Const(value=1)), ("message",)
    )
    assert (condition.true(event, scope), condition.false(event, scope), condition.value(event, scope)) == (
        False,
        False,
        None,
    )


def test_types_of_which_the_plan_has_no_schema() -> None:
    event, scope = Decoder(EVENTS).decode(EVENT), Scope(now=NOW, readings=Answers())
    compiler = Compiler(ir.Plan(rulebook="x"))
    assert compiler.value(field("instant", "actor", "joined"), ("message",))(event, scope) == 1_767_202_200_000
    assert compiler.value(field("text", "ghost"), ("message",))(event, scope) is None
