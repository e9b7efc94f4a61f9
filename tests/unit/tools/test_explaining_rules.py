"""What is said about a rule: its verdict, the tree of its guard, what it remembers."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from groundrules.display.columns import excerpt
from groundrules.display.lines import page
from groundrules.engine.engine import Engine
from groundrules.frontend import load
from groundrules.narrate.speech import Speech
from groundrules.tools.explaining.events import watch
from groundrules.tools.explaining.human import lines_of
from groundrules.tools.explaining.model import Verdict, Waits
from groundrules.tools.explaining.witness import Witness
from groundrules.tools.testing.read import find_tests, read_tests
from groundrules.tools.testing.timeline import EventMaker
from unit.tools.explained import ROOT, explained, leaves, message, plan_of, why

HI = [message("a", "09:00:00", "hi")]


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        ("{id: x, on: message, when: text == 'hi', then: [delete]}", "fired"),
        ("{id: x, on: message, when: text == 'ho', then: [delete]}", "false"),
        ("{id: x, on: message, when: age(actor.joined) > 1d, then: [delete]}", "unknown"),
        ("{id: x, on: message, when: text == 'hi', unless: actor.id == 'li', then: [delete]}", "unless"),
        ("{id: x, on: message, when: text == 'hi', then: [delete], mode: shadow}", "shadow"),
        ("{id: x, on: message, when: text == 'hi', then: [delete], rollout: 0%}", "rollout"),
        ("{id: x, on: message, when: text == 'hi', then: [delete], mode: off}", "off"),
        ("{id: x, on: message, then: [delete], ends: 2025-12-31}", "ended"),
        ("{id: x, on: message, then: [delete], starts: 2026-02-01}", "early"),
        ("{id: x, on: message, then: [delete], starts: 2026-01-05 09:00}", "fired"),
        ("{id: x, on: member.joined, then: [warn]}", "elsewhere"),
        ("{id: x, on: member.joined, then: [warn], mode: off}", "off"),
        ("{id: x, on: member.joined, then: [warn], starts: 2026-02-01}", "early"),
        ("{id: x, on: message, then: [delete]}, {id: y, on: message, then: [exempt: [x]]}", "exempted"),
    ],
)
def test_the_verdict_says_why(tmp_path: Path, rule: str, verdict: str) -> None:
    assert why(plan_of(tmp_path, f"rules: [{rule}]\n"), HI, "x").verdict == verdict


def test_a_schedule_outside_its_time_is_not_announced(tmp_path: Path) -> None:
    text = "{id: x, at: '20:00', then: [{send: {to: general, text: hi}}], "
    early, ended = (
        plan_of(tmp_path, f"schedules: [{text}{when}}}]\n") for when in ("starts: 2026-02-01", "ends: 2025-12-31")
    )
    told = why(early, HI, "x")
    assert (told.verdict, told.begins, told.due) == ("early", "2026-02-01T00:00:00.000Z", None)
    assert page(lines_of(told, early, "en")).splitlines()[1] == "  it was not evaluated: it begins on 2026-02-01"
    assert why(ended, HI, "x").verdict == "ended"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_there_are_words_for_every_verdict_and_all_that_a_rule_waits_for(lang: str) -> None:
    say = Speech("explain", lang)
    assert [verdict for verdict in get_args(Verdict) if not say.knows(verdict)] == ["elsewhere"]  # worded by `waits`
    assert [waits for waits in get_args(Waits) if not say.knows(f"waits.{waits}")] == []


def test_a_rule_that_was_not_asked_comes_nearest_of_none(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        """\
rules:
  - {id: early, on: message, when: text == "ho", then: [delete], starts: 2027-01-01}
  - {id: near, on: message, when: text == "ho" and actor.id == "li", then: [delete]}
""",
    )
    seen = explained(plan, HI, "a")
    assert [rule.rule for rule in seen.event().rules] == ["near", "early"]
    nearest = seen.nearest()
    assert nearest is not None
    assert nearest.rule == "near"
    lone = explained(plan_of(tmp_path, "rules: [{id: x, on: message, then: [delete], starts: 2027-01-01}]\n"), HI, "a")
    assert lone.nearest() is None


def test_a_tree_has_every_condition_with_its_value_and_what_decided(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        """\
lists: {bad: [spam, eggs]}
rules:
  - {id: x, on: message, when: text contains any of bad or (actor.bot and not actor.id == "li"), then: [delete]}
""",
    )
    tree = why(plan, [message("a", "09:00:00", "no SPAM please")], "x").when
    assert tree is not None
    assert (tree.shape, tree.outcome, [part.shape for part in tree.parts]) == ("or", True, ["leaf", "and"])
    found, bot, who = leaves(tree)
    assert [(one.start, one.end, one.text, one.pattern) for one in found.evidence] == [(3, 7, "SPAM", "spam")]
    assert found.decisive
    assert not bot.decisive
    assert (who.outcome, who.reads) == (True, {"actor.id": "li"})


def test_an_unknown_guard_names_what_is_missing(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "rules: [{id: x, on: message, when: age(actor.joined) > 1d, then: [delete]}]\n")
    told = why(plan, HI, "x")
    assert told.missing == ("actor.joined",)
    assert told.when is not None
    assert told.when.missing == ("actor.joined",)


def test_a_window_lists_the_events_in_it(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path, "rules: [{id: x, on: message, when: 'count(message by actor within 1m) >= 3', then: [delete]}]\n"
    )
    events = [
        message("old", "08:00:00", "long ago"),
        message("a", "09:00:00", "one"),
        message("other", "09:00:01", "from wang", by="wang"),
        message("b", "09:00:02", "two"),
    ]
    told = why(plan, events, "x")
    assert told.when is not None
    (window,) = told.when.windows
    assert (window.kind, window.value, window.wanted, window.within) == ("count", 2, ">= 3", "1m")
    assert window.key == {"actor": "li"}
    assert [(one.id, one.at, one.text) for one in window.events] == [
        ("a", "2026-01-05T09:00:00.000Z", "one"),
        ("b", "2026-01-05T09:00:02.000Z", "two"),
    ]


def test_a_distinct_window_lists_the_last_event_of_each_value(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path, "rules: [{id: x, on: message, when: 'distinct(text of message within 1m) >= 3', then: [delete]}]\n"
    )
    events = [message(id, f"09:00:0{n}", text) for n, (id, text) in enumerate([("a", "x"), ("b", "y"), ("c", "x")])]
    told = why(plan, events, "x")
    assert told.when is not None
    assert [one.id for one in told.when.windows[0].events] == ["b", "c"]


def test_only_the_newest_events_of_a_long_window_are_listed(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "rules: [{id: x, on: message, when: 'count(message within 1h) >= 50', then: [delete]}]\n")
    events = [message(f"e{n}", f"09:00:{n:02}", "x") for n in range(20)]
    told = why(plan, events, "x")
    assert told.when is not None
    (window,) = told.when.windows
    assert [one.id for one in window.events] == [f"e{n}" for n in range(12, 20)]
    assert window.left_out == 12


def test_items_of_any_are_told_one_by_one(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        "rules:\n  - id: x\n    on: message\n    when: any(link in links where link.domain == 'a.example')\n"
        "    then: [delete]\n",
    )
    links = [{"url": f"http://{name}.example", "domain": f"{name}.example"} for name in ("a", "b")]
    told = why(plan, [message("m", "09:00:00", "x", links=links)], "x")
    assert told.when is not None
    assert [(part.item, part.outcome, part.decisive) for part in told.when.parts] == [
        ("http://a.example", True, True),
        ("http://b.example", False, False),
    ]


def test_once_per_says_when_it_fired_and_may_fire_again(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "rules: [{id: x, on: message, then: [delete], once_per: actor within 10m}]\n")
    told = why(plan, [message("a", "09:00:00", "x"), message("b", "09:01:00", "x")], "x")
    assert told.verdict == "once"
    assert told.once is not None
    assert (told.once.key, told.once.within) == ({"actor": "li"}, "10m")
    assert (told.once.fired_at, told.once.again) == ("2026-01-05T09:00:00.000Z", "2026-01-05T09:10:00.000Z")


def test_once_per_day_may_fire_again_tomorrow(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "rules: [{id: x, on: message, then: [delete], once_per: actor per day}]\n")
    told = why(plan, [message("a", "09:00:00", "x"), message("b", "09:01:00", "x")], "x")
    assert told.once is not None
    assert told.once.again == "2026-01-06T00:00:00.000Z"


def test_times_says_the_how_manieth(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        "rules: [{id: x, on: message, times: {per: actor, within: 1h, 1: [warn], 3: [delete]}}]\n",
    )
    told = why(plan, [message("a", "09:00:00", "x"), message("b", "09:01:00", "x")], "x")
    assert told.times is not None
    assert (told.times.number, told.times.steps) == (2, (1, 3))


LADDER = """\
ledgers: {strikes: {per: member}}
rules: [{id: x, on: message, when: text == "bad", then: [strike: 2]}]
ladders: [{id: steps, ledger: strikes, steps: [{reaches: 3, then: [warn]}, {reaches: 9, then: [kick]}]}]
"""


def test_a_ladder_by_its_name_is_all_its_steps_with_the_balance(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, LADDER)
    events = [message("a", "09:00:00", "bad"), message("b", "09:01:00", "bad")]
    first, second = explained(plan, events, "b").rule("steps")
    assert (first.rule, first.verdict, second.verdict) == ("steps#1", "fired", "elsewhere")
    assert second.ladder is not None
    assert (second.ladder.before, second.ladder.after, second.ladder.reaches) == (2, 4, 9)


def test_actions_are_told_with_the_rules_behind_them(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, LADDER)
    told = explained(plan, [message("a", "09:00:00", "bad"), message("b", "09:01:00", "bad")], "b").event()
    assert [(one.action.do, [rule.rule for rule in one.rules]) for one in told.actions] == [("warn", ["steps#1"])]
    assert [one.rule for one in told.fired] == ["x", "steps#1"]


def test_a_state_is_told_by_its_guard_though_nobody_asked(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        """\
states: [{id: raid, enter: count(member.joined within 1m) >= 5, leave: quiet(member.joined) >= 5m, then: [lock]}]
""",
    )
    (told,) = explained(plan, HI, "a").rule("raid")
    assert (told.verdict, told.waits) == ("elsewhere", "state")
    assert told.when is not None
    assert told.when.windows[0].wanted == ">= 5"


def test_an_event_that_is_refused_is_told_as_refused(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "rules: [{id: x, on: message, then: [delete]}]\n")
    broken = {**message("b", "09:00:00", "x"), "actor": None}
    told = explained(plan, [*HI, broken], "b").event()
    assert [one.trigger for one in told.decisions] == ["rejected"]


def test_events_of_other_partitions_and_lines_that_hold_none_change_nothing(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "rules: [{id: x, on: message, when: 'count(message within 1m) >= 2', then: [delete]}]\n")
    elsewhere = {**message("o", "09:00:00", "x"), "community": {"id": "other"}}
    assert why(plan, [elsewhere, {"no": "event"}, message("a", "09:00:01", "x")], "x").verdict == "false"


RULEBOOKS = sorted(path.parent for path in (ROOT / "tests" / "rulebooks").glob("*/tests.yaml"))


@pytest.mark.parametrize("folder", RULEBOOKS[::4], ids=lambda folder: folder.name)
def test_verdicts_are_what_the_engine_decided(folder: Path) -> None:
    """For every event of every test: the rules called fired are those that fired, no others."""
    plan = load(folder).plan
    for file in find_tests(folder)[folder]:
        for case in read_tests(file, plan)[:3]:
            engine, witness, maker = Engine(plan), Witness(plan), EventMaker(plan, case)
            for event in (event for step in case.steps for event in maker.events(step)):
                decisions = engine.feed(event)
                maker.heard(decisions)
                found = watch(witness, event)
                assert found.decisions == decisions
                fired = {one.rule for decision in decisions for one in decision.fired}
                told = {one.rule for rule in plan.rules for one in found.rules.explain(rule) if one.verdict == "fired"}
                assert told == fired


def test_a_long_condition_is_cut_in_its_middle() -> None:
    assert excerpt("short", 100, 25) == "short"
    told = excerpt("text matches /(" + "a|" * 200 + "b)/i", 100, 25)
    assert (told[:16], told[-4:], len(told) <= 100) == ("text matches /(a", "b)/i", True)


DATED = """
parameters:
  limit:
    type: integer
    values:
      2026-01-01: {value: 9, because: {en: Few of us, zh: 人少}}
      2026-01-05: {value: 3, because: {en: More of us, zh: 人多}, source: vote 7}
      2027-01-01: {value: 1, source: vote 8}
  most: {type: integer, values: {2026-01-01: 5, 2026-01-05: {value: 1, source: vote 9}}}
define: {long: length(text) > limit}
rules:
  - {id: a, on: message, when: long, then: [warn]}
  - {id: b, on: message, when: count(message by actor within 1h) > most, then: [warn]}
  - {id: c, on: message, when: 'text contains "limit"', then: [warn]}
"""


def test_why_a_dated_value_is_as_it_is_is_told_with_the_rules_that_it_changes(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, DATED)
    events = [message("1", "09:00:00", "limit")]
    of_a, of_b, of_c = (why(plan, events, rule).dated for rule in "abc")
    assert [(of.parameter, of.since, of.because.get("en"), of.source) for of in of_a] == [
        ("limit", "2026-01-05", "More of us", "vote 7")
    ]
    assert [(of.parameter, of.source) for of in of_b] == [("most", "vote 9")]
    assert of_c == ()
    for lang, line in (
        ("en", "limit since 2026-01-05, because: More of us, decided in: vote 7"),
        ("zh", "limit 自 2026-01-05 起，理由：人多、依据：vote 7"),
    ):
        assert line in page(lines_of(why(plan, events, "a"), plan, lang))


def test_who_comes_behind_in_the_order_of_a_schedule_is_told_so(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        "schedules: [{id: s, at: '10:00', for_each: member, most: silence(member), limit: 1, then: [{warn: null}]}]\n",
    )
    events = [message("a", "09:00:00", "x"), message("b", "09:30:00", "x", by="wang")]
    told = explained(plan, [*events, message("t", "10:00:00", "x", by="zhao")], "t").rule("s")
    assert [(one.subject, one.verdict) for one in told] == [("li", "fired"), ("wang", "behind")]


ITEMS = """\
paths:
  - id: week
    on: member.joined
    one_per: actor
    until_all:
      - {id: intro, title: an introduction, on: message, when: actor.id == start.actor.id and text == "hi"}
      - {id: homework, on: message, when: actor.id == start.actor.id and text == "done"}
    steps:
      - {after: 3d, then: [notify: helper]}
      - {after: 6d, then: [kick]}
    afterwards: [add_role: member]
"""
JOINED = {**message("j", "08:00:00", ""), "type": "member.joined"}


def test_a_path_says_which_of_its_items_the_event_was_and_what_remains(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, ITEMS)
    opening, first, second, end = explained(plan, [JOINED, *HI], "a").rule("week")
    assert opening.verdict == "item"
    assert [(one.key, one.done, one.remaining) for one in opening.items] == [(("li",), ("intro",), ("homework",))]
    assert (first.due, second.due) == ("2026-01-08T08:00:00.000Z", "2026-01-11T08:00:00.000Z")
    assert (end.waits, end.due) == ("path_end", None)
    lines = page(lines_of(opening, plan, "en"))
    assert "the event fulfilled an introduction on the path for li; what remains: homework" in lines


def test_the_last_item_leaves_none(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, ITEMS)
    events = [JOINED, *HI, message("b", "10:00:00", "done")]
    opening, first, _, end = explained(plan, events, "b").rule("week")
    assert [(one.done, one.remaining) for one in opening.items] == [(("homework",), ())]
    assert (first.due, end.verdict) == (None, "fired")
    assert "已全部完成" in page(lines_of(opening, plan, "zh"))


def test_an_event_of_somebody_else_is_no_item(tmp_path: Path) -> None:
    opening, *_ = explained(plan_of(tmp_path, ITEMS), [JOINED, message("a", "09:00:00", "hi", by="wu")], "a").rule(
        "week"
    )
    assert (opening.verdict, opening.items) == ("elsewhere", ())


SCORE = """\
scores:
  - id: advert
    on: message
    points:
      - {when: text contains "buy", add: 5}
      - {when: text contains "please", add: -1}
      - {when: age(actor.joined) < 3d, add: 2}
rules: [{id: x, on: message, when: advert >= 4, then: [delete]}]
"""


@pytest.mark.parametrize(
    ("actor", "said"),
    [({"id": "li"}, "advert is at least 4"), ({"id": "li", "joined": "2026-01-05T00:00:00Z"}, "advert is 6")],
)
def test_a_score_that_may_be_more_is_said_to_be_at_least_so_much(tmp_path: Path, actor: Any, said: str) -> None:
    plan = plan_of(tmp_path, SCORE)
    event = message("a", "09:00:00", "buy please", by=actor)
    lines = page(lines_of(explained(plan, [event], "a").event(), plan, "en"))
    assert f"{said}\n" in lines
    assert '+5: text contains "buy"\n' in lines
    assert '-1: text contains "please"\n' in lines


@pytest.mark.parametrize(
    ("change", "english", "chinese"),
    [
        ({"actor": None}, "[GR704]: `actor` is missing (actor)", "[GR704]：缺少 `actor`（actor）"),
        (
            {"text": 5},
            "[GR705]: `text` must be a text, found `5` (text)",
            "[GR705]：`text` 必须是文本，却是`5`（text）",
        ),
    ],
)
def test_a_refusal_names_the_field_in_both_languages(
    tmp_path: Path, change: dict[str, Any], english: str, chinese: str
) -> None:
    plan = plan_of(tmp_path, "rules: [{id: x, on: message, then: [delete]}]\n")
    event = explained(plan, [*HI, {**message("b", "09:00:01", "x"), **change}], "b").event()
    assert english in page(lines_of(event, plan, "en"))
    assert chinese in page(lines_of(event, plan, "zh"))


def test_a_week_is_named_by_its_first_day(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path, "rules: [{id: x, on: message, when: count(message by actor this week) > 0, then: [delete]}]\n"
    )
    event = explained(plan, HI, "a").event()
    assert "message of actor li, this week (from 2026-01-05)\n" in page(lines_of(event, plan, "en"))
    assert "this week began on 2026-01-05" in event.decisions[0].explain("en")
    assert "this week从 2026-01-05 开始" in event.decisions[0].explain("zh")
