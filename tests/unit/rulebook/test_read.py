from typing import Any

import pytest

from groundrules.diagnostics.model import Report
from groundrules.rulebook import model
from groundrules.rulebook.effects import read_effects
from groundrules.rulebook.load import load_text
from groundrules.rulebook.messages import read_message
from groundrules.rulebook.model import Effect, Rulebook
from groundrules.rulebook.yaml import YScalar
from unit.rulebook.sample import EVERYTHING


def load(text: str) -> tuple[Rulebook, list[str]]:
    report = Report()
    book = load_text(text, report)
    assert book is not None
    return book, [found.code for found in report.sorted]


@pytest.fixture(scope="module")
def book() -> Rulebook:
    without_imports = "\n".join(line for line in EVERYTHING.splitlines() if not line.startswith("use:"))
    book, codes = load(without_imports)
    assert not codes
    return book


def test_header(book: Rulebook) -> None:
    assert book.name.value == "sample"
    assert {language: title.value for language, title in book.title.items()} == {"zh": "样例", "en": "Sample"}
    assert (book.languages, book.timezone.value, book.partition.value) == (("zh", "en"), "Asia/Shanghai", "community")
    limits = {name: limit.value for name, limit in book.limits.items()}
    assert limits == {"open_paths": "5", "ahead": "10d", "retain": "30d"}


def test_a_header_without_more_has_defaults_at_its_name() -> None:
    book, _ = load("rulebook: small")
    assert (book.languages, book.timezone.value, book.partition.value) == ((), "UTC", "community")
    assert book.timezone.span.text == "small"


def test_declarations(book: Rulebook) -> None:
    short, long, learnt = book.lists
    assert [item.value for item in short.items] == ["a", "1", "no"]
    assert (short.match, long.match, long.options) == ("folded", "domain", ("leet",))
    assert learnt.changes
    (score,) = book.scores
    assert [hint.when is None for hint in score.hints] == [False, True]
    strikes, points, _ = book.ledgers
    assert strikes.floor is not None
    assert strikes.ceiling is not None
    assert (strikes.floor.value, strikes.ceiling.value) == (-5, 10)
    assert points.per.value == "member"
    limit, dated = book.parameters
    first, then = dated.values
    assert (first.since.value, first.because, then.because["en"].value) == ("2026-01-01", {}, "More")
    assert then.source is not None
    assert then.source.value == "vote"
    assert (limit.type.value, limit.minimum and limit.minimum.plain()) == ("integer", 1)
    (assumed,) = book.assumptions
    assert (assumed.entity.value, assumed.field.value) == ("member", "bot")


def test_a_rule(book: Rulebook) -> None:
    rule = book.rules[0]
    assert [on.value for on in rule.on] == ["message", "message.edited"]
    assert (rule.mode, rule.rollout, rule.kind) == ("shadow", 0.1, "rule")
    assert rule.when is not None
    assert rule.when.span(rule.when.root).text == 'text contains "a"'
    assert rule.approval is not None
    assert (rule.approval.approvals.value, rule.approval.batch, rule.approval.recheck) == (2, True, False)
    assert rule.was is not None
    assert rule.ends is not None
    assert (rule.was.value, rule.ends.value) == ("zeroth", "2027-01-31")


def shape(effect: Effect) -> tuple[str, Any, Any]:
    shorthand = effect.shorthand.plain() if effect.shorthand else None
    arguments = effect.arguments and {name: node.plain() for name, (_, node) in effect.arguments.items()}
    return str(effect.name.value), shorthand, arguments


def test_forms_of_effects(book: Rulebook) -> None:
    assert [shape(effect) for effect in book.rules[0].then] == [
        ("delete", None, None),
        ("warn", None, None),
        ("strike", 1, None),
        ("reply", {"zh": "不", "en": "No"}, None),
        ("send", None, {"to": "general", "text": "hi"}),
        ("notify", None, {"to": "owner"}),
        ("add_role", "quiet", {"lasts": "1d", "after": "10m"}),
        ("enlist", "text", {"in": "learnt"}),
        ("unlist", "text", {"in": "learnt"}),
    ]
    assert book.rules[0].then[2].span.text == "strike: 1"


@pytest.mark.parametrize(
    ("languages", "value", "is_text"),
    [
        ("[zh, en]", "{zh: a}", True),
        ("[zh, en]", "{zh: a, to: b}", True),
        ("[zh, en]", "{zh-TW: a}", True),
        ("[en]", "{fr: a}", True),
        ("[to]", "{to: a}", True),
        ("[en]", "{to: a}", False),
        ("[en]", "{to: a, by: b}", False),
        ("[en]", "{who: a}", False),
        ("[en]", "{en: a, text: b}", False),
        ("[en]", "{}", False),
    ],
)
def test_texts_by_language_are_told_from_arguments(languages: str, value: str, is_text: bool) -> None:
    book, _ = load(f"rulebook: x\nlanguages: {languages}\nrules:\n  - {{id: a, on: message, then: [say: {value}]}}")
    (effect,) = book.rules[0].then
    assert (effect.shorthand is not None) == is_text
    assert (effect.arguments is not None) != is_text


def test_times_are_in_order_of_their_number(book: Rulebook) -> None:
    times = book.rules[1].times
    assert times is not None
    assert [number.value for number, _ in times.steps] == [1, 3]


def test_what_is_chosen_between(book: Rulebook) -> None:
    rule = book.rules[0]
    assert rule.requires is not None
    assert rule.first_of is not None
    assert rule.priority is not None
    assert (shape(rule.otherwise[0])[0], rule.first_of.value, rule.priority.value) == ("warn", "answers", 10)
    ban, kick = book.brakes
    assert (ban.do.value, ban.rate.value, len(ban.then), ban.approval) == ("ban", "5 per hour", 1, None)
    assert kick.approval is not None


def test_rewards(book: Rulebook) -> None:
    liked, chatty = (rule for rule in book.rules if rule.kind == "reward")
    assert liked.kind == "reward"
    assert isinstance(liked.cap, model.Located)
    assert not isinstance(chatty.cap, model.Located)
    assert liked.grant is not None
    assert [name.value for name, _ in liked.grant.amounts] == ["strikes", "points"]
    ((event, keys),) = liked.undo_on
    assert event.value == "reaction.removed"
    assert [keys.span(key).text for key in keys.root.keys] == ["actor", "message", "emoji"]
    assert chatty.rollout == 0.5


def test_ladders_paths_states_schedules(book: Rulebook) -> None:
    assert (book.ladders[0].fire, book.ladders[0].beyond, len(book.ladders[0].steps)) == ("all", "repeat", 2)
    (path,) = book.paths
    assert [path.one_per.span(key).text for key in path.one_per.root.keys] == ["actor", "channel"]
    assert [(step.after is None, step.due is None) for step in path.steps] == [(False, True), (True, False)]
    assert path.steps[0].repeat is not None
    assert path.steps[0].repeat.value == 3
    assert [state.id.value for state in book.states] == ["lockdown", "slow"]
    assert [schedule.for_each and schedule.for_each.value for schedule in book.schedules] == ["member"] * 3
    assert [schedule.limit is not None for schedule in book.schedules] == [False, True, False]


def test_a_state_turns_by_conditions_and_events() -> None:
    book, codes = load(
        "rulebook: x\n"
        "states:\n"
        "  - {id: a, enter: quiet(message) > 1h, leave: {on: message}}\n"
        "  - id: b\n"
        "    enter: [quiet(message) > 1h, {on: [message, tick], when: now == now}]\n"
        "    leave: [{on: message}, {on: tick}]\n"
        "  - {id: c, enter: quiet(message) > 1h, leave: {when: now == now}}\n"
        "  - {id: d, enter: quiet(message) > 1h, leave: []}\n"
        "  - {id: e, enter: 'quiet(', leave: {on: message}}\n"
    )
    assert codes == ["GR102", "GR103", "GR216"]
    assert book is not None
    turns = {state.id.value: (state.enter, state.leave) for state in book.states}
    assert sorted(turns) == ["a", "b"]
    enter, leave = turns["a"]
    assert (len(enter.conditions), enter.events, leave.conditions) == (1, (), ())
    assert [[one.value for one in event.on] for event in leave.events] == [["message"]]
    enter, leave = turns["b"]
    assert (len(enter.conditions), len(enter.events), len(leave.events)) == (1, 1, 2)
    assert enter.events[0].when is not None


def test_an_item_that_fails_leaves_the_others() -> None:
    book, codes = load(
        "rulebook: x\n"
        "define: {good: actor, bad: 'actor and', worse: '(', fine: actor}\n"
        "rules:\n"
        "  - {id: a, on: message, when: 'a b', unless: ')', then: [delete]}\n"
        "  - {id: b, on: message, then: [delete]}\n"
        "  - {id: c, on: message, thn: [delete]}\n"
    )
    assert len(codes) == 5
    assert [define.name.value for define in book.defines] == ["good", "fine"]
    assert [rule.id.value for rule in book.rules] == ["b", "c"]
    assert book.broken == {"bad", "worse", "a"}


@pytest.mark.parametrize(
    ("flaw", "is_read"),
    [
        ("whn: length(links) > 3", True),
        ("once_per: 3", True),
        ("if: length(links) > 3", False),
        ("when: [a, b]", False),
        ("for_each: membr", False),
    ],
)
def test_a_block_is_read_without_what_is_wrong_in_it_unless_the_rest_hangs_on_it(flaw: str, is_read: bool) -> None:
    book, codes = load(f"rulebook: x\nrules:\n  - {{id: a, on: message, {flaw}, then: [delete]}}\n")
    assert len(codes) == 1
    assert book is not None
    assert ([rule.id.value for rule in book.rules], book.broken) == ((["a"], set()) if is_read else ([], {"a"}))


def test_messages_are_templates_by_language() -> None:
    report = Report()
    book, _ = load("rulebook: x\nrules:\n  - {id: a, on: message, then: [reply: {en: 'hi {actor.name}', zh: 你好}]}")
    shorthand = book.rules[0].then[0].shorthand
    assert shorthand is not None
    message = read_message(shorthand, report)
    assert message is not None
    assert list(message.texts) == ["en", "zh"]
    assert not report.sorted


def test_a_broken_template_is_reported_in_place() -> None:
    report = Report()
    book, _ = load('rulebook: x\nrules:\n  - {id: a, on: message, then: [reply: "hi \\"you\\" {actor.}"]}')
    shorthand = book.rules[0].then[0].shorthand
    assert isinstance(shorthand, YScalar)
    assert read_message(shorthand, report) is None
    (found,) = report.sorted
    assert shorthand.start < found.span.start < shorthand.end


def test_effects_can_be_read_on_their_own(book: Rulebook) -> None:
    assert read_effects(None, (), Report()) == ()
