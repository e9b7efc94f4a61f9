"""`python -m dev.new`: what it writes is well formed, and its tests fail until it is implemented."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dev.new import KINDS, NewError, begin

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "schemas", "policies", "tests", "dev", "docs")
FILLED = {  # kind → what its author writes: file, what stands there, what is put in its place
    "lint": (
        ("src/groundrules/lint/rules/made_up.py", 'rule.source.mode == "…"', "rule.source.when is None"),
        ("src/groundrules/diagnostics/words/zh.toml", '"`{}` …" = "`{}` …"', '"`{}` …" = "`{}` 没有条件"'),
    ),
    "builtin": (("src/groundrules/functions/texts.py", "raise NotImplementedError", "return len(text.split())"),),
    "action": (
        ("schemas/actions/made_up.json", '"description": ""', '"description": "Do it."'),
        ("schemas/actions/made_up.json", '"zh": ""', '"zh": "做[ {who}] {duration}"'),
    ),
    "adapter": (
        (
            "src/groundrules/adapters/made_up.py",
            'stands for; none for what concerns no community."""\n    raise NotImplementedError',
            'stands for."""\n    actor = {"id": raw["user"]}\n'
            '    header = {"id": raw["id"], "type": "message", "time": "2026-03-01T00:00:00Z"}\n'
            '    return [{**header, "community": {"id": "c"}, "actor": actor, "text": raw["text"]}]',
        ),
        (
            "src/groundrules/adapters/made_up.py",
            "raise NotImplementedError",
            "return [(action.do, {})] if action.do in CAN else []",
        ),
    ),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "data", "long"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_begun_fails_and_passes_once_it_is_written(tree: Path, kind: str) -> None:
    written, failing = begin(kind, "made_up", tree)
    assert all((tree / file).exists() for file in written)
    python = [file for file in written if file.endswith(".py")]
    if python:
        checked = run(tree, "ruff", "check", *python)
        formatted = run(tree, "ruff", "format", "--check", *python)
        assert (checked.returncode, formatted.returncode) == (0, 0), checked.stdout + formatted.stdout
    first = run(tree, "pytest", "-q", *shlex.split(failing[0]))
    assert first.returncode == 1, first.stdout + first.stderr
    for file, placeholder, content in FILLED[kind]:
        text = (tree / file).read_text(encoding="utf-8")
        assert placeholder in text
        (tree / file).write_text(text.replace(placeholder, content), encoding="utf-8")
    for arguments in failing:
        after = run(tree, "pytest", "-q", *shlex.split(arguments))
        assert after.returncode == 0, after.stdout + after.stderr


@pytest.mark.parametrize(
    ("kind", "name", "problem"),
    [
        ("pack", "x", "`pack` is none of lint, builtin, action, adapter"),
        ("lint", "Odd-Name", "`Odd-Name` is not a name"),
        ("lint", "no_appeal", "there is lint `no_appeal` already"),
        ("builtin", "length", "there is a builtin `length` already"),
        ("action", "mute", "there is action `mute` already"),
        ("adapter", "matrix", "there is adapter `matrix` already"),
    ],
)
def test_what_can_not_be_begun(kind: str, name: str, problem: str) -> None:
    with pytest.raises(NewError, match=problem):
        begin(kind, name)
