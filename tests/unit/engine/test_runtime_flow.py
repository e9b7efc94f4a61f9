"""Events in, decisions out: the first stage, guards, exemptions, shadow, memory of firings."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from groundrules.decisions import Decision, Exempted, Note, Unknown, encode
from groundrules.engine.engine import Engine
from groundrules.engine.index import lookup
from groundrules.engine.program import Program
from groundrules.engine.readings import PartitionReadings
from groundrules.engine.state import stamps
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir
from strategies.runtime import (
    ACTOR,
    CHANNEL,
    DAY,
    HOUR,
    MESSAGE_ID,
    MINUTE,
    SECOND,
    START,
    TEXT,
    TRUE,
    Story,
    act,
    const,
    delta,
    plan,
    rule,
    says,
)

JOINED = ir.Fact(root="event", path=("actor",), entity="member", fact="joined", kind="instant", src=0)
SOURCES = (ir.Source(file="r.yaml", line=1, column=1, text="actor.joined"),)
UNKNOWN = ir.Compare(operator="<", left=JOINED, right=ir.Now())


def did(decision: Decision) -> list[str]:
    return [action.do for action in decision.actions]


def fired(decision: Decision) -> list[str]:
    return [one.rule for one in decision.fired]


def only(decisions: list[Decision]) -> Decision:
    (decision,) = decisions
    return decision


# --- the first stage ----------------------------------------------------------------------------


def test_every_event_gets_a_decision_of_its_own() -> None:
    story, engine = Story(), Engine(plan(rule("r", act("warn"))))
    decision = only(engine.feed(story.message(0)))
    assert (decision.trigger, decision.seq, decision.event, decision.type) == ("event", 1, "e1", "message")
    assert (decision.at, decision.partition) == ("2026-01-05T00:00:00.000Z", "c")
    assert decision.rulebook.startswith("test@sha256:")
    assert not only(engine.feed(story.event(1, "member.joined"))).notable


def test_a_late_event_is_handled_at_the_clock() -> None:
    story, engine = Story(), Engine(plan())
    engine.feed(story.message(HOUR))
    decision = only(engine.feed(story.message(0)))
    assert (decision.late, decision.at, decision.seq) == (True, "2026-01-05T01:00:00.000Z", 2)
    assert engine.stats.late == 1


def test_the_same_id_twice_changes_nothing() -> None:
    story, engine = Story(), Engine(plan(rule("r", delta("points", 1)), ledgers=[ir.Ledger(id="points")]))
    engine.feed(story.message(0, id="a"))
    before = engine.snapshot()
    assert only(engine.feed(story.message(HOUR, id="a"))).trigger == "duplicate"
    assert engine.snapshot() == before
    assert engine.stats.duplicates == 1


def test_ids_are_kept_for_a_day() -> None:
    story, engine = Story(), Engine(plan())
    engine.feed(story.message(0, id="a"))
    assert only(engine.feed(story.message(DAY, id="a"))).trigger == "duplicate"
    engine.feed(story.tick(DAY + 1))
    assert only(engine.feed(story.message(DAY + 1, id="a"))).trigger == "event"


@pytest.mark.parametrize(
    ("at", "code"),
    [(-DAY, None), (-DAY - 1, "GR711"), (DAY, None)],
)
def test_events_too_old_are_refused(at: int, code: str | None) -> None:
    story, engine = Story(), Engine(plan())
    engine.feed(story.message(0))
    engine.feed(story.message(0))
    decision = only(engine.feed(story.message(at)))
    assert (decision.rejected.code if decision.rejected else None) == code
    assert engine.stats.rejected == (code is not None)


def test_an_event_far_ahead_waits_in_the_rows_until_time_is_confirmed() -> None:
    story, engine = Story(), Engine(plan(rule("r", act("warn"))), track=True)
    engine.feed(story.message(0))
    rows = {row[:3]: row[3] for row in engine.drain()}
    assert engine.feed(story.message(2 * DAY, id="far")) == []
    assert (engine.waiting("c"), engine.clock("c"), engine.next_due()) == ("far", START, START)
    rows |= {row[:3]: row[3] for row in engine.drain()}
    loaded = Engine(engine.plan, track=True)
    loaded.load([(*name, row) for name, row in rows.items() if row is not None], engine.shapes)
    (decision,) = loaded.advance(START + 2 * DAY)
    assert (decision.event, decision.at, did(decision)) == ("far", "2026-01-07T00:00:00.000Z", ["warn"])
    assert (loaded.waiting("c"), loaded.finish()) == (None, [])
    assert (*("c", "ahead", "far"), None) in list(loaded.drain())


def test_a_tick_that_is_back_where_the_clock_stands_decides_it_there() -> None:
    story, engine = Story(), Engine(plan(rule("r", act("warn"))))
    engine.feed(story.message(0))
    engine.feed(story.message(2 * DAY, id="far"))
    (decision,) = engine.advance(START)
    assert (decision.at, decision.late) == ("2026-01-05T00:00:00.000Z", False)
    assert [note.kind for note in decision.notes] == ["time_ahead"]


def test_who_is_forgotten_takes_the_event_that_waits_along() -> None:
    story, engine = Story(), Engine(plan(rule("r", act("warn"))))
    engine.feed(story.message(0, by="wang"))
    engine.feed(story.message(2 * DAY))
    assert engine.forget("li") == {"ahead": 1}
    assert (engine.waiting("c"), engine.finish()) == (None, [])


def test_a_swap_drops_an_event_that_waits_and_that_the_new_plan_does_not_know() -> None:
    story, engine = Story(), Engine(plan())
    engine.feed(story.message(0))
    engine.feed(story.message(2 * DAY))
    other = plan()
    without = msgspec.structs.replace(other, events={"tick": other.events["tick"]})
    assert engine.swap(without).dropped == {"ahead": 1}
    assert engine.waiting("c") is None


def test_the_first_event_sets_the_clock_freely() -> None:
    engine = Engine(plan())
    event = Story().message(0) | {"time": "9999-12-31T23:59:59Z"}
    assert only(engine.feed(event)).at == "9999-12-31T23:59:59.000Z"


@pytest.mark.parametrize("raw", [b"", b"nonsense", "[]", {"type": "message"}, {"type": "no.such"}, 7])
def test_what_is_no_event_is_refused_with_a_reason(raw: Any) -> None:
    engine = Engine(plan())
    decision = only(engine.feed(raw))
    assert decision.trigger == "rejected"
    assert decision.rejected is not None
    assert decision.rejected.reason


def test_an_event_outside_all_partitions_is_refused() -> None:
    engine = Engine(ir.Plan(rulebook="t", events=plan().events, partition=("channel", "id")))
    event = Story().message(0)
    del event["channel"]
    rejected = only(engine.feed(event)).rejected
    assert rejected is not None
    assert (rejected.code, rejected.path) == ("GR713", "channel.id")


def test_bytes_text_and_mappings_mean_the_same() -> None:
    event = Story().message(0, "x")
    text = json.dumps(event)
    answers = {encode(only(Engine(plan(rule("r", act("warn")))).feed(raw))) for raw in (event, text, text.encode())}
    assert len(answers) == 1


def test_partitions_know_nothing_of_each_other() -> None:
    story, engine = Story(), Engine(plan(rule("r", act("warn"), once=ir.Once(key=(ACTOR,), within=DAY))))
    engine.feed(story.message(0))
    other = story.message(-2 * DAY) | {"community": {"id": "d"}}
    assert did(only(engine.feed(other))) == ["warn"]
    assert engine.partitions == ["c", "d"]


# --- guards -------------------------------------------------------------------------------------


def test_rules_fire_by_id_whatever_their_order() -> None:
    decision = only(Engine(plan(rule("b", act("warn")), rule("a", act("kick")))).feed(Story().message(0)))
    assert fired(decision) == ["a", "b"]


def test_unless_blocks_on_true_only() -> None:
    engine = Engine(plan(rule("r", act("warn"), unless=UNKNOWN), rule("s", act("kick"), unless=TRUE), sources=SOURCES))
    assert fired(only(engine.feed(Story().message(0)))) == ["r"]


def test_an_undecided_rule_says_what_it_lacks() -> None:
    engine = Engine(plan(rule("r", act("warn"), when=UNKNOWN), sources=SOURCES))
    decision = only(engine.feed(Story().message(0)))
    assert decision.unknown == (Unknown(rule="r", missing=("actor.joined",)),)
    assert not decision.notable
    assert engine.stats.undecided["r"].missing == {"actor.joined": 1}


def test_an_undecided_rule_held_back_by_unless_is_not_told() -> None:
    engine = Engine(plan(rule("r", act("warn"), when=UNKNOWN, unless=TRUE), sources=SOURCES))
    assert only(engine.feed(Story().message(0))).unknown == ()


def test_the_bots_own_act_fires_only_rules_that_speak_of_it() -> None:
    own = ir.Field(root="event", path=("actor", "self"), kind="boolean", optional=True)
    engine = Engine(plan(rule("r", act("warn")), rule("s", act("kick"), when=own)))
    event = Story().message(0) | {"actor": {"id": "bot", "self": True}}
    assert fired(only(engine.feed(event))) == ["s"]


def test_a_rule_ends() -> None:
    story, engine = Story(), Engine(plan(rule("r", act("warn"), ends=START + 5)))
    assert fired(only(engine.feed(story.message(5)))) == ["r"]
    assert fired(only(engine.feed(story.message(6)))) == []


def test_off_is_off() -> None:
    assert not only(Engine(plan(rule("r", act("warn"), mode="off"))).feed(Story().message(0))).notable


def test_an_action_on_nobody_is_not_done() -> None:
    engine = Engine(plan(rule("r", act("warn"), act("notify", None), on="tick")))
    assert did(only(engine.feed(Story().tick(0)))) == ["notify"]


# --- exemptions ---------------------------------------------------------------------------------


def test_an_exempting_rule_takes_the_whole_contribution() -> None:
    once = ir.Once(key=(ACTOR,), within=DAY)
    story = Story()
    engine = Engine(
        plan(
            rule("exempt", ir.Exempt(rules=("r",)), when=says("ok")),
            rule("r", act("warn"), delta("points", 1), once=once),
            ledgers=[ir.Ledger(id="points")],
        )
    )
    decision = only(engine.feed(story.message(0, "ok")))
    assert (fired(decision), decision.ledgers) == (["exempt"], ())
    assert decision.exempted == (Exempted(rule="r", by=("exempt",)),)
    assert fired(only(engine.feed(story.message(1)))) == ["r"], "what was exempted is not remembered"


def test_an_undecided_exempting_rule_exempts() -> None:
    engine = Engine(plan(rule("x", ir.Exempt(rules=("r",)), when=UNKNOWN), rule("r", act("warn")), sources=SOURCES))
    assert only(engine.feed(Story().message(0))).exempted == (Exempted(rule="r", by=("x",)),)


def test_an_exempting_rule_in_shadow_exempts_nobody() -> None:
    engine = Engine(plan(rule("x", ir.Exempt(rules=("r",)), mode="shadow"), rule("r", act("warn"))))
    assert fired(only(engine.feed(Story().message(0)))) == ["r"]


# --- shadow and rollout -------------------------------------------------------------------------


def test_shadow_tells_what_would_be_done_and_does_nothing() -> None:
    story = Story()
    shadowed = rule("r", act("warn"), delta("points", 2), mode="shadow", once=ir.Once(key=(ACTOR,), within=DAY))
    engine = Engine(plan(shadowed, ledgers=[ir.Ledger(id="points")]))
    decision = only(engine.feed(story.message(0)))
    assert (decision.actions, decision.fired, decision.ledgers) == ((), (), ())
    (shadow,) = decision.shadow
    assert (shadow.rule, shadow.reason, shadow.ledgers) == ("r", "shadow", {"points": 2})
    assert [action.do for action in shadow.actions] == ["warn"]
    assert only(engine.feed(story.message(1))).shadow == (), "it remembers apart that it fired"
    enforced = plan(rule("r", act("warn"), once=ir.Once(key=(ACTOR,), within=DAY)))
    engine.swap(enforced)
    assert fired(only(engine.feed(story.message(2)))) == ["r"], "what it did in shadow does not count"


def test_a_rollout_takes_its_share_of_members() -> None:
    story, engine = Story(), Engine(plan(rule("r", act("warn"), rollout=0.3)))
    live = [fired(only(engine.feed(story.message(0, by=f"m{n}")))) == ["r"] for n in range(500)]
    assert 100 < sum(live) < 200
    again = [fired(only(engine.feed(story.message(0, by=f"m{n}")))) == ["r"] for n in range(500)]
    assert live == again


def test_without_an_actor_one_is_outside_every_share() -> None:
    engine = Engine(plan(rule("r", act("notify", None), on="tick", rollout=0.999)))
    assert only(engine.feed(Story().tick(0))).shadow[0].reason == "rollout"


# --- once and times -----------------------------------------------------------------------------


def times_fired(engine: Engine, events: list[dict[str, Any]]) -> list[bool]:
    return [bool(only(engine.feed(event)).fired) for event in events]


def test_once_within_a_rolling_time() -> None:
    story, engine = Story(), Engine(plan(rule("r", act("warn"), once=ir.Once(key=(ACTOR, CHANNEL), within=HOUR))))
    events = [story.message(at) for at in (0, HOUR - 1, HOUR)]
    assert times_fired(engine, [*events, story.message(HOUR, by="wang")]) == [True, False, True, True]


def test_once_per_day_of_the_zone() -> None:
    once = ir.Once(key=(ACTOR,), per="day")
    story, engine = Story(), Engine(plan(rule("r", act("warn"), once=once), timezone="Asia/Shanghai"))
    assert times_fired(engine, [story.message(at) for at in (0, 16 * HOUR - 1, 16 * HOUR)]) == [True, False, True]


def test_who_fired_within_once_is_no_longer_asked_about() -> None:
    once = ir.Once(key=(ACTOR,), within=HOUR)
    program, partition = Program(plan(rule("r", act("warn"), once=once))), Partition("c")
    e, x = program.decoder.decode(Story().message(0)), Scope(START + HOUR, PartitionReadings(program, partition))
    asking, code = program.rules_on["message"].asking, program.rules["r"]
    assert [number & 3 for number in asking(e, x)] == [lookup.TRUE]
    space = partition.space(code.once_space, code.once_lifetime)
    space.put(e.actor.id, stamps.write(START + 1), START + 1)
    assert list(asking(e, x)) == []
    space.put(e.actor.id, stamps.write(START), START)
    assert [number & 3 for number in asking(e, x)] == [lookup.TRUE]


def test_once_with_a_missing_key_is_undecided() -> None:
    key = ir.Field(root="event", path=("actor", "name"), kind="text", optional=True, src=0)
    engine = Engine(plan(rule("r", act("warn"), once=ir.Once(key=(key,))), sources=SOURCES))
    decision = only(engine.feed(Story().message(0)))
    assert (decision.fired, decision.unknown) == ((), (Unknown(rule="r", missing=("actor.joined",)),))


def test_times_choose_the_effects() -> None:
    steps = ((1, (act("warn"),)), (3, (act("kick"),)))
    story, engine = Story(), Engine(plan(rule("r", times=ir.Times(key=(ACTOR,), within=HOUR, steps=steps))))
    found = [did(only(engine.feed(story.message(at)))) for at in (0, 1, 2, 3, 2 * HOUR)]
    assert found == [["warn"], [], ["kick"], ["kick"], ["warn"]]


# --- windows and matched ------------------------------------------------------------------------


def flood(bound: int, type: str = "message", **more: Any) -> ir.Plan:
    window = ir.Window(id="w", kind="count", type=type, key=(ACTOR,), within=MINUTE, keep=bound, **more)
    test = ir.WindowTest(window="w", key=(ACTOR,), within=MINUTE, operator=">=", bound=bound)
    return plan(rule("r", act("delete", events=ir.Matched()), on=type, when=test), windows=[window])


def test_a_window_counts_the_event_at_hand_first() -> None:
    story, engine = Story(), Engine(flood(2))
    assert times_fired(engine, [story.message(0), story.message(1, by="wang"), story.message(2)]) == [
        False,
        False,
        True,
    ]


def test_matched_is_what_the_window_holds() -> None:
    story, engine = Story(), Engine(flood(2, ids=True))
    engine.feed(story.message(0))
    engine.feed(story.message(30 * SECOND))
    decision = only(engine.feed(story.message(60 * SECOND)))
    assert decision.actions[0].parameters == {"events": ["e2", "e3"]}


def test_matched_holds_only_windows_that_decided() -> None:
    windows = [
        ir.Window(id=name, kind="count", type="message", key=(key,), within=MINUTE, keep=2, ids=True)
        for name, key in (("a", ACTOR), ("t", TEXT))
    ]
    tests = [
        ir.WindowTest(window=name, key=(key,), within=MINUTE, operator=">=", bound=2)
        for name, key in (("a", ACTOR), ("t", TEXT))
    ]
    engine = Engine(
        plan(rule("r", act("delete", events=ir.Matched()), when=ir.Or(operands=tuple(tests))), windows=windows)
    )
    story = Story()
    engine.feed(story.message(0, "x", by="wang"))
    engine.feed(story.message(1, "y"))
    assert only(engine.feed(story.message(2, "x"))).actions[0].parameters == {"events": ["e1", "e2", "e3"]}
    assert only(engine.feed(story.message(3, "x", by="zhao"))).actions[0].parameters == {"events": ["e3", "e4"]}


def test_the_bots_own_messages_are_not_counted() -> None:
    story, engine = Story(), Engine(flood(2))
    event = story.message(0) | {"actor": {"id": "li", "self": True}}
    assert times_fired(engine, [event, story.message(1), story.message(2)]) == [False, False, True]


def test_an_event_lacking_a_key_is_not_counted_and_reads_unknown() -> None:
    engine = Engine(flood(1, "tick"))
    decision = only(engine.feed(Story().tick(0)))
    assert (decision.fired, [one.rule for one in decision.unknown]) == ((), ["r"])


# --- actions ------------------------------------------------------------------------------------


def test_actions_merge_supersede_and_oppose() -> None:
    engine = Engine(
        plan(
            rule("a", act("mute", duration=5), act("warn"), act("unmute")),
            rule("b", act("mute", duration=9), act("notify", None, role="admin")),
        )
    )
    decision = only(engine.feed(Story().message(0)))
    assert [(action.do, action.parameters, action.rules) for action in decision.actions] == [
        ("mute", {"duration": 9}, ("a", "b")),
        ("notify", {"role": "admin"}, ("b",)),
    ]
    assert [(drop.do, drop.because) for drop in decision.dropped] == [("unmute", "mute"), ("warn", "mute")]


def test_an_actions_key_does_not_depend_on_what_merges() -> None:
    keys = {
        only(Engine(plan(rule("r", act("mute", duration=length)))).feed(Story().message(0))).actions[0].key
        for length in (5, 9)
    }
    assert len(keys) == 1


def test_a_failed_action_is_made_good_once() -> None:
    fallback = ir.Act(do="mute", who=ACTOR, parameters={"duration": const(5)}, or_else=(act("kick"),))
    story, engine = Story(), Engine(plan(rule("r", fallback)))
    action = only(engine.feed(story.message(0))).actions[0]
    assert [other.do for other in action.or_else] == ["kick"]
    failed = {"key": action.key, "ok": False, "do": "mute", "reason": "no right"}
    decision = only(engine.feed(story.event(1, "action.result", **failed)))
    assert decision.actions == action.or_else
    assert decision.notes == (
        Note(kind="action_failed", subject=action.key, detail={"do": "mute", "reason": "no right"}),
    )
    assert only(engine.feed(story.event(2, "action.result", **failed))).actions == ()
    assert not only(engine.feed(story.event(3, "action.result", key=action.key, ok=True))).notable


# --- labels and the roster ----------------------------------------------------------------------

BORNE = ir.HasLabel(entity="member", id=ACTOR, label="vip")
VIP = ir.Label(label="vip", entity="member", on=ACTOR, lasts=HOUR)


def test_a_label_lasts_its_time() -> None:
    story, engine = Story(), Engine(plan(rule("l", VIP, when=says("vip")), rule("r", act("warn"), when=BORNE)))
    assert only(engine.feed(story.message(0, "vip"))).labels == (
        Note(kind="label_set", subject="li", detail={"label": "vip"}),
    )
    assert times_fired(engine, [story.message(HOUR - 1), story.message(HOUR)]) == [True, False]


def test_a_persons_label_outranks_a_rules() -> None:
    story, engine = Story(), Engine(plan(rule("l", VIP, when=says("vip")), rule("r", act("warn"), when=BORNE)))
    decision = only(engine.feed(story.event(0, "label.removed", "admin", label="vip", target={"id": "li"})))
    assert decision.labels == (Note(kind="label_removed", subject="li", detail={"label": "vip", "by": "admin"}),)
    assert only(engine.feed(story.message(1, "vip"))).labels == ()
    engine.feed(story.event(2, "label.set", "admin", label="vip", target={"id": "li"}))
    assert fired(only(engine.feed(story.message(3)))) == ["r"]


def roster_plan(retain: int = 400 * DAY) -> ir.Plan:
    old = ir.Compare(operator="<", left=JOINED, right=ir.Arithmetic(operator="-", left=ir.Now(), right=const(DAY)))
    return plan(rule("r", act("warn"), when=old), sources=SOURCES, facts={"member": ("joined",)}, retain=retain)


def test_facts_are_remembered_until_the_member_leaves() -> None:
    story, engine = Story(), Engine(roster_plan())
    joined = {"id": "li", "joined": "2026-01-01T00:00:00Z"}
    engine.feed(story.event(0, "roster", None, members=[joined]))
    assert times_fired(engine, [story.message(1)]) == [True]
    engine.feed(story.event(2, "member.left"))
    assert only(engine.feed(story.message(3))).unknown[0].missing == ("actor.joined",)


def test_facts_are_forgotten_after_their_time() -> None:
    story, engine = Story(), Engine(roster_plan(retain=HOUR))
    engine.feed(story.message(0) | {"actor": {"id": "li", "joined": "2026-01-01T00:00:00Z"}})
    assert times_fired(engine, [story.message(HOUR), story.message(2 * HOUR + 1)]) == [True, False]


def test_silence_counts_from_message_joining_or_observation() -> None:
    long = ir.Compare(operator=">=", left=ir.Silence(member=ACTOR), right=const(HOUR))
    story, engine = Story(), Engine(plan(rule("r", act("warn"), when=long)))
    engine.feed(story.tick(0))
    assert times_fired(engine, [story.message(HOUR), story.message(HOUR + 1), story.message(2 * HOUR + 1)]) == [
        True,
        False,
        True,
    ]
    engine.feed(story.event(3 * HOUR, "member.joined", "wang"))
    assert times_fired(engine, [story.message(4 * HOUR - 1, by="wang")]) == [False]


def test_a_reply_reaches_the_message() -> None:
    engine = Engine(plan(rule("r", act("reply", MESSAGE_ID, text=ir.Template(texts={"": ("hi ", TEXT)})))))
    action = only(engine.feed(Story().message(0, "there"))).actions[0]
    assert (action.who, action.parameters) == ("e1", {"text": {"": "hi there"}})
