"""`groundrules docs`: to a file or the terminal, as Markdown or HTML, and the check of a committed page."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from groundrules.cli.main import cli

ROOT = Path(__file__).parents[2]
TEAM = str(ROOT / "tests" / "rulebooks" / "team-group")


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["docs", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_markdown_goes_to_the_terminal_in_the_language_asked_for() -> None:
    assert run(TEAM, "--lang", "zh")[1].startswith("# 团队交流群 · 成员手册\n")
    assert run(TEAM, "--lang", "en")[1].startswith("# Team group: members' handbook\n")


def test_the_files_name_tells_the_form(tmp_path: Path) -> None:
    page = tmp_path / "deep" / "handbook.html"
    assert run(TEAM, "--lang", "en", "-o", str(page)) == (0, "", "")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run(TEAM, "--lang", "en", "--check", str(page))[0] == 0


def test_a_page_that_is_not_current_is_refused_with_the_mend(tmp_path: Path) -> None:
    page = tmp_path / "HANDBOOK.md"
    assert run(TEAM, "--lang", "en", "--check", str(page)) == (
        1,
        "",
        f"{page} is not there\n  fix: groundrules docs {TEAM} --lang en -o {page}\n",
    )
    run(TEAM, "--lang", "en", "-o", str(page))
    page.write_text(page.read_text(encoding="utf-8").replace("10 minutes", "5 minutes"), encoding="utf-8")
    code, _, error = run(TEAM, "--lang", "en", "--check", str(page))
    assert code == 1
    assert error.startswith(f"{page} is not current\n")


def test_a_rulebook_with_errors_has_no_handbook(tmp_path: Path) -> None:
    book = tmp_path / "rulebook.yaml"
    book.write_text("rulebook: a\nuse: [std/chat]\nrules: [{id: a, on: mesage, then: [delete]}]\n", encoding="utf-8")
    code, out, error = run(str(book))
    assert (code, out) == (1, "")
    assert "GR3" in error
