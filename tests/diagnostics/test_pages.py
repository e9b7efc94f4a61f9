"""Runs the pages of this folder: every finding is on the line it is about.

A page is Markdown. Each fenced `yaml` block is a rulebook; a block without `rulebook:` is a fragment, and a separate
file names the rulebook and uses `std/chat`. A block below a line "`file: name`" is one file of a folder, together with
the other such blocks under the same heading; fenced `text` blocks are files there, too. Expectations are comments

    when: text contian "a"   # error: [GR214] substring of the message

at the end of the line, or alone in the lines above it. Marks are removed before the file is read. A block without marks
is clean. Of the lints (GR6xx) only the page's own is reported; an example of something else need not be a sensible
rulebook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from groundrules.diagnostics.codes import CODES
from groundrules.diagnostics.model import Diagnostic
from groundrules.tools.linting import lint_path

PAGES = sorted(Path(__file__).parent.glob("*.md"))
HEADER = "rulebook: page\nuse: [std/chat]\n"

_BLOCK = re.compile(
    r"^(?P<heading>#+ [^\n]*)$|(?:^`file: (?P<file>[^`]+)`\s*\n+)?^```(?:yaml|text)\n(?P<body>.*?)^```$", re.M | re.S
)
_MARK = re.compile(r"[ \t]*# (?P<severity>error|warning|note): \[(?P<code>GR\d{3})\] ?(?P<words>.*)$")


@dataclass(frozen=True)
class Expected:
    file: str
    line: int
    severity: str
    code: str
    words: str


@dataclass
class Case:
    """One rulebook of a page: the path to check, its files and what is expected of them."""

    line: int
    path: str
    files: dict[str, str] = field(default_factory=dict)
    expected: list[Expected] = field(default_factory=list)

    def add(self, name: str, body: str) -> None:
        text, expected = read_marks(name, body)
        self.files[name] = text
        self.expected += expected


def read_marks(name: str, body: str) -> tuple[str, list[Expected]]:
    """Return the text without its marks, line by line the same, and what they expect."""
    lines, expected, waiting = [], [], []
    for number, line in enumerate(body.splitlines(), 1):
        mark = _MARK.search(line)
        rest = line[: mark.start()] if mark else line
        if mark:
            waiting.append((mark["severity"], mark["code"], mark["words"].strip()))
        if rest.strip() or not mark:
            expected += [Expected(name, number, *found) for found in waiting]
            waiting = []
        lines.append(rest)
    assert not waiting, "a mark speaks of no line"
    return "\n".join(lines) + "\n", expected


def cases(text: str) -> Iterator[Case]:
    folder: Case | None = None
    for block in _BLOCK.finditer(text):
        line = text.count("\n", 0, block.start()) + 1
        if block["heading"]:
            folder = None
        elif block["file"]:
            if folder is None:
                folder = Case(line, ".")
                yield folder
            folder.add(block["file"], block["body"])
        else:
            yield _single(line, block["body"])


def _single(line: int, body: str) -> Case:
    is_whole = re.search(r"^rulebook\b", body, re.M)
    case = Case(line, "rulebook.yaml" if is_whole else ".")
    case.add("rulebook.yaml", body)
    if not is_whole:
        case.files["header.yaml"] = HEADER
    return case


def pages() -> list[object]:
    return list(_pages())


def _pages() -> Iterator[object]:
    for page in PAGES:
        for case in cases(page.read_text("utf-8")):
            yield pytest.param(case, page.stem, id=f"{page.stem}:{case.line}")


def _found(diagnostic: Diagnostic) -> tuple[str, int, str, str]:
    return diagnostic.span.file.path, diagnostic.span.line, diagnostic.severity.value, diagnostic.code


def _concerns(diagnostic: Diagnostic, page: str) -> bool:
    return not diagnostic.code.startswith("GR6") or CODES[diagnostic.code].name == page


@pytest.mark.parametrize(("case", "page"), pages())
def test_page(case: Case, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in case.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8", newline="")
    monkeypatch.chdir(tmp_path)

    diagnostics = [found for found in lint_path(Path(case.path)).diagnostics if _concerns(found, page)]

    told = "\n".join(f"{found.span.file.path}:{found.span.line} {found.code} {found.message}" for found in diagnostics)
    wanted = sorted((one.file, one.line, one.severity, one.code) for one in case.expected)
    assert sorted(map(_found, diagnostics)) == wanted, told or "nothing was found"
    for one in case.expected:
        messages = [
            found.message for found in diagnostics if _found(found) == (one.file, one.line, one.severity, one.code)
        ]
        assert any(one.words in message for message in messages), f"`{one.words}` is not in {messages}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_is_about_a_code(page: Path) -> None:
    text = page.read_text("utf-8")
    title = re.match(r"# (GR\d{3}) ([a-z0-9-]+)\n", text)
    assert title, "a page begins with `# GR301 unknown-name`"
    assert CODES[title[1]].name == title[2] == page.stem
    assert f"[{title[1]}]" in text, "no block shows the code"
