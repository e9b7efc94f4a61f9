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
        (when("actor.bot != yes"), "GR301", "write `true`, or `not actor.bot` alone"),
        (when("hour >= 23"), "GR301", "did you mean `hour(now)`?"),
        (when("用户.id == 'a'"), "GR301", "did you mean `actor`?"),
        (when("event.content == 'a'"), "GR303", "did you mean `event.text`?"),
        (when("text.contains('a')"), "GR301", "write `text contains 'a'`"),
        (when("endswith(text, 'a')"), "GR301", "write `text ends with 'a'`"),
        (when("frobnicate(text)"), "GR301", "`docs/reference.md` lists the functions"),
        (when("true", "[ban: 7d]"), "GR311", "`ban` has no end; for a time write `suspend: 7d`"),
        (when("true", "[{ban: {duration: 7d}}]"), "GR311", "`ban` has no end; for a time write `suspend: …`"),
        (when("true", "[mute: 600]"), "GR403", "write `600s`, `600m`, `600h` or `600d`"),
        (RULE.replace("message", "join") + "    then: [warn]\n", "GR302", "did you mean `member.joined`?"),
        (when("true") + "    ends: 12月1日\n", "GR104", "write year, month and day: `2027-01-31`"),
        (when("true") + "    cooldown: 1h\n", "GR101", "did you mean `once_per`?"),
        (when("true") + "    enabled: false\n", "GR101", "did you mean `mode`?"),
        ("timezone: UTC+8\n", "GR516", "did you mean `Asia/Shanghai`?"),
        ("timezone: Asia/Beijing\n", "GR516", "did you mean `Asia/Shanghai`?"),
        ("timezone: CST\n", "GR516", "name a place: `Asia/Shanghai`, `Europe/Berlin`, `America/New_York`"),
        ("tests: []\n", "GR101", "move them to a file of their own, `tests.yaml`"),
        ("ledgers:\n  points: {per: user}\n", "GR522", "did you mean `member`?"),
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
        (when("actor.bot == no"), "GR301", "false"),
        (when("true", "{delete: matched, mute: 10m}"), "GR103", "[delete: matched, mute: 10m]"),
        (when("true", "delete, mute 10m"), "GR103", "[delete, mute: 10m]"),
        (when("true", "删除"), "GR103", "[删除]"),
        (when("true", "[delete，mute: 10m]"), "GR016", ", "),
        (when("true", "{actor.name} 你好"), "GR005", '"{actor.name} 你好"'),
        (when("true", "\n      -delete\n      -warn"), "GR103", "- delete\n      - warn"),
        ("lists:\n  x:\n    -a\n    -b c\n", "GR103", "- a\n    - b c"),
        (
            "rules:\n    id: a\n    on: message\n    then: [delete]\n",
            "GR103",
            "- id: a\n      on: message\n      then: [delete]",
        ),
        (RULE.replace("message", "message, 撤回") + "    then: [delete]\n", "GR104", "[message, message.deleted]"),
        (when("true") + "    ends: 2027/2/3\n", "GR104", "2027-02-03"),
        (when("true") + "    starts: 2027-12-01 8:00\n", "GR104", "2027-12-01 08:00"),
        (when("true") + "    rollout: 10\n", "GR104", "10%"),
        (when("true") + "    except: actor.bot\n", "GR101", "unless"),
        (RULE + "    条件: actor.bot\n    then: [delete]\n", "GR101", "when"),
        ("ledgers: {points: {per: member, fade: 每30天减1}}\n", "GR104", "1 every 30d"),
        ("languages: [中文]\n", "GR104", "zh"),
        (
            RULE + "    times: {per: actor, within: 1d, 1: [warn], 2+: [mute: 1h]}\n",
            "GR101",
            "2",
        ),
        (SCHEDULE.replace("sunday 20:00", "每天8:00") + "    then: [{warn: null, who: member}]\n", "GR217", "08:00"),
        (
            SCHEDULE.replace("sunday 20:00", "每周一 20:00") + "    then: [{warn: null, who: member}]\n",
            "GR217",
            "monday 20:00",
        ),
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
        "text == yes",
        "true\n    then: reply hello world",
        "true\n    then: delete if spam",
        "true\n    condition: actor.bot",
    ],
)
def test_no_fix_where_more_than_one_could_be_meant(tmp_path: Path, condition: str) -> None:
    text = when(condition) if "\n" not in condition else when(condition).replace("    then: [delete]\n", "")
    (tmp_path / "rulebook.yaml").write_text(HEAD + text, "utf-8")
    found = lint_path(tmp_path).diagnostics
    assert found
    assert [fix for each in found for fix in each.fixes] == []


def test_steps_without_keys_are_not_asked_for_a_step(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(f"{HEAD}{RULE}    times: {{1: [warn]}}\n", "utf-8")
    messages = [found.message for found in lint_path(tmp_path).diagnostics]
    assert sorted(message.rpartition(" needs ")[2] for message in messages) == ["`per`", "`within`"]


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
