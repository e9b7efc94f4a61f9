"""What time does: paths, states, schedules, approvals that expire."""

from __future__ import annotations

from typing import Any

import pytest

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Decision, Note
from groundrules.engine.engine import Engine
from groundrules.plan import ir
from strategies.runtime import (
    ACTOR,
    CHANNEL,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    START,
    START_ACTOR,
    SUBJECT,
    Story,
    act,
    const,
    delta,
    plan,
    rule,
    says,
)


def at(decision: Decision) -> int:
    """Milliseconds since the start of the story."""
    return next(ms for ms in range(0, 500 * DAY, SECOND) if format_ms(START + ms) == decision.at)


def told(decisions: list[Decision]) -> list[tuple[str | None, str]]:
    """Cause and time of day of the timers among decisions."""
    return [(one.cause, (one.at or "")[8:16]) for one in decisions if one.trigger == "timer"]


# --- paths --------------------------------------------------------------------------------------


def question(**more: Any) -> ir.Plan:
    answered = ir.Compare(operator="!=", left=ir.Field(root="event", path=("actor",), kind="entity"), right=START_ACTOR)
    process = ir.Process(
        id="q",
        key=(ACTOR, CHANNEL),
        steps=more.pop("steps", (ir.Due(after=30 * MINUTE), ir.Due(after=2 * HOUR))),
        until=(ir.Until(types=("message",), when=answered),),
        capture=(("actor", "id"),),
        **more,
    )
    return plan(
        rule("q", ir.Open(process="q"), when=says("?"), kind="path"),
        rule("q#1", act("notify", None, role="helper"), on=ir.OnStep("q", 0), kind="path"),
        rule("q#2", act("mute", START_ACTOR, duration=5), on=ir.OnStep("q", 1), kind="path"),
        rule("q#ended", act("notify", None, role="ended"), on=ir.OnStep("q", -1), kind="path"),
        processes=[process],
    )


def test_steps_are_taken_at_their_times() -> None:
    story, engine = Story(), Engine(question())
    engine.feed(story.message(0, "?"))
    assert engine.next_due() == START + 30 * MINUTE
    first, second, _ = engine.feed(story.tick(DAY))
    assert told([first, second]) == [("q#1", "05T00:30"), ("q#2", "05T02:00")]
    assert second.actions[0].who == "li"
    assert engine.next_due() is None


def test_advance_takes_steps_without_an_event() -> None:
    engine = Engine(question())
    engine.feed(Story().message(0, "?"))
    (step,) = engine.advance(START + HOUR)
    assert (step.cause, step.event, step.seq) == ("q#1", None, 1)
    assert engine.clock("c") == START + HOUR
    assert engine.advance(START) == []
    assert engine.advance(START + 500 * DAY)[0].cause == "q#2"
    assert engine.clock("c") == START + 500 * DAY


def test_an_event_ends_a_path() -> None:
    story, engine = Story(), Engine(question())
    engine.feed(story.message(0, "?"))
    (decision,) = engine.feed(story.message(MINUTE, "so", by="wang"))
    assert [one.rule for one in decision.fired] == ["q#ended"]
    assert decision.notes == (Note(kind="path_ended", subject="q", detail={"key": ["li", "room"]}),)
    assert engine.next_due() is None


def test_one_path_a_key() -> None:
    story, engine = Story(), Engine(question())
    engine.feed(story.message(0, "?"))
    engine.feed(story.message(MINUTE, "?"))
    assert told(engine.feed(story.tick(HOUR))) == [("q#1", "05T00:30")]


def test_the_key_is_free_once_the_path_is_over() -> None:
    story, engine = Story(), Engine(question())
    engine.feed(story.message(0, "?"))
    engine.feed(story.message(3 * HOUR, "?"))
    assert engine.next_due() == START + 3 * HOUR + 30 * MINUTE


def test_too_many_paths_give_up_the_oldest() -> None:
    never = ir.Process(id="q", key=(ACTOR,), steps=(ir.Due(after=HOUR),), limit=2)
    engine = Engine(plan(rule("q", ir.Open(process="q")), processes=[never]))
    story = Story()
    notes = [engine.feed(story.message(0, by=member))[0].notes for member in ("b", "a", "c")]
    assert notes == [(), (), (Note(kind="path_evicted", subject="q", detail={"key": ["b"]}),)]
    assert engine.feed(story.message(1, by="a"))[0].notes == ()


def test_a_path_waits_for_its_hours() -> None:
    story, engine = Story(), Engine(question(hours=(9 * HOUR, 22 * HOUR)))
    engine.feed(story.message(0, "?"))
    assert told(engine.feed(story.tick(DAY))) == [("q#1", "05T09:00"), ("q#2", "05T10:30")]


def test_a_step_may_be_taken_several_times() -> None:
    story, engine = Story(), Engine(question(steps=(ir.Due(after=MINUTE, repeat=3, every=HOUR),)))
    engine.feed(story.message(0, "?"))
    found = engine.feed(story.tick(DAY))
    assert told(found) == [("q#1", "05T00:01"), ("q#1", "05T01:01"), ("q#1", "05T02:01")]
    assert len({decision.actions[0].key for decision in found[:3]}) == 3


def deadline() -> ir.Plan:
    task = ("task", "id")
    due = ir.Field(root="event", path=("task", "due"), kind="instant", optional=True)
    same = ir.Compare(
        operator="==",
        left=ir.Field(root="event", path=task, kind="text"),
        right=ir.Field(root="start", path=task, kind="text"),
    )
    assignee = ir.Field(root="start", path=("task", "assignee"), kind="entity", optional=True)
    before = ir.Arithmetic(operator="-", left=due, right=const(DAY))
    process = ir.Process(
        id="t",
        key=(ir.Field(root="event", path=task, kind="text"),),
        steps=(ir.Due(at=before), ir.Due(at=due)),
        until=(ir.Until(types=("task.completed",), when=same),),
        restart=(ir.Until(types=("task.updated",), when=same),),
        capture=(task, ("task", "due"), ("task", "assignee")),
    )
    text = ir.Template(texts={"": ("due for ", assignee)})
    return plan(
        rule("t", ir.Open(process="t"), on="task.assigned", kind="path"),
        rule("t#1", act("notify", None, text=text), on=ir.OnStep("t", 0), kind="path"),
        rule("t#2", act("notify", None, role="lead"), on=ir.OnStep("t", 1), kind="path"),
        processes=[process],
    )


def task(story: Story, ms: int, type: str, **fields: Any) -> dict[str, Any]:
    first = {"assignee": {"id": "li"}} if type == "task.assigned" else {}
    return story.event(ms, type, task={"id": "T", "title": "write", **first, **fields})


def test_steps_may_be_due_at_an_instant_of_the_start() -> None:
    story, engine = Story(), Engine(deadline())
    engine.feed(task(story, 0, "task.assigned", due=format_ms(START + 3 * DAY)))
    decisions = engine.feed(story.tick(9 * DAY))
    assert told(decisions) == [("t#1", "07T00:00"), ("t#2", "08T00:00")]
    assert decisions[0].actions[0].parameters == {"text": {"": "due for li"}}


def test_a_step_that_is_past_is_left_out_and_told() -> None:
    story, engine = Story(), Engine(deadline())
    (decision,) = engine.feed(task(story, 0, "task.assigned", due=format_ms(START + HOUR)))
    assert decision.notes == (Note(kind="step_left_out", subject="t", detail={"key": ["T"], "step": 1}),)
    assert engine.next_due() == START + HOUR


def test_a_path_is_planned_anew() -> None:
    story, engine = Story(), Engine(deadline())
    engine.feed(task(story, 0, "task.assigned", due=format_ms(START + 3 * DAY)))
    (decision,) = engine.feed(task(story, HOUR, "task.updated", due=format_ms(START + 6 * DAY)))
    assert [note.kind for note in decision.notes] == ["path_restarted"]
    decisions = engine.feed(story.tick(9 * DAY))
    assert told(decisions) == [("t#1", "10T00:00"), ("t#2", "11T00:00")]
    assert decisions[0].actions[0].parameters == {"text": {"": "due for li"}}, "what the update does not say stays"


def test_a_path_in_shadow_takes_its_steps_in_shadow() -> None:
    found = question()
    shadowed = [
        ir.Rule(**{name: getattr(one, name) for name in one.__struct_fields__} | {"mode": "shadow"})
        for one in found.rules
    ]
    story, engine = Story(), Engine(plan(*shadowed, processes=list(found.processes)))
    engine.feed(story.message(0, "?"))
    step, _ = engine.feed(story.tick(HOUR))
    assert (step.actions, [one.rule for one in step.shadow]) == ((), ["q#1"])


# --- states -------------------------------------------------------------------------------------


def raid() -> ir.Plan:
    windows = [
        ir.Window(id="n", kind="count", type="member.joined", within=MINUTE, keep=3),
        ir.Window(id="q", kind="quiet", type="member.joined"),
    ]
    state = ir.State(
        id="lock",
        enter=ir.WindowTest(window="n", key=(), within=MINUTE, operator=">=", bound=3),
        leave=ir.WindowTest(window="q", key=(), within=0, operator=">=", bound=10 * MINUTE),
    )
    return plan(
        rule("lock#enter", act("notify", None, role="in"), on=ir.OnState("lock", True), kind="state"),
        rule("lock#leave", act("notify", None, role="out"), on=ir.OnState("lock", False), kind="state"),
        rule("r", act("kick"), on="member.joined", when=ir.InState(state="lock")),
        windows=windows,
        states=[state],
    )


def test_a_state_is_entered_by_events_and_left_by_time() -> None:
    story, engine = Story(), Engine(raid())
    for n in range(2):
        assert len(engine.feed(story.event(n, "member.joined", f"m{n}"))) == 1
    event, entered = engine.feed(story.event(2, "member.joined", "m2"))
    assert (event.actions, entered.trigger, entered.cause) == ((), "crossing", "lock#enter")
    assert [note.kind for note in entered.notes] == ["state_entered"]
    assert [action.do for action in engine.feed(story.event(3, "member.joined", "m3"))[0].actions] == ["kick"]
    assert engine.next_due() == START + 3 + 10 * MINUTE
    (left,) = engine.advance(START + HOUR)
    assert (left.trigger, left.cause, left.at) == ("timer", "lock#leave", "2026-01-05T00:10:00.003Z")
    assert engine.next_due() is None


def curfew() -> ir.Plan:
    night = ir.InClock(instant=ir.Now(), start=23 * HOUR, end=7 * HOUR)
    state = ir.State(id="night", enter=night, leave=ir.Not(operand=night))
    return plan(states=[state], timezone="Asia/Shanghai")


def test_a_state_may_follow_the_clock() -> None:
    story, engine = Story(), Engine(curfew())
    engine.feed(story.tick(0))  # 08:00
    decisions = engine.feed(story.tick(DAY))
    found = [(one.notes[0].kind, (one.at or "")[8:16]) for one in decisions if one.trigger == "timer"]
    assert found == [("state_entered", "05T15:00"), ("state_left", "05T23:00")]


def test_states_that_read_states_change_together() -> None:
    first = ir.State(
        id="b", enter=ir.WindowTest(window="n", key=(), within=MINUTE, operator=">=", bound=1), leave=const(False)
    )
    second = ir.State(id="a", enter=ir.InState(state="b"), leave=const(False))
    window = ir.Window(id="n", kind="count", type="message", within=MINUTE, keep=1)
    engine = Engine(plan(states=[first, second], windows=[window]))
    decisions = engine.feed(Story().message(0))
    assert [decision.cause for decision in decisions] == [None, "b", "a"]


# --- schedules ----------------------------------------------------------------------------------


def scheduled(at: ir.When, for_each: Any = None, **more: Any) -> ir.Plan:
    effect = act("warn", SUBJECT) if for_each else act("notify", None, role="admin")
    trigger = ir.OnSchedule("s")
    return plan(rule("s", effect, on=trigger, **more), schedules=[ir.Schedule(id="s", at=at, for_each=for_each)])


def test_a_schedule_fires_at_its_local_time() -> None:
    story, engine = Story(), Engine(scheduled(ir.When(time=9 * HOUR)))
    engine.feed(story.tick(0))
    assert engine.next_due() == START + 9 * HOUR
    assert told(engine.feed(story.tick(DAY))) == [("s", "05T09:00")]
    assert told(engine.feed(story.tick(2 * DAY))) == [("s", "06T09:00")]


def test_a_schedule_missed_in_silence_fires_once_the_last_time() -> None:
    story, engine = Story(), Engine(scheduled(ir.When(time=9 * HOUR)))
    engine.feed(story.tick(0))
    run, _ = engine.feed(story.tick(10 * DAY))
    assert told([run]) == [("s", "14T09:00")]
    assert run.notes == (Note(kind="schedule_missed", subject="s", detail={"count": 9}),)
    assert engine.next_due() == START + 10 * DAY + 9 * HOUR


def test_a_long_silence_is_bounded_work() -> None:
    story, engine = Story(), Engine(scheduled(ir.When(every=MINUTE)))
    engine.feed(story.tick(0))
    assert len(engine.feed(story.tick(400 * DAY))) == 2


def test_a_schedule_asks_for_each_member_by_id() -> None:
    story, engine = Story(), Engine(scheduled(ir.When(time=9 * HOUR), "member"))
    for member in ("wang", "li", "zhao"):
        engine.feed(story.message(0, by=member))
    engine.feed(story.event(1, "member.left", "zhao"))
    run, _ = engine.feed(story.tick(DAY))
    assert [action.who for action in run.actions] == ["li", "wang"]
    assert [one.rule for one in run.fired] == ["s", "s"]


def test_timers_of_one_instant_go_by_id() -> None:
    schedules = [ir.Schedule(id=id, at=ir.When(time=HOUR)) for id in ("b", "a")]
    rules = [rule(id, act("notify", None, role=id), on=ir.OnSchedule(id)) for id in ("a", "b")]
    story, engine = Story(), Engine(plan(*rules, schedules=schedules))
    engine.feed(story.tick(0))
    assert told(engine.feed(story.tick(DAY))) == [("a", "05T01:00"), ("b", "05T01:00")]


# --- approvals ----------------------------------------------------------------------------------


def approvable(approvals: int = 2, when: Any = None, **more: Any) -> ir.Plan:
    return plan(
        rule(
            "r",
            act("ban"),
            delta("points", -1),
            when=when or says("bad"),
            approval=ir.Approval(by=("admin",), approvals=approvals, within=DAY, **more),
        ),
        rule("r#refused", act("mute", START_ACTOR, duration=5), on=ir.OnRefusal("r")),
        ledgers=[ir.Ledger(id="points", floor=None)],
        facts={"member": ("roles",)},
    )


def answer(story: Story, ms: int, request: str, by: str, given: bool = True, roles: Any = ("admin",)) -> dict[str, Any]:
    event = story.event(ms, "approval.given" if given else "approval.refused", request=request)
    return event | {"actor": {"id": by, "roles": list(roles)}}


def ask(engine: Engine, story: Story) -> str:
    (decision,) = engine.feed(story.message(0, "bad"))
    (request,) = decision.actions
    assert (request.do, decision.ledgers) == ("request_approval", ())
    assert request.parameters["actions"] == [{"do": "ban", "who": "li"}]
    return str(request.parameters["request"])


def test_enough_approvals_release_what_was_held() -> None:
    story, engine = Story(), Engine(approvable())
    request = ask(engine, story)
    assert len(engine.feed(answer(story, 1, request, "a"))) == 1
    assert len(engine.feed(answer(story, 2, request, "a"))) == 1, "the same member counts once"
    event, release = engine.feed(answer(story, 3, request, "b"))
    assert event.notes[0].kind == "approval_given"
    assert (release.trigger, release.cause, release.event) == ("event", "r", event.event)
    assert ([(one.do, one.who) for one in release.actions], release.ledgers[0].after) == ([("ban", "li")], -1)
    assert engine.feed(answer(story, 4, request, "c"))[0].notes[0].kind == "approval_unknown"
    assert engine.next_due() is None


@pytest.mark.parametrize(
    ("by", "roles", "why"),
    [("a", ("helper",), "lacks_role"), ("li", ("admin",), "own_case")],
)
def test_not_every_answer_counts(by: str, roles: tuple[str, ...], why: str) -> None:
    story, engine = Story(), Engine(approvable(1))
    request = ask(engine, story)
    (decision,) = engine.feed(answer(story, 1, request, by, roles=roles))
    assert (decision.notes[0].kind, decision.notes[0].detail["why"]) == ("approval_not_counted", why)


def test_the_roster_knows_who_may_approve() -> None:
    story, engine = Story(), Engine(approvable(1))
    engine.feed(story.event(0, "roster", None, members=[{"id": "a", "roles": ["admin"]}]))
    request = ask(engine, story)
    assert len(engine.feed(story.event(1, "approval.given", "a", request=request))) == 2


def test_a_refusal_asks_the_rules_on_refusal() -> None:
    story, engine = Story(), Engine(approvable())
    request = ask(engine, story)
    _, refused = engine.feed(answer(story, 1, request, "a", given=False))
    assert [(action.do, action.who) for action in refused.actions] == [("mute", "li")]
    assert engine.feed(answer(story, 2, request, "b"))[0].notes[0].kind == "approval_unknown"


def test_a_request_expires() -> None:
    story, engine = Story(), Engine(approvable())
    ask(engine, story)
    assert engine.next_due() == START + DAY
    expired, _ = engine.feed(story.tick(2 * DAY))
    assert (expired.trigger, expired.cause) == ("timer", "r")
    assert [note.kind for note in expired.notes] == ["approval_expired"]
    assert [action.do for action in expired.actions] == ["mute"]


def test_recheck_drops_what_is_overtaken() -> None:
    silent = ir.Compare(operator=">=", left=ir.Silence(member=SUBJECT), right=const(HOUR))
    approval = ir.Approval(by=("admin",), approvals=1, within=DAY, batch=True, recheck=True)
    story = Story()
    engine = Engine(scheduled(ir.When(time=9 * HOUR), "member", when=silent, approval=approval))
    for member in ("li", "wang"):
        engine.feed(story.message(0, by=member))
    run, _ = engine.feed(story.tick(10 * HOUR))
    (request,) = run.actions
    assert [one["who"] for one in request.parameters["actions"]] == ["li", "wang"]
    engine.feed(story.message(10 * HOUR, by="wang"))
    _, release = engine.feed(answer(story, 10 * HOUR + 1, request.parameters["request"], "boss"))
    assert [action.who for action in release.actions] == ["li"]
    assert [(note.kind, note.detail.get("subject")) for note in release.notes] == [
        ("approval_granted", None),
        ("approval_overtaken", "wang"),
    ]
