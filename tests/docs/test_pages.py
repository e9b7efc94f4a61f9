"""Examples on pages do what the pages say; see `pages.py` for how a page takes part."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from docs.pages import ROOT, Page, chosen_pages, matches

PAGES = chosen_pages()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_page_shows_comes_out(path: Path, tmp_path: Path) -> None:
    page = Page(path, tmp_path)
    page.run()
    if os.environ.get("GROUNDRULES_UPDATE_PAGES"):
        path.write_text(page.text, encoding="utf-8")
    help = "\n\nto write the page anew: GROUNDRULES_UPDATE_PAGES=1 pytest tests/docs"
    assert not page.failures, "\n\n".join(page.failures) + help


def test_the_pages_that_beginners_read_take_part() -> None:
    assert {"README.md", "docs/authoring.md"} <= {path.relative_to(ROOT).as_posix() for path in PAGES}


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\nc\n", False),
        ("a … z\n", "a b c z\n", True),
        ("a … z\n", "a b\nc z\n", False),
        ("a\n…\nz\n", "a\nb\nc\nz\n", True),
        ("a\n…\nz\n", "a\nz\n", True),
        ("a\n…\n", "a\nb\nc\n", True),
        ("a\n…\n", "b\n", False),
        ("…\nz\n", "a\nz  \n\n", True),
    ],
)
def test_what_is_left_out_may_be_anything(shown: str, printed: str, same: bool) -> None:
    assert matches(shown, printed) is same


PAGE = """<!-- tested -->
<!-- file: a/b.txt -->
```text
one
```
<!-- append: a/b.txt -->
```text
two
```
<!-- edit: a/b.txt -->
```diff
 one
-two
+three
```
<!-- replace in a/b.txt: one => four -->
```
$ cat a/b.txt
four
three
$ false || echo wrong >&2
right
$ exit 3
```
```python
print(1 + 1)
```
```text
3
```
<!-- not run -->
```
$ exit 4
```
"""


def test_a_page_with_mistakes_is_found_out_and_mended(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    page = Page(path, folder)
    page.run()
    assert [failure.partition("\n")[0] for failure in page.failures] == [
        "$ false || echo wrong >&2",
        "$ exit 3",
        "$ python",
    ]
    assert page.text == PAGE.replace("\nright\n", "\nwrong\n").replace("```text\n3\n", "```text\n2\n")
