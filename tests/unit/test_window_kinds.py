"""A kind of window is described once, and everything that needs a word or a cell for each kind has one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

import groundrules
from groundrules.engine.cells.window_cells import cell
from groundrules.plan import ir
from groundrules.window_kinds import KINDS, Name

SOURCE = Path(groundrules.__file__).parent
MEANING = {"window_kinds.py", "reference/windows.py", "engine/cells/windows.py"}
"""Where the kinds are described, what they compute, and how the engine keeps them."""


def test_every_kind_is_described() -> None:
    assert set(KINDS) == set(get_args(Name))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_written_kept_and_told(kind: Name) -> None:
    assert f"/{kind}(?=" in (SOURCE / "syntax" / "grammar.lark").read_text(encoding="utf-8")
    for ids in (False, KINDS[kind].looks_back):
        assert cell(ir.Window(id="w", kind=kind, type="message", ids=ids), 1, "UTC").number(None, 0, 0) in (0, None)
    for words in (SOURCE / "narrate" / "words").glob("explain.*.toml"):
        assert f'"way.window.{kind}" = ' in words.read_text(encoding="utf-8")
    for words in (SOURCE / "narrate" / "words").glob("conditions.*.toml"):
        assert kind in tomllib.loads(words.read_text(encoding="utf-8"))["window"]


def test_nobody_else_tells_kinds_apart_by_name() -> None:
    names = "|".join(KINDS)
    compared = re.compile(rf"""\bkind (?:==|!=|in|not in) \(?"(?:{names})"|case "(?:{names})\"""")
    modules = [path for path in SOURCE.rglob("*.py") if path.relative_to(SOURCE).as_posix() not in MEANING]
    assert modules
    assert not [path for path in modules if compared.search(path.read_text(encoding="utf-8"))]
