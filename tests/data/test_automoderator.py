"""Rules that subreddits run under AutoModerator: which can be expressed, and that they mean the same.

`python -m bench.automoderator` prints the figure in docs/automoderator.md.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from bench.automoderator.__main__ import DOCUMENTS, REDDIT, checked, documents, verdicts
from bench.automoderator.conditions import UnsaidError
from bench.automoderator.translate import rules

import groundrules


def decided(documents: list[str], *events: dict[str, Any], folder: Path) -> list[list[str]]:
    """Return what the rules of documents do about events, each a text by its author."""
    written = [rule for number, document in enumerate(documents) for rule in rules(number, yaml.safe_load(document))]
    assert not [finding for finding in checked(written) if finding.severity == "error"]
    book = {"rulebook": "subreddit", "use": [os.path.relpath(REDDIT, folder)], "rules": written}
    (folder / "rulebook.yaml").write_text(yaml.safe_dump(book), encoding="utf-8")
    engine = groundrules.Engine(groundrules.load(folder, roots=[REDDIT]))
    plain = {"type": "submission", "time": "2026-03-01T00:00:00Z", "community": {"id": "pics"}, "actor": {"id": "li"}}
    return [
        sorted(
            action.do for decision in engine.feed({"id": str(number), **plain, **event}) for action in decision.actions
        )
        for number, event in enumerate(events)
    ]


SPAM = """
type: submission
title+body: [casino, 赌场]
~domain: [example.org]
author:
    account_age: "< 2 days"
    combined_karma: "< 10"
    satisfy_any_threshold: true
action: filter
comment: "{{match}} is not for r/{{subreddit}}"
"""


def test_all_checks_hold_and_moderators_are_exempt(tmp_path: Path) -> None:
    old, new = "2020-01-01T00:00:00Z", "2026-02-28T12:00:00Z"
    rich, poor = {"created": old, "combined_karma": 500}, {"created": old, "combined_karma": 5}
    casino = {"title": "The Casino!", "domain": "casino.example"}
    answers = decided(
        [SPAM],
        {**casino, "author": rich},
        {**casino, "author": poor},
        {**casino, "author": {"created": new, "combined_karma": 500}},
        {**casino, "author": poor, "domain": "www.example.org"},
        {**casino, "author": {**poor, "is_moderator": True}},
        {"title": "casinos", "domain": "a.example", "author": poor},  # no such word
        {"title": "look", "body": "Casino", "domain": "a.example", "author": poor},
        folder=tmp_path,
    )
    caught = ["comment", "hold"]
    assert answers == [[], caught, caught, [], [], [], caught]


LOCK = """
type: comment
body (full-exact, case-sensitive): ["!lock"]
author: {is_submitter: true}
parent_submission: {set_locked: true, title (starts-with): "Sold"}
"""


def test_a_comment_acts_on_what_it_is_on(tmp_path: Path) -> None:
    comment = {"type": "comment", "parent": {"id": "p"}, "thread": {"title": "sold: a bike"}, "body": "!lock"}
    author, other = {"is_submitter": True}, {"is_submitter": False}
    answers = decided(
        [LOCK],
        {**comment, "author": author},
        {**comment, "author": other},
        {**comment, "author": author, "body": "!LOCK"},
        {**comment, "author": author, "thread": {"title": "For sale: sold"}},
        {"title": "Sold", "author": author},
        folder=tmp_path,
    )
    assert answers == [["set_state"], [], [], [], []]


@pytest.mark.parametrize(
    ("document", "unsaid"),
    [
        ("type: submission\ntitle (regex): 'a(?=b)'", "a pattern that looks around"),
        ("standard: image hosting sites", "a condition that Reddit keeps (standard)"),
        ("type: modmail", "the type modmail"),
        ("title (fuzzy): a", "the modifier fuzzy"),
        ("subreddit_rank: 3", "the key subreddit_rank"),
        ("author: {karma_of_friends: 3}", "the fact karma_of_friends of an author"),
        ("action: shadowban", "the action shadowban"),
        ("author: {account_age: often}", "the age often"),
        ("comment: 'see {{media_user}}'", "the placeholder media_user"),
        ("type: comment\ntitle: a", "a check of something that no such event has"),
    ],
)
def test_what_can_not_be_said_is_named(document: str, unsaid: str) -> None:
    with pytest.raises(UnsaidError) as error:
        rules(1, yaml.safe_load(document))
    assert str(error.value) == unsaid


@pytest.mark.skipif(not DOCUMENTS.exists(), reason="the documents are not beside this checkout")
def test_nearly_all_are_said_whole() -> None:
    results = verdicts()
    assert len(results) > 150
    rest = [verdict for verdict in results if verdict.unsaid != "a pattern that looks around"]
    assert sum(bool(verdict.rules) for verdict in rest) / len(rest) >= 0.97
    assert sum(bool(verdict.rules) for verdict in results) / len(results) >= 0.96


@pytest.mark.skipif(not DOCUMENTS.exists(), reason="the documents are not beside this checkout")
def test_the_rules_of_a_subreddit_stand_together() -> None:
    largest = max(DOCUMENTS.glob("*.yaml"), key=lambda path: path.stat().st_size)
    written = []
    for number, document in enumerate(documents(largest)):
        try:
            written += rules(number, document)
        except UnsaidError:
            continue
    assert len(written) > 40
    assert not [finding for finding in checked(written) if finding.severity == "error"]
