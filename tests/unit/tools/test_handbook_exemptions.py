"""Exceptions that several rules of a chapter share are listed once, and the rules refer to them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from groundrules.frontend import check_text
from groundrules.tools.handbook import handbook, markdown

HEAD = "rulebook: group\nlanguages: [zh, en]\nuse: [std/chat]\nrules:\n"
STAFF = 'actor.roles has any of ["admin", "moderator", "owner"]'
SHORT = 'actor.roles has "admin"'
WRITTEN = "the roles include “admin” or “moderator” or “owner”"


def page(*exceptions: str, lang: str = "en") -> str:
    return _printed(HEAD + _rules(exceptions), lang)


def _rules(exceptions: Sequence[str]) -> str:
    return "\n".join(
        f"  - {{id: r{number}, on: message, when: text contains \"w{number}\", unless: '{exception}', then: [delete]}}"
        for number, exception in enumerate(exceptions)
    )


def _printed(text: str, lang: str = "en", file: str = "rulebook.yaml") -> str:
    result = check_text(text, file)
    assert result.checked is not None, result.diagnostics
    return markdown(handbook(result.checked, lang))


def test_three_rules_refer_to_what_they_share() -> None:
    text = page(STAFF, STAFF, SHORT, STAFF)
    assert text.count(WRITTEN) == 1
    assert f"- **Exception 1** — {WRITTEN}\n" in text
    assert text.count("  - Does not apply: Exception 1\n") == 3
    assert text.index("**Exception 1**") < text.index("## Group rules")


def test_in_chinese_too() -> None:
    text = page(STAFF, STAFF, STAFF, lang="zh")
    assert text.count("- **例外 1** — ") == 1
    assert text.count("  - 不适用：例外 1\n") == 3


def test_two_rules_or_short_exceptions_say_it_themselves() -> None:
    text = page(STAFF, STAFF, SHORT, SHORT, SHORT)
    assert text.count(f"  - Does not apply if: {WRITTEN}\n") == 2
    assert text.count("  - Does not apply if: the roles include “admin”\n") == 3
    assert "Exception 1" not in text


def test_a_number_stands_for_the_same_exception_in_all_chapters(tmp_path: Path) -> None:
    other = 'actor.roles has any of ["helper", "organiser", "tutor"]'
    (tmp_path / "other.yaml").write_text(
        HEAD.replace("group", "other") + _rules([other, STAFF, other, STAFF, other, STAFF]), encoding="utf-8"
    )
    head = HEAD.replace("[std/chat]", "[std/chat, ./other.yaml]")
    text = _printed(head + _rules([STAFF] * 3), file=str(tmp_path / "rulebook.yaml"))
    assert text.count(f"- **Exception 1** — {WRITTEN}\n") == 2
    assert text.count("- **Exception 2** — the roles include “helper” or “organiser” or “tutor”\n") == 1
    assert text.count("  - Does not apply: Exception 1\n") == 6
    assert text.index("**Exception 1**", text.index("## other")) < text.index("**Exception 2**")
