"""Law 6: the reference interpreter and the compiled engine give byte-equal decisions."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from groundrules.engine.engine import Engine
from groundrules.plan import codec
from groundrules.reference import Interpreter
from strategies.histories import histories
from strategies.plans import Drawn, plans
from strategies.running import Story, log


@given(plans(), histories())
def test_reference_and_engine_agree(drawn: Drawn, stream: list[Any]) -> None:
    reference, engine = Interpreter(drawn.plan), Engine(drawn.plan)
    story = Story(stream)
    for line in story:
        wanted = reference.feed(line)
        assert log(engine.feed(line)) == log(wanted)
        story.hear(wanted)


@given(plans(), histories())
def test_time_that_passes_without_events(drawn: Drawn, stream: list[Any]) -> None:
    reference, engine = Interpreter(drawn.plan), Engine(drawn.plan)
    for line in Story(stream):
        reference.feed(line)
        engine.feed(line)
    for days in (0, 1, 30, 399):
        due = engine.next_due()
        now = (due or 0) + days * 86_400_000
        assert log(engine.advance(now)) == log(reference.advance(now))


@given(plans(), histories())
def test_a_saved_plan_decides_alike(drawn: Drawn, stream: list[Any]) -> None:
    first, second = Engine(drawn.plan), Engine(codec.decode(codec.encode(drawn.plan)))
    for line in Story(stream):
        assert log(first.feed(line)) == log(second.feed(line))
