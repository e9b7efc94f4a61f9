"""A new action is a schema and nothing else: it speaks, lints know it, tests and the handbook name it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import groundrules
from groundrules.cli.main import cli
from groundrules.frontend import check_path
from groundrules.plan.codec import digest
from groundrules.tools.handbook import handbook, markdown
from groundrules.tools.linting import lint_path

SCHEMA: dict[str, Any] = {
    "title": {"zh": "隔离", "en": "put aside"},
    "sentence": {"zh": "隔离[ {who}] {duration}", "en": "put[ {who}] aside for {duration}"},
    "description": "Let a member write only in a channel apart.",
    "type": "object",
    "target": {"kind": "member", "default": "actor"},
    "does": ["silences", "removes"],
    "shorthand": "duration",
    "merge": {"duration": "max"},
    "opposes": {"fetch_back": "put_aside"},
    "unsaid": ["room"],
    "properties": {
        "duration": {"type": "integer", "format": "duration", "minimum": 1000, "description": "How long."},
        "reason": {"type": "string", "title": {"zh": "原因"}, "description": "Why."},
        "room": {"type": "string", "description": "Where to."},
    },
    "required": ["duration"],
}
BACK: dict[str, Any] = {
    "type": "object",
    "target": {"kind": "member", "default": "actor"},
    "does": [],
    "properties": {},
}
BOOK = """
rulebook: own
languages: [en, zh]
use: [std/chat]
rules:
  - {id: links, on: message, when: length(links) > 3, then: [{put_aside: 1d, reason: links, room: r1}]}
"""
LADDERS = """
rulebook: own
use: [std/chat]
ledgers: {strikes: {per: member}, points: {per: member}}
rules:
  - {id: links, on: message, when: length(links) > 3, then: [strike: 1]}
  - {id: claim, on: message, when: length(links) > 4, then: [{put_aside: 1d}, {reply: you have been muted}]}
  - {id: no-claim, on: message, when: length(links) > 5, then: [{fetch_back: }, {reply: you have been muted}]}
  - {id: shout, on: message, when: caps(text) > 70%, then: [{put_aside: 1d}]}
rewards:
  - {id: loud, on: message, when: caps(text) > 90%, grant: {points: 1}}
ladders:
  - {id: a, ledger: strikes, steps: [{reaches: 3, then: [put_aside: 1d]}, {reaches: 6, then: [put_aside: 1h]}]}
  - id: b
    ledger: strikes
    appeal: {within: 7d, to: owner}
    steps: [{reaches: 3, falls_below: 1, then: [put_aside: 2d], on_the_way_back: [fetch_back]}]
"""
TESTS = """
tests:
  - name: many links
    timeline:
      - {at: "09:00", message: x, links: [a.com, b.com, c.com, d.com], by: li, expect: [{put_aside: %s, who: li}]}
"""


def write(folder: Path, book: str, schema: dict[str, Any] = SCHEMA) -> Path:
    (folder / "schemas" / "actions").mkdir(parents=True, exist_ok=True)
    for name, content in (("put_aside", schema), ("fetch_back", BACK)):
        (folder / "schemas" / "actions" / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    (folder / "rulebook.yaml").write_text(book, encoding="utf-8")
    return folder


def event(**fields: Any) -> dict[str, Any]:
    header = {"id": "e1", "type": "message", "time": "2026-03-01T09:00:00Z", "community": {"id": "c"}}
    links = [{"url": f"https://{name}.com", "domain": f"{name}.com"} for name in "abcd"]
    return {**header, "channel": {"id": "g"}, "actor": {"id": "li"}, "text": "x", "links": links, **fields}


def test_it_speaks_wherever_decisions_are_told(tmp_path: Path) -> None:
    folder = write(tmp_path, BOOK)
    book = groundrules.load(folder)
    [decision] = groundrules.Engine(book).feed(event())
    assert "→ put li aside for 1d (reason links)" in decision.explain("en", book.plan.actions)
    assert "→ 隔离 li 1 天（原因 links）" in decision.explain("zh", book.plan.actions)
    events = tmp_path / "events.jsonl"
    events.write_text(json.dumps(event()), encoding="utf-8")
    for arguments in (
        ["run", str(folder), str(events), "--format", "human"],
        ["explain", str(folder), str(events), "--event", "e1"],
    ):
        shown = CliRunner().invoke(cli, [*arguments, "--lang", "en"])
        assert shown.exit_code == 0
        assert "put li aside for 1d (reason links)" in shown.stdout
    (folder / "tests.yaml").write_text(TESTS % "2d", encoding="utf-8")
    failed = CliRunner().invoke(cli, ["test", str(folder), "--lang", "zh"])
    assert (failed.exit_code, "隔离 li 1 天" in failed.stdout) == (1, True)
    (folder / "tests.yaml").write_text(TESTS % "1d", encoding="utf-8")
    assert CliRunner().invoke(cli, ["test", str(folder)]).exit_code == 0


@pytest.mark.parametrize(("lang", "sentence"), [("en", "put aside for 1 day"), ("zh", "隔离 1 天")])
def test_the_handbook_tells_it(tmp_path: Path, lang: str, sentence: str) -> None:
    checked = check_path(write(tmp_path, BOOK)).checked
    assert checked is not None
    assert f"→ {sentence}\n" in markdown(handbook(checked, lang))


def test_lints_know_what_it_does(tmp_path: Path) -> None:
    messages = {finding.message for finding in lint_path(write(tmp_path, LADDERS)).diagnostics}
    assert {
        "`put_aside: 1h` is milder than the `1d` of the step below",
        "`a` leads to `put_aside`, and nobody can appeal",
        "`a` punishes at 3, too, so only the harder of the two happens",
        "below 1, `b` takes back the `put_aside` of `a`",
        "members who earn `loud` are punished by `shout` for it",
        "the message says `you have been muted`, and `no-claim` does nothing of the kind",
    } <= messages
    assert not any("`claim` does nothing" in message for message in messages)


def test_wording_is_no_meaning(tmp_path: Path) -> None:
    plan = groundrules.load(write(tmp_path, BOOK)).plan
    words = {key: SCHEMA[key] for key in SCHEMA if key not in ("sentence", "unsaid")}
    assert digest(groundrules.load(write(tmp_path, BOOK, words)).plan) == digest(plan)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sentence": "put {whom} aside"}, "`whom` is not a parameter"),
        ({"sentence": {"en": ["put {who} aside", "put ["]}}, "a `[` has no `]` after it"),
        ({"sentence": {"en": 5}}, "a sentence must be text"),
        ({"does": ["silence"]}, "`silence` is not something an action does"),
        ({"does": "silences"}, "`does` must be a list of hides, silences, removes, speaks"),
        ({"unsaid": ["rooms"]}, "`rooms` is not a parameter"),
        ({"unsaid": 5}, "`unsaid` must be a list of parameters"),
    ],
)
def test_mistakes_in_its_schema_are_findings(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    [finding] = check_path(write(tmp_path, BOOK, {**SCHEMA, **change})).diagnostics
    assert (finding.code, finding.message) == ("GR452", message)
