"""Open paths found by look-up: what is derived from an `until`, and that no others are evaluated."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.engine.engine import Engine
from groundrules.engine.index.equalities import ANY, MOST, Way, ways
from groundrules.engine.settlement import open_paths
from groundrules.plan import ir

ID, REPLY = ir.Field(root="start", path=("id",), kind="text"), ir.Field(root="event", path=("reply_to",), kind="text")
THERE = ir.Field(root="start", path=("channel", "id"), kind="text")
HERE = ir.Field(root="event", path=("channel", "id"), kind="text")
STAFF = ir.Compare(
    operator="==", left=ir.Field(root="event", path=("actor", "id"), kind="text"), right=ir.Const(value="wang")
)
SAME = ir.Compare(operator="==", left=HERE, right=THERE)
ANSWER = ir.Compare(operator="==", left=REPLY, right=ID)
OTHER = ir.Compare(operator="!=", left=HERE, right=THERE)

EVENT = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "type": {"const": "message"},
        "time": {"type": "string", "format": "date-time"},
        "community": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        "channel": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        "actor": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        "reply_to": {"type": "string"},
    },
    "required": ["id", "type", "time", "community", "channel", "actor"],
}


def plan(until: ir.Expr) -> ir.Plan:
    """A path that every message opens, one per message."""
    own = ir.Field(root="event", path=("id",), kind="text")
    return ir.Plan(
        rulebook="paths",
        events={"message": EVENT},
        processes=(
            ir.Process(
                id="open",
                key=(own,),
                steps=(ir.Due(after=3_600_000),),
                until=(ir.Until(types=("message",), when=until),),
                capture=(("channel", "id"), ("reply_to",)),
                limit=40,
            ),
        ),
        rules=(
            ir.Rule(
                id="opens",
                trigger=ir.OnEvent(types=("message",)),
                when=ir.Const(value=True),
                effects=(ir.Open(process="open"),),
            ),
        ),
    )


def message(number: int, channel: str = "c", actor: str = "li", reply_to: str | None = None) -> dict[str, Any]:
    said = {} if reply_to is None else {"reply_to": reply_to}
    return {
        "id": f"m{number}",
        "type": "message",
        "time": f"2026-01-01T{number // 60:02}:{number % 60:02}:00Z",
        "community": {"id": "g"},
        "channel": {"id": channel},
        "actor": {"id": actor},
        **said,
    }


def test_an_equality_with_the_start_event_is_a_look_up() -> None:
    [way] = ways(ANSWER)
    assert way.conditions == ()
    assert way.equality is not None
    assert way.equality.read == REPLY
    assert way.equality.start == ID


def test_what_speaks_of_the_event_alone_is_asked_once() -> None:
    answered, here = ways(ir.Or(operands=(ANSWER, ir.And(operands=(SAME, STAFF)))))
    assert answered.equality is not None
    assert answered.equality.start == ID
    assert here.conditions == (STAFF,)
    assert here.equality is not None
    assert here.equality.start == THERE


def test_of_several_needs_the_one_with_an_equality_is_taken() -> None:
    assert [way.equality is not None for way in ways(ir.And(operands=(OTHER, ANSWER)))] == [True]


def test_what_compares_otherwise_asks_every_open_path() -> None:
    assert ways(OTHER) == ANY
    assert ways(ir.Not(operand=ANSWER)) == ANY
    assert ways(ir.Or(operands=(ANSWER,) * (MOST + 1))) == ANY


def test_a_condition_on_the_event_alone_opens_or_shuts_the_way() -> None:
    assert ways(STAFF) == [Way((STAFF,))]


def test_only_the_path_that_is_answered_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = open_paths.OpenPath.asked

    def counting(self: open_paths.OpenPath, *given: Any) -> Any:
        for found in real(self, *given):
            asked.append(found[0])
            yield found

    monkeypatch.setattr(open_paths.OpenPath, "asked", counting)
    engine = Engine(plan(ANSWER))
    for number in range(30):
        engine.feed(message(number))
    assert asked == []
    [decision] = engine.feed(message(40, reply_to="m7"))
    assert [note.kind for note in decision.notes] == ["path_ended"]
    assert asked == ["m7"]


def test_a_path_that_was_closed_is_not_found_again() -> None:
    engine = Engine(plan(ANSWER))
    engine.feed(message(0))
    engine.feed(message(1, reply_to="m0"))
    [decision] = engine.feed(message(2, reply_to="m0"))
    assert decision.notes == ()


def test_after_many_changes_between_two_looks_all_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundrules.engine.state.partition.MOST_MOVED", 3)
    silent = ir.And(operands=(ANSWER, STAFF))
    engine, bare = Engine(plan(silent)), Engine(plan(silent), indexed=False)
    stream = [message(number) for number in range(20)] + [message(30, actor="wang", reply_to="m4")]
    assert [engine.feed(event) for event in stream] == [bare.feed(event) for event in stream]


guards = st.recursive(
    st.sampled_from([ANSWER, SAME, OTHER, STAFF, ir.Const(value=True), ir.Const(value=False)]),
    lambda inner: st.one_of(
        st.builds(lambda some: ir.And(operands=tuple(some)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda some: ir.Or(operands=tuple(some)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda one: ir.Not(operand=one), inner),
    ),
    max_leaves=5,
)
streams = st.lists(
    st.tuples(
        st.sampled_from(["c", "d"]), st.sampled_from(["li", "wang"]), st.sampled_from([None, "m0", "m1", "m3", "x"])
    ),
    max_size=12,
)


@given(guards, streams)
def test_looking_up_and_asking_each_end_the_same_paths(
    until: ir.Expr, stream: list[tuple[str, str, str | None]]
) -> None:
    engine, bare = Engine(plan(until)), Engine(plan(until), indexed=False)
    for number, said in enumerate(stream):
        assert engine.feed(message(number, *said)) == bare.feed(message(number, *said))
