"""Findings in Chinese: whatever the pages of codes show has a form, and every form can be said."""

from __future__ import annotations

import json
import re
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from diagnostics.test_pages import Case, pages
from groundrules.diagnostics import translation
from groundrules.diagnostics.codes import CODES
from groundrules.diagnostics.render import human
from groundrules.diagnostics.render.explain import explain
from groundrules.diagnostics.translation import FOLDER, mended, translated
from groundrules.resources import shipped
from groundrules.tools.linting import lint_path, lint_text

WORDS = {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.toml")}
FORMS = [
    (file, section) for file in ("zh", "refusals.zh") for section in WORDS[file] if section not in ("titles", "words")
]


@pytest.mark.parametrize(("case", "page"), pages())
def test_every_finding_of_a_page_is_said_in_chinese(
    case: Case, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in case.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8", newline="")
    monkeypatch.chdir(tmp_path)
    for found in lint_path(Path(case.path)).diagnostics:
        told = [translated(found.message, "zh"), *(translated(label.text, "zh") for label in found.labels)]
        told += [mended(text, "zh") for text in (found.help, *(fix.title for fix in found.fixes)) if text]
        assert [text for text in told if english_in(text)] == []


NAMES = {
    "ASCII",
    "BCP",
    "IANA",
    "JSON",
    "Kafka",
    "MB",
    "NaN",
    "Perl",
    "QQ",
    "RE2",
    "RFC",
    "Schema",
    "Tab",
    "UTF",
    "Unicode",
}
NAMES |= {"Windows", "spam", "YAML", "git", "groundrules", "hub", "id", "message", "or", "tzdata", "uXXXX"}


def english_in(text: str) -> list[str]:
    """The English words that stand in a Chinese text, outside of what is quoted."""
    plain = re.sub(r"`[^`]*`|\b\w+\.\w+\b|“[^”]*”|'[^']*'|\{[^}]*\}|U\+[0-9A-F]+|--[a-z]+|0x\w+", "", text)
    return [word for word in re.findall(r"[A-Za-z][A-Za-z0-9]+", plain) if word not in NAMES]


@pytest.mark.parametrize(("file", "section"), FORMS)
def test_every_form_has_its_holes(file: str, section: str) -> None:
    for english, form in WORDS[file][section].items():
        parts = [f"<{number}>" for number in range(english.count("{}"))]
        told = form.format(*parts)
        held = set(re.findall(r"<\d+>", told))
        assert held <= set(parts) if section == "usage" else held == set(parts), english


def test_every_code_has_a_title_and_every_language_the_words_around() -> None:
    assert set(WORDS["zh"]["titles"]) == set(CODES)
    assert set(WORDS["en"]["words"]) - set(WORDS["zh"]["words"]) == {
        "one_error",
        "one_warning",
        "one_note",
        "counts_one",
    }
    assert explain("GR301", "zh").startswith("GR301 unknown-name（错误）\n没有声明的名称\n")


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


def test_a_form_is_found_in_linear_time_whatever_a_name_holds() -> None:
    name = "` is ` and `" * 80_000
    began = time.process_time()
    assert translated(f"nothing like `{name}` at all", "zh") == f"nothing like `{name}` at all"
    assert time.process_time() - began < 5
    assert translated(f"unknown name `{name}`", "zh") == f"没有名为 `{name}` 的字段或声明"


def test_every_description_of_a_missing_key_has_its_form() -> None:
    schemas = [
        json.loads((shipped("schemas") / f"{kind}.schema.json").read_text(encoding="utf-8"))
        for kind in ("rulebook", "tests", "budget")
    ]
    helps = {
        f"`{name}`: {text[0].lower()}{text[1:].rstrip('.')}"
        for schema in schemas
        for name, text in required(schema, schema)
    }
    assert [help for help in helps if english_in(mended(help, "zh"))] == []


def required(root: Any, node: Any) -> Iterator[tuple[str, str]]:
    """The keys that some mapping of a schema needs, and what the schema says of them."""
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from required(root, inner)
    if isinstance(node, dict) and isinstance(node.get("properties"), dict):
        branches = [node, *node.get("anyOf", ()), *node.get("oneOf", ())]
        for name in {name for branch in branches for name in branch.get("required", ())}:
            description = node["properties"].get(name, {}).get("description")
            if description:
                yield name, description


@pytest.mark.parametrize("kind", ["rulebook", "tests", "budget"])
def test_every_title_of_the_format_has_its_word(kind: str) -> None:
    schema = json.loads((shipped("schemas") / f"{kind}.schema.json").read_text(encoding="utf-8"))
    for title in titles(schema):
        assert english_in(translated(f"`x` must be {title}, not a text", "zh")) == [], title


def titles(node: Any) -> Iterator[str]:
    if isinstance(node, dict) and isinstance(node.get("title"), str) and node["title"].startswith(("a", "the ")):
        yield node["title"]
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from titles(inner)


FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
COMMENT = re.compile(r"\s+# .*$|^# .*$|(?<=\})\s{2,}\S.*$", re.M)


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_its_page_in_chinese_with_the_same_examples(code: str) -> None:
    english, chinese = CODES[code].page, translation.page(code, CODES[code].page, "zh")
    assert chinese != english
    assert english_in(FENCE.sub("", chinese)) == [], chinese
    same = [[(kind, COMMENT.sub("", example)) for kind, example in FENCE.findall(page)] for page in (english, chinese)]
    assert same[0] == same[1]


def test_no_page_is_kept_for_a_code_that_there_is_not() -> None:
    assert set(translation.pages("zh")) == set(CODES)
