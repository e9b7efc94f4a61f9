"""Recorded votes: every member's reputation is what a plain loop over the same lines adds up to.

The loop below knows nothing about groundrules: ten for an upvote, at most two hundred a day, two off for a downvote,
never below one, and fifteen for an accepted answer whatever the day already gave.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from groundrules.engine.engine import Engine
from groundrules.frontend import load
from groundrules.reference import Interpreter

ROOT = Path(__file__).parents[2]
FILE = ROOT.parent / "shared" / "data" / "streams" / "stackexchange-votes.jsonl"

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the recorded votes are not beside this checkout")


def reputations(events: list[dict[str, Any]], cap: int = 200) -> dict[str, list[int]]:
    """Member → what their reputation was after each vote on their posts."""
    found: dict[str, list[int]] = {}
    today: Counter[tuple[str, str]] = Counter()
    for event in events:
        kind = event["type"].removeprefix("vote.")
        if kind not in ("up", "down", "accept"):
            continue
        who, day = event["target"]["id"], event["time"][:10]
        gain = {"up": min(10, cap - today[who, day]), "down": -2, "accept": 15}[kind]
        today[who, day] += gain if kind == "up" else 0
        before = found.setdefault(who, [1])[-1]
        found[who].append(max(before + gain, 1))
    return found


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return FILE.read_bytes().splitlines()


@pytest.mark.parametrize("kind", [Engine, Interpreter])
@pytest.mark.parametrize("cap", [200, 50])
def test_reputation_of_every_member(lines: list[bytes], kind: Any, cap: int, tmp_path: Path) -> None:
    found: dict[str, list[int]] = {}
    clamped: set[str | None] = set()
    running = kind(with_cap(cap, tmp_path))
    for line in lines:
        (decision,) = running.feed(line)
        for change in decision.ledgers:
            found.setdefault(change.who, [change.before]).append(change.after)
            clamped.add(change.clamped)
    wanted = reputations([json.loads(line) for line in lines], cap)
    assert found == wanted
    assert len(wanted) == 49, "members whose posts were voted on"
    assert len(clamped) == 3, "votes were let through, cut by the day's cap and held by the floor"


def with_cap(cap: int, folder: Path) -> Any:
    """The plan of the rulebook with another daily cap."""
    source = ROOT / "tests" / "rulebooks" / "votes"
    text = (source / "rulebook.yaml").read_text(encoding="utf-8")
    assert "cap: 200 per day" in text
    shutil.copytree(source / "schemas", folder / "schemas")
    (folder / "rulebook.yaml").write_text(text.replace("cap: 200 per day", f"cap: {cap} per day"), encoding="utf-8")
    return load(folder).plan


def test_balances_at_the_end_and_the_best_of_all(lines: list[bytes]) -> None:
    engine = Engine(load(ROOT / "tests" / "rulebooks" / "votes"))
    for line in lines:
        engine.feed(line)
    wanted = reputations([json.loads(line) for line in lines])
    assert {who: engine.balance("conlang", "reputation", who) for who in wanted} == {
        who: history[-1] for who, history in wanted.items()
    }
    assert engine.balance("conlang", "reputation", "nobody") == 1
