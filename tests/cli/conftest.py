"""The command line, run in this process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from groundrules.cli.main import cli

ROOT = Path(__file__).parents[2]
Command = Callable[..., Result]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Call `groundrules` with arguments; `input` stands for standard input."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str | os.PathLike[str], input: str | bytes | None = None) -> Result:
        return CliRunner().invoke(cli, [os.fspath(argument) for argument in arguments], input=input)

    return call
