"""The outputs in docs/explaining.md are what the commands print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "explaining.md"
BLOCKS = re.findall(r"```console\n\$ groundrules (.*?)\n(.*?)\n```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_there_are_examples() -> None:
    assert [shlex.split(line)[0] for line, _ in BLOCKS] == ["explain", "explain", "try"]


@pytest.mark.parametrize(("line", "shown"), BLOCKS, ids=[line for line, _ in BLOCKS])
def test_an_example_shows_what_is_printed(command: Any, line: str, shown: str) -> None:
    typed = "".join(f"{one[2:]}\n" for one in shown.splitlines() if one.startswith("> "))
    result = command(*shlex.split(line), input=typed)
    assert result.exit_code == 0
    assert result.stdout.rstrip("\n") == shown
