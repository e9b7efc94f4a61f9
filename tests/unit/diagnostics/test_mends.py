"""What help lines and fixes propose, where a reader would follow them to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.diagnostics.model import Diagnostic
from groundrules.tools.linting import lint_path

HEAD = "rulebook: mends\nuse: [std/chat]\n"
RULE = "rules:\n  - id: a\n    on: message\n"
TABLE = RULE + "    table:\n      columns: [text, length(links)]\n      rows:\n"
PATH = "paths:\n  - id: p\n    on: member.joined\n    one_per: actor\n    until_all: [{id: intro, on: message}]\n"
SCHEDULE = "schedules:\n  - id: s\n    at: sunday 20:00\n    for_each: member\n"


def only(folder: Path, body: str, code: str) -> Diagnostic:
    (folder / "rulebook.yaml").write_text(HEAD + body, "utf-8")
    [found] = [found for found in lint_path(folder).diagnostics if found.code == code]
    return found


@pytest.mark.parametrize(
    ("body", "code", "help"),
    [
        (TABLE + "        - {when: [in ['a', 'b'], '> 1'], then: [delete]}\n", "GR015", "put the cell in quotes"),
        (TABLE + "        - {when: ['\"a\"', ''], then: [delete]}\n", "GR103", "write `-` for anything"),
        (TABLE + "        - {when: ['\"a\"', 3d], then: [delete]}\n", "GR403", "write `3`"),
        (RULE + "    when: length(links) > '3'\n    then: [delete]\n", "GR415", "write `3` without quotes"),
        (
            PATH + "    steps: [{after: 3d, when: remaining.intro, then: [{notify: {role: x}}]}]\n",
            "GR303",
            'did you mean `remaining has "intro"`?',
        ),
        (
            SCHEDULE + "    when: count(message by actor within 7d) > 0\n    then: [{warn: null, who: member}]\n",
            "GR504",
            "write `by actor = member`",
        ),
        (
            SCHEDULE + "    most: silence(member)\n    limit: five\n    together: [{notify: {role: x}}]\n",
            "GR301",
            "write a whole number, or the name of a parameter",
        ),
    ],
)
def test_the_help_line_says_what_to_write(tmp_path: Path, body: str, code: str, help: str) -> None:
    assert only(tmp_path, body, code).help == help


@pytest.mark.parametrize(
    ("body", "code", "written"),
    [
        (RULE + "    when: text == 'a'\n    then: ［warn］\n", "GR016", "[warn]"),
        (RULE + "    when: text == 'a'\n    then: －delete\n", "GR016", "[delete]"),
        (RULE + "    when: text == 'a'\n    then:\n      －delete\n      －warn\n", "GR016", "- delete\n      - warn"),
        ("lists: {x: [加微信，兼职, 日结]}\n", "GR661", "加微信, 兼职"),
        (RULE + "    when: text == 'a'\n    then: [reply: “好”， delete]\n", "GR661", "reply: “好”, delete"),
        (
            RULE + "    when: count(message by actor within last 10 minutes) > 3\n    then: [delete]\n",
            "GR216",
            "10m",
        ),
    ],
)
def test_a_fix_writes_it(tmp_path: Path, body: str, code: str, written: str) -> None:
    [fix] = only(tmp_path, body, code).fixes
    assert fix.text == written
