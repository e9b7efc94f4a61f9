"""Settlement: ledgers, caps, reversals, ladders and appeals."""

from __future__ import annotations

from typing import Any

import pytest

from groundrules.decisions import Decision, LedgerChange, Note
from groundrules.engine.engine import Engine
from groundrules.plan import ir
from strategies.runtime import (
    ACTOR,
    DAY,
    HOUR,
    SUBJECT,
    TEXT,
    Story,
    act,
    const,
    delta,
    plan,
    rule,
    says,
)

STRIKES = ir.Ledger(id="strikes")
LENGTH = ir.Call(function="length", arguments=(TEXT,))
NOW_AT = ir.Template(texts={"": ("", ir.LedgerValue(ledger="strikes", key=ACTOR))})


def did(decision: Decision) -> list[str]:
    return [action.do for action in decision.actions]


def balances(decision: Decision) -> dict[str, tuple[int, int]]:
    return {change.ledger: (change.before, change.after) for change in decision.ledgers}


def rises(*steps: ir.Step, **more: Any) -> ir.Ladder:
    return ir.Ladder(id="d", ledger="strikes", steps=steps, **more)


def step(index: int, *effects: Any, back: bool = False, **more: Any) -> ir.Rule:
    id = f"d#{index + 1}{'-back' if back else ''}"
    return rule(id, *effects, on=ir.OnCrossing("d", index, back), kind="ladder", **more)


# --- ledgers ------------------------------------------------------------------------------------


def test_all_deltas_of_an_event_settle_at_once() -> None:
    engine = Engine(plan(rule("a", delta("strikes", 2)), rule("b", delta("strikes", 3)), ledgers=[STRIKES]))
    (decision,) = engine.feed(Story().message(0))
    (change,) = decision.ledgers
    asked_by = {"a": 2, "b": 3}
    assert change == LedgerChange(
        ledger="strikes", who="li", before=0, after=5, asked=5, rules=("a", "b"), asked_by=asked_by
    )


def test_guards_read_the_state_before_and_messages_the_state_after() -> None:
    before = ir.Compare(operator=">=", left=ir.LedgerValue(ledger="strikes", key=ACTOR), right=const(1))
    story = Story()
    engine = Engine(
        plan(
            rule("a", delta("strikes", 1), act("warn", text=NOW_AT)),
            rule("b", act("kick"), when=before),
            ledgers=[STRIKES],
        )
    )
    (decision,) = engine.feed(story.message(0))
    assert [(action.do, action.parameters) for action in decision.actions] == [("warn", {"text": {"": "1"}})]
    assert did(engine.feed(story.message(1))[0]) == ["kick", "warn"]


def test_a_reset_goes_before_deltas() -> None:
    story = Story()
    reset = rule("z", ir.Reset(ledger="strikes", who=ACTOR), when=says("clean"))
    engine = Engine(plan(rule("a", delta("strikes", 2)), reset, ledgers=[STRIKES]))
    engine.feed(story.message(0))
    assert balances(engine.feed(story.message(1, "clean"))[0]) == {"strikes": (2, 2)}


@pytest.mark.parametrize(
    ("amount", "bounds", "after", "clamped"),
    [
        (-5, {}, 0, "floor"),
        (-5, {"floor": None}, -5, None),
        (9, {"ceiling": 4}, 4, "ceiling"),
        (4, {"ceiling": 4}, 4, None),
    ],
)
def test_floor_and_ceiling(amount: int, bounds: dict[str, Any], after: int, clamped: str | None) -> None:
    engine = Engine(plan(rule("a", delta("strikes", amount)), ledgers=[ir.Ledger(id="strikes", **bounds)]))
    (change,) = engine.feed(Story().message(0))[0].ledgers
    assert (change.after, change.asked, change.clamped) == (after, amount, clamped)


def capped() -> ir.Plan:
    return plan(
        rule("a", delta("strikes", 6, cap="c")),
        rule("b", delta("strikes", 6, cap="c"), delta("strikes", 1)),
        ledgers=[STRIKES],
        caps=[ir.Cap(id="c", amount=10, per="day")],
        timezone="Asia/Shanghai",
    )


def test_a_cap_clamps_grants_within_a_local_day() -> None:
    story, engine = Story(), Engine(capped())
    (change,) = engine.feed(story.message(0))[0].ledgers
    assert (change.after, change.asked, change.clamped) == (11, 13, "c")
    (change,) = engine.feed(story.message(16 * HOUR - 1))[0].ledgers
    assert (change.after, change.clamped) == (12, "c")
    (change,) = engine.feed(story.message(16 * HOUR))[0].ledgers
    assert change.after == 23


def test_amounts_too_large_for_any_number_are_held() -> None:
    ledger = ir.Ledger(id="strikes", floor=None)
    story, engine = Story(), Engine(plan(rule("a", delta("strikes", 2**62)), ledgers=[ledger]))
    for at in range(4):
        (decision,) = engine.feed(story.message(at))
    assert decision.ledgers[0].clamped == "ceiling"
    assert Engine.restore(engine.plan, engine.snapshot()).snapshot() == engine.snapshot()


# --- reversals ----------------------------------------------------------------------------------

MESSAGE = ir.Field(root="event", path=("message",), kind="entity")
EMOJI = ir.Field(root="event", path=("emoji",), kind="text")


def liked(amount: int = 5, **more: Any) -> ir.Plan:
    key = (ACTOR, MESSAGE, EMOJI)
    author = ir.Field(root="event", path=("message", "author"), kind="entity")
    grant = rule(
        "liked",
        delta("strikes", amount, author, **more),
        on="reaction.added",
        kind="reward",
        undo=(ir.Undo(type="reaction.removed", key=key),),
        undo_key=key,
        remember=DAY,
    )
    caps = [ir.Cap(id="c", amount=7, per="day")]
    return plan(grant, ledgers=[ir.Ledger(id="strikes", ceiling=12)], caps=caps)


def reaction(story: Story, at: int, removed: bool = False, by: str = "li") -> dict[str, Any]:
    message = {"id": "m", "author": {"id": "wang"}}
    return story.event(at, "reaction.removed" if removed else "reaction.added", by, message=message, emoji="👍")


def test_a_reversal_takes_back_what_was_given_once() -> None:
    story, engine = Story(), Engine(liked())
    engine.feed(reaction(story, 0))
    (change,) = engine.feed(reaction(story, 1, removed=True))[0].ledgers
    assert (change.who, change.before, change.after, change.rules) == ("wang", 5, 0, ("liked",))
    assert engine.feed(reaction(story, 2, removed=True))[0].ledgers == ()


def test_a_reversal_takes_back_no_more_than_was_given() -> None:
    story, engine = Story(), Engine(liked(cap="c"))
    engine.feed(reaction(story, 0, by="a"))
    engine.feed(reaction(story, 1, by="b"))
    assert balances(engine.feed(reaction(story, 2, removed=True, by="b"))[0]) == {"strikes": (7, 5)}


def test_what_the_ceiling_cut_off_was_not_given() -> None:
    story, engine = Story(), Engine(liked(20))
    engine.feed(reaction(story, 0))
    assert balances(engine.feed(reaction(story, 1, removed=True))[0]) == {"strikes": (12, 0)}


def test_a_grant_is_remembered_for_its_time() -> None:
    story, engine = Story(), Engine(liked())
    engine.feed(reaction(story, 0))
    assert engine.feed(reaction(story, DAY, removed=True))[0].ledgers == ()


# --- crossings ----------------------------------------------------------------------------------


def test_a_crossing_is_a_decision_of_its_own_behind_its_cause() -> None:
    two = step(0, act("mute", SUBJECT, duration=5))
    story, engine = (
        Story(),
        Engine(plan(rule("a", delta("strikes", 2)), two, ledgers=[STRIKES], ladders=[rises(ir.Step(2))])),
    )
    event, crossing = engine.feed(story.message(0))
    assert (event.trigger, crossing.trigger, crossing.cause, crossing.event) == ("event", "crossing", "d#1", "e1")
    assert [(action.do, action.who) for action in crossing.actions] == [("mute", "li")]


def test_a_step_may_start_from_zero_again() -> None:
    two = step(0, act("mute", SUBJECT, duration=5), ir.Reset(ledger="strikes", who=SUBJECT))
    story = Story()
    ladder = rises(ir.Step(2), beyond="repeat")
    engine = Engine(
        plan(rule("a", delta("strikes", 1), act("warn", text=NOW_AT)), two, ledgers=[STRIKES], ladders=[ladder])
    )
    engine.feed(story.message(0))
    event, crossing = engine.feed(story.message(1))
    assert event.actions[0].parameters == {"text": {"": "2"}}, "the event is told before the step resets"
    assert balances(crossing) == {"strikes": (2, 0)}
    assert len(engine.feed(story.message(2))) == 1


def test_crossings_go_down_the_graph() -> None:
    story = Story()
    down = ir.Ladder(id="e", ledger="trust", steps=(ir.Step(1),))
    engine = Engine(
        plan(
            rule("a", delta("strikes", 1)),
            step(0, delta("trust", 1, SUBJECT)),
            rule("e#1", act("kick", SUBJECT), on=ir.OnCrossing("e", 0)),
            ledgers=[STRIKES, ir.Ledger(id="trust")],
            ladders=[rises(ir.Step(1)), down],
        )
    )
    decisions = engine.feed(story.message(0))
    assert [decision.cause for decision in decisions] == [None, "d#1", "e#1"]
    assert len({decision.actions[0].key for decision in decisions if decision.actions}) == 1


def test_keys_of_actions_tell_event_and_crossing_apart() -> None:
    mute = act("mute", SUBJECT, duration=5)
    engine = Engine(
        plan(
            rule("a", delta("strikes", 1), act("mute", duration=1)),
            step(0, mute),
            ledgers=[STRIKES],
            ladders=[rises(ir.Step(1))],
        )
    )
    event, crossing = engine.feed(Story().message(0))
    assert event.actions[0].key != crossing.actions[0].key


def level_plan() -> ir.Plan:
    return plan(
        rule("a", delta("strikes", 3), when=says("up")),
        rule("b", delta("strikes", -2), when=says("down")),
        step(0, act("notify", None, role="up")),
        step(0, act("notify", None, role="back"), back=True),
        ledgers=[ir.Ledger(id="strikes", fade=ir.Fade(amount=1, every=HOUR))],
        ladders=[rises(ir.Step(3, falls_below=2))],
    )


def test_a_level_is_given_up_by_a_loss() -> None:
    story, engine = Story(), Engine(level_plan())
    assert engine.feed(story.message(0, "up"))[1].cause == "d#1"
    assert engine.feed(story.message(1, "down"))[1].cause == "d#1-back"


def test_a_level_is_given_up_by_fade_at_its_instant() -> None:
    story, engine = Story(), Engine(level_plan())
    engine.feed(story.message(0, "up"))
    assert engine.next_due() is not None
    timer, tick = engine.feed(story.tick(9 * HOUR))
    assert (timer.trigger, timer.cause, timer.at) == ("timer", "d#1-back", "2026-01-05T02:00:00.000Z")
    assert (timer.event, timer.type, timer.seq, tick.seq) == ("e2", None, 2, 2)
    assert engine.next_due() is None


def test_a_step_that_cools_down_says_so() -> None:
    ladder = rises(ir.Step(1, cool_down=HOUR), beyond="repeat")
    engine = Engine(
        plan(rule("a", delta("strikes", 1)), step(0, act("notify", None)), ledgers=[STRIKES], ladders=[ladder])
    )
    story = Story()
    engine.feed(story.message(0))
    assert engine.feed(story.message(1))[1].notes == (Note(kind="cooling_down", subject="d#1", detail={"who": "li"}),)
    assert did(engine.feed(story.message(HOUR))[1]) == ["notify"]


# --- appeals ------------------------------------------------------------------------------------


def appealable() -> Engine:
    return Engine(
        plan(
            rule("a", delta("strikes", 2), when=says("bad")),
            step(0, act("mute", SUBJECT, duration=5)),
            ledgers=[STRIKES],
            ladders=[rises(ir.Step(2), appeal=ir.Appeal(within=DAY, to="owner"))],
        )
    )


def granted(story: Story, at: int, by: str = "boss", **more: Any) -> dict[str, Any]:
    event = story.event(at, "appeal.granted", target={"id": "li"}, **more)
    return event | {"actor": {"id": by, "roles": ["owner"] if by in ("boss", "li") else []}}


def test_a_granted_appeal_takes_the_strikes_back_once() -> None:
    story, engine = Story(), appealable()
    engine.feed(story.message(0, "bad"))
    (decision,) = engine.feed(granted(story, 1))
    assert balances(decision) == {"strikes": (2, 0)}
    assert decision.notes[0].kind == "appeal_granted"
    assert engine.feed(granted(story, 2))[0].notes[0].kind == "appeal_unknown"


@pytest.mark.parametrize("by", ["li", "wang"])
def test_only_the_role_decides_an_appeal_and_nobody_their_own(by: str) -> None:
    story, engine = Story(), appealable()
    engine.feed(story.message(0, "bad"))
    (decision,) = engine.feed(granted(story, 1, by))
    assert (decision.ledgers, decision.notes[0].kind) == ((), "appeal_not_counted")


def test_an_appeal_names_its_action_or_ladder() -> None:
    story, engine = Story(), appealable()
    _, crossing = engine.feed(story.message(0, "bad"))
    assert engine.feed(granted(story, 1, action="another"))[0].ledgers == ()
    assert engine.feed(granted(story, 2, ladder="another"))[0].ledgers == ()
    assert engine.feed(granted(story, 3, ladder="d", action=crossing.actions[0].key))[0].ledgers != ()


def test_an_opened_appeal_keeps_the_case_open() -> None:
    story, engine = Story(), appealable()
    engine.feed(story.message(0, "bad"))
    assert engine.feed(story.event(DAY, "appeal.opened"))[0].notes[0].kind == "appeal_opened"
    assert engine.feed(granted(story, 2 * DAY))[0].ledgers != ()
    engine.feed(story.message(3 * DAY, "bad"))
    engine.feed(story.tick(4 * DAY + 1))
    assert engine.feed(granted(story, 4 * DAY + 1))[0].notes[0].kind == "appeal_unknown"
