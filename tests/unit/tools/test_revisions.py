"""Folders as of a Git revision."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from groundrules import confined
from groundrules.frontend import RulebookError
from groundrules.tools.revisions import RevisionError, Spot, on_disk, spot
from groundrules.tools.versions import load_version


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    around = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, env=around, check=True, capture_output=True)
    return done.stdout.decode().strip()


RULEBOOK = """\
rulebook: group
languages: [en]
use: [std/chat, ../shared]
lists:
  words: {file: lists/words.txt}
rules:
  - {id: words, title: Words, on: message, when: text contains any of words, then: [delete]}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two commits; between them a word was added, and an export leaves the shared rulebook out."""
    top = tmp_path / "repository"
    (top / "rules" / "lists").mkdir(parents=True)
    (top / "rules" / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (top / "rules" / "lists" / "words.txt").write_text("buy\n", encoding="utf-8")
    (top / "shared.yaml").write_text("rulebook: shared\nlanguages: [en]\nlists: {more: [x]}\n", encoding="utf-8")
    (top / ".gitattributes").write_text("shared.yaml export-ignore\n", encoding="utf-8")
    git(tmp_path, "init", "-q", "-b", "main", str(top))
    git(top, "add", ".")
    git(top, "commit", "-qm", "first")
    git(top, "tag", "v1")
    (top / "rules" / "lists" / "words.txt").write_text("buy\nsell\n", encoding="utf-8")
    git(top, "commit", "-qam", "second")
    return top


def words(place: Spot) -> tuple[str, ...]:
    """The words at a place of a repository whose rulebooks may use each other."""
    top = git(Path.cwd(), "rev-parse", "--show-toplevel")
    with confined.roots([top]):
        return next(one.items for one in load_version(place).plan.lists if one.id == "words")


def test_lists_and_imports_are_those_of_the_revision(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    (repository / "rules" / "lists" / "words.txt").write_text("buy\nsell\nsteal\n", encoding="utf-8")
    assert words(spot("HEAD~1", "rules")) == ("buy",)
    assert words(spot("main:rules")) == ("buy", "sell")
    with confined.roots([repository]):
        assert {one.file for one in load_version(spot("main:rules")).plan.sources} == {"main:rules/rulebook.yaml"}
    assert words(spot("rules")) == ("buy", "sell", "steal")


def test_a_root_is_the_same_folder_at_each_revision(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    with pytest.raises(RulebookError, match="GR026"):
        load_version(spot("v1:rules"))
    for root in (repository, repository.parent):
        with confined.roots([root]):
            assert load_version(spot("v1:rules")).plan.lists
    (repository / "other").mkdir()
    with confined.roots([repository / "other"]), pytest.raises(RulebookError, match="GR026"):
        load_version(spot("v1:rules"))


def test_a_path_begins_at_the_repository_or_with_a_dot_at_the_current_folder(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / "rules")
    assert words(spot("v1:rules")) == ("buy",)
    assert words(spot("v1:./rulebook.yaml")) == ("buy",)
    assert words(Spot(str(repository / "rules"), "v1")) == ("buy",)


def test_neither_the_repository_nor_the_working_tree_is_touched(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def state() -> tuple[str, float, list[str]]:
        index = repository / ".git" / "index"
        return git(repository, "rev-parse", "HEAD"), index.stat().st_mtime_ns, sorted(map(str, repository.rglob("*")))

    hook = repository / ".git" / "hooks" / "post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch hooked\n", encoding="utf-8")
    hook.chmod(0o755)
    before = state()
    monkeypatch.chdir(repository)
    with on_disk(spot("v1", "rules")) as standing:
        assert (standing.path / "lists" / "words.txt").read_text(encoding="utf-8") == "buy\n"
        assert repository not in standing.path.parents
    assert not standing.path.exists()
    assert state() == before


@pytest.mark.parametrize(
    ("written", "beside", "message"),
    [
        ("no-such-revision", "rules", "`no-such-revision` is not a path, and not a revision"),
        ("--output=x", "rules", "is not a path, and not a revision"),
        ("v1:nowhere", None, "`nowhere` does not exist at `v1`"),
        ("nowhere", None, "there is no file or folder `nowhere`"),
    ],
)
def test_what_is_not_there_is_told(
    repository: Path, monkeypatch: pytest.MonkeyPatch, written: str, beside: str | None, message: str
) -> None:
    monkeypatch.chdir(repository)
    with pytest.raises(RevisionError) as caught:
        load_version(spot(written, beside))
    assert message in caught.value.message


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(RevisionError, match="in no git repository"):
        load_version(spot("main:rules"))


def test_a_broken_revision_is_told_as_one(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    (repository / "rules" / "rulebook.yaml").write_text(RULEBOOK.replace("on: message", "on: mesage"), encoding="utf-8")
    git(repository, "commit", "-qam", "broken")
    with pytest.raises(RulebookError) as caught:
        load_version(spot("HEAD", "rules"))
    (found,) = [one for one in caught.value.diagnostics if one.is_error]
    assert found.span.file.path == "HEAD:rules/rulebook.yaml"
