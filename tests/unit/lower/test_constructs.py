"""What an author's blocks lower to: triggers, cells, rules named after their block."""

from __future__ import annotations

from typing import Any

from groundrules.plan import ir
from unit.checker.books import plan

DAY = 86_400_000


def rules(made: ir.Plan) -> dict[str, ir.Rule]:
    return {rule.id: rule for rule in made.rules}


def places(value: ir.AnyExpr | None) -> tuple[Any, ...]:
    assert isinstance(value, ir.Field)
    return (value.root, *value.path)


def test_a_reward_with_its_cap_memory_and_reversal() -> None:
    made = plan("""
ledgers: {reputation: {per: member, fade: 1 every 2d, ceiling: 100}}
rewards:
  - id: liked
    on: reaction.added
    when: actor != message.author
    grant: {reputation: 5, to: message.author}
    cap: 50 per day
    once_per: actor, message within 30d
    undo_on: {reaction.removed: [actor, message]}
""")
    (rule,) = made.rules
    (delta,) = rule.effects
    assert isinstance(delta, ir.Delta)
    assert (rule.kind, delta.ledger, delta.cap, places(delta.who)) == (
        "reward",
        "reputation",
        "liked#cap",
        ("event", "message", "author"),
    )
    assert made.caps == (ir.Cap(id="liked#cap", amount=50, per="day"),)
    assert made.ledgers == (ir.Ledger(id="reputation", ceiling=100, fade=ir.Fade(amount=1, every=2 * DAY)),)
    assert rule.once is not None
    assert (rule.once.within, rule.once.per, rule.remember) == (30 * DAY, None, 30 * DAY)
    (undo,) = rule.undo
    assert undo.type == "reaction.removed"
    assert [places(key) for key in undo.key] == [places(key) for key in rule.undo_key]


def test_take_is_a_negative_grant_and_reset_stands_by_itself() -> None:
    made = plan("""
ledgers: {strikes: {per: member}, heat: {per: channel}, pot: {per: community}}
rules:
  - id: a
    on: message
    when: known(channel)
    then: [strike: 2, take: {strikes: length(text)}, reset: heat, grant: {pot: 1}]
""")
    (reset,) = [effect for effect in made.rules[0].effects if isinstance(effect, ir.Reset)]
    deltas = [effect for effect in made.rules[0].effects if isinstance(effect, ir.Delta)]
    (grant,) = [delta for delta in deltas if delta.ledger == "pot"]
    (take,) = [delta for delta in deltas if isinstance(delta.amount, ir.Negate)]
    (strike,) = [delta for delta in deltas if delta not in (grant, take)]
    assert (strike.ledger, strike.amount) == ("strikes", ir.Const(value=2))
    assert take.ledger == "strikes"
    assert places(reset.who) == ("event", "channel")
    assert grant.who == ir.Const(value="community")


def test_a_ladder_is_steps_and_a_rule_for_each() -> None:
    made = plan("""
ledgers: {strikes: {per: member}}
parameters: {limit: {type: integer, default: 9}}
ladders:
  - id: discipline
    ledger: strikes
    title: Discipline
    mode: shadow
    steps:
      - reaches: 2
        falls_below: 1
        cool_down: 1h
        then: [warn]
        on_the_way_back: [{send: {to: member, text: "{member.name}"}}]
      - {reaches: limit, then: [ban], approval: {by: admin, approvals: 2, within: 1d, if_not_approved: [mute: 7d]}}
    beyond: repeat
    appeal: {within: 7d, to: owner}
""")
    (ladder,) = made.ladders
    assert ladder.steps == (ir.Step(reaches=2, falls_below=1, cool_down=3_600_000), ir.Step(reaches=9))
    assert (ladder.beyond, ladder.appeal) == ("repeat", ir.Appeal(within=7 * DAY, to="owner"))
    found = rules(made)
    assert sorted(found) == ["discipline#1", "discipline#1#back", "discipline#2", "discipline#2#refused"]
    assert {rule.mode for rule in made.rules} == {"shadow"}
    assert found["discipline#2"].trigger == ir.OnCrossing(ladder="discipline", step=1)
    assert found["discipline#2"].approval == ir.Approval(by=("admin",), approvals=2, within=DAY)
    assert found["discipline#2#refused"].trigger == ir.OnRefusal(rule="discipline#2")
    (warn,) = found["discipline#1"].effects
    assert isinstance(warn, ir.Act)
    assert places(warn.who) == ("subject",)
    assert {spec.name for spec in made.actions} == {"warn", "ban", "mute", "send", "request_approval"}


def test_a_path_is_a_process_an_opening_and_steps_that_read_the_start() -> None:
    made = plan("""
paths:
  - id: deadline
    on: task.assigned
    one_per: task
    hours: 09:00-18:00
    until: [{on: task.completed, when: task.id == start.task.id}]
    restart_on: [{on: task.updated, when: task.id == start.task.id}]
    steps:
      - {after: 1h, then: [{send: {to: task.assignee, text: "{task.title}"}}]}
      - {due: task.due + 1d, repeat: 3, every: 2h, then: [{notify: {role: lead}}]}
    afterwards: [{notify: {role: lead}}]
""")
    (process,) = made.processes
    assert process.hours == (9 * 3_600_000, 18 * 3_600_000)
    first, second = process.steps
    assert (first.after, second.repeat, second.every) == (3_600_000, 3, 7_200_000)
    assert isinstance(second.at, ir.Arithmetic)
    assert places(second.at.left) == ("event", "task", "due")
    assert [until.types for until in (*process.until, *process.restart)] == [("task.completed",), ("task.updated",)]
    assert set(process.capture) >= {("task", "id"), ("task", "assignee", "id"), ("task", "title")}
    found = rules(made)
    assert sorted(found) == ["deadline", "deadline#1", "deadline#2", "deadline#end"]
    assert found["deadline"].effects[0].process == "deadline"  # type: ignore[union-attr]
    assert found["deadline#end"].trigger == ir.OnStep(process="deadline", step=-1)
    (send,) = found["deadline#1"].effects
    assert isinstance(send, ir.Act)
    assert places(send.parameters["to"]) == ("start", "task", "assignee")  # type: ignore[arg-type]


def test_states_are_read_by_name_and_one_that_is_off_is_never_entered() -> None:
    made = plan("""
states:
  - id: under-raid
    enter: count(member.joined within 1m) >= 20
    leave: quiet(member.joined) >= 10m
    then: [lock]
    afterwards: [unlock]
  - {id: quiet-time, enter: quiet(message) > 5m, leave: under_raid, mode: "off"}
rules:
  - {id: a, on: message, when: under_raid and not quiet_time, then: [delete]}
""")
    found = rules(made)
    assert isinstance(found["a"].when, ir.And)
    assert found["a"].when.operands[0] == ir.InState(state="under-raid", src=found["a"].when.operands[0].src)
    off, on = made.states
    assert (off.id, off.enter) == ("quiet-time", ir.Const(value=False))
    assert isinstance(on.enter, ir.WindowTest)
    assert sorted(found) == ["a", "under-raid#enter", "under-raid#leave"]


def test_schedules_with_hours_and_for_each() -> None:
    made = plan("""
schedules:
  - {id: nudge, at: every 30m, hours: 09:00-18:00, then: [{notify: {role: admin}}]}
  - id: clean
    at: last day 18:00
    for_each: member
    when: silence(member) > 90d and age(member.joined) > 90d
    then: [kick]
    approval: {by: admin, within: 7d, batch: true, recheck: true}
  - {id: yearly, at: 10-01 09:00, then: [{notify: {role: admin}}]}
""")
    clean, nudge, yearly = made.schedules
    assert clean == ir.Schedule(id="clean", at=ir.When(time=18 * 3_600_000, day=-1), for_each="member")
    assert nudge.at == ir.When(every=30 * 60_000)
    assert yearly.at == ir.When(time=9 * 3_600_000, day=1, month=10)
    found = rules(made)
    assert isinstance(found["nudge"].when, ir.InClock)
    (kick,) = found["clean"].effects
    assert isinstance(kick, ir.Act)
    assert places(kick.who) == ("subject",)
    assert found["clean"].approval == ir.Approval(by=("admin",), approvals=1, within=7 * DAY, batch=True, recheck=True)
    assert made.facts == {"member": ("joined",)}


def test_times_once_and_what_is_said_of_every_rule() -> None:
    made = plan(
        """
rules:
  - id: a
    title: {en: A}
    text: Be kind
    tags: [b, a]
    on: [message, message.edited]
    when: text == "x"
    rollout: 10%
    ends: 2027-01-31
    was: old-a
    once_per: actor
    times: {per: "actor, channel", within: 1h, 3: [delete], 1: [warn]}
""",
        header="rulebook: test\nuse: [std/chat]\ntimezone: Asia/Shanghai\n",
    )
    (rule,) = made.rules
    assert rule.trigger == ir.OnEvent(types=("message", "message.edited"))
    assert (rule.rollout, rule.was, rule.tags) == (0.1, "old-a", ("a", "b"))
    assert (rule.title, rule.text) == ({"en": "A"}, {"": "Be kind"})
    assert rule.ends == 1_801_324_800_000  # midnight in Shanghai
    assert rule.once is not None
    assert rule.once.within == 90 * DAY
    assert rule.times is not None
    assert [number for number, _ in rule.times.steps] == [1, 3]
    delete = rule.times.steps[1][1][0]
    assert isinstance(delete, ir.Act)
    events = delete.parameters["events"]
    assert isinstance(events, ir.Sequence)
    (which,) = events.items
    assert isinstance(which, ir.Coalesce), "an edited message stands under `message`, a message is the event itself"
    assert (places(which.value), places(which.default)) == (("event", "message"), ("event", "id"))


def test_labels_exemptions_and_alternatives() -> None:
    made = plan("""
rules:
  - {id: spam, on: message, tags: [content], when: text == "x", then: [{mute: {duration: 10m, or_else: [delete]}}]}
  - id: staff
    on: message
    when: labelled(actor, "trusted")
    then: [exempt: [content], {label: {label: seen, on: actor, lasts: 1d}}, unlabel: new]
""")
    found = rules(made)
    (exempt,) = [effect for effect in found["staff"].effects if isinstance(effect, ir.Exempt)]
    labels = [effect for effect in found["staff"].effects if isinstance(effect, ir.Label)]
    label, unlabel = sorted(labels, key=lambda effect: effect.remove)
    assert exempt.rules == ("spam",)
    assert (label.entity, label.lasts, label.remove) == ("member", DAY, False)
    assert (unlabel.entity, places(unlabel.on), unlabel.remove) == ("message", ("event", "id"), True)
    (mute,) = found["spam"].effects
    assert isinstance(mute, ir.Act)
    assert [one.do for one in mute.or_else if isinstance(one, ir.Act)] == ["delete"]


def test_settings_of_the_whole() -> None:
    made = plan(
        "limits: {retain: 100d, open_paths: 7}\npaths:\n"
        "  - {id: p, on: message, one_per: actor, steps: [{after: 1h, then: [{notify: {role: admin}}]}]}\n",
        header="rulebook: test\nuse: [std/chat]\ntimezone: Asia/Shanghai\npartition: channel\nlanguages: [zh, en]\n",
    )
    assert (made.partition, made.timezone, made.languages) == (("channel", "id"), "Asia/Shanghai", ("zh", "en"))
    assert (made.retain, made.processes[0].limit) == (100 * DAY, 7)
    assert {"message", "tick", "roster", "approval.given"} <= set(made.events)
    assert "tzdata" in made.tables


def test_a_state_turns_by_conditions_and_events() -> None:
    made = plan("""
states:
  - id: closed
    enter: [count(member.joined within 1h) > 50, quiet(message) >= 10m]
    leave: {on: message, when: text == "open"}
""")
    (state,) = made.states
    assert isinstance(state.enter, ir.Or)
    tests = {(test.operator, test.bound) for test in state.enter.operands if isinstance(test, ir.WindowTest)}
    assert tests == {(">", 50), (">=", 600_000)}
    assert (state.enter_on, state.leave) == ((), ir.Const(value=False))
    (until,) = state.leave_on
    assert until.types == ("message",)
    assert isinstance(until.when, ir.Compare)


def test_ids_are_kept_by_the_windows_of_a_guard_whose_effects_name_them() -> None:
    made = plan("""
rules:
  - id: mentions
    on: message
    when: sum(length(mentions) of message by actor within 10s) >= 7
    then: [delete: matched]
  - id: channels
    on: message
    when: distinct(channel.id of message by actor within 10s) >= 3
    then: [warn]
""")
    windows = {window.kind: window for window in made.windows}
    assert (windows["sum"].ids, windows["sum"].keep, windows["distinct"].ids) == (True, 7, False)
