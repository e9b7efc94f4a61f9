"""The page that tells strangers where things live is true: its table is what import contracts prove."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
SOURCE = ROOT / "src" / "groundrules"


def _rows() -> dict[str, str]:
    """Folder or module → what it may not know."""
    table = PAGE.partition("| folder | contains | must not import |\n")[2].partition("\n\n")[0].splitlines()[1:]
    rows = [line.strip("| ").split(" | ") for line in table]
    return {
        name.strip("`/").removesuffix(".py").replace("/", "."): cells[2]
        for cells in rows
        for name in cells[0].split(", ")
    }


def test_every_folder_has_a_row_and_every_row_a_contract() -> None:
    folders = {path.parent.name for path in SOURCE.glob("*/__init__.py")} | {"frontend", "narrate.speech"}
    rows = _rows()
    assert set(rows) == folders
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    forbidden = {
        module.removeprefix("groundrules."): contract["forbidden_modules"]
        for contract in settings["importlinter"]["contracts"]
        if contract["type"] == "forbidden"
        for module in contract["source_modules"]
    }
    assert {name for name, what in rows.items() if what != "—"} == {
        name for name in forbidden if name in rows or "." not in name
    }


def test_the_page_can_be_read_in_one_sitting() -> None:
    assert PAGE.count("\n") < 250


def test_it_says_where_features_live() -> None:
    """What stands there exists, which `test_named_places` sees to."""
    table = PAGE.partition("## Where things are\n")[2].partition("\n## ")[0].strip().splitlines()[2:]
    rows = [line.strip("| ").split(" | ") for line in table]
    assert len(rows) >= 20
    assert all(len(row) == 2 and "`" in row[1] for row in rows)
