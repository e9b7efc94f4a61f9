"""State as plain data: snapshots, rows, forgetting, swapping the rulebook."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from groundrules.decisions import encode
from groundrules.engine.engine import Engine
from groundrules.engine.upkeep.snapshot import SnapshotError
from groundrules.plan import ir
from strategies.runtime import (
    ACTOR,
    DAY,
    HOUR,
    MINUTE,
    START,
    START_ACTOR,
    SUBJECT,
    TEXT,
    Story,
    act,
    delta,
    plan,
    rule,
    says,
)


def rich(**more: Any) -> ir.Plan:
    """A plan with a cell of each kind."""
    flood = ir.WindowTest(window="n", key=(ACTOR,), within=MINUTE, operator=">=", bound=3)
    varied = ir.WindowTest(window="v", key=(), within=HOUR, operator=">=", bound=3)
    rules = [
        rule("bad", delta("strikes", 1), when=says("bad"), once=ir.Once(key=(ACTOR,), within=MINUTE)),
        rule("flood", act("mute", duration=5), when=flood),
        rule("varied", act("notify", None, role="x"), when=varied),
        rule("often", when=says("bad"), times=ir.Times(key=(ACTOR,), within=DAY, steps=((2, (act("warn"),)),))),
        rule("d#1", act("kick", SUBJECT), on=ir.OnCrossing("d", 0)),
        rule("d#1-back", act("notify", None, role="back"), on=ir.OnCrossing("d", 0, True)),
        rule("q", ir.Open(process="q"), when=says("?")),
        rule("q#1", act("warn", START_ACTOR), on=ir.OnStep("q", 0)),
        rule("ask", act("ban"), when=says("ban"), approval=ir.Approval(by=("admin",), approvals=1, within=DAY)),
        rule("s", act("notify", None, role="daily"), on=ir.OnSchedule("s")),
        rule("label", ir.Label(label="x", entity="member", on=ACTOR), when=says("label")),
    ]
    cells: dict[str, Any] = {
        "windows": [
            ir.Window(id="n", kind="count", type="message", key=(ACTOR,), within=MINUTE, keep=3, ids=True),
            ir.Window(id="v", kind="distinct", type="message", value=ACTOR, within=HOUR, keep=3),
        ],
        "ledgers": [ir.Ledger(id="strikes", fade=ir.Fade(amount=1, every=DAY))],
        "ladders": [ir.Ladder(id="d", ledger="strikes", steps=(ir.Step(2, falls_below=1),))],
        "processes": [ir.Process(id="q", key=(ACTOR,), steps=(ir.Due(after=HOUR),), capture=(("actor", "id"),))],
        "schedules": [ir.Schedule(id="s", at=ir.When(time=9 * HOUR))],
        "states": [ir.State(id="busy", enter=varied, leave=ir.Not(operand=varied))],
        "facts": {"member": ("name", "roles")},
    }
    return plan(*rules, **(cells | more))


def life(story: Story, count: int = 40) -> list[dict[str, Any]]:
    """A stretch of events that touches every cell."""
    texts = ("bad", "?", "ban", "label", "hi")
    members = ("li", "wang", "zhao", "qian")
    return [story.message(n * 20 * MINUTE // 7, texts[n % 5], by=members[n % 4]) for n in range(count)] + [
        story.message(count * 20 * MINUTE // 7, "?")
    ]


def log(engine: Engine, events: list[dict[str, Any]]) -> list[bytes]:
    return [encode(decision) for event in events for decision in engine.feed(event)]


# --- snapshots ----------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [0, 1, 7, 20, 39])
def test_a_restored_engine_goes_on_as_if_nothing_had_been(cut: int) -> None:
    events = life(Story())
    whole, first = Engine(rich()), Engine(rich())
    tail = Story().tick(3 * DAY) | {"id": "tail"}
    expected = log(whole, [*events, tail])
    found = log(first, events[:cut])
    second = Engine.restore(rich(), first.snapshot())
    assert second.next_due() == first.next_due()
    assert found + log(second, [*events[cut:], tail]) == expected


def test_equal_states_give_equal_snapshots() -> None:
    one, other = Engine(rich()), Engine(rich())
    log(one, life(Story()))
    log(other, life(Story()))
    assert one.snapshot() == other.snapshot()
    assert Engine.restore(rich(), one.snapshot()).snapshot() == one.snapshot()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda data: b"", "GR811"),
        (lambda data: b"nonsense" * 9, "GR811"),
        (lambda data: data[:7] + b"\xff\xff" + data[9:], "GR812"),
        (lambda data: data[:-1], "GR813"),
        (lambda data: data[:-1] + b"\x00\x00", "GR813"),
        (lambda data: data[:9] + hashlib.sha256(b"\x91\xa1\xa4").digest() + b"\x91\xa1\xa4", "GR813"),
    ],
)
def test_what_is_no_snapshot_is_refused(damage: Any, code: str) -> None:
    engine = Engine(rich())
    log(engine, life(Story()))
    with pytest.raises(SnapshotError) as error:
        Engine.restore(rich(), damage(engine.snapshot()))
    assert error.value.code == code


# --- rows ---------------------------------------------------------------------------------------


def test_drained_rows_are_the_state() -> None:
    engine, store = Engine(rich(), track=True), {}
    for event in life(Story()):
        engine.feed(event)
        for partition, space, key, row in engine.drain():
            store[partition, space, key] = row
    assert list(engine.drain()) == []
    loaded = Engine(rich(), track=True)
    loaded.load(((*name, row) for name, row in store.items() if row is not None), engine.shapes)
    assert loaded.snapshot() == engine.snapshot()
    assert list(loaded.drain()) == [], "what was loaded is no change"


def test_reading_changes_no_rows() -> None:
    engine = Engine(rich(), track=True)
    engine.feed(Story().message(0, "hi"))
    list(engine.drain())
    engine.snapshot()
    engine.next_due()
    assert list(engine.drain()) == []


def test_time_alone_is_a_change() -> None:
    engine = Engine(rich(), track=True)
    engine.feed(Story().message(0, "hi"))
    list(engine.drain())
    engine.advance(START + 1)
    assert [(space, key) for _, space, key, _ in engine.drain()] == [("meta", "")]


# --- forgetting ---------------------------------------------------------------------------------


def test_a_forgotten_member_leaves_no_trace() -> None:
    engine = Engine(rich())
    log(engine, [event | {"actor": {"id": event["actor"]["id"] + "-person"}} for event in life(Story())])
    assert b"li-person" in engine.snapshot()
    erased = engine.forget("li-person")
    assert {"ledger/strikes", "window/n", "window/v", "roster/member", "label"} <= erased.keys()
    assert b"li-person" not in engine.snapshot()
    assert b"wang-person" in engine.snapshot()
    assert engine.forget("li-person") == {}


def test_timers_of_others_stay_when_somebody_is_forgotten() -> None:
    story, engine = Story(), Engine(rich())
    engine.feed(story.message(0, "?"))
    engine.feed(story.message(MINUTE, "?", by="wang"))
    engine.forget("li")
    assert engine.next_due() == START + MINUTE + HOUR


# --- swapping -----------------------------------------------------------------------------------


def swapped(before: ir.Plan, after: ir.Plan) -> tuple[Engine, Any]:
    engine = Engine(before)
    log(engine, life(Story()))
    state = engine.snapshot()
    preview = engine.swap(after, preview=True)
    assert engine.snapshot() == state, "a preview changes nothing"
    report = engine.swap(after)
    assert report == preview
    return engine, report


def test_the_same_plan_keeps_everything() -> None:
    _, report = swapped(rich(), rich())
    assert (report.dropped, report.cancelled, report.resettled, report.added) == ({}, (), (), ())
    assert "ledger/strikes" in report.kept


def test_a_swap_keeps_what_both_share_and_drops_the_rest() -> None:
    after = plan(
        rule("bad", delta("strikes", 5), when=says("bad"), once=ir.Once(key=(ACTOR,), within=HOUR)),
        ledgers=[ir.Ledger(id="strikes", fade=ir.Fade(amount=1, every=DAY)), ir.Ledger(id="new")],
    )
    engine = Engine(rich())
    log(engine, life(Story()))
    before = {who: engine.balance("c", "strikes", who) for who in ("li", "wang", "zhao", "qian")}
    report = engine.swap(after)
    assert {who: engine.balance("c", "strikes", who) for who in before} == before
    assert report.added == ("ledger/new",)
    assert {"window/n", "window/v", "process/q", "times/often"} <= report.dropped.keys() | {"process/q"}
    assert "once/bad" in report.kept
    assert [path for path, _ in report.cancelled if path == "q"]
    assert [rule for rule, _ in report.cancelled if rule == "ask"]


def test_a_swap_learns_what_the_new_plan_asks_of_members_that_are_as_they_were() -> None:
    known = ir.Known(operand=ir.Fact("event", ("actor",), "member", "roles", "list"))
    engine, story = Engine(plan(facts={"member": ("name",)})), Story()
    li = {"id": "li", "name": "Li", "roles": ["admin"]}
    engine.feed({**story.message(0), "actor": li})
    engine.swap(plan(rule("knows", act("warn"), when=known), facts={"member": ("name", "roles")}))
    engine.feed({**story.message(1), "actor": li})
    assert [fired.rule for decision in engine.feed(story.message(2)) for fired in decision.fired] == ["knows"]


def test_a_renamed_rule_takes_its_memory_along() -> None:
    once = ir.Once(key=(ACTOR,), within=DAY)
    engine = Engine(plan(rule("old", act("warn"), once=once)))
    story = Story()
    engine.feed(story.message(0))
    report = engine.swap(plan(rule("new", act("warn"), once=once, was="old")))
    assert report.renamed["once/old"] == "once/new"
    assert engine.feed(story.message(1))[0].fired == ()


def with_list(*declared: str) -> ir.Plan:
    words = ir.WordList(id="banned", match="exact", items=declared, changes=True)
    search = ir.ContainsList(subject=TEXT, quantifier="any", list="banned")
    return plan(rule("no", act("delete"), when=search), lists=[words])


def test_of_a_list_only_what_differs_from_the_new_rulebook_stays() -> None:
    engine, story = Engine(with_list("old")), Story()
    engine.feed(story.event(0, "list.changed", None, list="banned", add=["new", "own"], remove=["old"]))
    report = engine.swap(with_list("new"))
    assert (report.kept, report.dropped) == (("list/banned",), {})
    assert [key for space, key, _ in engine.rows("c") if space == "list/banned"] == ["own"]
    (decision,) = engine.feed(story.event(1, "list.changed", None, list="banned", add=["old"], remove=["new"]))
    changes = [(note.kind, note.detail["entry"]) for note in decision.notes]
    assert changes == [("list_added", "old"), ("list_removed", "new")]
    texts = ("old", "new", "own")
    hits = {text: bool(engine.feed(story.message(2, text))[0].actions) for text in texts}
    assert hits == {"old": True, "new": False, "own": True}


def braked(*most: int) -> ir.Plan:
    return plan(
        rule("r", act("delete")), brakes=[ir.Brake(id="b", do="delete", most=number, within=HOUR) for number in most]
    )


def test_what_a_brake_has_counted_goes_with_the_brake_and_with_time() -> None:
    engine, story = Engine(braked(1)), Story()
    engine.feed(story.message(0))
    assert engine.swap(braked(2)).kept == ("brake/b",)
    assert [len(engine.feed(story.message(at))[0].actions) for at in (1, 2)] == [1, 0]
    restored = Engine.restore(braked(2), engine.snapshot())
    restored.feed(story.event(DAY, "tick", None))
    restored.feed(story.event(3 * DAY, "tick", None))
    assert "brake/b" not in {space for space, _, _ in restored.rows("c")}
    assert engine.swap(braked()).dropped == {"brake/b": 2}


def test_levels_are_settled_anew_without_acting() -> None:
    low = rich(ladders=[ir.Ladder(id="d", ledger="strikes", steps=(ir.Step(9, falls_below=9),))])
    engine = Engine(rich())
    story = Story()
    for n in range(3):
        engine.feed(story.message(n * MINUTE, "bad"))
    report = engine.swap(low)
    assert report.resettled == (("d", "li", (1,), ()),)
    decision, *behind = engine.feed(story.message(HOUR, "hi"))
    assert (decision.notable, behind) == (False, [])


def test_a_changed_path_is_cancelled_and_its_timer_with_it() -> None:
    other = rich(processes=[ir.Process(id="q", key=(ACTOR,), steps=(ir.Due(after=2 * HOUR),))])
    engine = Engine(rich())
    engine.feed(Story().message(0, "?"))
    assert engine.swap(other).cancelled == (("q", ("li",)),)
    assert engine.next_due() == START + 9 * HOUR


def with_items(*texts: str, after: int = HOUR) -> ir.Plan:
    """A plan in which a path ends once all of these have been written, by anybody."""
    items = tuple(ir.Item(id=text, event=ir.Until(types=("message",), when=says(text))) for text in texts)
    path = ir.Process(id="q", key=(ACTOR,), steps=(ir.Due(after=after),), until_all=items, capture=(("actor", "id"),))
    warn = act("warn", START_ACTOR, text=ir.Template(texts={"": (ir.Remaining(process="q", language=""),)}))
    return plan(
        rule("q", ir.Open(process="q"), when=says("?")),
        rule("q#1", warn, on=ir.OnStep("q", 0)),
        processes=[path],
    )


def test_of_a_path_that_goes_on_under_another_plan_items_are_matched_by_name() -> None:
    engine, story = Engine(with_items("a", "b", "c")), Story()
    for at, text in enumerate(("?", "b")):
        engine.feed(story.message(at, text))
    report = engine.swap(with_items("d", "b", "a"))
    assert (report.kept, report.cancelled) == (("process/q",), ())
    (decision,) = Engine.restore(with_items("d", "b", "a"), engine.snapshot()).advance(START + 2 * HOUR)
    assert decision.actions[0].parameters == {"text": {"": "d, a"}}
    kinds = [[note.kind for note in engine.feed(story.message(3, text))[0].notes] for text in ("c", "a", "d")]
    assert kinds == [[], ["path_item_done"], ["path_item_done", "path_ended"]]


def test_a_path_of_which_no_item_remains_under_another_plan_is_cancelled() -> None:
    engine, story = Engine(with_items("a", "b")), Story()
    for at, text in enumerate(("?", "b")):
        engine.feed(story.message(at, text))
    assert engine.swap(with_items("b")).cancelled == (("q", ("li",)),)
    assert engine.next_due() is None
    engine.feed(story.message(3, "?"))
    assert engine.swap(with_items("b", after=2 * HOUR)).cancelled == (("q", ("li",)),)


def test_a_ledger_of_channels_takes_no_balances_of_members() -> None:
    engine = Engine(plan(rule("r", delta("points", 1)), ledgers=[ir.Ledger(id="points")]))
    engine.feed(Story().message(0))
    report = engine.swap(plan(rule("r", delta("points", 1)), ledgers=[ir.Ledger(id="points", per="channel")]))
    assert report.dropped == {"ledger/points": 1}


def test_a_window_whose_rows_mean_something_else_begins_anew() -> None:
    windows = [ir.Window(id="n", kind="count", type="message", key=(ACTOR,), within=MINUTE, keep=3)]
    rules = [one for one in rich().rules if one.id not in ("varied",)]
    other = plan(*rules, windows=windows, **{name: list(getattr(rich(), name)) for name in KEPT})
    engine, report = swapped(rich(), other)
    assert report.dropped["window/n"] > 0
    log(engine, [Story().message(DAY, "hi") | {"id": "later"}])


KEPT = ("ledgers", "ladders", "processes", "schedules")


def test_a_snapshot_of_another_version_is_carried_over() -> None:
    once = ir.Once(key=(ACTOR,), within=DAY)
    first = Engine(plan(rule("old", act("warn"), once=once)))
    story = Story()
    first.feed(story.message(0))
    second = Engine.restore(plan(rule("new", act("warn"), once=once, was="old")), first.snapshot())
    assert second.carried.renamed["once/old"] == "once/new"
    assert second.feed(story.message(1))[0].fired == ()


def test_what_restoring_under_another_version_changes_is_told_as_a_swap_tells_it() -> None:
    other = rich(processes=[ir.Process(id="q", key=(ACTOR,), steps=(ir.Due(after=2 * HOUR),))])
    engine = Engine(rich())
    log(engine, life(Story()))
    restored = Engine.restore(other, engine.snapshot())
    assert restored.carried == engine.swap(other)
    assert restored.carried.cancelled
    assert restored.snapshot() == engine.snapshot()


def test_a_person_with_a_long_or_odd_id_is_forgotten_too() -> None:
    for id in ("p" * 80, "a\x1fb", "张 三"):
        engine = Engine(rich())
        log(engine, [event | {"actor": {"id": id}} for event in life(Story())])
        assert engine.balance("c", "strikes", id) > 0
        engine.forget(id)
        assert id.encode() not in engine.snapshot()
        assert engine.forget(id) == {}


def test_what_others_are_known_by_is_forgotten_with_whom_it_names() -> None:
    engine = Engine(plan(rule("r", act("warn")), facts={"task": ("assignee", "title")}))
    task = {"id": "t", "title": "do it", "assignee": {"id": "li-person"}}
    engine.feed(Story().event(0, "task.assigned", "wang", task=task))
    assert b"li-person" in engine.snapshot()
    assert engine.forget("li-person") == {"roster/task": 1}
    assert b"li-person" not in engine.snapshot()
    assert b"do it" in engine.snapshot()


# --- what an engine tells -----------------------------------------------------------------------


def test_needs_are_the_fields_that_rules_read() -> None:
    engine = Engine(ir.Plan(rulebook="t", reads={"message": ("text", "actor.joined")}))
    assert (engine.needs("message"), engine.needs("tick")) == (("text", "actor.joined"), ())


def test_anything_with_a_plan_makes_an_engine() -> None:
    class Book:
        plan = rich()

    assert Engine(Book()).plan is Book.plan


def test_state_per_key_is_bounded() -> None:
    counted = ir.Window(id="t", kind="distinct", type="message", key=(ACTOR,), value=TEXT, within=DAY, keep=4)
    engine, story = Engine(plan(windows=[counted])), Story()
    sizes = set()
    for n in range(50):
        engine.feed(story.message(n, "x" * 5000 + str(n)))
        sizes.add(len(engine._runners["c"].partition.space("window/t", DAY).get("li") or b""))
    assert max(sizes) < 400
