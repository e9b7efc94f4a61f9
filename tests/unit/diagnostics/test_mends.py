"""What help lines and fixes propose, if a reader follows them to the letter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from diagnostics.test_pages import Case, pages
from groundrules.diagnostics.model import Diagnostic
from groundrules.diagnostics.translation import mended, translated
from groundrules.tools.linting import applied, lint_path
from unit.diagnostics.test_translation import english_in

HEAD = "rulebook: mends\nuse: [std/chat]\n"
RULE = "rules:\n  - id: a\n    on: message\n"
TABLE = RULE + "    table:\n      columns: [text, length(links)]\n      rows:\n"
PATH = "paths:\n  - id: p\n    on: member.joined\n    one_per: actor\n    until_all: [{id: intro, on: message}]\n"
SCHEDULE = "schedules:\n  - id: s\n    at: sunday 20:00\n    for_each: member\n"


def when(condition: str, then: str = "[delete]") -> str:
    return f"{RULE}    when: {condition}\n    then: {then}\n"


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
        (when("now < 07:00"), "GR401", "write a range: `now in 00:00-07:00`"),
        (when("23:00 < now"), "GR401", "write a range: `now in 23:00-24:00`"),
        (when("now < 07:00 or now > 23:00"), "GR401", "write a range: `now in 23:00-07:00`"),
        (when("actor.joined < 3d"), "GR401", "did you mean `age(actor.joined) < 3d`?"),
        (when("now in '23:00-07:00'"), "GR408", "write `23:00-07:00` without quotes"),
        (when("not !actor.bot"), "GR204", "write `not` once"),
        (
            when("actor.joined > 2027-01-01"),
            "GR206",
            'functions take dates, in quotes: `days_until("2027-01-01", now) <= 0`; `starts:` and `ends:` limit a rule',
        ),
    ],
)
def test_the_help_line_says_what_to_write(tmp_path: Path, body: str, code: str, help: str) -> None:
    found = only(tmp_path, body, code)
    assert found.help == help
    assert english_in(mended(help, "zh")) == []


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
        (when("text contains 'a' or 'b' or 'c'"), "GR402", "text contains any of ['a', 'b', 'c']"),
        (when("text contains 'a' and 'b'"), "GR402", "text contains all of ['a', 'b']"),
        (when("text == 'a' or 'b'"), "GR402", "text in ['a', 'b']"),
        (when("text != 'a' and 'b'"), "GR402", "text not in ['a', 'b']"),
        (when("actor.roles has 'a' or 'b'"), "GR402", "actor.roles has any of ['a', 'b']"),
        (when("length(links) == 1 or 2"), "GR402", "length(links) in [1, 2]"),
        (when("now > 23:00 or now < 07:00"), "GR401", "now in 23:00-07:00"),
        (when("now >= 09:00 and now < 18:00"), "GR401", "now in 09:00-18:00"),
        (when("now in 23:00 ~ 07:00"), "GR204", "-"),
        (when("text matches /https?://t.me/x/i"), "GR210", r"/https?:\/\/t.me\/x/i"),
        (when("count(message per actor within 1h) > 3"), "GR216", "by"),
    ],
)
def test_a_fix_writes_it(tmp_path: Path, body: str, code: str, written: str) -> None:
    found = only(tmp_path, body, code)
    [fix] = found.fixes
    assert fix.text == written
    assert english_in(translated(found.message, "zh") + mended(found.help or "", "zh")) == []


@pytest.mark.parametrize(
    "condition",
    [
        "text != 'a' or 'b'",
        "(text == 'a') or 'b'",
        "text contains 'a' or 3",
        "now > 07:00 or now < 23:00",
        "now < 00:00",
        "now > 24:00 - 1h",
        "not !actor.bot",
        "text matches /a/b c/",
    ],
)
def test_no_fix_where_more_than_one_could_be_meant(tmp_path: Path, condition: str) -> None:
    (tmp_path / "rulebook.yaml").write_text(HEAD + when(condition), "utf-8")
    found = lint_path(tmp_path).diagnostics
    assert found
    assert [fix for each in found for fix in each.fixes] == []


@pytest.mark.parametrize(("case", "page"), pages())
def test_fixes_made_remove_what_they_mend(
    case: Case, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in case.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8", newline="")
    monkeypatch.chdir(tmp_path)
    before = lint_path(Path(case.path)).diagnostics
    for found in before:
        if found.fixes and len({fix.span.file.path for fix in found.fixes}) == 1:
            assert_removes(found, before, case)


def assert_removes(found: Diagnostic, before: Sequence[Diagnostic], case: Case) -> None:
    file, place = found.fixes[0].span.file, Path(found.fixes[0].span.file.path)
    place.write_text(applied(file, sorted(found.fixes, key=lambda fix: fix.span.start)), "utf-8", newline="")
    after = lint_path(Path(case.path)).diagnostics
    place.write_text(file.text, "utf-8", newline="")
    same = [each.message for each in before].count(found.message)
    assert [each.message for each in after].count(found.message) < same, found.message
