"""`groundrules try`: a chat from a pipe."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
GROUP = "tests/rulebooks/team-group"
EXAMPLE = "tests/rulebooks/small-chat"


def test_each_line_is_echoed_and_answered(command: Any) -> None:
    result = command("try", GROUP, input="m1: 拼单加我\n" * 3)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:4] == [
        "> m1: 拼单加我",
        "2026-01-05 09:00:00 #general  m1 [a]: 拼单加我",
        "  (m1 is new here; nothing is known about them)",
        "  nothing happens: no rule applies",
    ]
    assert "  → delete the messages a, b, c by m1\n" in result.stdout
    assert "  → mute m1 for 10m\n" in result.stdout


def test_the_language_changes_in_the_middle(command: Any) -> None:
    result = command("try", EXAMPLE, "--lang", "zh", input="m1: 加微信\n/lang en\nm1: 加微信\n")
    chinese, english = result.stdout.split("> /lang en")
    assert "→ 删除 m1 的消息 a" in chinese
    assert "→ delete the message b by m1" in english


def test_a_chat_is_saved_beside_the_rulebook_and_passes(command: Any, tmp_path: Path) -> None:
    command("init", tmp_path / "mine")
    before = command("test", tmp_path / "mine").stdout
    result = command("try", tmp_path / "mine", input="m1: hello\n/save a hello\n")
    assert "saved as a test: a hello" in result.stdout
    after = command("test", tmp_path / "mine")
    assert after.exit_code == 0
    assert "passed  a hello" in after.stdout
    assert "a hello" not in before
    assert command("fmt", "--check", tmp_path / "mine").exit_code == 0


def test_a_tests_file_may_be_named_and_a_plan_file_tried(command: Any, tmp_path: Path) -> None:
    command("compile", EXAMPLE, "-o", tmp_path / "plan.bin")
    tests = tmp_path / "chat.yaml"
    result = command("try", tmp_path / "plan.bin", "--tests", tests, input="m1: hello\n/save x\n")
    assert "saved as a test: x" in result.stdout
    assert tests.exists()
    assert "there is no tests file" in command("try", tmp_path / "plan.bin", input="m1: hi\n/save x\n").stdout


def test_quit_ends_it_and_nonsense_does_not(command: Any) -> None:
    lines = "\n\n# remark\n/zzz\nm1:\n:\n/\n//\n\x1b[31mred\n\xff\n/quit\nm1: never seen\n"
    result = command("try", EXAMPLE, input=lines.encode("latin-1"))
    assert result.exit_code == 0
    assert "there is no command /zzz" in result.stdout
    assert "never seen" not in result.stdout
    assert "\x1b" not in result.stdout.replace("> \x1b[31mred", "")


def test_on_a_terminal_there_is_a_prompt() -> None:
    """Typed at a real terminal: welcomed, prompted, answered."""
    main, side = pty.openpty()
    arguments = [sys.executable, "-m", "groundrules.cli.main", "try", EXAMPLE, "--lang", "en"]
    with subprocess.Popen(arguments, stdin=side, stdout=side, stderr=side, cwd=ROOT) as process:
        os.close(side)
        os.write(main, b"m1: hello\n/quit\n")
        said = b""
        while b"no rule applies" not in said and (more := os.read(main, 4096)):
            said += more
        assert process.wait(30) == 0
    os.close(main)
    assert "Project team chat" in said.decode()
    assert "> " in said.decode()
