"""Findings in Chinese: whatever the pages of codes show has a form, and every form can be said."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from diagnostics.test_pages import Case, pages
from groundrules.diagnostics.codes import CODES
from groundrules.diagnostics.render import human
from groundrules.diagnostics.render.explain import explain
from groundrules.diagnostics.translation import FOLDER, knows, mended, translated
from groundrules.tools.linting import lint_path, lint_text

WORDS = {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.toml")}


@pytest.mark.parametrize(("case", "page"), pages())
def test_every_finding_of_a_page_is_said_in_chinese(
    case: Case, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in case.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8", newline="")
    monkeypatch.chdir(tmp_path)
    for found in lint_path(Path(case.path)).diagnostics:
        assert knows(found.message, "zh"), found.message
        if found.help:
            assert mended(found.help, "zh") != found.help, found.help


@pytest.mark.parametrize("section", ["said", "mends"])
def test_every_form_has_its_holes(section: str) -> None:
    for english, form in WORDS["zh"][section].items():
        parts = [f"<{number}>" for number in range(english.count("{}"))]
        told = form.format(*parts)
        assert sorted(re.findall(r"<\d+>", told)) == sorted(parts), english


def test_every_code_has_a_title_and_every_language_the_words_around() -> None:
    assert set(WORDS["zh"]["titles"]) == set(CODES)
    assert set(WORDS["en"]["words"]) - set(WORDS["zh"]["words"]) == {
        "one_error",
        "one_warning",
        "one_note",
        "counts_one",
    }
    assert explain("GR301", "zh").startswith("GR301 unknown-name (错误)\n没有声明的名称\n")


def test_what_has_no_form_is_told_in_english() -> None:
    assert translated("something new", "zh") == "something new"
    assert translated("unknown name `a`", "en") == "unknown name `a`"


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("unknown action `x`", "没有名为 `x` 的动作"),
        ("`text` is text, not a condition", "`text` 是文本，不是条件"),
        ("`a.kind` is never `{0}`", "`a.kind` 从不会是 `{0}`"),
    ],
)
def test_holes_keep_what_was_quoted(english: str, chinese: str) -> None:
    assert translated(english, "zh") == chinese


def test_a_page_in_chinese() -> None:
    text = "rulebook: x\nuse: [std/chat]\nrules: [{id: a, on: message, then: [删除]}]\n"
    found = human.render(lint_text(text).diagnostics, lang="zh")
    assert found.startswith("错误[GR304]：没有名为 `删除` 的动作\n")
    assert "= 建议：是否想写 `delete`？" in found
    assert found.endswith("1 个错误，共 1 个文件\n")
    assert "no problems" not in human.render((), lang="zh")


def test_no_word_is_missing() -> None:
    assert all(isinstance(text, str) and text for section in WORDS["zh"].values() for text in section.values())
