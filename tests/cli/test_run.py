"""`groundrules run`: lines in, decisions out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = "tests/rulebooks/small-chat"
WEEK = "tests/rulebooks/small-chat/week.jsonl"


TASK = {"id": "t1", "title": "Tests", "assignee": {"id": "li"}}
COUNTING = """
rulebook: counting
languages: [en]
use: [std/chat]
ledgers:
  points: {per: member, title: {en: Points}}
  all_messages: {per: community, title: {en: Messages}}
rules:
  - {id: talk, on: message, then: [{grant: {points: 1, all_messages: 1}}]}
  - id: done
    on: task.completed
    when: known(actor)
    then:
      - send: {to: actor, text: {en: "“{task.title ?? task.id}” is done, {points(actor)}"}}
      - grant: {points: 5, to: actor}
ladders:
  - {id: levels, ledger: points, steps: [{reaches: 6, then: [add_role: busy]}]}
schedules:
  - {id: morning, at: "09:00", then: [{send: {to: general, text: {en: Morning}}}]}
"""


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_decisions_are_lines_of_json_that_meet_their_schema(command: Any) -> None:
    result = command("run", EXAMPLE, WEEK, "--all", "--quiet")
    schema = json.loads((ROOT / "schemas" / "decision.schema.json").read_text(encoding="utf-8"))
    decisions = rows(result.stdout)
    assert result.exit_code == 0
    assert len(decisions) == 15
    for decision in decisions:
        jsonschema.validate(decision, schema)


def test_a_rejected_line_is_a_record_with_its_number_and_the_run_goes_on(command: Any) -> None:
    result = command("run", EXAMPLE, WEEK, "--quiet")
    rejected = [row for row in rows(result.stdout) if row["trigger"] == "rejected"]
    assert [row["rejected"]["line"] for row in rejected] == [10]
    assert rows(result.stdout)[-1]["event"] == "e12"


def test_strict_ends_with_1_if_anything_was_rejected(command: Any) -> None:
    assert command("run", EXAMPLE, WEEK, "--quiet", "--strict").exit_code == 1
    assert command("run", EXAMPLE, "-", "--quiet", "--strict", input="").exit_code == 0


def test_the_summary_names_what_stayed_undecided(command: Any) -> None:
    result = command("run", EXAMPLE, WEEK)
    assert "15 events: 14 decided, 1 rejected, 0 seen before" in result.stderr
    assert "`no-adverts` undecided on 1 of 12: `actor.joined` missing" in result.stderr
    assert "undecided" not in result.stdout.replace('"unknown"', "")


def test_people_read_sentences_in_their_language(command: Any) -> None:
    english = command("run", EXAMPLE, WEEK, "--format", "human", "--lang", "en", "-q").stdout
    chinese = command("run", EXAMPLE, WEEK, "--format", "human", "--lang", "zh", "-q").stdout
    assert "── 2026-03-02 Monday\n" in english
    assert "09:06  Promo #general 兼职日结" in english
    assert "  → warn promo  [no-adverts: found “兼职日结”, “加.微 信”]\n" in english
    assert "── 2026-03-02 周一\n" in chinese
    assert "  → 警告 promo  [no-adverts：命中“兼职日结”、“加.微 信”]\n" in chinese
    assert "because" not in english  # in full with --all
    assert "rule no-adverts — No advertising" in command("run", EXAMPLE, WEEK, "--format", "human", "--all").stdout


def test_people_are_not_told_of_what_is_only_counted(command: Any, tmp_path: Path) -> None:
    """A point for a message is no news, one for a task is; what comes by the clock is a line; steps stand together."""
    (tmp_path / "rules.yaml").write_text(COUNTING, encoding="utf-8")
    lines = [
        {"id": "a", "type": "message", "time": "2026-03-02T08:00:00Z", "actor": {"id": "li"}, "text": "hello “you”"},
        {"id": "b", "type": "task.completed", "time": "2026-03-02T08:01:00Z", "task": TASK, "actor": {"id": "li"}},
        {"id": "c", "type": "tick", "time": "2026-03-02T09:30:00Z"},
    ]
    events = "".join(json.dumps(one | {"community": {"id": "t"}}) + "\n" for one in lines)
    arguments = ("run", tmp_path / "rules.yaml", "-", "--format", "human", "--lang", "en", "-q")
    assert command(*arguments, input=events).stdout.splitlines() == [
        "── 2026-03-02 Monday",
        "08:01  li [task.completed] Tests",
        "  → tell li: “‘Tests’ is done, 6”  [done]",
        "  · Points li 1 → 6",
        "  → give li the role busy  [levels#1]",
        "09:00  ⏰  → tell general: “Morning”  [morning]",
    ]
    assert "rule talk" in command(*arguments, "--all", input=events).stdout


def test_standard_input_is_read_as_it_comes() -> None:
    """A bot on the other end of a pipe sees a decision before it sends the next event."""
    first, second = (ROOT / WEEK).read_bytes().splitlines(keepends=True)[1:3]
    arguments = [sys.executable, "-m", "groundrules.cli.main", "run", EXAMPLE, "-", "--quiet"]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdin
        assert process.stdout
        for line, event in ((first, "e2"), (second, "e3")):
            process.stdin.write(line)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["event"] == event
        process.stdin.close()
        assert process.wait(10) == 0


def test_a_closed_pipe_ends_the_run_quietly() -> None:
    line = f"{sys.executable} -m groundrules.cli.main run {EXAMPLE} {WEEK} --all -q | head -n 1"
    done = subprocess.run(line, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b"\xff\xfe",
        b'{"id":"1","type":"no.such","time":"2026-01-01T00:00:00Z"}',
        b'{"id":"1","type":"message","time":"soon"}',
        b'{"id":1,"type":"message","time":"2026-01-01T00:00:00Z"}',
        b"[" * 100_000,
        b'{"id":"1","type":"message","time":"2026-01-01T00:00:00Z","actor":{"id":"a"},"text":NaN}',
        b'{"id":"1","type":"message","time":"2026-13-01T00:00:00Z","actor":{"id":"a"}}',
    ],
)
def test_what_is_no_event_is_rejected_with_a_reason(command: Any, line: bytes) -> None:
    result = command("run", EXAMPLE, "-", "--quiet", input=line + b"\n")
    assert result.exit_code == 0, result.output
    (row,) = rows(result.stdout)
    assert row["trigger"] == "rejected"
    assert row["rejected"]["code"].startswith("GR7")
    assert row["rejected"]["reason"]
    assert row["rejected"]["line"] == 1


def test_a_broken_rulebook_is_reported_and_nothing_runs(command: Any, tmp_path: Path) -> None:
    broken = tmp_path / "rulebook.yaml"
    broken.write_text("rulebook: x\nlanguages: [en]\nuse: [std/chat]\nrules: [{id: a, on: mesage, then: [delete]}]\n")
    result = command("run", broken, WEEK)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "did you mean `message`?" in result.stderr


def test_state_is_kept_from_run_to_run(command: Any, tmp_path: Path) -> None:
    events = (ROOT / "tests/rulebooks/small-chat/week.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    whole = command("run", "tests/rulebooks/small-chat", "-", "-q", input="".join(events)).stdout
    parts = [
        command(
            "run", "tests/rulebooks/small-chat", "-", "-q", "--state", tmp_path / "state.db", input="".join(part)
        ).stdout
        for part in (events[:7], events[5:11], events[11:])
    ]
    apart = ("duplicate", "rejected")  # lines that overlap; line numbers begin anew
    found = [one for one in rows("".join(parts)) if one["trigger"] not in apart]
    assert found == [one for one in rows(whole) if one["trigger"] not in apart]
    assert len(found) > 5


def test_a_file_that_holds_no_state(command: Any, tmp_path: Path) -> None:
    (tmp_path / "state.db").write_text("something else entirely\n" * 100, encoding="utf-8")
    result = command(
        "run", "tests/rulebooks/small-chat", "tests/rulebooks/small-chat/week.jsonl", "--state", tmp_path / "state.db"
    )
    assert result.exit_code == 1
    assert "can't be used for state: file is not a database" in result.stderr
