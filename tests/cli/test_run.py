"""`groundrules run`: lines in, decisions out."""

from __future__ import annotations

import json
import signal
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
        "  → give li the role busy  [levels (step 1)]",
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


# --- stopping ---------------------------------------------------------------------------------------


def message(number: int, at: int, by: str = "li") -> bytes:
    time = f"2026-03-02T{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}Z"
    event = {"id": str(number), "type": "message", "time": time, "community": {"id": "c"}, "actor": {"id": by}}
    return json.dumps(event | {"text": "x"}).encode() + b"\n"


EVERYTHING = """
rulebook: all
use: [std/chat]
ledgers: {n: {per: member}}
rules: [{id: r, on: message, then: [{grant: {n: 1}}]}]
"""


def running(folder: Path, *arguments: str, **streams: Any) -> subprocess.Popen[bytes]:
    (folder / "all.yaml").write_text(EVERYTHING, encoding="utf-8")
    line = [sys.executable, "-m", "groundrules.cli.main", "run", str(folder / "all.yaml"), *arguments, "-q"]
    return subprocess.Popen([*line, "--state", str(folder / "state.db")], stderr=subprocess.PIPE, cwd=ROOT, **streams)


def balances(lines: bytes) -> list[int]:
    return [change["after"] for line in lines.splitlines() for change in json.loads(line).get("ledgers", ())]


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_run_stops_between_lines_and_nothing_is_lost(tmp_path: Path, sign: signal.Signals) -> None:
    """However often it is stopped, and wherever: all that was written was saved, all that was saved was written."""
    written, sent = b"", 0
    for count in (3, 1, 5):
        with running(tmp_path, "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            for _ in range(count):
                process.stdin.write(message(sent, sent))
                process.stdin.flush()
                written += process.stdout.readline()
                sent += 1
            process.send_signal(sign)
            written += process.stdout.read()
            assert process.wait(20) == 128 + sign
    assert balances(written) == list(range(1, sent + 1))


def test_state_is_not_saved_of_what_could_not_be_written(tmp_path: Path) -> None:
    """A full disk is told as such; what was decided is decided again when the same events come again."""
    events = tmp_path / "events.jsonl"
    events.write_bytes(b"".join(message(number, number) for number in range(20)))
    with open("/dev/full", "wb") as full, running(tmp_path, str(events), stdout=full) as process:
        _, err = process.communicate()
    assert process.returncode == 1
    assert b"error: no more can be written: No space left on device" in err
    with running(tmp_path, str(events), stdout=subprocess.PIPE) as process:
        out, _ = process.communicate()
    assert balances(out) == list(range(1, 21))


def test_what_a_closed_pipe_did_not_take_is_decided_again(tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    events.write_bytes(b"".join(message(number, number) for number in range(900)))
    with running(tmp_path, str(events), "--all", stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = [process.stdout.readline() for _ in range(3)]
        process.stdout.close()
    with running(tmp_path, str(events), stdout=subprocess.PIPE) as process:
        out, _ = process.communicate()
    assert len(first) == 3
    assert balances(out) == list(range(1, 901))


def test_two_processes_do_not_share_a_state_file(tmp_path: Path) -> None:
    with running(tmp_path, "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(message(0, 0))
        process.stdin.flush()
        process.stdout.readline()
        with running(tmp_path, "-", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as other:
            out, err = other.communicate()
        assert (out, other.returncode) == (b"", 1)
        assert b"state.db can't be used for state: it is in use by another process" in err
        process.stdin.close()
        assert process.wait(20) == 0


def test_state_of_another_rulebook_says_what_is_carried(command: Any, tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(EVERYTHING, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(EVERYTHING.replace("all", "other").replace("{n:", "{m:").replace("{n:", "{m:"))
    for rulebook in ("all.yaml", "all.yaml", "other.yaml"):
        arguments = ("run", tmp_path / rulebook, "-", "-q", "--state", tmp_path / "state.db")
        told = command(*arguments, input=message(ord(rulebook[0]), 0)).stderr
        assert ("the state was kept by all@sha256:" in told) == (rulebook == "other.yaml")
    assert "lost, rows: ledger n 1" in told


def test_an_event_far_ahead_waits_in_the_state(command: Any, tmp_path: Path) -> None:
    """The stream goes on in the next run; without state the end of the input is the end."""
    (tmp_path / "all.yaml").write_text(EVERYTHING, encoding="utf-8")
    far = message(1, 0).replace(b"2026-03-02", b"2026-11-02")
    kept = ("run", tmp_path / "all.yaml", "-", "--state", tmp_path / "state.db")
    first = command(*kept, input=message(0, 0) + far)
    assert balances(first.stdout_bytes) == [1]
    assert "1 waiting for the next event to confirm the time" in first.stderr
    assert balances(command(*kept, input=message(2, 9)).stdout_bytes) == [2, 3]
    assert balances(command("run", tmp_path / "all.yaml", "-", input=message(0, 0) + far).stdout_bytes) == [1, 2]


def in_communities(tmp_path: Path, count: int) -> str:
    """A week in several communities at once, one of which has an event far ahead at its end."""
    lines = []
    for line in (ROOT / WEEK).read_text(encoding="utf-8").splitlines():
        for number in range(count):
            try:
                lines.append(json.dumps({**json.loads(line), "community": {"id": f"c{number}"}}, ensure_ascii=False))
            except (ValueError, TypeError):
                lines.append(line)
    last = json.loads(lines[-1])
    lines += [
        json.dumps({**last, "id": f"far{n}", "time": "2026-09-01T00:00:00Z", "community": {"id": f"c{n}"}})
        for n in (3, 1)
    ]
    lines += ["{", '{"type": "nothing"}']
    events = tmp_path / "events.jsonl"
    events.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(events)


@pytest.mark.parametrize("options", [[], ["--all"], ["--format", "human"]])
def test_several_processes_write_what_one_does(command: Any, tmp_path: Path, options: list[str]) -> None:
    events = in_communities(tmp_path, 5)
    one = command("run", EXAMPLE, events, *options)
    many = command("run", EXAMPLE, events, "--workers", "2", *options)
    assert one.stdout
    assert (many.stdout, many.stderr, many.exit_code) == (one.stdout, one.stderr, one.exit_code)


def test_state_is_kept_by_one_process(command: Any, tmp_path: Path) -> None:
    result = command("run", EXAMPLE, WEEK, "--workers", "2", "--state", str(tmp_path / "s.db"))
    assert result.exit_code == 2
    assert "leave out --workers, or --state and --store" in result.stderr


def test_a_profile_names_what_costs(command: Any, tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(
        "rulebook: r\nlanguages: [en]\nuse: [std/chat]\nlists:\n  bad: {match: folded, items: [damn]}\nrules:\n"
        "  - {id: many, on: message, when: count(message by actor within 10s) >= 3, then: [delete]}\n"
        "  - {id: foul, on: message, when: text contains any of bad, then: [warn]}\n",
        encoding="utf-8",
    )
    result = command("run", str(tmp_path), WEEK, "--profile", "--lang", "en")
    rows = [row.split(maxsplit=3)[-1] for row in result.stderr.splitlines() if "%" in row]
    assert result.stdout == command("run", str(tmp_path), WEEK).stdout
    assert sorted(rows) == ["list bad", "rule many", "window count(message by actor within 10s) >= 3"]


def test_only_events_that_were_accepted_are_proposed(command: Any, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    events.write_text('{"id": "e9"}\n', encoding="utf-8")
    result = command("explain", EXAMPLE, str(events), "--event", "e99")
    assert "there is no event `e99`" in result.stderr
    assert "did you mean" not in result.stderr
