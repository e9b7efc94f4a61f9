"""Every command answers every file: with findings and a known exit code, in seconds, and in a page or two."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundrules.plan.codec import MAGIC

HEAD = "rulebook: odd\nuse: [std/chat]\n"
RULE = "rules: [{{id: r, on: message, when: '{}', then: [delete]}}]\n"
EVENT = b'{"id": "e", "type": "message", "time": "2026-03-02T01:00:00Z", "community": {"id": "c"}, "text": "a"}\n'


def when(condition: str) -> bytes:
    return (HEAD + RULE.format(condition)).encode()


def link(path: Path) -> None:
    path.symlink_to(path.name)


FILES: dict[str, bytes | Callable[[Path], object]] = {
    "nothing": b"",
    "bytes": bytes(range(256)) * 8,
    "not UTF-8": HEAD.encode() + b"title: \xff\xc3\n",
    "UTF-16": HEAD.encode("utf-16"),
    "UTF-16, unmarked": HEAD.encode("utf-16-le"),
    "UTF-8, marked": b"\xef\xbb\xbf" + when("actor.self"),
    "NUL": HEAD.encode() + b"title: a\0b\n",
    "old line ends": when("text contains nothing").replace(b"\n", b"\r"),
    "tabs": HEAD.encode() + b"rules:\n\t- id: a\n",
    "a long line": HEAD.encode() + b"# " + b"a" * 2_000_000,
    "brackets": b"rulebook: " + b"[" * 100_000,
    "dashes": b"- " * 50_000,
    "laughs": b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 121)),
    "itself": b"rulebook: x\nrules: &a [*a]\na: &b {<<: *b}\n",
    "parentheses": when("(" * 10_000 + "actor.self" + ")" * 10_000),
    "not not": when("not " * 10_000 + "actor.self"),
    "digits": when("1 < " + "9" * 50_000),
    "a long name": when("a" * 240_000),
    "durations": when("age(actor.joined) < " + "9" * 400 + "d"),
    "repetition": when("text matches /((a{1,900}){1,900}){1,100000}/"),
    "groups": when("text matches /" + "(" * 3_000 + "a" + ")" * 3_000 + "/"),
    "look-alikes": "rulebооk: h\nrulеs: [{іd: a, оn: message}]\n".encode(),
    "unknown keys": HEAD.encode() + b"".join(b"k%d: 1\n" % n for n in range(2_000)),
    "one key": HEAD.encode() + b"title: x\n" * 2_000,
    "one id": HEAD.encode() + b"rules:\n" + b"- {id: r, on: message, when: nobody, then: [delete]}\n" * 500,
    "wrong kinds": HEAD.encode() + b"rules: [null, 1, [], {}]\nlists: 1\ndefine: []\ntests: {}\n",
    "tests": b"tests: [1, null, {name: 1}, {name: a, timeline: [{at: 99999999999999999999d}]}]\n",
    "a plan": MAGIC + b"\0\x63" + b"\0" * 100,
    "a cut plan": MAGIC,
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a circle of links": link,
}
COMMANDS: dict[str, tuple[str, ...]] = {
    "lint": ("lint", "FILE"),
    "validate": ("validate", "FILE"),
    "cost": ("lint", "--cost", "FILE"),
    "fmt": ("fmt", "--check", "FILE"),
    "test": ("test", "FILE"),
    "compile": ("compile", "FILE", "-o", "PLAN"),
    "run": ("run", "FILE", "EVENTS", "--quiet"),
    "explain": ("explain", "FILE", "EVENTS", "--event", "e"),
    "docs": ("docs", "FILE"),
    "diff": ("diff", "FILE", "FILE"),
    "replay": ("replay", "FILE", "EVENTS", "--quiet", "-j", "1"),
    "state": ("run", "BOOK", "EVENTS", "--quiet", "--state", "FILE"),
    "stream": ("run", "BOOK", "FILE", "--quiet", "--format", "human"),
    "budget": ("replay", "BOOK", "EVENTS", "--quiet", "-j", "1", "--budget", "FILE"),
}


@pytest.mark.parametrize("name", FILES)
def test_every_command_answers(command: Any, tmp_path: Path, name: str) -> None:
    book, events = tmp_path / "book.yaml", tmp_path / "events.jsonl"
    book.write_bytes(when("actor.self"))
    events.write_bytes(EVENT)
    made = FILES[name]
    for number, (what, arguments) in enumerate(COMMANDS.items()):
        if name == "a pipe" and what in ("stream", "state"):
            continue  # waits for whoever writes into it, as it should
        (tmp_path / str(number)).mkdir()
        file = tmp_path / str(number) / "odd.yaml"
        _ = file.write_bytes(made) if isinstance(made, bytes) else made(file)
        places = {"FILE": file, "EVENTS": events, "BOOK": book, "PLAN": tmp_path / "odd.plan"}
        begun = time.monotonic()
        result = command(*(places.get(part, part) for part in arguments))
        told = f"{what}: {result.output[:300]}"
        assert result.exception is None or isinstance(result.exception, SystemExit), told
        assert result.exit_code in (0, 1, 2), told
        assert len(result.output) < 200_000, told
        assert time.monotonic() - begun < 30, told
