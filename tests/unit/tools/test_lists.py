"""Lists that changed, written into a rulebook's files: they are read back as changed, and the rest stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.engine.cells.entries import ListChanges
from groundrules.frontend import check_path
from groundrules.tools.lists import UneditableError, edited

HEADER = "rulebook: r  # kept\nuse: [std/chat]\nlists:\n"
WORDS = st.text("ab加:#[]{},'\"-?! 0.é", min_size=1, max_size=6).map(str.strip).filter(bool)


def block(items: list[str]) -> str:
    return "    items:  # these\n" + "".join(f"      # next\n      - '{_single(item)}'  # why\n" for item in items)


def flow(items: list[str]) -> str:
    return "    items: [" + ", ".join(f"'{_single(item)}'" for item in items) + "]\n"


def long_flow(items: list[str]) -> str:
    return "    items: [\n" + ",\n".join(f"      '{_single(item)}'" for item in items) + ",\n    ]\n"


def weighed(items: list[str]) -> str:
    return "    items: {" + ", ".join(f"'{_single(item)}': 3" for item in items) + "}\n"


def weighed_block(items: list[str]) -> str:
    return "    items:\n" + "".join(f"      '{_single(item)}': 12  # heavy\n" for item in items)


def _single(text: str) -> str:
    return text.replace("'", "''")


def entries(folder: Path) -> list[str]:
    result = check_path(folder)
    assert result.checked is not None, result.diagnostics
    return [str(item.value) for item in result.checked.instances[0].book.lists[0].items]


def changed(folder: Path, added: list[str], removed: list[str]) -> list[str]:
    checked = check_path(folder).checked
    assert checked is not None
    for file in edited(checked, {"words": ListChanges(tuple(added), tuple(removed))}):
        Path(file.path).write_text(file.after, encoding="utf-8")
    return entries(folder)


@pytest.mark.parametrize("style", [block, flow, long_flow, weighed, weighed_block])
@given(
    items=st.lists(WORDS, min_size=1, max_size=5, unique=True),
    added=st.lists(WORDS, max_size=3, unique=True),
    removed=st.sets(st.integers(0, 4)),
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, style: object, items: list[str], added: list[str], removed: set[int]
) -> None:
    assert callable(style)
    folder = tmp_path_factory.mktemp("book")
    text = f"{HEADER}  words:\n    match: exact\n    changes: true\n{style(items)}rules: []  # kept, too\n"
    (folder / "rulebook.yaml").write_text(text, encoding="utf-8")
    gone = [items[number] for number in sorted(removed) if number < len(items)]
    new = [entry for entry in added if entry not in items]
    if len(gone) == len(items) and (style in (block, weighed_block) or (style is weighed and not new)):
        with pytest.raises(UneditableError):
            changed(folder, added, gone)
        return
    assert sorted(changed(folder, added, gone)) == sorted([*(item for item in items if item not in gone), *new])
    after = (folder / "rulebook.yaml").read_text(encoding="utf-8")
    assert after.startswith(HEADER)
    assert after.endswith("rules: []  # kept, too\n")


def test_a_file_of_words_gets_them_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(f"{HEADER}  words: {{changes: true, file: w.txt}}\n", encoding="utf-8")
    (tmp_path / "w.txt").write_text("# words\n\none\ntwo", encoding="utf-8")
    assert changed(tmp_path, ["three"], ["one"]) == ["two", "three"]
    assert (tmp_path / "w.txt").read_text(encoding="utf-8") == "# words\n\ntwo\nthree\n"


def test_a_list_that_was_empty(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(f"{HEADER}  words: {{changes: true, items: [ ]}}\n", encoding="utf-8")
    assert changed(tmp_path, ["[x]", "yes"], []) == ["[x]", "yes"]


@pytest.mark.parametrize(
    ("book", "name", "reason"),
    [
        ("  words: [a]\n", "others", "no list `others`"),
        ("  words: {changes: true, file: w.txt}\n", "words", "by hand"),
    ],
)
def test_what_can_not_be_written_is_refused(tmp_path: Path, book: str, name: str, reason: str) -> None:
    (tmp_path / "rulebook.yaml").write_text(HEADER + book, encoding="utf-8")
    (tmp_path / "w.txt").write_text("", encoding="utf-8")
    checked = check_path(tmp_path).checked
    assert checked is not None
    with pytest.raises(UneditableError, match=reason):
        edited(checked, {name: ListChanges(("b",), ())})
