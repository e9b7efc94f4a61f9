"""`groundrules diff`: what changed in meaning."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from groundrules.engine.engine import Engine
from groundrules.frontend import load

RULEBOOK = """\
rulebook: group
languages: [en]
use: [std/chat]
rules:
  - id: copies
    title: No copies
    on: message
    when: count(message by actor, text within 2m) >= 3
    then: [mute: 10m]
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose last commit holds the rulebook as it was before the file was changed."""
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "rules.yaml").write_text(RULEBOOK, encoding="utf-8")
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-qb", "main"), ("add", "."), (*identity, "commit", "-qm", "first")):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    (tmp_path / "rules.yaml").write_text(RULEBOOK.replace(">= 3", ">= 5"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def inside(command: Any, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(repository)
    return command


def test_between_what_is_there_and_a_revision(inside: Any) -> None:
    result = inside("diff", "main", "rules.yaml")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0] == "main:rules.yaml → rules.yaml: 0 added, 0 removed, 1 changed"
    assert "~ rule copies “No copies”: narrowed: acts on fewer events" in result.stdout
    assert "when count(message by actor, text within 2m) >= 5: 3 → 5" in result.stdout
    for written in (
        ("main:rules.yaml", "rules.yaml"),
        ("--rev", "main..", "rules.yaml"),
        ("--rev", "HEAD", "rules.yaml"),
    ):
        assert inside("diff", *written).stdout.splitlines()[1:] == result.stdout.splitlines()[1:]


def test_between_revisions(inside: Any) -> None:
    assert inside("diff", "--rev", "main..HEAD", "rules.yaml").stdout == "no change in meaning\n"


def test_a_change_is_no_failure_unless_asked_for(inside: Any) -> None:
    assert inside("diff", "main", "rules.yaml", "--exit-code").exit_code == 1
    assert inside("diff", "rules.yaml", "rules.yaml", "--exit-code").exit_code == 0


def test_other_forms(inside: Any) -> None:
    found = json.loads(inside("diff", "main", "rules.yaml", "--format", "json").stdout)
    (change,) = found["changes"]
    assert (change["kind"], change["id"], change["direction"]) == ("changed", "copies", "fewer")
    chinese = inside("diff", "main", "rules.yaml", "--lang", "zh").stdout
    assert chinese.startswith("main:rules.yaml → rules.yaml：新增 0，移除 0，修改 1\n")
    assert "~ 规则 copies “No copies”：缩小：触发的事件变少\n" in chinese
    markdown = inside("diff", "main", "rules.yaml", "--format", "markdown", "--lang", "zh").stdout
    assert "**规则 `copies` “No copies”**：缩小：触发的事件变少" in markdown


def test_plan_files(inside: Any, repository: Path) -> None:
    inside("compile", "rules.yaml", "-o", "new.plan", "-q")
    assert inside("diff", "rules.yaml", "new.plan").stdout == "no change in meaning\n"
    assert "narrowed" in inside("diff", "main:rules.yaml", "new.plan").stdout


def test_the_rows_of_a_state(inside: Any, repository: Path) -> None:
    engine = Engine(load(repository / "rules.yaml"))
    event = {"id": "1", "type": "message", "time": "2026-01-01T00:00:00Z", "community": {"id": "c"}, "text": "x"}
    engine.feed({**event, "actor": {"id": "li"}})
    (repository / "state").write_bytes(engine.snapshot())
    (repository / "new.yaml").write_text(RULEBOOK.replace("by actor, text", "by actor"), encoding="utf-8")
    result = inside("diff", "rules.yaml", "new.yaml", "--state", "state")
    assert "rows: window count(message by actor, text within 2m): 1" in result.stdout
    (repository / "state").write_bytes(b"nothing")
    result = inside("diff", "rules.yaml", "new.yaml", "--state", "state")
    assert result.exit_code == 1
    assert "GR811" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rules.yaml",), "name two versions"),
        (("--rev", "main..HEAD", "a", "b"), "name one path"),
        (("nothing", "rules.yaml"), "`nothing` is not a path, and not a revision"),
        (("main", "nothing.yaml"), "there is no file or folder `nothing.yaml`"),
    ],
)
def test_mistakes_of_usage(inside: Any, arguments: tuple[str, ...], message: str) -> None:
    result = inside("diff", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
