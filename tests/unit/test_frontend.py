from pathlib import Path

from groundrules.calendar.instants import parse_rfc3339
from groundrules.frontend import check_path, check_text, load, read_settings
from groundrules.lower import lower
from groundrules.plan import ir
from groundrules.plan.dated import by_date
from groundrules.plan.walk import walk

RULE = "rules:\n  - {id: a, on: message, when: %s, then: [delete]}\n"


def codes(text: str) -> list[str]:
    return [found.code for found in check_text(text).diagnostics]


def test_findings_of_both_stages_come_in_order_of_place() -> None:
    result = check_text("rulebook: x\nuse: [std/chat]\ndefine: {b: '('}\n" + RULE % "nobody" + "languages: 5\n")
    assert [found.span.line for found in result.diagnostics] == sorted(found.span.line for found in result.diagnostics)
    assert len(result.diagnostics) == 3
    assert result.has_errors


def test_what_could_not_be_read_is_not_told_again_as_missing() -> None:
    assert codes("rulebook: x\nuse: [std/chat]\ndefine: {spam: '('}\n" + RULE % "spam") == ["GR201"]
    assert codes("rulebook: x\nuse: [std/chat]\ndefine: {spma: '('}\n" + RULE % "spam") == ["GR201", "GR301"]


def test_an_import_that_fails_takes_its_event_types_with_it() -> None:
    assert codes("rulebook: x\nuse: [std/chatt]\n" + RULE % "actor.name == 'a'") == ["GR022"]


def test_a_clean_rulebook() -> None:
    result = check_text("rulebook: x\nuse: [std/chat]\n" + RULE % "actor.name == 'a'")
    assert result.diagnostics == ()
    assert result.checked is not None
    assert not result.has_errors


def test_what_can_not_be_read_at_all(tmp_path: Path) -> None:
    result = check_path(tmp_path / "absent")
    assert [found.code for found in result.diagnostics] == ["GR001"]
    assert result.checked is None


DATED = """\
rulebook: x
use: [std/chat]
parameters:
  limit: {type: integer, default: 1, values: {2026-07-01: {value: 8, because: More, source: vote 7}, 2026-02-01: 5}}
rules:
  - {id: a, on: message, when: length(text) > limit and count(message by actor within 1h) > limit, then: [delete]}
"""


def test_values_by_date_become_one_constant_or_an_alternative_of_each_time() -> None:
    result = check_text(DATED)
    assert result.checked is not None
    (rule,) = lower(result.checked).rules
    dates = tuple(parse_rfc3339(f"2026-0{month}-01T00:00:00Z") for month in (2, 7))
    assert [node.values for node in walk(rule.when) if isinstance(node, ir.ByDate)] == [(1, 5, 8)]
    assert isinstance(rule.when, ir.And)
    cases = by_date(rule.when.operands[1])
    assert [since for since, _ in cases] == [None, *dates]
    assert [case.bound for _, case in cases if isinstance(case, ir.WindowTest)] == [1, 5, 8]
    assert by_date(rule.when) == []


def test_no_setting_replaces_values_by_date_and_a_settings_page_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "rulebook.yaml"
    path.write_text(DATED, encoding="utf-8")
    refused = check_path(path, read_settings({"limit": 3}))
    assert [found.code for found in refused.diagnostics] == ["GR413"]
    shown = load(path).settings_schema()["properties"]["limit"]
    assert shown["readOnly"]
    assert shown["default"] == "1; 2026-02-01: 5; 2026-07-01: 8"
