"""Rulebooks made to be slow: each is answered with findings of the table, in time that grows with its length."""

from __future__ import annotations

import time

import pytest

from groundrules.tools.linting import lint_text

HEAD = "rulebook: hostile\nuse: [std/chat]\n"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
WORDS = [f'"{number:06d}"' for number in range(20_000)]
LISTS = "lists:\n  big:\n    items:\n" + "".join(f"      - word number {number:06d}\n" for number in range(20_000))


def _rule(when: str) -> str:
    return f"{HEAD}rules:\n  - id: a\n    title: a\n    on: message\n    when: '{when}'\n    then: [delete]\n"


CASES = {
    "an alias bomb": (HEAD + BOMB, {"GR009"}),
    "brackets": (_rule("(" * 100_000 + "x" + ")" * 100_000), {"GR215"}),
    "nots": (_rule("not " * 50_000 + "true"), {"GR215"}),
    "half a sentence again and again": (_rule("text contains " * 10_000), {"GR211"}),
    "a chain as long as a book": (_rule(" or ".join(f'text contains "{n:06d}"' for n in range(5_000))), set()),
    "a list in a condition": (_rule("text contains any of [" + ", ".join(WORDS) + "]"), set()),
    "a list": (_rule("text contains any of big") + LISTS, set()),
}


@pytest.mark.parametrize("name", CASES)
def test_is_answered_in_time(name: str) -> None:
    text, codes = CASES[name]
    begin = time.process_time()
    result = lint_text(text)
    assert time.process_time() - begin < 30  # a few seconds on an idle machine; quadratic would be minutes
    assert {found.code for found in result.diagnostics if found.is_error} == codes
