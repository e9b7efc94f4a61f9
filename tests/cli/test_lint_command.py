"""`groundrules lint` with its lints: pages, fixes, costs, adapters."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from groundrules.cli.main import cli

BOOK = """\
rulebook: x
use: [std/chat]
lists: {adverts: [free coins, Free Coins]}
rules:
  - {id: a, title: a, on: message, when: text contains any of adverts, then: [hold]}
  - {id: b, title: b, on: message, when: count(message by actor within 1m) >= 5, then: [delete]}
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "rulebook.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return path


def lint(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["lint", *map(str, arguments)])
    return result.exit_code, result.output


def test_findings_end_with_one(book: Path) -> None:
    code, output = lint(book)
    assert code == 1
    assert "warning[GR608]: `Free Coins` is already in `adverts`" in output
    assert lint(book, "--ignore", "GR6")[0] == 0


TESTS = """\
tests:
  - name: what is misspelled
    timeline:
      - {at: "09:00", mesage: x, by: li, expect: [delete]}
      - {at: +1m, message: x, by: li, fired: [bb]}
  - name: a setting of nothing
    with: {limit: 3}
    timeline: [{at: "09:00", message: x, by: li, expect: []}]
"""


def test_the_tests_beside_a_rulebook_are_looked_at(book: Path) -> None:
    book.with_name("tests.yaml").write_text(TESTS, encoding="utf-8")
    output = lint(book.parent, "--ignore", "GR6")
    assert output[0] == 1
    for found in ("GR152]: `mesage` means nothing here", "help: did you mean `message`?", "`bb` means nothing here"):
        assert found in output[1]
    book.with_name("tests.yaml").write_text(TESTS.replace("mesage", "message").replace("[bb]", "[b]"), encoding="utf-8")
    code, text = lint(book.parent, "--ignore", "GR6")
    assert code == 1
    assert "error[GR311]: the rulebook `x` has no parameter `limit`" in text


def test_fix(book: Path) -> None:
    code, output = lint(book, "--fix")
    assert code == 0
    assert "fixed 1 problem in" in output
    assert book.read_text(encoding="utf-8") == BOOK.replace(", Free Coins", "")
    assert "fixed" not in lint(book, "--fix")[1]


def test_fix_only_what_is_selected(book: Path) -> None:
    lint(book, "--fix", "--select", "GR603")
    assert book.read_text(encoding="utf-8") == BOOK


def test_cost(book: Path) -> None:
    code, output = lint(book, "--cost")
    assert code == 0
    assert "count(message by actor within 1m)  actor  1m      5" in output


def test_a_page_for_each_lint() -> None:
    code, output = lint("--explain", "GR612")
    assert code == 0
    assert output.startswith("GR612 unreachable-step (warning)\n")
    assert "```yaml" in output


def test_an_adapter_that_nobody_registered_is_a_mistake_of_usage(book: Path) -> None:
    code, output = lint(book, "--adapter", "nowhere")
    assert code == 2
    assert "there is no adapter `nowhere`; registered: discord, matrix, onebot, onebot12, telegram" in output


def test_what_an_adapter_does_not_supply() -> None:
    code, output = lint(Path("tests/rulebooks/small-chat"), "--adapter", "onebot")
    assert code == 1
    assert "warning[GR620]: `channel.name` is not supplied by onebot" in output
    assert "actor.joined" not in output  # its roster says when members joined


def test_folders_of_rulebooks_are_walked(tmp_path: Path) -> None:
    """Each folder with a header is a rulebook; of several headers in one folder, each file is."""
    for place, id in (
        ("one/rulebook.yaml", "one"),
        ("deep/two/rules.yml", "two"),
        ("deep/a.yaml", "a"),
        ("deep/b.yaml", "b"),
    ):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        rule = f"rules: [{{id: {id}, title: x, text: x, on: message, then: [{id}]}}]\n"
        (tmp_path / place).write_text(f"rulebook: {id}\nuse: [std/chat]\n{rule}", encoding="utf-8")
    (tmp_path / "one" / "tests.yaml").write_text("tests: []\n", encoding="utf-8")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "rulebook.yaml").write_text("rulebook: [\n", encoding="utf-8")
    code, output = lint(tmp_path)
    assert code == 1
    for id in ("one", "two", "a", "b"):
        assert f"unknown action `{id}`" in output
    assert "4 errors in 4 files" in output
