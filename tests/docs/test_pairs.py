"""Pages in two languages say the same: chapter by chapter the same headings, examples, tables and names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.pages import ROOT

NAMES = ("authoring", "cli", "cluster", "language", "rulebook", "testing")
PAIRS = [(ROOT / "docs" / f"{name}.md", ROOT / "docs" / f"{name}.zh.md") for name in NAMES]
OF_BOTS = [(page, page.with_name("README.zh.md")) for page in sorted(ROOT.glob("examples/bots/*/README.md"))]
WRITTEN = [*(pair for pair in PAIRS if pair[0].stem != "cli"), *OF_BOTS]  # the other is made from the help
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
HAN = re.compile(r"[一-鿿]")


def chapters(page: Path) -> list[tuple[str, str]]:
    """The headings of a page by their level, each with what stands below it; code is no heading."""
    text = page.read_text(encoding="utf-8")
    code = [match.span() for match in FENCE.finditer(text)]
    heads = [
        match
        for match in re.finditer(r"^(#+) .*$", text, re.M)
        if not any(start <= match.start() < end for start, end in code)
    ]
    ends = [*(match.start() for match in heads[1:]), len(text)]
    return [(match[1], text[match.end() : end]) for match, end in zip(heads, ends, strict=True)]


def names(text: str) -> set[str]:
    """What is quoted outside of code and reads the same in every language."""
    quoted = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    return {name for name in quoted if not HAN.search(name)}


def code(text: str) -> list[tuple[str, list[str]]]:
    """The examples, without what is written in a language: comments, texts, outputs."""
    return [
        (kind, [bare(line) for line in body.splitlines() if counts(kind, line)]) for kind, body in FENCE.findall(text)
    ]


def counts(kind: str, line: str) -> bool:
    return bool(line.strip()) and (kind != "" or line.startswith("$ "))


def bare(line: str) -> str:
    line = re.sub(r"(name: ).*", r"\1…", line)
    line = re.sub(r"  # .*", "", line)
    line = re.sub(r" --lang en\b", "", line)
    return re.sub(r"(echo|-m|-o|--check|head -20) \S+.*$", r"\1 …", line)


def named(page: Path) -> str:
    return page.parent.name if page.stem.startswith("README") else page.stem


@pytest.mark.parametrize(("english", "chinese"), [*PAIRS, *OF_BOTS], ids=named)
def test_a_page_has_the_same_chapters_in_both_languages(english: Path, chinese: Path) -> None:
    assert [level for level, _ in chapters(english)] == [level for level, _ in chapters(chinese)]


@pytest.mark.parametrize(("english", "chinese"), WRITTEN, ids=named)
def test_each_chapter_has_the_same_examples_tables_and_names(english: Path, chinese: Path) -> None:
    for (_, one), (_, other) in zip(chapters(english), chapters(chinese), strict=True):
        assert code(one) == code(other)
        rows = [len(re.findall(r"^\|", FENCE.sub("", text), re.M)) for text in (one, other)]
        assert rows[0] == rows[1], one
        assert names(one) ^ names(other) <= {"--lang zh"}, one


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=NAMES)
def test_each_page_leads_to_the_other(english: Path, chinese: Path) -> None:
    assert f"English · [中文]({chinese.name})" in english.read_text(encoding="utf-8")
    assert f"[English]({english.name}) · 中文" in chinese.read_text(encoding="utf-8")


def test_the_chinese_readme_leads_to_the_pages_in_chinese() -> None:
    readme = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"(docs/{name}.zh.md)" not in readme] == []


@pytest.mark.parametrize(("english", "chinese"), WRITTEN, ids=named)
def test_a_page_in_chinese_is_written_in_chinese(english: Path, chinese: Path) -> None:
    """No paragraph has been left in English."""
    text = FENCE.sub("", chinese.read_text(encoding="utf-8"))
    paragraphs = [re.sub(r"`[^`]*`|\(.*?\)|<!--.*?-->", "", paragraph) for paragraph in text.split("\n\n")]
    assert [
        paragraph for paragraph in paragraphs if re.search(r"[a-z]{4}", paragraph) and not HAN.search(paragraph)
    ] == []
