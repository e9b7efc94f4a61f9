"""What would have made a rule fire: each way was tried, and each is minimal."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from groundrules.engine.engine import Engine
from groundrules.frontend import load
from groundrules.tools.counterfactual.altering import put
from groundrules.tools.counterfactual.patterns import example
from unit.tools.explained import ROOT, explained, message, plan_of, ways, why

LI = {"id": "li", "joined": "2026-01-01T09:00:00Z", "roles": ["member"], "level": 3}


def changes(tmp_path: Path, when: str, text: str = "hello", **more: Any) -> list[list[tuple[str, str, str]]]:
    """The tried ways for a rule with this condition on one message by li."""
    rule = f"rules:\n  - id: x\n    on: message\n    when: >\n      {when}\n    then: [delete]\n"
    return ways(why(plan_of(tmp_path, rule), [message("a", "09:00:00", text, by=LI, **more)], "x"))


@pytest.mark.parametrize(
    ("when", "change"),
    [
        ('text contains "spam"', ("field", "text", "contains")),
        ('text contains all of ["spam", "eggs"]', ("field", "text", "contains all")),
        ('text contains word "spam"', ("field", "text", "contains")),
        ('text starts with "spam"', ("field", "text", "starts with")),
        ('text ends with "spam"', ("field", "text", "ends with")),
        (r"text matches /spam \d{3}/", ("field", "text", "matches")),
        ('not text contains "hello"', ("field", "text", "lacks")),
        ('text == "spam"', ("field", "text", "==")),
        ('text != "hello"', ("field", "text", "!=")),
        ('text in ["spam", "eggs"]', ("field", "text", "in")),
        ('text not in ["hello"]', ("field", "text", "not in")),
        ("length(text) > 10", ("field", "length(text)", ">")),
        ("length(mentions) >= 2", ("field", "length(mentions)", ">=")),
        ('actor.roles has "admin"', ("fact", "actor.roles", "has")),
        ('not actor.roles has "member"', ("fact", "actor.roles", "has not")),
        ("age(actor.joined) < 1d", ("fact", "actor.joined", ">")),
        ("age(actor.joined) > 30d", ("fact", "actor.joined", "<")),
        ("actor.level >= 5", ("fact", "actor.level", ">=")),
        ("actor.level * 2 > 10", ("fact", "actor.level", ">")),
        ("known(actor.created)", ("fact", "actor.created", "known")),
        ("actor.created < now", ("fact", "actor.created", "<")),
        ("actor.bot", ("fact", "actor.bot", "==")),
        ("any(link in links where link.domain == 'a.example')", ("field", "links", "one more")),
        ("count(message by actor within 1m) >= 3", ("window", "message", "")),
        ("distinct(text of message within 1m) >= 3", ("window", "message", "")),
        ("sum(length(mentions) of message within 1m) >= 3", ("window", "message", "")),
        ("streak(message by actor) >= 3", ("window", "message", "")),
        ("quiet(member.joined) >= 1h", ("window", "member.joined", "")),
        ("now in 22:00-23:00", ("time", "now", "")),
        ("hour(now) >= 22", ("time", "now", "")),
        ('weekday(now) == "friday"', ("time", "now", "")),
    ],
)
def test_each_kind_of_condition_has_its_change(tmp_path: Path, when: str, change: tuple[str, str, str]) -> None:
    assert change in [way[0] for way in changes(tmp_path, when)]


def test_what_must_hold_together_is_changed_together(tmp_path: Path) -> None:
    (way,) = changes(tmp_path, 'channel.name == "help" and text contains "spam" and actor.level == 3')
    assert way == [("field", "channel.name", "=="), ("field", "text", "contains")]


def test_changes_of_one_text_are_made_one_after_the_other(tmp_path: Path) -> None:
    (way,) = changes(tmp_path, 'text contains "spam" and text contains "eggs" and not text contains "hello"')
    assert [relation for _, _, relation in way] == ["contains", "contains", "lacks"]
    (way,) = changes(tmp_path, 'actor.roles has "admin" and not actor.roles has "member"')
    assert [relation for _, _, relation in way] == ["has", "has not"]


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("length(emails(text)) >= 2", ("someone1@example.org", "someone2@example.org")),
        ("length(secrets(text)) > 0", ("AKIAIOSFODNN7EXAMPLE",)),
        ('any(one in emails(text) where one ends with ".org")', ("someone1@example.org",)),
    ],
)
def test_a_text_is_given_what_a_function_finds(tmp_path: Path, when: str, found: tuple[str, ...]) -> None:
    rule = f"rules:\n  - id: x\n    on: message\n    when: >\n      {when}\n    then: [delete]\n"
    told = why(plan_of(tmp_path, rule), [message("a", "09:00:00", "hello")], "x")
    assert told.would_fire[0].changes[0].among == found


def test_of_an_undecided_rule_the_missing_fact_comes_first(tmp_path: Path) -> None:
    found = changes(tmp_path, 'age(actor.created) < 1d or text contains "spam"')
    assert found == [[("fact", "actor.created", ">")], [("field", "text", "contains")]]


def test_of_alternatives_the_shortest_comes_first(tmp_path: Path) -> None:
    found = changes(tmp_path, '(channel.name == "help" and text contains "spam") or actor.level > 3')
    assert [len(way) for way in found] == [1, 2]


def test_a_count_says_how_many_more(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path, "rules: [{id: x, on: message, when: 'count(message by actor within 2m) >= 5', then: [delete]}]\n"
    )
    told = why(plan, [message("a", "09:00:00", "x"), message("b", "09:00:01", "x")], "x")
    (change,) = told.would_fire[0].changes
    assert (change.count, change.within, change.among, told.would_fire[0].tried) == (3, "2m", ("actor",), True)


def test_of_the_last_events_each_new_one_pushes_one_out(tmp_path: Path) -> None:
    guard = 'count(message where text contains "x" by actor within last 4) >= 3'
    plan = plan_of(tmp_path, f"rules: [{{id: x, on: message, when: '{guard}', then: [delete]}}]\n")
    texts = ["x", "x", "y", "y"]
    told = why(plan, [message(str(n), f"09:00:0{n}", text) for n, text in enumerate(texts)], "x")
    (change,) = told.would_fire[0].changes
    assert (change.count, change.last, change.within, told.would_fire[0].tried) == (3, 4, None, True)


def test_of_the_last_events_fewer_pass(tmp_path: Path) -> None:
    guard = 'count(message where text contains "x" by actor within last 3) < 1'
    plan = plan_of(tmp_path, f"rules: [{{id: x, on: message, when: '{guard}', then: [delete]}}]\n")
    texts = ["x", "x", "y", "y"]
    told = why(plan, [message(str(n), f"09:00:0{n}", text) for n, text in enumerate(texts)], "x")
    (change,) = told.would_fire[0].changes
    assert (change.count, change.last, told.would_fire[0].tried) == (-1, 3, True)


def test_an_instant_is_given_exactly(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "rules: [{id: x, on: message, when: age(actor.joined) < 1d, then: [delete]}]\n")
    told = why(plan, [message("a", "09:00:00", "x", by=LI)], "x")
    (change,) = told.would_fire[0].changes
    assert (change.relation, change.bound) == (">", "2026-01-04T09:00:00.000Z")


def test_unless_and_exemptions_are_got_out_of_the_way(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        """\
rules:
  - {id: x, on: message, unless: actor.roles has "member", then: [delete]}
  - {id: y, on: message, then: [warn]}
  - {id: free, on: message, when: actor.level >= 3, then: [exempt: [y]]}
""",
    )
    events = [message("a", "09:00:00", "x", by=LI)]
    assert ways(why(plan, events, "x")) == [[("fact", "actor.roles", "has not")]]
    assert ways(why(plan, events, "y")) == [[("fact", "actor.level", "<")]]


def test_once_per_is_waited_for(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "rules: [{id: x, on: message, then: [delete], once_per: actor within 10m}]\n")
    told = why(plan, [message("a", "09:00:00", "x"), message("b", "09:01:00", "x")], "x")
    first, second = told.would_fire
    assert (first.changes[0].kind, first.changes[0].bound) == ("time", "2026-01-05T09:10:00.000Z")
    assert second.changes[0].kind == "once"


def test_balances_labels_and_states(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        """\
ledgers: {strikes: {per: member}}
states: [{id: closed, enter: {on: message, when: text == "close"}, leave: {on: message, when: text == "open"}}]
rules:
  - {id: mark, on: message, when: text == "mark", then: [{label: watched, on: actor}]}
  - {id: owing, on: message, when: strikes(actor) >= 4, then: [delete]}
  - {id: late, on: message, when: closed, then: [delete]}
  - {id: seen, on: message, when: 'labelled(actor, "watched")', then: [delete]}
""",
    )
    events = [message("a", "09:00:00", "x")]
    (change,) = why(plan, events, "owing").would_fire[0].changes
    assert (change.kind, change.count, change.who) == ("ledger", 4, "li")
    assert ways(why(plan, events, "late")) == [[("state", "closed", "")]]
    assert ways(why(plan, events, "seen")) == [[("label", "watched", "")]]


def test_a_ladder_is_tried_where_the_event_moved_the_balance(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        """\
ledgers: {strikes: {per: member}}
rules: [{id: x, on: message, when: text == "bad", then: [strike: 1]}]
ladders: [{id: steps, ledger: strikes, steps: [{reaches: 3, then: [warn]}]}]
""",
    )
    (moved,) = explained(plan, [message("a", "09:00:00", "bad")], "a").rule("steps")
    assert [(way.changes[0].count, way.tried) for way in moved.would_fire] == [(2, True)]
    (still,) = explained(plan, [message("a", "09:00:00", "good")], "a").rule("steps")
    assert [(way.changes[0].count, way.tried) for way in still.would_fire] == [(3, False)]


def test_what_cannot_be_changed_is_not_promised(tmp_path: Path) -> None:
    assert changes(tmp_path, "count(message by actor within 1m) == 0") == []  # the event at hand is in it
    assert changes(tmp_path, 'text contains "a" and not text contains "a"') == []


def test_a_rule_that_is_off_has_no_way(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "rules: [{id: x, on: message, when: text == 'a', then: [delete], mode: off}]\n")
    assert why(plan, [message("a", "09:00:00", "x")], "x").would_fire == ()


def test_what_was_tried_fires_in_the_engine_too() -> None:
    """The changed text, put into the stream, makes the engine fire."""
    folder = ROOT / "tests" / "rulebooks" / "small-chat"
    plan = load(folder).plan
    events = [json.loads(line) for line in (folder / "week.jsonl").read_text(encoding="utf-8").splitlines()]
    tried = 0
    for index, event in enumerate(events[:9]):
        for told in (
            one for rule in ("no-adverts", "no-passwords") for one in explained(plan, events, event["id"]).rule(rule)
        ):
            for way in told.would_fire:
                if all(one.kind == "field" and one.what == "text" for one in way.changes):
                    changed = copy.deepcopy(event)
                    put(changed, ("text",), way.changes[0].value)
                    engine = Engine(plan)
                    decisions = [one for before in [*events[:index], changed] for one in engine.feed(before)]
                    decisions += engine.finish()  # an event a day ahead waits
                    assert told.rule in [one.rule for one in decisions[-1].fired]
                    tried += 1
    assert tried >= 5


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("abc", "abc"),
        (r"\d{3}-[x-z]+", "111-x"),
        (r"(buy|sell)\s+now", "buy now"),
        (r"^[^a]b?$", "x"),
        (r"(a", None),
        (r"\bword\b", "word"),
    ],
)
def test_a_pattern_has_an_example(pattern: str, text: str | None) -> None:
    assert example(pattern, "") == text
