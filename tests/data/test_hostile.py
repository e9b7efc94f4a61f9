"""Hostile strings as messages, names and ids: a decision or a rejection, never a traceback, and the same twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groundrules.engine.engine import Engine
from groundrules.frontend import load
from groundrules.plan import ir
from groundrules.reference import Interpreter
from strategies.running import log

ROOT = Path(__file__).parents[2]
STRINGS = ROOT.parent / "shared" / "data" / "text" / "naughty-strings.json"

pytestmark = pytest.mark.skipif(not STRINGS.exists(), reason="the hostile strings are not beside this checkout")

MORE = [
    "\ud800",
    "a\udfffb",
    "\x00",
    "\u202ereversed",
    "﷽" * 500,
    "a" * 100_000,
    "👩‍👩‍👧‍👦" * 50,
    "{actor.id}",
    "\u0301" * 2000,
]


@pytest.fixture(scope="module")
def plan() -> ir.Plan:
    return load(ROOT / "tests" / "rulebooks" / "small-chat").plan


def strings() -> list[str]:
    return [*json.loads(STRINGS.read_text(encoding="utf-8")), *MORE]


def event(number: int, text: str, where: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": f"e{number}",
        "type": "message",
        "time": "2026-03-02T09:00:00Z",
        "community": {"id": "c"},
        "channel": {"id": "help", "name": "help"},
        "actor": {"id": "li", "name": "Li", "joined": "2026-03-01T09:00:00Z"},
        "text": "加.微 信",
    }
    if where == "name":
        made["actor"]["name"] = text
    elif where == "link":
        made["links"] = [{"url": text, "domain": text}]
    else:
        made[where] = text
    return made


@pytest.mark.parametrize("where", ["text", "name", "link", "reply_to", "id", "type", "time"])
def test_every_hostile_string_is_answered_alike_by_both_evaluators(plan: ir.Plan, where: str) -> None:
    engine, reference = Engine(plan), Interpreter(plan)
    for number, text in enumerate(strings()):
        made = event(number, text, where)
        answers = engine.feed(made)
        assert answers[-1].trigger in ("event", "rejected", "duplicate")
        assert log(answers) == log(reference.feed(made)), ascii(text[:80])


def test_bytes_and_dicts_are_the_same_event(plan: ir.Plan) -> None:
    first, second = Engine(plan), Engine(plan)
    for number, text in enumerate(strings()):
        made = event(number, text, "text")
        assert log(first.feed(made)) == log(second.feed(json.dumps(made).encode())), ascii(text[:80])
