"""A chat with a rulebook, without a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.frontend import load
from groundrules.narrate.speech import Speech
from groundrules.tools.fmt import format_text
from groundrules.tools.testing.read import read_tests
from groundrules.tools.testing.runner import run_case
from groundrules.tools.trying import saving
from groundrules.tools.trying.answers import Answer, Explanation, Help, Notice, Outcome, Problem, Quit, Table
from groundrules.tools.trying.human import Voice
from groundrules.tools.trying.session import COMMANDS, Session
from unit.tools.explained import HEAD, ROOT

RULES = """\
ledgers: {points: {per: member}}
states: [{id: closed, enter: {on: message, when: text == "close"}, leave: {on: message, when: text == "open"}}]
rules:
  - {id: copies, on: message, when: "count(message by actor, text within 2m) >= 3", then: [delete: matched, mute: 10m]}
  - {id: links, on: message, when: length(links) > 0 and age(actor.joined) < 3d, then: [delete]}
  - {id: greet, on: member.joined, then: [{announce: "welcome"}]}
  - {id: name, on: message, when: any(m in mentions where m.id == "boss"), then: [{notify: {role: admin}}]}
rewards:
  - {id: liked, on: reaction.added, when: actor.id != message.author.id, grant: {points: 5, to: message.author}}
paths:
  - id: question
    on: message
    when: text contains "?"
    one_per: actor
    until: [{on: message, when: reply_to == start.id}]
    steps: [{after: 30m, then: [{notify: {role: helper}}]}]
"""


@pytest.fixture
def session(tmp_path: Path) -> Session:
    (tmp_path / "rulebook.yaml").write_text(HEAD + RULES, encoding="utf-8")
    return Session(load(tmp_path), saving.tests_file(tmp_path))


def typed(session: Session, *lines: str) -> list[Answer]:
    """Type some lines; the answers to the last one."""
    answers: list[Answer] = []
    for line in lines:
        answers = session.enter(line)
    return answers


def done(answer: Answer) -> list[str]:
    """The actions that a line brought about."""
    assert isinstance(answer, Outcome)
    return [action.do for decision in answer.explained.decisions for action in decision.actions]


def happened(answers: list[Answer]) -> Outcome:
    (answer,) = answers
    assert isinstance(answer, Outcome)
    return answer


def problem(answers: list[Answer]) -> str:
    (answer,) = answers
    assert isinstance(answer, Problem)
    return answer.phrase


# --- what happens -----------------------------------------------------------------------------------


def test_the_third_copy_goes(session: Session) -> None:
    answers = typed(session, "m1: buy", "m1: buy", "m1: buy")
    assert done(answers[0]) == ["delete", "mute"]
    assert happened(answers).tag == "c"


def test_whoever_spoke_last_goes_on(session: Session) -> None:
    assert happened(typed(session, "wang: hi", "again")).report.event.who == "wang"
    assert happened(typed(session, "m1: hi")).report.event.who == "m1"


def test_a_member_is_made_at_first_use(session: Session) -> None:
    assert happened(typed(session, "m1: hi")).new_member == "m1"
    assert happened(typed(session, "m1: hi")).new_member is None


def test_links_and_mentions_are_those_of_the_text(session: Session) -> None:
    told = typed(session, "/member li joined=1h ago", "li: see https://a.example/x")
    assert done(told[0]) == ["delete"]
    assert done(typed(session, "boss: here", "li: ask @boss")[0]) == ["notify"]


def test_facts_hold_from_when_they_are_set(session: Session) -> None:
    first, second = "li: https://a.example/x", "li: https://a.example/y"
    assert done(typed(session, first)[0]) == []
    assert done(typed(session, "/member li joined=1h ago", second)[0]) == ["delete"]
    assert session.chat.turns[0].event["actor"] == {"id": "li"}


def test_time_moves(session: Session) -> None:
    answers = typed(session, "m1: how?", "+30m")
    assert done(answers[0]) == ["notify"]
    assert happened(answers).type is None
    assert happened(typed(session, "@12:00 m1: noon")).report.event.at == "2026-01-05T12:00:00.000Z"


def test_a_reply_ends_the_path(session: Session) -> None:
    assert done(typed(session, "m1: how?", "m2: /reply like this", "+30m")[0]) == []


def test_a_named_message_is_replied_to(session: Session) -> None:
    typed(session, "m1: how?", "m3: something else", "m2: /reply a like this")
    assert session.chat.turns[-1].event["reply_to"] == "a"


def test_a_reaction_is_by_somebody_else(session: Session) -> None:
    typed(session, "m1: hi", "/react 👍")
    assert session.chat.balances() == [("points", "m1", 5)]
    assert session.chat.turns[-1].event["actor"]["id"] == "guest"


def test_joining_leaving_deleting(session: Session) -> None:
    assert done(typed(session, "/join m2")[0]) == ["announce"]
    assert happened(typed(session, "/leave m2")).report.event.type == "member.left"
    typed(session, "m1: hi", "/delete")
    assert session.chat.turns[-1].event["message"] == {"id": "a", "author": {"id": "m1"}}


def test_any_event(session: Session) -> None:
    typed(session, '/event {"type": "member.warned", "target": "m1"}')
    assert session.chat.turns[-1].event["target"] == {"id": "m1"}
    typed(
        session, '/event reaction.added {"emoji": "x", "message": {"id": "a", "author": "m1"}, "actor": {"id": "m7"}}'
    )
    assert session.chat.balances() == [("points", "m1", 5)]


def test_channels_and_roles(session: Session) -> None:
    typed(session, "/channel #help", "/role m1 admin helper", "/role m1 -helper", "m1: hi")
    event = session.chat.turns[-1].event
    assert (event["channel"]["id"], event["actor"]["roles"]) == ("help", ["admin"])


# --- what is answered -------------------------------------------------------------------------------


def test_the_nearest_rule_is_named_with_its_way(session: Session) -> None:
    nearest = happened(typed(session, "m1: buy", "m1: buy")).nearest
    assert nearest is not None
    assert nearest.rule == "copies"
    assert nearest.would_fire[0].changes[0].count == 1


def test_no_rule_is_nearest_where_none_came_near_or_listens(session: Session) -> None:
    assert happened(typed(session, "m1: hi")).nearest is None
    assert happened(typed(session, "/leave m1")).report.rules == ()


def test_what_could_not_be_decided_is_not_a_quiet_day(session: Session) -> None:
    answers = typed(session, "li: https://a.example/x", "li: https://a.example/x")
    lines = [line.text for answer in answers for line in Voice(session.ready.plan, "en").lines(answer)]
    assert any("links" in line and "could not be decided: `actor.joined` not known" in line for line in lines)


def test_why(session: Session) -> None:
    (answer,) = typed(session, "m1: buy", "/why")
    assert isinstance(answer, Explanation)
    assert answer.event is not None
    (answer,) = typed(session, "/why copies")
    assert isinstance(answer, Explanation)
    assert [(told.rule, told.verdict) for told in answer.rules] == [("copies", "false")]


def test_tables(session: Session) -> None:
    (members,) = typed(session, "/member li roles=admin", "m1: hi", "/who")
    assert members == Table("who", (("li", "roles=admin"), ("m1", "")))
    answers = typed(session, "m1: close", "/react x", "/ledgers")
    assert answers == [Table("ledgers", (("points m1", "5"),)), Notice("states", {"states": ["closed"]})]


@pytest.mark.parametrize(
    ("line", "phrase"),
    [
        ("/frobnicate", "no_command"),
        ("/rect x", "no_command_near"),
        ("/react", "usage"),
        ("/react x", "no_message"),
        ("/reply", "usage"),
        ("/delete", "no_message"),
        ("/role", "usage"),
        ("/role m1", "usage"),
        ("/member li", "usage"),
        ("/member li joind=1d", "no_fact"),
        ("/member li level=high", "no_number"),
        ("/member li joined=5天前", "no_time"),
        ("/member li joined=1d", "no_time"),
        ("/member li joined=2026-01-31", "no_time"),
        ("/channel", "usage"),
        ("/event {", "json"),
        ("/event member.warned [1]", "json"),
        ("/event messag", "no_type_near"),
        ('/event {"type": "zzz"}', "no_type"),
        ('/event {"type": "message", "text": 1}', "rejected"),
        ("/why", "nothing_yet"),
        ("/undo", "nothing_to_undo"),
        ("/save x", "nothing_yet"),
        ("/save", "usage"),
        ("/load x", "no_tests_file"),
        ("/lang fr", "usage"),
        ("@25:00 m1: hi", "time"),
        ("@2020-01-01 m1: hi", "time"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(session: Session, line: str, phrase: str) -> None:
    assert problem(typed(session, line)) == phrase
    assert session.history == []
    assert session.chat.turns == []


def test_after_something_was_refused_the_chat_goes_on(session: Session) -> None:
    typed(session, "m1: buy", "m1: buy", '/event {"type": "message", "text": 1}', "@2020-01-01 m1: hi")
    assert len(session.chat.turns) == 2
    assert done(typed(session, "m1: buy")[0]) == ["delete", "mute"]


def test_why_of_a_rule_that_is_not_there(session: Session) -> None:
    assert problem(typed(session, "m1: hi", "/why copys")) == "no_rule_near"
    assert problem(typed(session, "/why zzz")) == "no_rule"
    assert problem(typed(session, "/delete zz")) == "no_such_message"


def test_help_and_the_end(session: Session) -> None:
    assert typed(session, "/help") == [Help()]
    assert typed(session, "/quit") == [Quit()]
    assert typed(session, "# a remark") == []


# --- the way back -----------------------------------------------------------------------------------


def test_undo_takes_the_last_line_back(session: Session) -> None:
    typed(session, "m1: buy", "m1: buy", "m1: buy")
    assert typed(session, "/undo") == [Notice("undone", {"line": "m1: buy"})]
    assert len(session.chat.turns) == 2
    assert done(typed(session, "m1: buy")[0]) == ["delete", "mute"]


def test_undo_is_as_if_it_had_never_been_typed(session: Session) -> None:
    lines = ["m1: how?", "/role m1 admin", "+5m", "/react 👍", "/channel help", "m2: buy"]
    typed(session, *lines)
    before = [turn.event for turn in session.chat.turns], dict(session.chat.members), session.chat.channel
    typed(session, "m3: more", "/member m3 level=2", "/channel x", "/undo", "/undo", "/undo")
    assert ([turn.event for turn in session.chat.turns], session.chat.members, session.chat.channel) == before
    for _ in lines:
        typed(session, "/undo")
    assert (session.chat.turns, session.chat.members, session.history) == ([], {}, [])


def test_looking_is_nothing_to_undo(session: Session) -> None:
    typed(session, "m1: hi", "/who", "/why", "/lang zh", "/ledgers", "/help", "/undo")
    assert session.chat.turns == []
    assert session.lang == "zh"


def test_the_engine_and_the_explanation_agree(session: Session) -> None:
    typed(session, "m1: buy", "m1: how?", "m1: buy", "/react 👍", "m1: buy", "+30m", "m1: close", "+3d", "/join m4")
    for turn in session.chat.turns:
        assert list(turn.decisions) == [one for explained in turn.explained for one in explained.decisions]


# --- tests ------------------------------------------------------------------------------------------

CHAT = [
    "/member li joined=1h ago",
    "li: https://a.example/x",
    "/role m1 admin",
    "m1: how?",
    "m2: /reply so",
    "/role m1 -admin",
    "m1: hello boss: “yes”, # no",
    "/react 👍 a",
    "/channel help",
    "m1: buy",
    "m1: buy",
    "m1: buy",
    "+1d 09:00",
    "/join m9",
    '/event {"type": "member.warned", "target": "m1"}',
    "m1: close",
]


def test_a_chat_becomes_a_test_that_passes_and_is_laid_out(session: Session) -> None:
    (saved,) = typed(session, *CHAT, "/save what happened: one day")
    assert isinstance(saved, Notice)
    assert saved.phrase == "saved"
    assert session.tests is not None
    text = session.tests.read_text(encoding="utf-8")
    assert not format_text(text, "tests.yaml").changed
    (case,) = read_tests(session.tests, session.ready.plan)
    assert case.name == "what happened: one day"
    assert len(case.steps) == len(session.chat.turns)
    assert run_case(session.ready.plan, case).passed
    assert all(step.expect.actions is not None for step in case.steps)


def test_a_saved_test_notices_a_change(session: Session) -> None:
    typed(session, *CHAT, "/save it")
    assert session.tests is not None
    changed = session.tests.with_name("rulebook.yaml")
    changed.write_text(changed.read_text(encoding="utf-8").replace("mute: 10m", "mute: 20m"), encoding="utf-8")
    plan = load(changed.parent).plan
    assert not run_case(plan, read_tests(session.tests, plan)[0]).passed


def test_a_second_test_stands_behind_the_first(session: Session) -> None:
    typed(session, "m1: hi", "/save one", "m1: close", "/save two")
    assert session.tests is not None
    text = session.tests.read_text(encoding="utf-8")
    assert [case.name for case in read_tests(session.tests, session.ready.plan)] == ["one", "two"]
    assert not format_text(text, "tests.yaml").changed
    assert problem(typed(session, "/save two")) == "name_taken"
    assert session.tests.read_text(encoding="utf-8") == text


def test_other_tests_and_their_layout_are_left_alone(session: Session) -> None:
    assert session.tests is not None
    own = "# ours\ntests:\n - name:   mine   # so\n   timeline:\n   - {at: '09:00',   message: hi, by: li}\n"
    session.tests.write_text(own, encoding="utf-8")
    assert problem(typed(session, "m1: hi", "/save one")) in ("not_read_back", "tests_broken")
    assert session.tests.read_text(encoding="utf-8") == own
    indented = "tests:\n  - name:   mine   # so\n    timeline:\n      - {at: '09:00',   message: hi, by: li}\n"
    session.tests.write_text(indented, encoding="utf-8")
    assert isinstance(typed(session, "/save one")[0], Notice)
    assert session.tests.read_text(encoding="utf-8").startswith(indented)
    assert [case.name for case in read_tests(session.tests, session.ready.plan)] == ["mine", "one"]


def test_a_broken_tests_file_is_said_to_be(session: Session) -> None:
    assert session.tests is not None
    session.tests.write_text("tests:\n  - name: x\n", encoding="utf-8")
    assert problem(typed(session, "m1: hi", "/save one")) == "tests_broken"
    assert problem(typed(session, "/load x")) == "tests_broken"


def test_load_begins_with_a_test(session: Session) -> None:
    typed(session, *CHAT, "/save it")
    events = [turn.event for turn in session.chat.turns]
    again = Session(session.ready, session.tests)
    said, *answers = typed(again, "m5: something", "/load it")
    assert said == Notice("loaded", {"name": "it"})
    assert len(answers) == len(events)
    assert [turn.event for turn in again.chat.turns] == events
    typed(again, "m1: open", "/undo")
    assert [turn.event for turn in again.chat.turns] == events


def test_a_test_under_settings_of_its_own_is_loaded_with_them(tmp_path: Path) -> None:
    rules = "parameters: {most: {type: integer, default: 3, min: 1, max: 9}}\nrules:\n"
    rules += '  - {id: x, on: message, when: "count(message within 1m) > most", then: [delete]}\n'
    (tmp_path / "rulebook.yaml").write_text(HEAD + rules, encoding="utf-8")
    tests = "tests:\n  - {name: one, with: {most: 1}, timeline: [{at: '09:00', message: hi, by: li}]}\n"
    (tmp_path / "tests.yaml").write_text(tests, encoding="utf-8")
    assert problem(typed(Session(load(tmp_path), tmp_path / "tests.yaml"), "/load one")) == "has_settings"
    session = Session(load(tmp_path), tmp_path / "tests.yaml", rulebook=tmp_path)
    assert done(typed(session, "/load one", "li: again")[-1]) == ["delete"]
    assert typed(session, "/save two") == [Notice("saved", {"name": "two", "path": str(tmp_path / "tests.yaml")})]
    assert "with: {most: 1}" in (tmp_path / "tests.yaml").read_text(encoding="utf-8").partition("two")[2]
    assert done(typed(session, "/undo", "/undo", "li: hi", "li: again")[-1]) == []


def test_load_names_the_tests_that_there_are(session: Session) -> None:
    typed(session, "m1: hi", "/save one")
    answers = typed(session, "/load zzz")
    assert answers == [Problem("no_test", {"name": "zzz"}), Table("tests", (("one", ""),))]


def test_without_a_tests_file_nothing_is_saved(session: Session) -> None:
    apart = Session(session.ready)
    assert problem(typed(apart, "m1: hi", "/save x")) == "no_tests_file"


@pytest.mark.parametrize(
    ("rulebook", "files", "chosen"),
    [
        (".", (), "tests.yaml"),
        (".", ("tests.yaml", "a.yaml"), "tests.yaml"),
        (".", ("a.yaml",), "a.yaml"),
        ("rulebook.yaml", (), "tests.yaml"),
        ("flood.yaml", (), "flood.tests.yaml"),
        ("flood.yaml", ("flood.tests.yaml",), "flood.tests.yaml"),
    ],
)
def test_the_tests_file_stands_beside(tmp_path: Path, rulebook: str, files: tuple[str, ...], chosen: str) -> None:
    (tmp_path / "rulebook.yaml").write_text(HEAD, encoding="utf-8")
    (tmp_path / "flood.yaml").write_text(HEAD, encoding="utf-8")
    for file in files:
        (tmp_path / file).write_text("tests: []\n", encoding="utf-8")
    assert saving.tests_file(tmp_path / rulebook) == tmp_path / chosen


# --- words ------------------------------------------------------------------------------------------


def test_everything_is_said_in_both_languages(session: Session) -> None:
    answers = [answer for line in [*CHAT, "/who", "/ledgers", "/why", "/why copies"] for answer in session.enter(line)]
    for lang in ("en", "zh"):
        voice = Voice(session.ready.plan, lang)
        told = "\n".join(line.text for answer in answers for line in voice.lines(answer))
        assert "{" not in told
        assert ("删除" in told, "delete" in told) == (lang == "zh", lang == "en")


def test_every_command_is_in_the_help() -> None:
    text = " ".join(usage for usage, _ in Speech("try", "en").entries("help"))
    assert [name for name in COMMANDS if f"/{name}" not in text and name != "help"] == []


def test_our_rulebooks_can_be_tried() -> None:
    for folder in ("tests/rulebooks/small-chat", "tests/rulebooks/team-group"):
        session = Session(load(ROOT / folder))
        assert isinstance(session.enter("m1: 你好")[0], Outcome)
