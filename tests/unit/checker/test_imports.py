"""Imports: aliases, arguments, shared ledgers, exemptions across rulebooks."""

from __future__ import annotations

from pathlib import Path

from groundrules.checker import Checked
from groundrules.diagnostics.model import Diagnostic
from groundrules.lower import lower
from groundrules.plan import ir
from unit.checker.books import folder

PACK = """
rulebook: pack
use: [std/chat]
parameters:
  limit: {type: integer, default: 5, min: 2}
  within: {type: duration, default: 10s}
  points: {type: ledger, default: own_points}
  words: {type: list, default: own_words}
  lead: {type: role, default: admin}
ledgers: {own_points: {per: member}}
lists: {own_words: {items: [spam]}}
define: {burst: count(message by actor within within) >= limit}
rules:
  - id: burst
    on: message
    tags: [flood]
    when: burst or text contains any of words
    then: [grant: {points: 1}, notify: {role: lead}]
"""


def use(path: Path, user: str, pack: str = PACK) -> tuple[Checked, list[Diagnostic]]:
    return folder(path / "main", {"rulebook.yaml": user, "../pack.yaml": pack})


def plan(path: Path, user: str) -> ir.Plan:
    result, found = use(path, user)
    assert not found, found
    return lower(result)


def test_defaults_and_qualified_names(tmp_path: Path) -> None:
    made = plan(tmp_path, "rulebook: user\nuse: [../pack.yaml]\n")
    (rule,) = made.rules
    assert rule.id == "pack.burst"
    assert isinstance(rule.when, ir.Or)
    window, words = rule.when.operands
    assert (window.bound, window.within) == (5, 10_000)
    assert words.list == "pack.own_words"
    act, delta = rule.effects
    assert delta.ledger == "pack.own_points"
    assert act.parameters["role"].value == "admin"


def test_arguments_take_the_place_of_defaults(tmp_path: Path) -> None:
    user = """
rulebook: user
parameters: {seconds: {type: duration, default: 7s}}
ledgers: {strikes: {per: member}}
use:
  - {rulebook: ../pack.yaml, as: p, with: {limit: 8, within: seconds, points: strikes, words: [a, b], lead: owner}}
  - {rulebook: ../pack.yaml, as: q, with: {limit: 3, points: p.own_points}}
"""
    made = plan(tmp_path, user)
    first, second = made.rules
    assert (first.id, second.id) == ("p.burst", "q.burst")
    window, contains = first.when.operands
    assert (window.bound, window.within) == (8, 7_000)
    assert contains.needles.value == ["a", "b"]
    assert [effect.ledger for effect in (first.effects[1], second.effects[1])] == ["strikes", "p.own_points"]
    assert first.effects[0].parameters["role"].value == "owner"
    assert second.when.operands[0].bound == 3
    (kept,) = made.windows
    assert (kept.keep, kept.within) == (8, 10_000), "one window serves both"


def test_names_of_an_import_are_read_under_its_alias(tmp_path: Path) -> None:
    user = """
rulebook: user
use: [{rulebook: ../pack.yaml, as: p}]
rules:
  - id: mine
    on: message
    when: p.burst and p.own_points(actor) > 2 and text contains any of p.own_words and p.limit > 2
    then: [exempt: [p.burst]]
  - {id: other, on: message, when: text == "x", then: [exempt: flood]}
"""
    made = plan(tmp_path, user)
    mine = next(rule for rule in made.rules if rule.id == "mine")
    assert [type(operand).__name__ for operand in mine.when.operands] == [
        "WindowTest",
        "Compare",
        "ContainsList",
        "Compare",
    ]
    exempting = [rule.effects[0].rules for rule in made.rules if rule.id in ("mine", "other")]
    assert exempting == [("p.burst",), ("p.burst",)]


def test_wrong_arguments(tmp_path: Path) -> None:
    user = """
rulebook: user
use:
  - {rulebook: ../pack.yaml, as: p, with: {limits: 8, within: 5, points: reputation, limit: 1, words: 5}}
rules:
  - {id: a, on: message, when: p.brust, then: [delete]}
"""
    _, found = use(tmp_path, user)
    assert sorted((one.code, one.help or "") for one in found) == [
        ("GR301", "did you mean `burst`?"),
        ("GR308", "declare it under `ledgers`"),
        ("GR308", "declare it under `lists`"),
        ("GR311", "did you mean `limit`?"),
        ("GR413", ""),
        ("GR413", "write `5s`, `5m`, `5h` or `5d`"),
    ]


def test_a_parameter_without_default_must_be_given(tmp_path: Path) -> None:
    pack = "rulebook: pack\nparameters: {limit: {type: integer}}\n"
    _, (found,) = use(tmp_path, "rulebook: user\nuse: [../pack.yaml]\n", pack)
    assert (found.code, found.help) == ("GR312", "give one: `with: {limit: …}`")
    assert found.span.text == "../pack.yaml"


def test_event_types_of_an_import_are_known_to_its_user_only(tmp_path: Path) -> None:
    user = "rulebook: user\nuse: [../pack.yaml]\nrules: [{id: a, on: message, then: [delete]}]\n"
    made, found = use(tmp_path, user, "rulebook: pack\nevents: [message]\n")
    assert not found
    pack = "rulebook: pack\nrules: [{id: a, on: message, then: [delete]}]\n"
    made, found = use(tmp_path, "rulebook: user\nuse: [std/chat, ../pack.yaml]\n", pack)
    assert [one.code for one in found] == ["GR302"]
    assert made.instances[0].types
