"""What was expected against what was decided."""

from __future__ import annotations

from typing import Any

import pytest

from groundrules.decisions import Action, Decision, Fired, Rejection, Unknown
from groundrules.plan import ir
from groundrules.tools.testing.cases import Expectation, Wanted
from groundrules.tools.testing.judge import Outcome, as_expected, judge, meets, show_actual

SPECS = {
    "delete": ir.ActionSpec(name="delete", target="member", shorthand="events"),
    "mute": ir.ActionSpec(name="mute", target="member", shorthand="duration", durations=("duration",)),
    "reply": ir.ActionSpec(name="reply", target="message", shorthand="text"),
    "notify": ir.ActionSpec(name="notify", shorthand="role"),
    "kick": ir.ActionSpec(name="kick", target="member"),
}


def action(do: str, who: str | None = None, **parameters: Any) -> Action:
    return Action(do=do, who=who, parameters=parameters, key="k", rules=("r",))


@pytest.mark.parametrize(
    ("item", "found", "met"),
    [
        ("delete", action("delete", "li", events=["a"]), True),
        ("delete", action("kick", "li"), False),
        ({"delete": ["b", "a"]}, action("delete", "li", events=["a", "b"]), True),
        ({"delete": "a"}, action("delete", "li", events=["a"]), True),
        ({"delete": ["a"]}, action("delete", "li", events=["a", "b"]), False),
        ({"mute": "10m"}, action("mute", "li", duration=600_000), True),
        ({"mute": "10m"}, action("mute", "li", duration=600_001), False),
        ({"mute": "10m", "who": "wang"}, action("mute", "li", duration=600_000), False),
        ({"kick": "li"}, action("kick", "li"), True),
        ({"kick": "wang"}, action("kick", "li"), False),
        ({"kick": True, "who": "li"}, action("kick", "li"), True),
        ({"kick": True, "who": "wang"}, action("kick", "li"), False),
        ({"mute": True, "who": "li"}, action("mute", "li", duration=600_000), False),
        ({"reply": "hi"}, action("reply", "m", text={"en": "hi", "zh": "你好"}), True),
        ({"reply": {"zh": "你好"}}, action("reply", "m", text={"en": "hi", "zh": "你好"}), True),
        ({"reply": {"zh": "hi"}}, action("reply", "m", text={"en": "hi", "zh": "你好"}), False),
        ({"notify": {"role": "admin", "text": "x"}}, action("notify", role="admin", text={"en": "x"}), True),
        ({"notify": {"role": "helper"}}, action("notify", role="admin"), False),
        ({"notify": "admin", "text": "y"}, action("notify", role="admin", text={"en": "x"}), False),
    ],
)
def test_an_action_meets_what_is_stated_of_it(item: Any, found: Action, met: bool) -> None:
    assert meets(item, found, SPECS) is met


def outcome(*actions: Action, **said: Any) -> Outcome:
    return Outcome([Decision(trigger="event", actions=actions, **said)])


def test_every_action_meets_one_expectation_whatever_their_order() -> None:
    two = outcome(action("mute", "li", duration=1000), action("mute", "wang", duration=2000))
    assert judge(Expectation(actions=["mute", {"mute": "2s", "who": "wang"}]), two, SPECS) == []
    (found,) = judge(Expectation(actions=["mute"]), two, SPECS)
    assert (found.heading, found.expected, found.actual) == (
        "actions",
        "mute",
        "mute: 1s, who: li\nmute: 2s, who: wang",
    )
    assert judge(Expectation(actions=["mute", "mute", "mute"]), two, SPECS) != []


def test_nothing_at_all_means_no_rule_either_unless_more_is_said() -> None:
    fired = outcome(fired=(Fired(rule="points"),))
    assert [found.actual for found in judge(Expectation(actions=[]), fired, SPECS)] == ["points"]
    assert judge(Expectation(actions=[], fired=["points"]), fired, SPECS) == []
    assert judge(Expectation(), fired, SPECS) == []
    begun = Outcome(fired.decisions, beginnings=frozenset({"points"}))
    assert judge(Expectation(actions=[]), begun, SPECS) == []


def test_some_are_looked_for_and_the_rest_is_passed_over() -> None:
    two = outcome(action("mute", duration=600_000), action("notify", role="admin"))
    wishes: list[tuple[Wanted, bool]] = [
        ({"has": [{"mute": "10m"}]}, True),
        ({"has": ["mute", "notify"], "none": ["kick"]}, True),
        ({"none": ["kick"]}, True),
        ({}, True),
        ({"has": ["mute", "mute"]}, False),
        ({"has": ["delete"]}, False),
        ({"none": [{"mute": "10m"}]}, False),
        ({"none": [{"mute": "20m"}]}, True),
    ]
    for wanted, met in wishes:
        assert (judge(Expectation(actions=wanted), two, SPECS) == []) is met, wanted
    fired = outcome(fired=(Fired(rule="a"), Fired(rule="b")))
    assert judge(Expectation(fired={"has": ["a"], "none": ["c"]}), fired, SPECS) == []
    [mismatch] = judge(Expectation(fired={"has": ["c"], "none": ["a"]}), fired, SPECS)
    assert (mismatch.expected, mismatch.actual) == ("has: [c]\nnone: [a]", "a, b")


def test_balances_labels_states_and_what_waits() -> None:
    held = Outcome([], {("points", "li"): 2}, {"m": ["seen"]}, ["closed"], [action("kick", "li")])
    fine = Expectation(
        ledgers={"points": {"li": 2, "wang": 0}}, labels={"m": ["seen"]}, states=["closed"], pending=["kick"]
    )
    assert judge(fine, held, SPECS) == []
    wrong = Expectation(ledgers={"points": {"li": 3}}, labels={"m": []}, states=[], pending=[])
    assert [found.heading for found in judge(wrong, held, SPECS)] == [
        "pending approvals",
        "states",
        "points of li",
        "labels of m",
    ]


def test_undecided_and_rejected() -> None:
    undecided = outcome(unknown=(Unknown(rule="new", missing=("actor.joined",)),))
    assert judge(Expectation(unknown=["new"]), undecided, SPECS) == []
    assert judge(Expectation(unknown=["other"]), undecided, SPECS) != []
    rejected = Outcome([Decision(trigger="rejected", rejected=Rejection(code="GR704", reason="no"))])
    assert judge(Expectation(rejected="GR704"), rejected, SPECS) == []
    assert [found.actual for found in judge(Expectation(), rejected, SPECS)] == ["no"]
    assert judge(Expectation(rejected="GR704"), undecided, SPECS) != []


def test_actual_actions_are_shown_as_they_would_be_expected() -> None:
    found = action("mute", "li", duration=600_000)
    assert as_expected(found, SPECS) == {"mute": "10m", "who": "li"}
    assert meets(as_expected(found, SPECS), found, SPECS)
    assert show_actual([], SPECS) == "nothing"
