"""Law 6: the reference interpreter and the compiled engine give byte-equal decisions."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from groundrules.engine.engine import Engine
from groundrules.engine.plan_file import compile_plan, read, write
from groundrules.reference import Interpreter
from strategies.histories import histories
from strategies.plans import Drawn, plans
from strategies.running import Story, from_elsewhere, log


@given(plans(), histories())
def test_reference_and_engine_agree(drawn: Drawn, stream: list[Any]) -> None:
    reference, engine, other = Interpreter(drawn.plan), Engine(drawn.plan), Engine(from_elsewhere(drawn.plan))
    story = Story(stream)
    for line in story:
        wanted = reference.feed(line)
        assert log(engine.feed(line)) == log(other.feed(line)) == log(wanted)
        assert _wakes_in_time(drawn, engine.next_due(), reference.next_due())
        story.hear(wanted)
    assert log(engine.finish()) == log(reference.finish())


def _wakes_in_time(drawn: Drawn, due: int | None, wanted: int | None) -> bool:
    """Whether a host sleeps no longer than it may.

    The reference looks at a state whenever a count that its guard reads goes down; the engine knows the numbers that
    the guard compares with, and sleeps through the rest.
    """
    return due == wanted or (bool(drawn.plan.states) and wanted is not None and (due is None or due > wanted))


@given(plans(), histories())
def test_time_that_passes_without_events(drawn: Drawn, stream: list[Any]) -> None:
    reference, engine = Interpreter(drawn.plan), Engine(drawn.plan)
    for line in Story(stream):
        reference.feed(line)
        engine.feed(line)
    for days in (0, 1, 30, 399, 3000):
        due = engine.next_due()
        now = (due or 0) + days * 86_400_000
        assert log(engine.advance(now)) == log(reference.advance(now))


@given(plans(), histories())
def test_the_index_and_a_plan_file_decide_alike(drawn: Drawn, stream: list[Any]) -> None:
    bare, story = Engine(drawn.plan, indexed=False), Story(stream)
    others = [Engine(drawn.plan), Engine(read(write(compile_plan(drawn.plan, Story(stream)), b"key"), b"key"))]
    for line in story:
        found = bare.feed(line)
        assert [log(other.feed(line)) for other in others] == [log(found), log(found)]
        story.hear(found)


@given(plans(), histories())
def test_many_at_once_are_the_decisions_that_say_something(drawn: Drawn, stream: list[Any]) -> None:
    one, many = Engine(drawn.plan), Engine(drawn.plan)
    wanted = [decision for line in Story(stream) for decision in one.feed(line) if decision.notable]
    assert log(list(many.feed_many(Story(stream)))) == log(wanted)
    assert one.stats == many.stats
    assert one.snapshot() == many.snapshot()
