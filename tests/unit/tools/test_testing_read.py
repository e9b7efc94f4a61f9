"""Tests files: what they say, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.frontend import load
from groundrules.tools.testing.read import TestsError, find_tests, read_tests
from groundrules.tools.testing.timeline import EventMaker
from groundrules.tools.testing.vocabulary import MOMENTS
from unit.tools.timelines import mistakes, read, timeline, write


def test_a_step_has_a_type_its_short_value_and_fields(tmp_path: Path) -> None:
    _, (case,) = read(tmp_path, timeline("{at: '09:00', message: hi, by: li, links: [a.com], expect: [delete]}"))
    (step,) = case.steps
    assert (step.at, step.type, step.short, step.fields) == ("09:00", "message", "hi", {"by": "li", "links": ["a.com"]})
    assert (step.expect.actions, step.expect.ledgers, step.span.line) == (["delete"], None, 4)


def test_a_step_without_a_time_comes_a_second_after_the_one_before(tmp_path: Path) -> None:
    plan, (case,) = read(tmp_path, timeline("{at: '09:00', message: a}", "{message: b}", "{tick: true}"))
    maker = EventMaker(plan, case)
    times = [event["time"][-13:] for step in case.steps for event in maker.events(step)]
    assert times == ["01:00:00.000Z", "01:00:01.000Z", "01:00:02.000Z"]


def test_the_type_is_the_key_that_has_the_other_as_a_field(tmp_path: Path) -> None:
    about = {"id": "m", "author": "wang"}
    _, (case,) = read(tmp_path, timeline("{at: '09:00', message: {id: m, author: wang}, reaction.added: ok, by: li}"))
    assert (case.steps[0].type, case.steps[0].fields) == ("reaction.added", {"message": about, "by": "li"})


@pytest.mark.parametrize(
    ("step", "code", "message"),
    [
        ("just words", "GR151", "a step is a mapping of what happens, and when"),
        (
            "{at: '09:00', message: hello, reaction.added: ok}",
            "GR151",
            "a step is one event, but both `message` and `reaction.added` are event types",
        ),
        ("{at: '09:00', by: li}", "GR151", "a step needs an event type that the rulebook knows, or `tick: true`"),
        (
            "{at: '09:00', message: a, member.left: li}",
            "GR151",
            "a step is one event, but both `message` and `member.left` are event types",
        ),
        ("{at: '09:00', mesage: a}", "GR152", "`mesage` means nothing here"),
        ("{at: '09:00', message: a, linkz: []}", "GR152", "`linkz` means nothing here"),
        ("{at: '09:00', message: a, ledgers: {pionts: {li: 1}}}", "GR152", "`pionts` means nothing here"),
        ("{at: '09:00', message: a, fired: [no-spma]}", "GR152", "`no-spma` means nothing here"),
        ("{at: '09:00', message: a, states: [open]}", "GR152", "`open` means nothing here"),
        ("{at: '09:00', message: a, expect: delete}", "GR151", "`expect` must be a list"),
        ("{at: '09:00', message: a, expect: [delte]}", "GR152", "no action is called `delte`"),
        ("{at: '09:00', message: a, expect: [{mte: 10m, who: li}]}", "GR152", "no action is called `mte`"),
        ("{at: '09:00', message: a, pending: [kik]}", "GR152", "no action is called `kik`"),
        (
            "{at: '09:00', message: a, expect: [[delete]]}",
            "GR151",
            "an expected action is a name, `delete`, or a name with its value, `mute: 10m`",
        ),
        ("{at: '09:00', message: a, by: {id: li, joind: 2d ago}}", "GR152", "`joind` is not a fact of a member"),
        ("{at: '09:00', message: a, in: {id: c, knd: forum}}", "GR152", "`knd` is not a fact of a channel"),
        (
            "{at: soon, message: a}",
            "GR151",
            "`soon` is not a time; write `09:00`, `+20s`, `monday 09:00` or `2026-03-02 09:00`",
        ),
        (
            "{at: '09:00', message: a, repeat: 2, every: often}",
            "GR151",
            "`often` is not a duration; write `30s`, `10m` or `1h30m`",
        ),
        ("{at: '09:00', message: a, rejected: [x]}", "GR151", "`rejected` must be a text"),
        ("{at: '09:00', message: a, expect: {hsa: [delete]}}", "GR152", "`hsa` means nothing here"),
        ("{at: '09:00', message: a, expect: {has: delete}}", "GR151", "`has` must be a list"),
        ("{at: '09:00', message: a, expect: {none: [delte]}}", "GR152", "no action is called `delte`"),
        ("{at: '09:00', message: a, fired: {has: [no-spma]}}", "GR152", "`no-spma` means nothing here"),
        ("{at: '09:00', message: a, repeat: many}", "GR151", "`repeat` is a whole number from 1 to 10,000"),
    ],
)
def test_mistakes_of_steps(tmp_path: Path, step: str, code: str, message: str) -> None:
    assert mistakes(tmp_path, timeline(step)) == [(code, 4, message)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tests: none\n", "`tests` must be a list of tests"),
        ("tests: [one]\n", "a test is a mapping with `name` and `timeline`"),
        ("tests: [{name: a}]\n", "a test needs a `timeline`, a list of steps"),
        ("tests: [{name: a, members: [li], timeline: []}]\n", "`members` maps each id to its facts"),
        ("tests: [{name: a, members: {li: {joind: 2d ago}}, timeline: []}]\n", "`joind` is not a fact of a member"),
        ("tests: [{name: a, members: {li: {joined: 2 days ago}}, timeline: []}]\n", "`joined` must be a time"),
        ("tests: [{name: a, members: {li: {joined: 1700000000}}, timeline: []}]\n", "`joined` must be a time"),
        (
            "tests: [{name: a, members: {li: {roles: admin}}, timeline: []}]\n",
            "`roles` must be a list, such as `[a, b]`",
        ),
        ("tests: [{name: a, channels: {c: {nme: x}}, timeline: []}]\n", "`nme` is not a fact of a channel"),
        ("tests: [{name: a, start: soon, timeline: []}]\n", "`soon` is not a day; write `2026-03-02`"),
        ("tests: [{nam: a, timeline: []}]\n", "`nam` means nothing here"),
        ("tests: []\nrules: []\n", "`rules` means nothing here"),
    ],
)
def test_mistakes_of_tests(tmp_path: Path, text: str, message: str) -> None:
    assert [found[2] for found in mistakes(tmp_path, text)] == [message]


def test_mistakes_come_with_help_and_stand_where_they_are(tmp_path: Path) -> None:
    head = "    members: {li: {joind: 2d ago, created: 1700000000, joined: 2 days ago}}\n"
    path = write(tmp_path, timeline("{at: '09:00', message: a, expect: [delte]}", head=head))
    with pytest.raises(TestsError) as raised:
        read_tests(path, load(tmp_path).plan)
    assert [(found.span.text, found.help) for found in raised.value.diagnostics] == [
        ("joind", "did you mean `joined`?"),
        ("1700000000", "as a Unix time that is `2023-11-14T22:13:20.000Z`; write it like this"),
        ("2 days ago", MOMENTS),
        ("delte", "did you mean `delete`?"),
    ]


def test_a_time_that_runs_back_is_told_where_it_stands(tmp_path: Path) -> None:
    steps = ("{at: 2026-02-01, message: a}", "{at: 2026-01-20, message: a}")
    assert mistakes(tmp_path, timeline(*steps)) == [
        ("GR151", 5, "`2026-01-20` is before the previous step (2026-02-01 00:00:00)")
    ]


def test_actions_are_known_before_a_rule_does_them(tmp_path: Path) -> None:
    (tmp_path / "schemas" / "actions").mkdir(parents=True)
    own = '{"type": "object", "target": {"kind": "member"}}'
    (tmp_path / "schemas" / "actions" / "applaud.json").write_text(own, encoding="utf-8")
    assert mistakes(tmp_path, timeline("{at: '09:00', message: a, expect: [ban, applaud]}")) == []


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    found = mistakes(
        tmp_path, timeline("{at: '09:00', mesage: a}", "{at: '09:30'}", "{at: '10:00', message: a, fired: [x]}")
    )
    assert [line for _, line, _ in found] == [4, 5, 6]


def test_a_tests_file_belongs_to_its_folder_or_to_the_file_whose_name_it_extends(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    (inner / "tests").mkdir(parents=True)
    beside = write(inner, "tests: []\n")
    below = inner / "tests" / "more.yaml"
    single, extending = tmp_path / "flood.yaml", tmp_path / "flood.tests.yaml"
    for path in (below, extending):
        path.write_text("tests: []\n", encoding="utf-8")
    single.write_text("rulebook: flood\n", encoding="utf-8")
    assert find_tests(tmp_path) == {single: [extending], inner: [below, beside]}
    assert find_tests(single) == {single: [extending]}
    assert find_tests(extending) == {single: [extending]}
    assert find_tests(inner / "rulebook.yaml") == {}
