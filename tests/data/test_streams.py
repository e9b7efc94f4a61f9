"""Recorded chats and labelled messages: nothing raises, nothing is lost, and rules fire where a plain script says so.

The script below knows nothing about groundrules: it lower-cases, searches and compares, which on this data is what the
rules of `tests/rulebooks/streams` mean.
"""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from pathlib import Path
from typing import Any

import pytest

from groundrules.frontend import load
from groundrules.tools.running.run import Runner

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
FILES = {
    "streams/ubuntu-irc.jsonl": 12_454,
    "streams/gitter.jsonl": 22_580,
    "labelled/sms-spam.jsonl": 5_549,
    "labelled/telegram-spam.jsonl": 620,
    "labelled/cold-zh.jsonl": 5_323,
}
DISTRIBUTIONS = re.compile(r"(?<![^\W_])(debian|gentoo|fedora|suse|mandrake)(?![^\W_])")
NUMBERS = re.compile(r"\b[0-9]{3}-[0-9]{4}\b|\b[0-9]{5,}\b", re.ASCII)
SITES = ("github.com", "codepen.io")

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the recorded chats are not beside this checkout")


def expected(event: dict[str, Any]) -> set[str]:
    """Which rules a plain script says must fire."""
    if event["type"] != "message":
        return set()
    text = event["text"]
    lower = text.lower()
    domains = [link.get("domain", "") for link in event.get("links", [])]
    told = {
        "distribution": bool(DISTRIBUTIONS.search(lower)),
        "offer": any(word in lower for word in ("free", "winner", "prize", "cash", "urgent")),
        "pattern": bool(NUMBERS.search(text)),
        "code-link": any(domain == site or domain.endswith("." + site) for domain in domains for site in SITES),
        "many-mentions": len(event.get("mentions", [])) >= 3,
        "rude": "垃圾" in text or "恶心" in text,
    }
    return {rule for rule, fires in told.items() if fires}


@pytest.mark.parametrize("name", FILES)
def test_every_line_is_answered_and_rules_fire_where_the_script_says(name: str) -> None:
    plan = load(ROOT / "tests" / "rulebooks" / "streams").plan
    runner = Runner(plan)
    differences: Counter[str] = Counter()
    examples: list[str] = []
    with (DATA / name).open("rb") as lines:
        for _, line, decisions in runner.run(lines):
            event = json.loads(line)
            if decisions[-1].trigger == "duplicate":
                continue
            fired = {fired.rule for decision in decisions for fired in decision.fired}
            if plainly(event) and fired != expected(event):
                differences.update(fired ^ expected(event))
                examples.append(f"{event['id']} {sorted(fired ^ expected(event))}: {event['text'][:80]!r}")
    tally = runner.tally
    assert tally.lines == FILES[name]
    assert tally.decided + tally.rejected + tally.duplicates == tally.lines
    assert not tally.rejected
    assert not differences, examples[:10]


def plainly(event: dict[str, Any]) -> bool:
    """Whether lower-casing is all that folding does to this text; disguised letters have tests of their own."""
    text = event.get("text", "")
    return all(ord(char) < 0x80 or "一" <= char <= "鿿" or char in "，。！？：；（）、…“”‘’" for char in text)


def test_the_table_of_undecided_guards_names_what_is_missing() -> None:
    plan = load(ROOT / "tests" / "rulebooks" / "streams").plan
    runner = Runner(plan)
    with (DATA / "streams/ubuntu-irc.jsonl").open("rb") as lines:
        deque(runner.run(lines), maxlen=0)
    rows = {row.rule: row for row in runner.tally.undecided(plan)}
    assert rows["newcomer-link"].missing == ("actor.joined",)
    assert rows["newcomer-link"].events == 11_644


def test_assuming_the_fact_mends_it(tmp_path: Path) -> None:
    text = (ROOT / "tests" / "rulebooks" / "streams" / "rulebook.yaml").read_text(encoding="utf-8")
    mended = tmp_path / "rulebook.yaml"
    mended.write_text(text + "\nassume:\n  member: {joined: now - 1d}\n", encoding="utf-8")
    plan = load(mended).plan
    runner = Runner(plan)
    with (DATA / "streams/ubuntu-irc.jsonl").open("rb") as lines:
        deque(runner.run(lines), maxlen=0)
    assert "newcomer-link" not in {row.rule for row in runner.tally.undecided(plan)}
    assert runner.tally.fired["newcomer-link"] > 0
