from pathlib import Path

import pytest

from groundrules import confined
from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.resources import shipped
from groundrules.rulebook.files import MAX_BYTES
from groundrules.rulebook.load import load_rulebook, load_text
from groundrules.rulebook.model import Rulebook
from unit.rulebook.sample import EVERYTHING


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, **files: str | bytes) -> None:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def load(path: Path | str) -> tuple[Rulebook | None, list[Diagnostic]]:
    report = Report()
    return load_rulebook(path, report), report.sorted


def codes(found: list[Diagnostic]) -> list[str]:
    return [one.code for one in found]


def test_a_folder_is_one_rulebook(folder: Path) -> None:
    write(
        folder,
        b_dot_yaml="rules:\n  - {id: two, on: message, then: [delete]}\n",
        a_dot_yml="rulebook: x\nrules:\n  - {id: one, on: message, then: [delete]}\n",
        tests_dot_yaml="tests:\n  - {name: nothing of ours}\n",
        notes_dot_yaml="# nothing yet\n",
        _dot_hidden_dot_yaml="rulebook: [",
        words_dot_txt="no yaml: [",
        deeper__c_dot_yaml="rulebook: other",
    )
    book, found = load(folder)
    assert not found
    assert book is not None
    assert [rule.id.value for rule in book.rules] == ["one", "two"]
    assert [file.path for file in book.files] == ["a.yml", "b.yaml"]
    assert book.rules[1].span.file.path == "b.yaml"


def test_imports(folder: Path) -> None:
    write(
        folder,
        **{
            "book/main.yaml": EVERYTHING,
            "book/packs/quiet.yaml": "rulebook: quiet",
            "book/packs/loud-words/a.yaml": "rulebook: loud\nuse: [../quiet]",
        },
    )
    book, found = load("book/main.yaml")
    assert not found
    assert book is not None
    quiet, loud = book.uses
    assert quiet.alias is None
    assert loud.alias is not None
    assert loud.alias.value == "loud"
    assert {name: node.plain() for name, (_, node) in loud.arguments.items()} == {"limit": 8, "within": "10s"}
    assert loud.book.uses[0].book is quiet.book, "one place is loaded once"
    assert quiet.book.files[0].path == "book/packs/quiet.yaml"


def test_what_ships_is_shown_under_its_name(folder: Path) -> None:
    write(folder, **{"main.yaml": "rulebook: x\nuse: [std/chat]"})
    book, found = load("main.yaml")
    assert not found
    assert book is not None
    assert book.uses[0].book.files[0].path.startswith("std/chat")


def test_a_missing_import_names_what_there_is(folder: Path) -> None:
    write(folder, **{"main.yaml": "rulebook: x\nuse: [std/chatt, std/qqqqqqqq]"})
    _, found = load("main.yaml")
    assert found[0].help == "did you mean `std/chat`?"
    assert "`std/chat`" in str(found[1].help)


@pytest.mark.parametrize("use", ["./", "./.", "../book", "./main.yaml", "./main"])
def test_a_rulebook_that_uses_itself(folder: Path, use: str) -> None:
    write(folder, **{"book/main.yaml": f"rulebook: x\nuse: ['{use}']"})
    for path in ("book", "book/main.yaml"):
        _, found = load(path)
        assert set(codes(found)) == {"GR023"}


@pytest.mark.parametrize("path", ["absent.yaml", "absent", "nul\0.yaml", "x" * 5000])
def test_no_such_file(folder: Path, path: str) -> None:
    book, found = load(path)
    assert book is None
    assert codes(found)[0] in ("GR001", "GR002")
    assert len(found) == 1


def test_a_missing_file_names_its_neighbour(folder: Path) -> None:
    write(folder, **{"rulebook.yaml": "rulebook: x"})
    _, found = load("rulebok.yaml")
    assert found[0].help == "did you mean `rulebook.yaml`?"


def test_an_empty_folder(folder: Path) -> None:
    assert codes(load(folder)[1]) == ["GR012"]


def test_a_file_that_is_too_large(folder: Path) -> None:
    with (folder / "big.yaml").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert codes(load("big.yaml")[1]) == ["GR002"]


@pytest.mark.parametrize(
    ("data", "column", "words"),
    [
        ("rulebook: 群".encode("utf-16"), 1, "UTF-16"),
        (b"rulebook: x\xff", 12, "0xFF"),
        (b"\xef\xbb\xbfrulebook: \xe7\xbe", 11, "0xE7"),
        ("rulebook: 广告".encode("gbk"), 11, "is not UTF-8"),
    ],
)
def test_bytes_that_are_not_utf8(folder: Path, data: bytes, column: int, words: str) -> None:
    (folder / "a.yaml").write_bytes(data)
    _, found = load("a.yaml")
    assert codes(found) == ["GR003"]
    assert found[0].span.column == column
    assert words in found[0].message


def test_a_byte_order_mark_is_no_text(folder: Path) -> None:
    (folder / "a.yaml").write_bytes(b"\xef\xbb\xbfrulebook: x\r\nlists: {w: {file: w.txt}}\r\n")
    (folder / "w.txt").write_bytes(b"\xef\xbb\xbfone\r\n\r\n  # no\r\n two words \r\n#x\r\nthree # four")
    book, found = load("a.yaml")
    assert not found
    assert book is not None
    assert book.name.span.column == 11
    items = book.lists[0].items
    assert [(item.value, item.span.line, item.span.column) for item in items] == [
        ("one", 1, 1),
        ("two words", 4, 2),
        ("three # four", 6, 1),
    ]
    assert [file.path for file in book.files] == ["a.yaml", "w.txt"]


def test_the_file_of_a_list_is_beside_the_file_that_names_it(folder: Path) -> None:
    write(
        folder,
        **{
            "book/main.yaml": "rulebook: x\nuse: [../packs/p.yaml]",
            "packs/p.yaml": "rulebook: p\nlists: {w: {file: words/w.txt, items: [zero]}}",
            "packs/words/w.txt": "one",
        },
    )
    with confined.roots([folder]):
        book, found = load("book")
    assert not found
    assert book is not None
    (words,) = book.uses[0].book.lists
    assert [item.value for item in words.items] == ["zero", "one"]
    assert words.items[1].span.file.path == "packs/words/w.txt"


def test_a_long_list_has_its_places(folder: Path) -> None:
    write(
        folder,
        **{"w.txt": "\n".join(f"词{n}" for n in range(60_000)), "a.yaml": "rulebook: x\nlists: {w: {file: w.txt}}"},
    )
    book, _ = load("a.yaml")
    assert book is not None
    assert len(book.lists[0].items) == 60_000
    assert book.lists[0].items[-1].span.line == 60_000


def test_own_schemas_are_noted(folder: Path) -> None:
    write(folder, **{"book/a.yaml": "rulebook: x", "book/schemas/events/page.edited.json": "{}"})
    book, _ = load("book")
    assert book is not None
    assert book.schemas == (str(Path("book/schemas")),)


def test_shipped_schemas_are_not_anybodys_own() -> None:
    report = Report()
    book = load_text("rulebook: x", report, str(shipped("schemas").parent / "x.yaml"))
    assert book is not None
    assert book.schemas == ()


def test_a_path_outside_the_current_folder_is_shown_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, **{"a.yaml": "rulebook: x", "deep/b.yaml": "rulebook: y"})
    monkeypatch.chdir(folder / "deep")
    book, _ = load("../a.yaml")
    assert book is not None
    assert book.files[0].path == (folder / "a.yaml").as_posix()


def test_a_rulebook_without_a_name_is_still_read() -> None:
    report = Report()
    book = load_text("rules:\n  - {id: a, on: message, then: [delete], whn: x}", report)
    assert codes(report.sorted) == ["GR020", "GR101"]
    assert book is not None
    assert [rule.id.value for rule in book.rules] == ["a"]


def test_a_header_with_a_bad_name_is_told_once() -> None:
    report = Report()
    book = load_text("rulebook: Bad Name", report)
    assert codes(report.sorted) == ["GR104"]
    assert book is not None
    assert book.name.value == "Bad Name"
