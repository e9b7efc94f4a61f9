"""The witness decides as the reference does, however much it throws away, and its copies go their own way."""

from __future__ import annotations

import random
from typing import Any

import pytest

from groundrules.frontend import load
from groundrules.reference import Interpreter
from groundrules.tools.explaining import witness as module
from groundrules.tools.explaining.events import watch
from groundrules.tools.explaining.witness import Witness, fork
from unit.tools.explained import ROOT

FLOODS = load(ROOT / "tests" / "rulebooks" / "floods").plan


def stream(count: int, seed: int) -> list[dict[str, Any]]:
    """A busy channel over some days: few members, few texts, gaps of seconds to half a day."""
    draw = random.Random(seed)
    clock = 1_767_225_600
    events = []
    for number in range(count):
        clock += draw.choice([1, 1, 2, 5, 30, 400, 7_000, 40_000])
        minutes, second = divmod(clock, 60)
        hours, minute = divmod(minutes, 60)
        days, hour = divmod(hours, 24)
        day = days - 20_453
        who = f"m{draw.randrange(3)}"
        kind = draw.choice(["message"] * 9 + ["member.joined"])
        event = {
            "id": f"e{number}",
            "type": kind,
            "time": f"2026-{1 + day // 28:02}-{1 + day % 28:02}T{hour:02}:{minute:02}:{second:02}Z",
        }
        event |= {"community": {"id": "c"}, "channel": {"id": f"g{draw.randrange(2)}"}, "actor": {"id": who}}
        if kind == "message":
            mentions = [{"id": f"x{n}"} for n in range(draw.randrange(3))]
            event |= {"text": draw.choice(["buy", "hello", "ok"]), "mentions": mentions}
        events.append(event)
    return events


@pytest.mark.parametrize("seed", range(3))
def test_what_is_thrown_away_is_never_missed(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIGHTEN", 7)
    plain, light = Interpreter(FLOODS), Witness(FLOODS)
    for event in stream(150, seed):
        assert light.feed(event) == plain.feed(event)
    partition = light.remembered("c")
    assert partition is not None
    assert len(partition.windows.history) < len(plain.runners["c"].partition.windows.history)  # type: ignore[union-attr]


def test_a_copy_goes_its_own_way() -> None:
    one, other = Witness(FLOODS), Witness(FLOODS)
    events = stream(60, 9)
    for event in events[:40]:
        one.feed(event)
        other.feed(event)
    copied = fork(one._interpreter.runners["c"])
    for event in reversed(events[20:40]):
        one.decide(copied, {**event, "id": event["id"] + "-again", "time": events[39]["time"]}, lone=False)
    assert [one.feed(event) for event in events[40:]] == [other.feed(event) for event in events[40:]]


def test_looking_changes_nothing() -> None:
    watched, plain = Witness(FLOODS), Interpreter(FLOODS)
    for event in stream(25, 4):
        found = watch(watched, event)
        assert found.decisions == plain.feed(event)
        for rule in ("flood", "repeat-once", "crowd", "regular"):
            found.rule(rule)
        found.event()
