"""A month of silence with fifty schedules: each runs once, in order, and reports how often it was missed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Decision
from groundrules.engine.engine import Engine
from groundrules.frontend import load
from groundrules.plan import ir
from groundrules.reference import Interpreter
from strategies.running import log

HOUR, DAY = 3_600_000, 86_400_000
START = 1_772_413_200_000  # 2026-03-02T01:00:00Z, a Monday
TIMES = [
    *[f'"{hour:02}:{hour * 2:02}"' for hour in range(20)],
    *[f"{day} {hour:02}:30" for day in ("monday", "thursday", "sunday") for hour in range(5)],
    *[f"{day} 10:00" for day in ("1st", "15th", "31st", "last day")],
    *["04-01 12:00", "12-24 18:00"],
    *[f"every {step}" for step in ("1m", "5m", "7m", "20m", "1h", "5h", "6h", "11h", "23h")],
]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> ir.Plan:
    """Fifty schedules, every tenth of them asking for each of a hundred members."""
    assert len(TIMES) == 50
    lines = ["rulebook: busy", "timezone: Europe/Berlin", "use: [std/chat]", "schedules:"]
    for number, time in enumerate(TIMES):
        what = "for_each: member, then: [kick]" if number % 10 == 0 else "then: [{announce: hello}]"
        lines.append(f"  - {{id: s-{number:02}, at: {time}, {what}}}")
    path = tmp_path_factory.mktemp("busy") / "rulebook.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load(path).plan


def roster() -> dict[str, Any]:
    members = [{"id": f"m{number:03}"} for number in range(100)]
    return {"id": "r", "type": "roster", "time": format_ms(START), "community": {"id": "c"}, "members": members}


def tick(at: int) -> dict[str, Any]:
    return {"id": f"t{at}", "type": "tick", "time": format_ms(at), "community": {"id": "c"}}


def missed(decision: Decision) -> int:
    return sum(note.detail["count"] for note in decision.notes if note.kind == "schedule_missed")


@pytest.mark.parametrize("kind", [Engine, Interpreter])
def test_a_month_of_silence(plan: ir.Plan, kind: Any) -> None:
    engine = kind(plan)
    engine.feed(roster())
    *caught_up, own = engine.feed(tick(START + 31 * DAY))
    assert own.trigger == "event"
    causes = [decision.cause for decision in caught_up]
    assert len(causes) == len(set(causes)) == 49, "all but the one that comes at Christmas"
    order = [(decision.at, decision.cause) for decision in caught_up]
    assert all(one < other for one, other in pairwise(order))
    found = {decision.cause: decision for decision in caught_up}
    assert found["s-41"].at == "2026-04-02T01:00:00.000Z"
    # a count that comes to more than a thousand ends there
    assert (missed(found["s-41"]), missed(found["s-00"]), missed(found["s-20"])) == (1000, 30, 3)
    assert {len(found[f"s-{number}"].actions) for number in (10, 20, 30)} == {100}
    assert engine.advance(START + 31 * DAY) == []


def test_a_month_in_steps_comes_to_the_same(plan: ir.Plan) -> None:
    """Whoever lets time pass step by step sees every run; the last ones are those that a jump sees."""
    steps, jump = Engine(plan), Engine(plan)
    steps.feed(roster())
    jump.feed(roster())
    last: dict[str | None, Decision] = {}
    for step in range(1, 32):
        for decision in steps.advance(START + step * DAY):
            last[decision.cause] = decision
    assert {decision.cause: decision.at for decision in jump.advance(START + 31 * DAY)} == {
        cause: decision.at for cause, decision in last.items()
    }
    assert steps.next_due() == jump.next_due()
    assert steps.snapshot() == jump.snapshot()


@pytest.mark.parametrize("silence", [HOUR, 9 * DAY, 31 * DAY])
def test_the_reference_catches_up_alike(plan: ir.Plan, silence: int) -> None:
    engine, reference = Engine(plan), Interpreter(plan)
    for line in (roster(), tick(START + silence), tick(START + silence + DAY)):
        assert log(engine.feed(line)) == log(reference.feed(line))
