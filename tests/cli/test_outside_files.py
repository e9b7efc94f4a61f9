"""A stranger's rulebook makes no command read or write anything outside its folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SECRET = "TOKEN=hunter2"
HEAD = "rulebook: odd\nlanguages: [en]\nuse: [std/chat]\n"
CHECKS = [("lint", "--format", "github"), ("lint", "--fix"), ("test",), ("docs",), ("compile", "-o", "PLAN")]


def by_use(book: Path) -> None:
    (book / "rulebook.yaml").write_text("rulebook: odd\nuse: [std/chat, ../secret.yaml]\n", encoding="utf-8")


def by_list(book: Path) -> None:
    (book / "rulebook.yaml").write_text(HEAD + "lists: {w: {file: ../secret.yaml}}\n", encoding="utf-8")


def by_linked_list(book: Path) -> None:
    (book / "words.txt").symlink_to("../secret.yaml")
    (book / "rulebook.yaml").write_text(HEAD + "lists: {w: {file: words.txt}}\n", encoding="utf-8")


def by_linked_part(book: Path) -> None:
    (book / "rulebook.yaml").write_text(HEAD, encoding="utf-8")
    (book / "part.yaml").symlink_to("../secret.yaml")


def by_linked_schema(book: Path) -> None:
    (book / "rulebook.yaml").write_text(HEAD, encoding="utf-8")
    (book / "schemas" / "events").mkdir(parents=True)
    (book / "schemas" / "events" / "message.json").symlink_to("../../../secret.yaml")


def by_linked_schemas(book: Path) -> None:
    (book / "rulebook.yaml").write_text(HEAD, encoding="utf-8")
    outside = book.parent / "outside" / "events"
    outside.mkdir(parents=True)
    (outside / "hunter2.json").write_text('{"type": "object"}', encoding="utf-8")
    (book / "schemas").symlink_to("../outside")


WAYS = [by_use, by_list, by_linked_list, by_linked_part, by_linked_schema, by_linked_schemas]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "secret.yaml").write_text(f"{SECRET}\n", encoding="utf-8")
    (tmp_path / "book").mkdir()
    return tmp_path / "book"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check[0] + check[-1])
def test_nothing_outside_is_shown(
    command: Any, book: Path, way: Callable[[Path], None], check: tuple[str, ...]
) -> None:
    way(book)
    (book / "tests.yaml").write_text("tests: [{name: a, timeline: [{message: hello}]}]\n", encoding="utf-8")
    plan = book.parent / "PLAN"
    result = command(check[0], book, *(plan if part == "PLAN" else part for part in check[1:]))
    assert result.exit_code == 1
    assert "is outside the rulebook's folder" in result.output
    assert "hunter2" not in result.output
    assert not plan.exists()


def test_a_root_lets_it_be_read(command: Any, book: Path) -> None:
    by_list(book)
    assert command("lint", book, "--root", book.parent).exit_code == 0
    assert command("lint", book).exit_code == 1


def test_rulebooks_below_a_named_folder_may_use_each_other(command: Any, book: Path) -> None:
    shared = book.parent / "shared"
    shared.mkdir()
    (shared / "rulebook.yaml").write_text("rulebook: shared\n", encoding="utf-8")
    (book / "rulebook.yaml").write_text("rulebook: a\nuse: [../shared]\n", encoding="utf-8")
    assert command("lint", book.parent).exit_code == 0
    assert command("lint", book).exit_code == 1


UGLY = "rulebook:   odd\n"


def test_fmt_writes_through_no_planted_file(command: Any, book: Path) -> None:
    target = book.parent / "target"
    target.write_text("kept", encoding="utf-8")
    (book / "rulebook.yaml").write_text(UGLY, encoding="utf-8")
    (book / ".rulebook.yaml.fmt").symlink_to("../target")
    assert command("fmt", book / "rulebook.yaml").exit_code == 0
    assert (book / "rulebook.yaml").read_text(encoding="utf-8") == "rulebook: odd\n"
    assert target.read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize("named", ["link.yaml", "."])
def test_fmt_leaves_alone_what_links_lead_to(command: Any, book: Path, named: str) -> None:
    target = book.parent / "target.yaml"
    target.write_text(UGLY, encoding="utf-8")
    (book / "link.yaml").symlink_to("../target.yaml")
    command("fmt", book / named)
    assert (book / "link.yaml").is_symlink()
    assert target.read_text(encoding="utf-8") == UGLY


def test_init_writes_through_no_link(command: Any, book: Path) -> None:
    (book / "rulebook.yaml").symlink_to("../made.yaml")
    assert command("init", book).exit_code == 2
    assert not (book.parent / "made.yaml").exists()
