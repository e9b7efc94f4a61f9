from pathlib import Path

from groundrules.frontend import check_path, check_text

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
