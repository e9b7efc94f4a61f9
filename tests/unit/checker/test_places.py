"""What a finding underlines, what its help says, and what else it points to."""

from __future__ import annotations

from pathlib import Path

import pytest

from unit.checker.books import findings, folder, only, rule


@pytest.mark.parametrize(
    ("when", "underlined", "help"),
    [
        ('txt contains "a"', "txt", "did you mean `text`?"),
        ("age(joined) < 3d", "joined", "did you mean `actor.joined`?"),
        ('actor.nmae == "x"', "nmae", "did you mean `actor.name`?"),
        ('emoji == "x"', "emoji", "`emoji` is a field of `reaction.added` and `reaction.removed`, not of `message`"),
        ("age(actor.joined) < 10", "10", "write `10s`, `10m`, `10h` or `10d`"),
        ('actor.roles == "admin"', 'actor.roles == "admin"', 'did you mean `actor.roles has "admin"`?'),
        ('weekday(now) == "sonday"', '"sonday"', "did you mean `sunday`?"),
        (
            "count(message by actor within 1h) > length(text)",
            "count(message by actor within 1h)",
            "write `count(message by actor within 1h max 100)`",
        ),
        ("silense(actor) > 1d", "silense", "did you mean `silence`?"),
        ('"admin" in actor.name', "actor.name", "did you mean `actor.name contains …`?"),
        ("known(start)", "start", "`start` is the event that began a path; elsewhere there is none"),
    ],
)
def test_the_mistake_is_underlined_and_mended(when: str, underlined: str, help: str) -> None:
    found = only(rule(when))
    assert found.span.text == underlined
    assert found.help == help


def test_a_mistake_in_a_define_says_where_it_is_used() -> None:
    found = only("define: {spam: emoji == 'x'}\n" + rule("spam or spam"))
    assert found.span.text == "emoji"
    assert [(label.span.text, label.text) for label in found.labels] == [("spam", "used here")]


def test_a_define_is_typed_anew_for_each_event_type() -> None:
    body = """
define: {loud: caps(text) > 50%}
rules:
  - {id: a, on: message, when: loud, then: [delete]}
  - {id: b, on: reaction.added, when: loud, then: [warn]}
"""
    (found,) = findings(body)
    assert found.message == "unknown name `text`"
    assert found.labels[0].span.line == 7


def test_hygiene_a_define_does_not_see_the_variables_around_its_use() -> None:
    found = only("define: {ours: link.domain == 'x.com'}\n" + rule("any(link in links where ours)"))
    assert found.message == "unknown name `link`"


def test_an_argument_out_of_range_points_to_its_declaration(tmp_path: Path) -> None:
    pack = "rulebook: pack\nparameters:\n  limit: {type: integer, default: 5, max: 9}\n"
    user = "rulebook: user\nuse:\n  - {rulebook: ../pack.yaml, as: p, with: {limit: 10}}\n"
    _, (one,) = folder(tmp_path / "main", {"rulebook.yaml": user, "../pack.yaml": pack})
    assert one.message == "`10` is out of range: `limit` is at most `9`"
    assert one.span.text == "10"
    assert [(label.span.text, label.text) for label in one.labels] == [("limit", "declared here")]


def test_the_circle_of_ledgers_is_named_with_its_places() -> None:
    body = """
ledgers: {a_one: {per: member}, b_two: {per: member}, c_three: {per: member}}
ladders:
  - {id: a, ledger: a_one, steps: [{reaches: 1, then: [grant: {b_two: 1}]}]}
  - {id: b, ledger: b_two, steps: [{reaches: 1, then: [grant: {c_three: 1}]}]}
  - {id: c, ledger: c_three, steps: [{reaches: 1, then: [grant: {a_one: 1}]}]}
"""
    found = only(body)
    assert found.message.endswith("`a_one` → `b_two` → `c_three` → `a_one`")
    assert [label.text for label in found.labels] == ["moves `c_three`", "moves `a_one`"]


def test_one_mistake_gives_one_message() -> None:
    assert len(findings(rule("txt == 5 and (txt contains 'a' or txt in ['b']) and not txt"))) == 4
    assert len(findings(rule("any(x in lnks where x.domain == 'a' and x.url == 5)"))) == 1
    assert len(findings(rule("(joind + 5m) * 2 > now"))) == 1
