"""The table of the sixty practices is true: each has rules that its packs' tests make fire, or says what is left."""

from __future__ import annotations

from pathlib import Path

import pytest
from dev.practices import COMMAND, PAGES, SOURCE, Practice, page, practices

ROOT = Path(__file__).parents[2]
FOUND = practices(ROOT / SOURCE)


def test_there_are_sixty() -> None:
    points = [f"{section}.{number}" for section in range(1, 5) for number in range(1, 16)]
    assert [one.point for one in FOUND] == points


@pytest.mark.parametrize("one", FOUND, ids=lambda one: one.point)
def test_each_has_rules_or_says_why_not(one: Practice) -> None:
    assert one.rules or one.left
    assert set(one.title) == {"zh", "en"}


@pytest.mark.parametrize("lang", PAGES)
def test_the_table_is_current(lang: str) -> None:
    stored = (ROOT / PAGES[lang]).read_text(encoding="utf-8")
    assert stored == page(lang, FOUND), f"run: {COMMAND}"


def test_every_pack_carries_something() -> None:
    used = {rule.partition("/")[0] for one in FOUND for rule in one.rules}
    packs = {path.name for path in (ROOT / "policies").iterdir() if path.is_dir()} - {"_starter", "calendar-cn", "chat"}
    assert used == packs
