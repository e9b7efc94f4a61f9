"""The shipped packs under random settings and random streams: one meaning, whatever the way of running.

Each seed is a rulebook of one or two packs with parameters drawn within their bounds, and a stream about what they look
for. HYPOTHESIS_PROFILE=long runs many more.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from groundrules.engine.engine import Engine
from groundrules.reference import Interpreter
from property.test_state import WAYS, Stored
from strategies.packs import PACKS, Chatter, rulebook, said_in_tests
from strategies.running import log

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
EVENTS = 120 if LONG else 25


@pytest.mark.parametrize("seed", range(400 if LONG else len(PACKS)))
def test_every_way_of_running_a_pack_decides_alike(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    packs = {PACKS[seed % len(PACKS)], *chance.sample(PACKS, chance.choice((0, 0, 1)))}
    plan = rulebook(chance, tmp_path, sorted(packs)).plan
    chatter = Chatter(chance, plan, tuple(text for pack in sorted(packs) for text in said_in_tests(pack)))
    reference, engine, bare = Interpreter(plan), Engine(plan), Engine(plan, indexed=False)
    restarted, stored = Engine(plan, track=True), Stored()
    for _ in range(EVENTS):
        line = chatter.line()
        if chance.random() < 0.2:
            stored.take(restarted)
            restarted = chance.choice(WAYS)(restarted, stored)
        wanted = engine.feed(line)
        answers = [other.feed(line) for other in (reference, bare, restarted)]
        assert [log(answer) for answer in answers] == [log(wanted)] * 3
        chatter.hear(wanted)
