"""Rulebooks that we write ourselves are written as we tell others to write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.tools.fmt import format_text
from groundrules.tools.fmt.files import files_below

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("policies", "examples", "tests/rulebooks") for path in files_below(ROOT / folder))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_it_is_in_canonical_layout(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert format_text(text, str(path)).text == text, "run: groundrules fmt policies examples tests/rulebooks"
