"""Compiled expressions against the reference interpreter, on random expressions and events."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.engine.evaluation.clauses import clauses
from groundrules.engine.evaluation.compile import Compiler
from groundrules.engine.intake.decode import Decoder
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir
from groundrules.reference import clauses as reference_clauses
from groundrules.reference import intake as reference_events
from groundrules.reference import missing_reads as reference_blame
from groundrules.reference.scope import Scope as ReferenceScope
from groundrules.reference.values import evaluate
from strategies import expressions

PLAN = expressions.PLAN
COMPILER = Compiler(PLAN)
DECODER = Decoder(PLAN.events)
MEMORY = expressions.memory_of_reference()

subjects = st.sampled_from([None, "li"])
starts = st.none() | expressions.messages
frames = st.sampled_from([("message",), ("message", "note"), None])


def scopes(event: Any, start: Any, subject: str | None) -> tuple[Any, Scope, ReferenceScope]:
    """The event and the scope of both sides."""
    begun = None if start is None else DECODER.decode(start)
    compiled = Scope(now=expressions.NOW, readings=expressions.Answers(), start=begun, subject=subject)
    reference = ReferenceScope(
        partition=MEMORY,
        now=expressions.NOW,
        event=reference_events.read(event, PLAN)[0],
        start=None if start is None else reference_events.read(start, PLAN)[0],
        subject=subject,
    )
    return DECODER.decode(event), compiled, reference


def same(left: Any, right: Any) -> bool:
    return left == right and isinstance(left, bool) is isinstance(right, bool)


@settings(max_examples=400)
@given(expressions.conditions(), expressions.messages, starts, subjects, frames)
def test_conditions_mean_what_the_reference_says(
    expr: Any, event: Any, start: Any, subject: str | None, types: Any
) -> None:
    e, x, scope = scopes(event, start, subject)
    wanted = evaluate(expr, scope)
    condition = COMPILER.condition(expr, types)
    assert condition.true(e, x) is (wanted is True)
    assert condition.false(e, x) is (wanted is False)
    assert condition.value(e, x) is wanted
    assert condition.missing_reads(e, x) == (reference_blame.missing_reads(expr, scope) if wanted is None else ())


@settings(max_examples=150)
@given(
    expressions.conditions(),
    expressions.notes,
    starts,
    subjects,
    st.sampled_from([("note",), ("message", "note"), None]),
)
def test_events_without_an_actor(expr: Any, event: Any, start: Any, subject: str | None, types: Any) -> None:
    e, x, scope = scopes(event, start, subject)
    assert COMPILER.condition(expr, types).value(e, x) is evaluate(expr, scope)


@settings(max_examples=150)
@given(expressions.conditions(), starts, subjects)
def test_no_event_at_all(expr: Any, start: Any, subject: str | None) -> None:
    _, x, scope = scopes({**NO_EVENT}, start, subject)
    wanted = evaluate(expr, ReferenceScope(partition=MEMORY, now=scope.now, start=scope.start, subject=subject))
    condition = COMPILER.condition(expr)
    assert condition.value(None, x) is wanted
    assert condition.true(None, x) is (wanted is True)


NO_EVENT = {"id": "1", "type": "note", "time": "2026-01-02T00:00:00Z", "community": {"id": "c"}, "level": 1}

values = expressions.number_values(0) | expressions.text_values(0) | expressions.lists_of_text(0) | expressions.instants


@settings(max_examples=300)
@given(values, expressions.messages, starts, subjects, frames)
def test_values(expr: Any, event: Any, start: Any, subject: str | None, types: Any) -> None:
    e, x, scope = scopes(event, start, subject)
    wanted = evaluate(expr, scope)
    assert same(COMPILER.value(expr, types)(e, x), wanted)


@settings(max_examples=300)
@given(expressions.conditions(), expressions.messages, starts, subjects)
def test_clauses(expr: Any, event: Any, start: Any, subject: str | None) -> None:
    e, x, scope = scopes(event, start, subject)
    if evaluate(expr, scope) is True:
        rule = ir.Rule(id="r", trigger=ir.OnEvent(types=("message",)), when=expr)
        assert clauses(COMPILER, rule, e, x) == reference_clauses.clauses(expr, scope)
