"""The pages of the library say what the packs do today, in both languages, and there is no page without a pack."""

from __future__ import annotations

from pathlib import Path

import pytest
from dev.library import COMMAND, ENDINGS, index, packs, page

FOLDER = Path(__file__).parents[2] / "docs" / "library"


@pytest.mark.parametrize("name", packs())
@pytest.mark.parametrize("lang", ENDINGS)
def test_the_page_is_current(name: str, lang: str) -> None:
    file = FOLDER / f"{name}{ENDINGS[lang]}"
    assert file.exists(), f"run: {COMMAND}"
    assert file.read_text(encoding="utf-8") == page(name, lang), f"run: {COMMAND}"


@pytest.mark.parametrize("lang", ENDINGS)
def test_the_index_is_current(lang: str) -> None:
    file = FOLDER / f"README{ENDINGS[lang]}"
    assert file.read_text(encoding="utf-8") == index(lang), f"run: {COMMAND}"


def test_no_page_is_left_of_a_pack_that_is_gone() -> None:
    assert {file.name.partition(".")[0] for file in FOLDER.glob("*.md")} - {"README"} == set(packs())


def test_a_pack_says_what_it_is_for_in_both_languages() -> None:
    assert page("welcome", "zh").splitlines()[0] == "# welcome · 欢迎新人"
    english = page("welcome", "en")
    for heading in ("Use it", "Parameters", "Group rules", "What happens when", "Ledgers", "Tests"):
        assert f"\n## {heading}\n" in english
    assert "rulebook: std/welcome" in english
