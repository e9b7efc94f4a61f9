"""Whatever is typed, and whatever is in a stream, is answered; nothing ends in a bug of ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = "tests/rulebooks/small-chat"
RULE = "no-adverts"
TYPED = [
    r'/event {"type": "message", "text": "\ud800"}',
    '/event {"type": "message", "actor": {"id": {}}}',
    '/event {"type": "message", "mentions": [{}, 1]}',
    '/event {"type": "message", "mentions": 1}',
    '/event {"type": "message", "time": 5}',
    '/event {"type": "message", "n": 1e999}',
    '/event {"type": "message", "short": 1, "read": 2, "self": 3, "by": 4}',
    '/event message {"in": [1]}',
    '/event message {"links": ["http://[bad"]}',
    '/event tick {"time": "+99999999d"}',
    '/event tick {"time": "+' + "9" * 5000 + 'd"}',
    '/event tick {"time": "0001-01-01"}',
    "/event message " + "[" * 100_000,
    "/member li joined=999999999d ago",
    "m1: see http://[bad",
    "+99999999d m1: hi",
]
LINES = [
    rb'{"id": "odd", "type": "message", "time": "2026-03-02T01:00:00Z", "community": {"id": "c"}, "text": "\ud800"}',
    b"[" * 100_000,
    b'{"id": ' * 200,
    b'{"id": 1e400}',
    b'{"id": ' + b"1" * 5000 + b"}",
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf{}",
    b"null",
    b"",
    *(
        b'{"id": "%d", "type": "tick", "time": "%s", "community": {"id": "d"}}' % (number, time)
        for number, time in enumerate(
            (b"9999-12-31T23:59:59Z", b"0000-01-01T00:00:00Z", b"-001-01-01T00:00:00Z", b"2026-12-31T23:59:60Z")
        )
    ),
]


@pytest.mark.parametrize("line", TYPED, ids=lambda line: line[:60])
def test_a_chat_goes_on_whatever_is_typed(command: Any, tmp_path: Path, line: str) -> None:
    result = command("try", EXAMPLE, "--tests", tmp_path / "t.yaml", input=f"m1: hi\n{line}\n/why\n/who\nm1: the end\n")
    assert result.exit_code == 0, result.exception
    assert "m1 [" in result.stdout.splitlines()[-2]


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", EXAMPLE, "-", "--all"),
        ("run", EXAMPLE, "-", "--all", "--format", "human"),
        ("explain", EXAMPLE, "-", "--event", "odd"),
        ("explain", EXAMPLE, "-", "--event", "odd", "--format", "json"),
        ("explain", EXAMPLE, "-", "--event", "nobody"),
        ("replay", EXAMPLE, "-", "--quiet", "-j", "1"),
    ],
    ids=" ".join,
)
def test_a_stream_is_read_to_its_end_whatever_stands_in_it(command: Any, arguments: tuple[str, ...]) -> None:
    result = command(*arguments, input=b"\n".join(LINES))
    assert result.exit_code in (0, 2), result.exception
    assert result.stdout or result.stderr


def test_a_test_may_speak_of_times_that_do_not_exist(command: Any, tmp_path: Path) -> None:
    command("init", tmp_path / "mine")
    for at, joined in (("+99999999d", "2d ago"), ("09:00", "99999999d ago")):
        (tmp_path / "mine" / "tests.yaml").write_text(
            "tests:\n"
            "  - name: beyond all years\n"
            f"    members: {{li: {{joined: {joined}}}}}\n"
            f'    timeline: [{{at: "{at}", message: hello, by: li}}]\n',
            encoding="utf-8",
        )
        result = command("test", tmp_path / "mine")
        assert result.exit_code == 1, result.exception
        assert "is outside the years 1 to 9999" in result.stdout + result.stderr


def test_explaining_the_last_moment_of_all(command: Any, tmp_path: Path) -> None:
    book = tmp_path / "rulebook.yaml"
    book.write_text(
        "rulebook: late\ntimezone: Asia/Shanghai\nuse: [std/chat]\n"
        "rules: [{id: night, on: message, when: now in 01:00-02:00, then: [delete]}]\n",
        encoding="utf-8",
    )
    event = b'{"id": "e", "type": "message", "time": "9999-12-31T23:59:59.999Z", "community": {"id": "c"}, "actor": %s}'
    result = command("explain", book, "-", "--event", "e", "--rule", "night", input=event % b'{"id": "li"}')
    assert result.exit_code == 0, result.exception
    assert "now in 01:00-02:00" in result.stdout


def test_a_rule_is_not_asked_about_an_event_that_is_turned_away(command: Any) -> None:
    for fields in ("", ', "actor": {"id": "li"}, "text": 5'):
        event = f'{{"id": "e", "type": "message", "time": "2026-03-02T01:00:00Z", "community": {{"id": "c"}}{fields}}}'
        result = command("explain", EXAMPLE, "-", "--event", "e", "--rule", RULE, input=event)
        assert result.exit_code == 0, result.exception
        assert "the event was rejected" in result.stdout


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 400, "1e400"])
@pytest.mark.parametrize("form", ["human", "json"])
def test_an_event_with_a_number_that_fits_nowhere_is_explained(command: Any, number: str, form: str) -> None:
    event = '{"id": "%s", "type": "message", "time": "2026-03-02T01:00:00Z", "community": {"id": "c"}, "n": %s}\n'
    stream = event % ("a", number) + event % ("b", number)
    result = command("explain", EXAMPLE, "-", "--event", "b", "--format", form, input=stream)
    assert result.exit_code == 0, result.exception


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "gbk"])
def test_output_that_is_no_terminal_is_utf_8(encoding: str) -> None:
    command = [sys.executable, "-m", "groundrules.cli.main", "docs", "policies/topics", "--lang", "zh"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    result = subprocess.run(command, capture_output=True, env=environment, cwd=ROOT, check=False)
    assert result.returncode == 0, result.stderr
    assert "成员手册" in result.stdout.decode("utf-8")
