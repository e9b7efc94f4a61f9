"""State is plain data: restarts and swaps to the same rulebook change nothing, and forgotten people are gone."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.engine.engine import Engine
from groundrules.frontend import load
from groundrules.reference import Interpreter
from long.memory import Stream
from strategies.histories import histories
from strategies.plans import Drawn, plans
from strategies.running import Story, log

LONG = Path(__file__).parents[1] / "long"


class Stored:
    """Rows as a store keeps them, from what engines give it."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, str], bytes] = {}

    def take(self, engine: Engine) -> None:
        for *name, row in engine.drain():
            if row is None:
                self.rows.pop(tuple(name), None)
            else:
                self.rows[tuple(name)] = row


def by_snapshot(engine: Engine, stored: Stored) -> Engine:
    return Engine.restore(engine.plan, engine.snapshot(), track=True)


def by_rows(engine: Engine, stored: Stored) -> Engine:
    """What a store that writes behind brings back."""
    stored.take(engine)
    loaded = Engine(engine.plan, track=True)
    loaded.load([(*name, row) for name, row in stored.rows.items()], engine.shapes)
    return loaded


def by_swap(engine: Engine, stored: Stored) -> Engine:
    report = engine.swap(engine.plan)
    assert (report.dropped, report.cancelled, report.resettled, report.left) == ({}, (), (), ())
    return engine


Way = Callable[[Engine, Stored], Engine]
WAYS: list[Way] = [by_snapshot, by_rows, by_swap]


@given(plans(), histories(), st.lists(st.sampled_from([None, None, *WAYS]), min_size=30, max_size=30))
def test_restarts_at_any_points_change_nothing(drawn: Drawn, stream: list[Any], restarts: list[Way | None]) -> None:
    reference, engine, stored = Interpreter(drawn.plan), Engine(drawn.plan, track=True), Stored()
    story = Story(stream)
    for number, line in enumerate(story):
        restart = restarts[number % len(restarts)]
        if restart is not None:
            stored.take(engine)
            engine = restart(engine, stored)
        wanted = reference.feed(line)
        assert log(engine.feed(line)) == log(wanted)
        story.hear(wanted)


@pytest.mark.parametrize("seed", [1, 2])
def test_restarts_over_a_long_stream(seed: int) -> None:
    """Long enough that rows grow old and leave; restarted now and then, the other engine keeps them longer or not."""
    plan, chance = load(LONG).plan, random.Random(seed)
    through, restarted, stored = Engine(plan), Engine(plan, track=True), Stored()
    stream = Stream(seed)
    for event in stream.events(6000):
        wanted = through.feed(event)
        assert log(restarted.feed(event)) == log(wanted)
        stream.hear([action.parameters["request"] for one in wanted for action in one.actions if is_request(action)])
        if chance.random() < 0.01:
            stored.take(restarted)
            restarted = chance.choice(WAYS)(restarted, stored)
    assert restarted.next_due() == through.next_due()


def is_request(action: Any) -> bool:
    return bool(action.do == "request_approval")


# --- forgetting ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_who_is_forgotten_is_found_nowhere(seed: int) -> None:
    """One after the other, in the middle of things: no byte of a snapshot or of stored rows bears their id."""
    engine, stream, stored, chance = Engine(load(LONG), track=True), Stream(seed), Stored(), random.Random(seed)
    erased: set[str] = set()
    for _ in range(60):
        for event in stream.events(100):
            asked = [action for decision in engine.feed(event) for action in decision.actions if is_request(action)]
            stream.hear([action.parameters["request"] for action in asked])
        member = stream.members[int(200 * chance.random() ** 3)]
        erased |= {space.partition("/")[0] for space in engine.forget(member)}
        stored.take(engine)
        assert member.encode() not in engine.snapshot()
        assert not [
            name for name, row in stored.rows.items() if member.encode() in b"".join(map(as_bytes, (*name, row)))
        ]
        assert len(stored.rows) > 100, "others stay"
    personal = {"appeal", "approval", "cap", "fallback", "grants", "label", "ladder", "ledger", "once", "process"}
    assert erased == personal | {"roster", "sanction", "times", "window"}


def as_bytes(part: str | bytes) -> bytes:
    return part.encode() if isinstance(part, str) else part


@given(plans(), histories(), st.sampled_from(["li", "wang"]))
def test_the_forgotten_are_strangers(drawn: Drawn, stream: list[Any], member: str) -> None:
    """Whoever was forgotten has no balance, no label and no request; what goes on does not fail."""
    engine, story = Engine(drawn.plan), Story(stream)
    for number, line in enumerate(story):
        story.hear(engine.feed(line))
        if number % 3 == 2:
            engine.forget(member)
            for partition in engine.partitions:
                assert engine.labels(partition, member) == []
                assert not [action for action in engine.pending(partition) if action.who == member]
                balances = [engine.balance(partition, ledger.id, member) for ledger in drawn.plan.ledgers]
                assert balances == [engine.balance(partition, ledger.id, "nobody") for ledger in drawn.plan.ledgers]
    for partition in engine.partitions:
        engine.advance((engine.clock(partition) or 0) + 30 * 86_400_000, partition)
