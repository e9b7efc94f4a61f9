"""Words in files: the same in all languages, all of them used, none missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import groundrules
from groundrules.narrate import speech
from groundrules.narrate.speech import FOLDER, Speech, language_of, languages, words

SOURCE = Path(groundrules.__file__).parent
DOMAINS = {  # domain → the folders and modules that speak of it
    "common": ("narrate", "tools", "engine/evaluation", "reference", "checker"),
    "decisions": ("narrate", "engine", "reference/__init__.py"),
    "run": ("tools/running",),
    "tests": ("tools/testing", "tools/measuring"),
    "explain": ("tools/explaining", "tools/counterfactual", "tools/trying/human.py"),
    "try": ("tools/trying",),
    "replay": ("tools/replaying",),
    "diff": ("tools/diffing/render", "tools/diffing/model.py", "tools/diffing/blocks.py", "logic/implication.py"),
    "handbook": ("tools/handbook",),
    "bots": ("bots",),
    "conditions": ("phrasing",),
    "cli": ("cli",),
    "costs": ("tools/costs.py",),
}
OUTSIDE = {
    "handbook": ("events.", "themes.", "people.", "moments."),
    "conditions": ("facts.", "keys.", "functions.", "people.", "not_", "known_"),
    "try": ("types.",),
    "decisions": ("notes.",),
}  # named by data; see below
ALIKE = {"first": "start"}  # some languages count from 1
KINDS = re.compile(r'"([a-z]+_[a-z_]+)"')


def test_every_domain_is_known_here_and_in_every_language() -> None:
    files = {tuple(file.name.split(".")[:2]) for file in FOLDER.glob("*.toml")}
    assert files == {(domain, lang) for domain in DOMAINS for lang in languages()}
    assert {"en", "zh"} <= set(languages())


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("domain", DOMAINS)
def test_all_languages_have_the_same_forms_with_the_same_holes(domain: str, lang: str) -> None:
    assert {form: shape(said) for form, said in words(domain, lang).items()} == {
        form: shape(said) for form, said in words(domain, "en").items()
    }


def shape(said: Any) -> Any:
    """What must be alike in all languages: the holes of a form, the length of a list."""
    if isinstance(said, str):
        return sorted({ALIKE.get(name, name) for _, name, _, _ in Formatter().parse(said) if name is not None})
    return [shape(entry) if isinstance(entry, list) else None for entry in said]


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_form_hides_a_common_one(domain: str) -> None:
    assert [form for form, said in words("common", "en").items() if words(domain, "en")[form] != said] == []


# --- against use ------------------------------------------------------------------------------------


@cache
def modules(place: str) -> tuple[ast.Module, ...]:
    path = SOURCE / place
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return tuple(ast.parse(file.read_text(encoding="utf-8")) for file in files)


@cache
def nodes(domain: str) -> tuple[ast.AST, ...]:
    return tuple(node for place in DOMAINS[domain] for module in modules(place) for node in ast.walk(module))


def texts(domain: str) -> set[str]:
    """Every text that stands in the modules of a domain."""
    return {node.value for node in nodes(domain) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def asked(domain: str) -> Iterator[ast.expr]:
    """What the modules of a domain ask a speech for: the first argument of every call of one."""
    for node in nodes(domain):
        if isinstance(node, ast.Call) and node.args and speaks(node.func):
            yield node.args[0]


def speaks(called: ast.expr) -> bool:
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return name in ("say", "_say", "self", "phrase", "phrases", "knows", "entries", "_of_plan")


def patterns(domain: str) -> Iterator[re.Pattern[str]]:
    """Forms that are put together, `way.{kind}.more`."""
    for node in asked(domain):
        if isinstance(node, ast.JoinedStr):
            yield re.compile(
                "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values)
            )
    for node in nodes(domain):
        if (
            isinstance(node, ast.JoinedStr)
            and isinstance(node.values[0], ast.Constant)
            and len(str(node.values[0].value)) > 2
        ):
            yield re.compile(
                "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values)
            )


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_form_is_used(domain: str) -> None:
    put_together, written = list(patterns(domain)), texts(domain)
    own = words(domain, "en").keys() - (set() if domain == "common" else words("common", "en").keys())
    unused = [
        form
        for form in own
        if form not in written
        and not any(pattern.fullmatch(form) for pattern in put_together)
        and not form.startswith(OUTSIDE.get(domain, ("\0",)))
    ]
    assert not unused


@pytest.mark.parametrize("domain", [domain for domain in DOMAINS if domain not in ("common", "decisions")])
def test_every_form_that_is_asked_for_is_there(domain: str) -> None:
    known = words(domain, "en").keys() | words("decisions", "en").keys()
    known |= words("explain" if domain == "try" else "try", "en").keys() if domain in ("try", "explain") else set()
    named = [node.value for node in asked(domain) if isinstance(node, ast.Constant)]
    assert named
    assert [form for form in named if form not in known] == []


def test_every_note_that_is_taken_has_a_sentence() -> None:
    sources = [file.read_text(encoding="utf-8") for file in (SOURCE / "engine").rglob("*.py")]
    kinds = {form.removeprefix("notes.") for form in words("decisions", "en") if form.startswith("notes.")}
    assert kinds <= {kind for source in sources for kind in KINDS.findall(source)}


# --- languages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "lang"),
    [("zh", "zh"), ("zh-CN", "zh"), ("zh_TW.UTF-8", "zh"), ("EN-gb", "en"), ("fr", "en"), ("C", "en"), ("", "en")],
)
def test_the_language_of_a_tag_or_a_locale(tag: str, lang: str) -> None:
    assert language_of(tag) == lang


def test_a_further_language_is_further_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in FOLDER.glob("*.en.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
        (tmp_path / file.name.replace(".en.", ".eo.")).write_bytes(file.read_bytes().replace(b'"yes"', b'"jes"'))
    monkeypatch.setattr(speech, "FOLDER", tmp_path)
    for known in (speech.languages, speech.words):
        known.cache_clear()
    try:
        assert (speech.languages(), Speech("run", "eo-XX")("yes")) == (("en", "eo"), "jes")
    finally:
        for known in (speech.languages, speech.words):
            known.cache_clear()
