"""Whatever a few lines can make grow without bound is refused, in time that does not grow."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from groundrules.checker import expressions, instances
from groundrules.diagnostics.model import Diagnostic
from groundrules.frontend import check_path
from groundrules.rulebook import lists, load, yaml

Answered = Callable[..., list[Diagnostic]]
HEAD = "rulebook: big\nuse: [std/chat]\n"


@pytest.fixture
def answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answered:
    monkeypatch.chdir(tmp_path)

    def check(**files: str) -> list[Diagnostic]:
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        begun = time.process_time()
        found = list(check_path(f"{next(iter(files))}.yaml").diagnostics)
        assert time.process_time() - begun < 10
        return found

    return check


def test_defines_that_use_each_other_twice(answered: Answered) -> None:
    chain = "".join(f"  l{n}: l{n - 1} or l{n - 1}\n" for n in range(1, 60))
    rule = "rules: [{id: r, on: message, when: l59, then: [delete]}]\n"
    (found,) = answered(big=f"{HEAD}define:\n  l0: text contains 'a'\n{chain}{rule}")
    assert (found.code, found.span.text) == ("GR313", "l15")
    assert "more than 200,000 parts" in found.message


def test_a_define_may_be_used_often(answered: Answered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "MOST_COPIED", 199)
    rules = "rules:\n" + "".join(f"- {{id: r{n}, on: message, when: short, then: [delete]}}\n" for n in range(101))
    assert [found.code for found in answered(big=f"{HEAD}define: {{short: actor.self}}\n{rules}")] == ["GR313"]
    monkeypatch.setattr(expressions, "MOST_COPIED", 200)
    assert answered(big=f"{HEAD}define: {{short: actor.self}}\n{rules}") == []


def test_rulebooks_that_use_each_other_twice(answered: Answered) -> None:
    twice = "rulebook: b{0}\nuse: [{{rulebook: ./b{1}, as: x}}, {{rulebook: ./b{1}, as: y}}]\n"
    books = {f"b{n}": twice.format(n, n + 1) for n in range(25)}
    (found,) = answered(**books, b25="rulebook: last\nuse: [std/chat]\n")
    assert found.code == "GR313"
    assert "more than the 1,000 that a rulebook may have" in found.message


def test_rulebooks_that_use_each_other_in_a_long_row(answered: Answered) -> None:
    books = {f"b{n}": f"rulebook: b{n}\nuse: [./b{n + 1}]\n" for n in range(1000)}
    (found,) = answered(**books, b1000="rulebook: last\nuse: [std/chat]\n")
    assert (found.code, found.span.file.path) == ("GR025", f"b{load.DEEPEST - 1}.yaml")


def test_more_rules_than_can_be_checked(answered: Answered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instances, "MOST_RULES", 20)
    rules = "".join(f"- {{id: r{n}, on: message, then: [delete]}}\n" for n in range(15))
    (found,) = answered(one=f"{HEAD}rules:\n{rules}{rules.replace('r', 'q')}")
    assert found.message == "30 rules are more than the 20 that a rulebook may have"
    use = "rulebook: two\nuse: [std/chat, {rulebook: ./big, as: a}, {rulebook: ./big, as: b}]\n"
    (found,) = answered(two=use, big=f"{HEAD}rules:\n{rules}")
    assert found.message == "with this import there are 30 rules, more than the 20 that a rulebook may have"


def test_more_yaml_than_can_be_read(answered: Answered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "MAX_VALUES", 1000)
    (found,) = answered(big=HEAD + "languages: [" + "a, " * 1000 + "]\n")
    assert found.code == "GR019"
    monkeypatch.setattr(load, "MAX_YAML", 1 << 20)
    text = "#" * (1 << 19) + "\nrulebook: b\n"
    use = "rulebook: a\nuse: [./b1, ./b2]\n"
    (found,) = answered(a=use, b1=text, b2=text)
    assert (found.code, found.span.text) == ("GR002", "./b2")
    assert "the YAML of this rulebook is larger than 1 MB" in found.message
    assert answered(b1="#" * (1 << 20) + "\n" + text)[0].message == "`b1.yaml` can't be read: it is larger than 1 MB"


def test_lists_with_more_words_than_can_be_searched_for(
    answered: Answered,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lists, "MOST_SEARCHED", 5)
    book = HEAD + "lists:\n  a: [a1, a2, a3]\n  b: [b1, b2]\n  c: {match: word, items: [c1, c2]}\n"
    book += "  d: {match: domain, items: [d1.example, d2.example, d3.example]}\n"
    (found,) = answered(big=book)
    assert (found.code, found.span.text) == ("GR018", "c")
    monkeypatch.setattr(lists, "MOST_SEARCHED", 7)
    assert answered(big=book) == []
