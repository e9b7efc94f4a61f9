"""The laws of docs/language.md, on random plans and streams. Law 6 has `test_one_meaning` to itself."""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from groundrules.decisions import Decision
from groundrules.engine.engine import Engine
from groundrules.plan import ir
from strategies import plans
from strategies.histories import histories, members
from strategies.plans import Drawn
from strategies.running import Story, log, without_prose

LINES = st.one_of(st.binary(max_size=60), st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def answers(plan: ir.Plan, stream: list[Any]) -> list[list[Decision]]:
    """The decisions of every event of a stream."""
    engine, story, found = Engine(plan), Story(stream), []
    for line in story:
        found.append(engine.feed(line))
        story.hear(found[-1])
    return [*found, engine.finish()]


# --- 1: clean means cannot fail ---------------------------------------------------------------------


@given(plans.plans(), histories(), st.lists(LINES, max_size=3), JSON)
def test_whatever_comes_in_is_answered(drawn: Drawn, stream: list[Any], lines: list[bytes], data: Any) -> None:
    engine = Engine(drawn.plan)
    mangled = [json.dumps(data).encode(), *lines, json.dumps({"type": "message", "actor": data, "id": "x"}).encode()]
    for line in [*Story(stream), *mangled, *Story(stream)]:
        found = engine.feed(line) or engine.finish()
        assert [decision.trigger for decision in found if decision.trigger in ("event", "rejected", "duplicate")]


# --- 2: missing never punishes ----------------------------------------------------------------------

FACTS = ("level", "joined", "name")
NAME = plans.fact("name", "text")
memoryless = st.one_of(
    st.builds(plans.compare, st.just(plans.LEVEL), plans.relations, plans.small.map(plans.const)),
    st.builds(plans.compare, st.just(plans.AGE), plans.relations, st.just(plans.const(3 * plans.DAY, "duration"))),
    st.just(
        ir.Contains(subject=plans.fact("name", "text"), quantifier="any", needles=plans.const(["a"]), view="folded")
    ),
)
conditions = st.recursive(
    memoryless,
    lambda inner: st.one_of(
        st.builds(lambda parts: ir.And(operands=tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: ir.Or(operands=tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: ir.Not(operand=part), inner),
    ),
    max_leaves=6,
)


def fires(when: Any, actor: dict[str, Any]) -> bool:
    """Whether a rule with this guard fires for a first message of this actor."""
    rule = ir.Rule(id="r", trigger=ir.OnEvent(types=("message",)), when=when)
    plan = plans.numbered(ir.Plan(rulebook="p", events={"message": plans.EVENTS["message"]}, rules=(rule,)))
    time = "2026-03-02T01:00:00Z"
    event = {"id": "e", "type": "message", "time": time, "community": {"id": "c"}, "actor": {**actor, "self": False}}
    return bool(Engine(plan).feed(event)[0].fired)


@given(conditions, members, st.sampled_from(FACTS))
def test_a_fact_that_is_missing_never_makes_a_rule_fire(when: Any, actor: dict[str, Any], fact: str) -> None:
    """What fires without a fact fires with it, whatever it says: unknown is never taken for true or for false."""
    without = {name: value for name, value in actor.items() if name != fact}
    assert not fires(when, without) or fires(when, actor)


# --- 4: deterministic -------------------------------------------------------------------------------


@given(plans.plans(), histories())
def test_the_same_events_give_the_same_log(drawn: Drawn, stream: list[Any]) -> None:
    assert list(map(log, answers(drawn.plan, stream))) == list(map(log, answers(drawn.plan, stream)))


@given(plans.plans(), histories(), st.integers(0, 14))
def test_a_snapshot_in_between_changes_nothing(drawn: Drawn, stream: list[Any], at: int) -> None:
    through, interrupted = Engine(drawn.plan), Engine(drawn.plan)
    story = Story(stream)
    for number, line in enumerate(story):
        if number == at:
            interrupted = Engine.restore(drawn.plan, interrupted.snapshot())
        wanted = through.feed(line)
        assert log(interrupted.feed(line)) == log(wanted)
        story.hear(wanted)


# --- 5: time never runs back ------------------------------------------------------------------------


@given(plans.plans(), histories())
def test_the_clock_of_a_partition_never_runs_back(drawn: Drawn, stream: list[Any]) -> None:
    clocks: dict[str, str] = {}
    for decision in (decision for found in answers(drawn.plan, stream) for decision in found):
        if decision.partition is not None and decision.at is not None:
            if any(note.kind == "began_again" for note in decision.notes):  # the first event's clock was wrong
                clocks.pop(decision.partition)
            assert clocks.get(decision.partition, "") <= decision.at
            clocks[decision.partition] = decision.at


# --- 8: once ----------------------------------------------------------------------------------------


@given(plans.plans(), histories())
def test_an_event_that_comes_twice_changes_nothing(drawn: Drawn, stream: list[Any]) -> None:
    once, twice = Engine(drawn.plan), Engine(drawn.plan)
    story = Story(stream)
    for line in story:
        wanted = once.feed(line)
        assert log(twice.feed(line)) == log(wanted)
        again = twice.feed(line)
        assert [decision.trigger for decision in again] in (["duplicate"], ["rejected"])
        assert not any(decision.actions or decision.ledgers for decision in again)
        story.hear(wanted)


# --- 9: every decision answers for itself -----------------------------------------------------------


@given(plans.plans(), histories())
def test_evidence_points_at_what_stands_in_the_text(drawn: Drawn, stream: list[Any]) -> None:
    engine, story = Engine(drawn.plan), Story(stream)
    texts: dict[str | None, list[str]] = defaultdict(list)
    for line in story:
        with suppress(ValueError, AttributeError, TypeError):
            event = json.loads(line)
            texts[event.get("id")].append(
                str(event.get("text")).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            )
        decisions = engine.feed(line)
        for decision in decisions:
            for place in (place for fired in decision.fired for clause in fired.clauses for place in clause.evidence):
                assert decision.trigger == "event"
                assert place.text in [text[place.start : place.end] for text in texts[decision.event]]
        story.hear(decisions)


@given(plans.plans(), histories())
def test_nobody_is_acted_on_for_lack_of_a_rule(drawn: Drawn, stream: list[Any]) -> None:
    """Every action, change of balance and dropped action names rules of the plan, or a ladder that was appealed to.

    What a moderator takes back by hand names no rule: it is the event's own.
    """
    known = {rule.id for rule in drawn.plan.rules} | {ladder.id for ladder in drawn.plan.ladders}
    for decision in (decision for found in answers(drawn.plan, stream) for decision in found):
        by_hand = decision.trigger == "event" and decision.type == "measure.undone"
        changes = [change for change in decision.ledgers if change.rules or not by_hand]
        parts = (*decision.actions, *changes, *decision.dropped)
        assert all(part.rules and known.issuperset(part.rules) for part in parts)
        assert without_prose(decision).rulebook.startswith("random@sha256:")
