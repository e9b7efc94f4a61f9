"""Budgets: cohorts by condition, by field and by id; limits of shares and numbers; mistakes at their place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundrules.tools.replaying.budget import Budget, BudgetError, read_budget
from groundrules.tools.replaying.model import Verdict
from groundrules.tools.replaying.run import Settings, replayed
from groundrules.tools.revisions import Spot
from groundrules.tools.versions import load_version
from unit.tools.test_replaying import message, stored

RULEBOOK = """\
rulebook: small
languages: [en]
use: [std/chat]
define:
  regular: age(actor.joined) > 30d
rules:
  - {id: adverts, tags: [spam], title: No adverts, on: message, when: text contains "buy", then: [delete]}
  - {id: trial, tags: [spam], title: Trial, on: message, when: text contains "sell", then: [warn], mode: shadow}
"""


def old_hand(event: dict[str, Any]) -> dict[str, Any]:
    event["actor"]["joined"] = "2020-01-01T00:00:00Z"
    return event


def labelled(event: dict[str, Any], label: str) -> dict[str, Any]:
    return {**event, "meta": {"label": label}}


HISTORY = [
    labelled(old_hand(message("1", "li", "buy")), "spam"),
    labelled(old_hand(message("2", "li", "fine")), "ham"),
    labelled(old_hand(message("3", "wang", "fine")), "ham"),
    labelled(message("4", "zhao", "sell, then buy"), "spam"),
    labelled(message("5", "zhao", "do not buy"), "ham"),
]


def budget(folder: Path, text: str) -> Budget:
    path = folder / "budget.yaml"
    path.write_text(text, encoding="utf-8")
    return read_budget(path)


def judged(folder: Path, text: str) -> list[Verdict]:
    read = budget(folder, text)
    rulebook = folder / "rulebook.yaml"
    rulebook.write_text(RULEBOOK, encoding="utf-8")
    version = load_version(Spot(str(rulebook)), read.extend)
    read.check(version)
    report = replayed(version, [stored(folder, HISTORY)], budget=read)
    assert version.digest in report.after.name
    assert {row.rule for row in report.rules} <= {"adverts", "trial"}
    return list(report.budget)


def counts(folder: Path, text: str) -> list[tuple[str, int, int, bool]]:
    return [(one.rule, one.acted, one.total, one.ok) for one in judged(folder, text)]


def test_a_cohort_by_a_condition_that_uses_the_rulebooks_defines(tmp_path: Path) -> None:
    text = "cohorts: {regulars: {when: regular}}\nlimits: [{cohort: regulars, max: {adverts: 30%}}]"
    assert counts(tmp_path, text) == [("adverts", 1, 3, False)]
    assert counts(tmp_path, text.replace("30%", "34%")) == [("adverts", 1, 3, True)]


def test_a_condition_counts_where_its_facts_are_known(tmp_path: Path) -> None:
    """Zhao's date of joining is missing, so `not regular` is unknown of all Zhao wrote: the cohort is empty."""
    text = "cohorts: {new: {when: not regular}}\nlimits: [{cohort: new, max: {adverts: 100%}}]"
    assert counts(tmp_path, text) == [("adverts", 0, 0, False)]


def test_a_cohort_by_a_recorded_field_that_no_rule_can_read(tmp_path: Path) -> None:
    text = """
cohorts:
  hams: {field: meta.label, is: ham}
  spams: {field: meta.label, is: [spam, scam]}
limits:
  - {cohort: hams, max: {adverts: 30%, trial: 0%}}
  - {cohort: spams, min: {adverts: 100%, trial: 60%}}
"""
    assert counts(tmp_path, text) == [
        ("adverts", 1, 3, False),
        ("trial", 0, 3, True),
        ("adverts", 2, 2, True),
        ("trial", 1, 2, False),
    ]


def test_a_cohort_by_ids_and_a_share_of_its_members(tmp_path: Path) -> None:
    (tmp_path / "team.txt").write_text("# the team\nwang\n", encoding="utf-8")
    text = """
cohorts: {team: {members: [li], file: team.txt}}
limits: [{cohort: team, of: members, max: {adverts: 50%, any: 1}}]
"""
    assert counts(tmp_path, text) == [("adverts", 1, 2, True), ("any", 1, 2, True)]


def test_what_is_given_together_must_hold_together(tmp_path: Path) -> None:
    text = "cohorts: {c: {when: regular, field: meta.label, is: ham}}\nlimits: [{cohort: c, max: {any: 0}}]"
    assert counts(tmp_path, text) == [("any", 0, 2, True)]


def test_without_a_cohort_everybody_counts_and_shadow_too(tmp_path: Path) -> None:
    text = "limits:\n  - {max: {trial: 0, spam: 59%, any: 3}}\n  - {of: members, max: {spam: 70%}}\n"
    assert counts(tmp_path, text) == [
        ("trial", 1, 5, False),
        ("spam", 3, 5, False),
        ("any", 3, 5, True),
        ("spam", 2, 3, True),
    ]


def test_processes_measure_alike(tmp_path: Path) -> None:
    read = budget(tmp_path, "cohorts: {r: {when: regular}}\nlimits: [{cohort: r, of: members, max: {any: 1%}}]")
    rulebook = tmp_path / "rulebook.yaml"
    rulebook.write_text(RULEBOOK, encoding="utf-8")
    version = load_version(Spot(str(rulebook)), read.extend)
    files = [stored(tmp_path, [{**event, "community": {"id": event["id"]}} for event in HISTORY])]
    one, two = (replayed(version, files, version, read, Settings(jobs)) for jobs in (1, 2))
    assert one == two
    assert [(verdict.acted, verdict.total) for verdict in one.budget] == [(1, 2)]


@pytest.mark.parametrize(
    ("text", "code", "underlined", "help"),
    [
        ("limits: []", "GR103", "[]", None),
        ("cohorts: {}", "GR102", "cohorts", "how much may be acted on"),
        ("limit: [{max: {adverts: 1}}]", "GR101", "limit", "did you mean `limits`?"),
        ("limits: [{max: {adverts: 1.5}}]", "GR103", "1.5", None),
        ("limits: [{max: {adverts: 200%}}]", "GR104", "200%", None),
        ("limits: [{cohort: a, max: {any: 1}}]", "GR161", "a", None),
        (
            "cohorts: {regulars: {members: [a]}}\nlimits: [{cohort: regular, max: {any: 1}}]",
            "GR161",
            "regular",
            "regulars",
        ),
        ("cohorts: {a: {title: A}}\nlimits: [{cohort: a, max: {any: 1}}]", "GR163", "a", "`when`"),
        ("cohorts: {a: {field: meta.label}}\nlimits: [{cohort: a, max: {any: 1}}]", "GR102", "field", "is"),
        ("cohorts: {a: {file: none.txt}}\nlimits: [{cohort: a, max: {any: 1}}]", "GR001", "none.txt", None),
        ("cohorts: {a: {when: length(text) = 3}}\nlimits: [{cohort: a, max: {any: 1}}]", "GR2", "=", "=="),
        ("limits: [{max: {advert: 1}}]", "GR162", "advert", "adverts"),
    ],
)
def test_mistakes_are_told_where_they_stand(
    tmp_path: Path, text: str, code: str, underlined: str, help: str | None
) -> None:
    with pytest.raises(BudgetError) as caught:
        judged(tmp_path, text)
    found = caught.value.diagnostics[0]
    assert found.code.startswith(code)
    assert found.span.text == underlined
    assert help is None or help in (found.help or "").lower()
