"""What changed in meaning between two versions: which way rules moved, which numbers, words, effects and cells."""

from __future__ import annotations

import pytest

from groundrules.display.lines import page
from groundrules.engine.engine import Engine
from groundrules.tools.diffing.compare import diff
from groundrules.tools.diffing.model import Change, Detail, Diff
from groundrules.tools.diffing.render import human, markdown
from groundrules.tools.versions import Version
from unit.tools.versions import rule, version


def changed(old: Version, new: Version) -> Change:
    """Return the only change between two versions."""
    (change,) = diff(old, new).changes
    return change


def details(old: Version, new: Version) -> list[tuple[str, str, str]]:
    return [(detail.part, detail.before, detail.after) for detail in changed(old, new).details]


# --- nothing changed ----------------------------------------------------------------------------


def test_another_layout_is_no_change_in_meaning() -> None:
    old = version("""
    rules:
      - {id: a, on: message, when: length(text)>3 and length(links)>0, then: [delete, warn]}
      - {id: b, on: message, then: [warn]}
    """)
    new = version("""
    rules:
      - {id: b, on: message, then: [warn]}
      - {id: a, on: message, when: length(links) > 0 and (length(text) > 3), then: [warn, delete]}
    """)
    assert diff(old, new).same
    assert page(human.lines(diff(old, new), "en")) == "no change in meaning\n"
    assert "含义没有变化" in markdown.render(diff(old, new), "zh")


# --- which way a rule moved ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "direction"),
    [
        ("count(message by actor within 2m) >= 3", "count(message by actor within 2m) >= 5", "fewer"),
        ("count(message by actor within 2m) >= 3", "count(message by actor within 1m) >= 3", "fewer"),
        ("count(message by actor within 2m) >= 3", "count(message by actor within 1m) >= 2", "unclear"),
        ("count(message by actor within 1m) > 2", "count(message by actor within 5m) >= 3", "more"),
        ("count(message by actor within 2m) < 3", "count(message by actor within 1m) < 3", "more"),
        ("count(message by actor within 2m) >= 3", "count(message by channel within 2m) >= 3", "unclear"),
        ("length(text) > 3", "length(text) >= 4", "same"),
        ("length(text) > 3", "length(text) > 3 and length(links) > 0", "fewer"),
        ("length(text) > 3", "length(text) > 3 or length(links) > 0", "more"),
        ("age(actor.joined) < 3d", "age(actor.joined) < 7d", "more"),
        ("age(actor.joined) < 3d", "not (age(actor.joined) >= 3d)", "same"),
        ('text contains any of ["a", "b"]', 'text contains any of ["a", "b", "c"]', "more"),
        ('text contains all of ["a", "b"]', 'text contains all of ["a", "b", "c"]', "fewer"),
        ('text contains "buy now"', 'text contains "buy"', "more"),
        ("text matches /a+/", "text matches /a/", "unclear"),
        ("now in 09:00-18:00", "now in 10:00-12:00", "fewer"),
        ("length(text) > 3 and length(links) > 0", "length(links) > 0", "more"),
    ],
)
def test_a_guard_is_narrowed_or_widened_where_that_is_proved(old: str, new: str, direction: str) -> None:
    assert changed(rule(old), rule(new)).direction == direction


def test_a_condition_that_may_be_unknown_is_not_taken_for_its_opposite() -> None:
    """Where `actor.joined` is missing, the old rule fired and the new one does not: two-valued logic would miss it."""
    always = "length(text) > 3"
    split = "length(text) > 3 and (age(actor.joined) < 3d or age(actor.joined) >= 3d)"
    assert changed(rule(always), rule(split)).direction == "fewer"
    assert changed(rule(split), rule(always)).direction == "more"


@pytest.mark.parametrize(
    ("old", "new", "direction"),
    [
        ("", "unless: length(links) > 3", "fewer"),
        ("unless: length(links) > 3", "unless: length(links) > 5", "more"),
        ("once_per: actor within 1h", "once_per: actor within 2h", "fewer"),
        ("", "once_per: actor within 1h", "fewer"),
        ("once_per: actor per day", "", "more"),
        ("once_per: actor per day", "once_per: actor per week", "unclear"),
        ("mode: shadow", "", "more"),
        ("", "mode: off", "fewer"),
        ("rollout: 10%", "rollout: 50%", "more"),
        ("", 'ends: "2030-01-01"', "fewer"),
        ("once_per: actor within 1h\nmode: shadow", "once_per: actor within 2h", "unclear"),
    ],
)
def test_what_stands_beside_the_condition_moves_a_rule_too(old: str, new: str, direction: str) -> None:
    assert changed(rule("length(text) > 3", more=old), rule("length(text) > 3", more=new)).direction == direction


def test_an_unless_that_takes_over_from_the_condition_changes_nothing() -> None:
    inside = rule("length(text) > 3 and not length(text) > 9")
    assert changed(inside, rule("length(text) > 3", more="unless: length(text) > 9")).direction == "same"


def test_a_rule_on_more_events_is_widened() -> None:
    old = version("rules: [{id: it, on: message, then: [warn]}]")
    new = version("rules: [{id: it, on: [message, message.edited], then: [warn]}]")
    change = changed(old, new)
    assert change.direction == "more"
    assert change.details == (Detail(part="on", added=("message.edited",)),)


# --- lists --------------------------------------------------------------------------------------


def listed(items: str, when: str = "text contains any of words", match: str = "folded") -> Version:
    return rule(when, declared=f"lists:\n  words: {{match: {match}, items: {items}}}\n")


def test_words_of_a_list() -> None:
    [words] = diff(listed("[a, b]"), listed("[b, c, d]")).changes
    assert words.details == (
        Detail(part="entries", added=("c", "d"), removed=("a",)),
        Detail(part="moves", role="when", direction="unclear", blocks=(("rule", "it"),)),
    )


def test_a_block_in_which_more_changed_keeps_its_own_entry() -> None:
    old, new = listed("[a, b]"), listed("[b]", "text contains any of words or length(text) > 9")
    words, rule = diff(old, new).changes
    assert [detail.part for detail in words.details] == ["entries"]
    assert [detail.part for detail in rule.details if detail.role] == ["list"]


ENDED = """
lists: {{enders: {{match: exact, items: {}}}}}
rules: []
paths:
  - id: asked
    on: message
    one_per: actor
    until: [{{on: message, when: actor.roles has any of enders}}]
    restart_on: [{{on: message.edited, when: actor.roles has any of enders}}]
    steps: [{{after: 1h, then: [{{notify: admin}}]}}]
states:
  - id: raid
    enter: {{on: message, when: not actor.roles has any of enders}}
    leave: {{on: message, when: actor.roles has any of enders}}
    then: [lock]
    afterwards: [unlock]
  - id: flood
    enter: count(message where actor.roles has any of enders within 1m) > 3
    leave: quiet(message) > 1h
    then: [lock]
    afterwards: [unlock]
"""


def test_a_list_moves_what_ends_paths_and_states() -> None:
    [change] = diff(version(ENDED.format("[admin, moderator]")), version(ENDED.format("[admin]"))).changes
    moves = {(detail.role, detail.direction): detail.blocks for detail in change.details if detail.role}
    assert moves == {
        ("until", "fewer"): (("path", "asked"),),
        ("restart_on", "fewer"): (("path", "asked"),),
        ("enter", "more"): (("state", "raid"),),
        ("leave", "fewer"): (("state", "raid"),),
        ("enter", "unclear"): (("state", "flood"),),
    }
    found = diff(version(ENDED.format("[admin, moderator]")), version(ENDED.format("[admin]")))
    assert "\n    ended by less: state raid\n" in page(human.lines(found, "en"))
    assert "- 更难结束：状态 raid" in markdown.render(found, "zh")


def directions(old: Version, new: Version) -> dict[str, str]:
    """Where rules moved, told with the list if nothing else changed in them."""
    found = diff(old, new).changes
    moved = {section: detail.direction for change in found for detail in change.details for section, _ in detail.blocks}
    return {change.section: change.direction for change in found} | moved


def test_a_longer_list_loosens_the_rules_that_look_for_its_words() -> None:
    assert directions(listed("[a, b]"), listed("[a, b, c]"))["rule"] == "more"
    assert directions(listed("[a, b]"), listed("[a]"))["rule"] == "fewer"
    assert directions(listed("[a, b]"), listed("[a, c]"))["rule"] == "unclear"
    assert directions(listed("[a]", match="exact"), listed("[a, b]"))["rule"] == "unclear"


def test_of_lists_that_change_or_are_weighed_little_is_sure() -> None:
    weighed = "weight(text, words) >= 2"
    assert directions(listed("[a, b]", weighed), listed("[a, b, c]", weighed))["rule"] == "unclear"
    declared = "lists:\n  words: {changes: true, items: [a]}\n  more: {items: [a, b]}\n"
    old, new = (rule(f"text contains any of {name}", declared=declared) for name in ("words", "more"))
    assert directions(old, new)["rule"] == "unclear"


def test_a_longer_list_tightens_the_rules_that_spare_its_words() -> None:
    spare = "length(text) > 3 and not text contains any of words"
    assert directions(listed("[a]", spare), listed("[a, b]", spare))["rule"] == "fewer"
    everything = "text contains all of words"
    assert directions(listed("[a]", everything), listed("[a, b]", everything))["rule"] == "fewer"


def test_a_window_over_another_list_is_another_window() -> None:
    counting = "count(message where text contains any of words by actor within 1h) >= 3"
    assert directions(listed("[a]", counting), listed("[a, b]", counting))["rule"] == "unclear"


# --- numbers ------------------------------------------------------------------------------------


def test_moved_numbers_are_named_one_by_one() -> None:
    old, new = rule("count(message by actor within 2m) >= 3"), rule("count(message by actor within 90s) > 5")
    assert details(old, new) == [("when", ">= 3", "> 5"), ("when", "within 2m", "within 1m30s")]
    old, new = (
        rule("age(actor.joined) < 3d and length(text) > 10"),
        rule("age(actor.joined) < 7d and length(text) > 10"),
    )
    assert details(old, new) == [("when", "3d", "7d")]


def test_a_moved_parameter_is_shown_by_value_wherever_it_counts() -> None:
    declared = "parameters:\n  limit: {{type: integer, default: {}}}\n"
    old = rule("length(text) > limit", declared=declared.format(3))
    new = rule("length(text) > limit", declared=declared.format(5))
    parameter, moved = diff(old, new).changes
    assert parameter.details == (Detail(part="default", before="3", after="5"),)
    assert moved.details == (Detail(part="when", about="length(text) > limit", before="3", after="5"),)
    assert moved.direction == "fewer"


def test_conditions_that_came_and_went() -> None:
    old = rule("length(text) > 3 and length(links) > 0")
    new = rule('length(text) > 3 and text contains "x"')
    (detail,) = changed(old, new).details
    assert detail.added == ('text contains "x"',)
    assert detail.removed == ("length(links) > 0",)
    assert detail.before == "length(text) > 3 and length(links) > 0"


def test_a_changed_define_shows_where_it_is_used() -> None:
    declared = "define:\n  newcomer: age(actor.joined) < {}\n"
    change = changed(rule("newcomer", declared=declared.format("3d")), rule("newcomer", declared=declared.format("1d")))
    assert [(one.before, one.after) for one in change.details] == [("3d", "1d")]
    assert change.direction == "fewer"


# --- effects ------------------------------------------------------------------------------------


def test_effects_added_removed_and_changed() -> None:
    old = rule("length(text) > 3", "[delete, {mute: 10m}, {reply: Hello}]")
    new = rule("length(text) > 3", "[warn, {mute: 1h}, {reply: Hello there}]")
    change = changed(old, new)
    assert change.direction == "same"
    found = {(one.about, one.before, one.after) for one in change.details}
    assert found == {
        ("", "delete", ""),
        ("", "", "warn"),
        ("mute", "10m", "1h"),
        ("reply", "“Hello”", "“Hello there”"),
    }


# --- blocks -------------------------------------------------------------------------------------


def test_added_removed_and_renamed_rules() -> None:
    old = version("rules: [{id: a, on: message, then: [warn]}, {id: b, on: message, then: [delete]}]")
    new = version("""
    rules:
      - {id: c, was: a, on: message, when: length(text) > 3, then: [warn]}
      - {id: d, on: message, then: [kick]}
    """)
    found = {(one.kind, one.id, one.was, one.direction) for one in diff(old, new).changes}
    assert found == {
        ("removed", "b", None, "same"),
        ("renamed", "c", "a", "fewer"),
        ("added", "d", None, "same"),
    }


LADDER = """
ledgers: {{strikes: {{per: member, fade: 1 every {fade}}}}}
rules: [{{id: strike, on: message, when: length(text) > 99, then: [strike: 1]}}]
ladders:
  - id: discipline
    ledger: strikes
    steps: [{steps}]
    appeal: {{within: 7d, to: owner}}
"""


def ladder(steps: str, fade: str = "30d") -> Version:
    return version(LADDER.format(steps=steps, fade=fade))


def test_steps_of_a_ladder_are_told_apart_by_what_they_reach() -> None:
    old = ladder("{reaches: 2, then: [warn]}, {reaches: 5, then: [mute: 1d]}")
    new = ladder("{reaches: 2, then: [warn]}, {reaches: 3, then: [mute: 1h]}, {reaches: 5, then: [mute: 2d]}")
    change = changed(old, new)
    assert change.direction == "more"
    assert {(one.part, one.about, one.before, one.after) for one in change.details} == {
        ("step reaches", "", "", "3"),
        ("step 2 then", "", "", "mute: 1h"),
        ("step 3 then", "mute", "1d", "2d"),
    }


def test_a_step_that_is_reached_earlier_loosens() -> None:
    old, new = ladder("{reaches: 5, then: [mute: 1d]}"), ladder("{reaches: 3, then: [mute: 1d]}")
    assert changed(old, new).direction == "more"
    assert details(old, new) == [("step 1 reaches", "5", "3")]


def test_ledgers() -> None:
    change = changed(ladder("{reaches: 5, then: [warn]}"), ladder("{reaches: 5, then: [warn]}", fade="10d"))
    assert (change.section, change.id) == ("ledger", "strikes")
    assert change.details == (Detail(part="fade", before="1 every 30d", after="1 every 10d"),)


PATH = """
paths:
  - id: unanswered
    on: message
    when: text contains "?"
    one_per: actor
    until: [{{on: message, when: reply_to == start.id}}]
    steps: [{steps}]
"""


def test_steps_of_a_path() -> None:
    old = version(PATH.format(steps="{after: 30m, then: [{notify: {role: helper}}]}, {after: 2h, then: [warn]}"))
    new = version(PATH.format(steps="{after: 45m, then: [{notify: {role: helper}}]}, {after: 2h, then: [kick]}"))
    assert set(details(old, new)) == {
        ("step 1", "after 30m", "after 45m"),
        ("step 2 then", "warn", ""),
        ("step 2 then", "", "kick"),
    }
    assert diff(old, new).carried.cancelled == ("unanswered",)


def test_guards_of_steps() -> None:
    text = """
    paths:
      - id: ask
        on: message
        one_per: actor
        steps: [{{after: 30m, when: {when}, then: [warn]}}, {{after: 2h, {unless}then: [kick]}}]
    """
    old, new = (
        version(text.format(**one))
        for one in (
            {"when": "age(actor.joined) < 3d", "unless": ""},
            {"when": "age(actor.joined) < 2d", "unless": 'unless: actor.roles has "admin", '},
        )
    )
    assert set(details(old, new)) == {
        ("step 1 when", "3d", "2d"),
        ("step 2 unless", "", 'actor.roles has "admin"'),
    }
    assert changed(old, new).direction == "fewer"


def test_states_and_schedules() -> None:
    text = """
    states:
      - id: lockdown
        enter: count(member.joined within 1m) >= {joins}
        leave: quiet(member.joined) >= {quiet}
        then: [lock]
        afterwards: [unlock]
    schedules: [{{id: review, at: "{at}", then: [{{notify: {{role: admin}}}}]}}]
    """
    old, new = (
        version(text.format(**one))
        for one in ({"joins": 20, "quiet": "30m", "at": "monday 09:00"}, {"joins": 10, "quiet": "1h", "at": "09:30"})
    )
    state, schedule = sorted(diff(old, new).changes, key=lambda one: one.section, reverse=True)
    assert state.direction == "more"
    assert {(one.part, one.before, one.after) for one in state.details} == {
        ("enter", "20", "10"),
        ("leave", "30m", "1h"),
    }
    assert schedule.details == (Detail(part="at", before="monday 09:00", after="09:30"),)


def test_a_new_block_is_told_with_what_begins_and_ends_it() -> None:
    new = version("""
    ledgers: {points: {per: member}}
    paths:
      - id: ask
        on: message
        one_per: actor
        until: [{on: message, when: reply_to == start.id}]
        until_all: [{id: a, on: message, when: text == "a"}]
        restart_on: [{on: message.edited, when: message.id == start.id}]
        steps: [{after: 30m, then: [warn]}]
    states:
      - {id: busy, enter: count(message within 1m) >= 9, leave: {on: message, when: text == "/open"}, then: [lock]}
    ladders: [{id: up, ledger: points, steps: [{reaches: 5, then: [{add_role: x}]}]}]
    schedules: [{id: late, at: "09:30", for_each: member, when: silence(member) > 90d, then: [mute: 1h]}]
    """)
    result = diff(version(""), new)
    assert {
        block.id: [
            f"{one.part}: {'; '.join([one.after, *one.added])}"
            for one in block.details
            if one.after and not one.part.endswith("then")
        ]
        for block in result.changes
        if block.section != "ledger"
    } == {
        "ask": [
            "on: message",
            "one_per: actor",
            "step 1: after 30m",
            "until: message when reply_to == start.id",
            'until_all a: message when text == "a"',
            "restart_on: message.edited when message.id == start.id",
        ],
        "busy": ["enter: count(message within 1m) >= 9", 'leave: message when text == "/open"'],
        "up": ["ledger: points", "step reaches: 5"],
        "late": ["at: 09:30", "for_each: member", "when: silence(member) > 90d"],
    }
    assert "sanction" in result.carried.begun


def test_settings_and_event_types() -> None:
    old = version("timezone: UTC\nrules: [{id: a, on: message, then: [warn]}]")
    new = version("timezone: Asia/Shanghai\nlimits: {retain: 100d}\nrules: [{id: a, on: message, then: [warn]}]")
    assert {one.part for one in changed(old, new).details} == {"timezone", "retain"}


# --- a live engine ------------------------------------------------------------------------------


def test_what_a_live_engine_keeps_and_loses() -> None:
    old = rule("count(message by actor within 1h) >= 3", more="once_per: actor within 1h")
    new = rule("count(message by channel within 1h) >= 3", more="once_per: actor within 1h")
    found = diff(old, new).carried
    assert found.kept == ("once it",)
    assert found.lost == ("window count(message by actor within 1h)",)
    assert found.begun == ("window count(message by channel within 1h)",)


def test_what_becomes_of_the_rows_of_a_state() -> None:
    old = rule("count(message by actor within 1h) >= 3")
    engine = Engine(old.plan)
    for number, who in enumerate("abca"):
        event = {"id": str(number), "type": "message", "time": f"2026-01-01T00:0{number}:00Z", "community": {"id": "c"}}
        engine.feed({**event, "actor": {"id": who}, "text": "x"})
    found = diff(old, rule("length(text) > 3"), engine.snapshot()).carried
    assert found.rows == {"window count(message by actor within 1h)": 3}


def test_what_a_rule_remembers_goes_with_its_new_name() -> None:
    old = version("rules: [{id: a, on: message, once_per: actor, then: [warn]}]")
    new = version("rules: [{id: b, was: a, on: message, once_per: actor, then: [warn]}]")
    assert diff(old, new).carried.renamed == {"once a": "once b"}


# --- what people read ---------------------------------------------------------------------------


@pytest.fixture
def both() -> Diff:
    old = listed("[a]", "text contains any of words and length(text) > 3")
    return diff(old, listed("[a, b]", "text contains any of words and length(text) > 2"))


def test_people_read_it_in_their_language(both: Diff) -> None:
    english, chinese = page(human.lines(both, "en")), page(human.lines(both, "zh"))
    assert "rule it “It”: widened: acts on more events" in english.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert "when length(text) > 2: 3 → 2" in english
    assert "扩大：触发的事件变多" in chinese


def test_markdown_quotes_what_was_written(both: Diff) -> None:
    page = markdown.render(both, "en")
    assert "- ✏️ **rule `it` “It”**: widened: acts on more events" in page
    assert "  - when: `length(text) > 2` `3` → `2`" in page
    assert "  - entries: + `b`" in page


def test_rows_of_a_table_are_known_by_what_they_ask_for() -> None:
    def table(*rows: str) -> Version:
        lines = "\n".join(f"        - {row}" for row in rows)
        return version(
            f"rules:\n  - id: a\n    on: message\n    table:\n      columns: [length(links)]\n      rows:\n{lines}\n"
        )

    old = table("{when: ['> 5'], then: [delete]}", "{when: ['< 2'], then: [hide]}")
    new = table("{when: ['< 1'], then: [hide]}", "{when: ['3'], then: [warn]}", "{when: ['> 5'], then: [ban]}")
    parts = [part for part, _, _ in details(old, new)]
    assert parts == ["row 1 when", "row 2 when", "row 2 then", "row 3 then", "row 3 then"]
    assert ("row 1 when", "2", "1") in details(old, new)
    assert changed(old, new).section == "rule"
    shown = page(human.lines(diff(old, new), "zh"))
    assert "第 1 行 when" in shown


def test_a_row_with_an_id_is_that_row_wherever_it_stands() -> None:
    def table(*rows: str) -> Version:
        lines = "\n".join(f"        - {row}" for row in rows)
        return version(
            "rules:\n  - id: a\n    title: A\n    on: message\n    once_per: actor within 1d\n"
            f"    table:\n      columns: [length(links)]\n      rows:\n{lines}\n"
        )

    old = table("{id: many, when: ['> 5'], then: [delete]}", "{when: ['< 2'], then: [hide]}")
    new = table("{id: one, when: ['1'], then: [warn]}", "{id: many, when: ['> 6'], then: [delete]}")
    assert [part for part, _, _ in details(old, new)] == [
        "row many when",
        "row one when",
        "row one then",
        "row 2 gone then",
    ]
    more = table("{id: one, when: ['1'], then: [warn]}", "{id: many, when: ['> 5'], then: [delete]}")
    assert [part for part, _, _ in details(old, more)] == ["row one when", "row one then", "row 2 gone then"]
    assert diff(old, more).carried.kept == ("once a#row-many",)
    assert diff(old, new).carried.lost == ("once a#row-2",)
    renamed = table("{when: ['> 5'], then: [delete]}", "{id: few, was: 2, when: ['< 2'], then: [hide]}")
    before = table("{when: ['> 5'], then: [delete]}", "{when: ['< 2'], then: [hide]}")
    assert diff(before, renamed).carried.lost == ()


ITEMS = """
paths:
  - id: arrival
    on: member.joined
    one_per: actor
    until_all: [{}]
    steps: [{{after: 1d, then: [warn]}}]
"""


def test_items_of_a_path_are_told_by_their_names() -> None:
    old = version(ITEMS.format("{id: a, on: message, when: length(text) > 3}, {id: b, on: message}"))
    new = version(ITEMS.format("{id: c, on: message}, {id: a, title: A, on: message, when: length(text) > 5}"))
    assert details(old, new) == [
        ("until_all c", "", "message"),
        ("until_all a title", "", "“A”"),
        ("until_all a", "3", "5"),
        ("until_all b", "message", ""),
    ]
    swapped = version(ITEMS.format("{id: b, on: message}, {id: a, on: message, when: length(text) > 3}"))
    assert details(old, swapped) == [("until_all", "a, b", "b, a")]
    assert diff(old, new).carried.cancelled == ()


SCORED = """
lists: {{ads: {{match: folded, items: {{cheap: 3, crypto: {weight}}}}}}}
scores:
  - id: advert
    on: message
    points:
      - {{when: text contains any of ads, add: {points}}}
      - {{when: length(text) > 9, add: 1}}
{more}
rules:
  - id: it
    on: message
    when: advert >= {bound} and weight(text, ads) > 0
    then: [delete, {{notify: {{role: staff, text: "{{advert ?? 0}} points"}}}}]
"""


def scored(weight: int = 2, points: int = 3, more: str = "", bound: int = 5) -> Version:
    return version(SCORED.format(weight=weight, points=points, more=more, bound=bound))


def test_points_of_a_score_are_shown_once_under_its_name() -> None:
    score, rule = diff(scored(), scored(points=4, more="      - {when: known(reply_to), add: 2}")).changes
    assert (score.section, score.id) == ("score", "advert")
    assert sorted(score.details, key=lambda detail: detail.after) == [
        Detail(part="points", about="known(reply_to)", after="2"),
        Detail(part="points", about="text contains any of ads", before="3", after="4"),
    ]
    assert [(detail.part, detail.about, detail.before) for detail in rule.details] == [("when", "advert >= 5", "")]


def test_a_hint_that_is_gone_is_shown_with_its_points() -> None:
    score, _ = diff(scored(more="      - {when: known(reply_to), add: 2}"), scored()).changes
    assert score.details == (Detail(part="points", about="known(reply_to)", before="2"),)


def test_the_bound_of_a_score_is_a_number_like_any_other() -> None:
    assert details(scored(), scored(bound=6)) == [("when", "5", "6")]


def test_weights_of_a_list_are_shown_by_entry() -> None:
    words, *_ = diff(scored(), scored(weight=5)).changes
    assert words.details[0] == Detail(part="weight", about="crypto", before="2", after="5")


TABLE = """
rules:
  - id: shop
    on: message
    title: Shop
    table:
      columns: [text]
      rows:
        - {{id: a, title: A, when: ['"a"'], then: [delete]}}
        - {{id: c, title: C, when: ['"c"'], then: [delete]}}
        {row}
{otherwise}
"""
ROW = "- {id: b, title: B, when: ['\"b\"'], then: [delete]}"
OTHERWISE = "      otherwise: [hold]"


@pytest.mark.parametrize(("otherwise", "direction"), [("", "more"), (OTHERWISE, "unclear")])
def test_a_new_row_acts_on_more_events_and_takes_some_from_otherwise(otherwise: str, direction: str) -> None:
    old, new = (version(TABLE.format(row=row, otherwise=otherwise)) for row in ("", ROW))
    assert changed(old, new).direction == direction


def test_a_row_that_is_gone_leaves_fewer_events() -> None:
    old, new = (version(TABLE.format(row=row, otherwise="")) for row in (ROW, ""))
    assert changed(old, new).direction == "fewer"


def test_a_table_is_not_called_by_the_title_of_a_row() -> None:
    old, new = (version(TABLE.format(row=row, otherwise="")) for row in ("", ROW))
    assert changed(old, new).title == {}
    old, new = (version(TABLE.format(row=row, otherwise=OTHERWISE)) for row in ("", ROW))
    assert changed(old, new).title == {"": "Shop"}


def test_rows_and_what_is_remembered_have_words_in_chinese() -> None:
    once = OTHERWISE + "\n    once_per: actor within 1d"
    old, new = (version(TABLE.format(row=row, otherwise=once)) for row in ("", ROW))
    lines = page(human.lines(diff(old, new), "zh"))
    assert "b 行 then：+ delete" in lines
    assert "从空开始：once_per shop（b 行）" in lines
