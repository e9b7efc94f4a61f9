"""`run --store --out`: whatever is killed when, the decisions end up as if nothing had happened."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from groundrules.cli.main import cli
from long.memory import Stream

LONG = Path(__file__).parents[1] / "long"
KILLS = 5


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stream") / "events.jsonl"
    path.write_bytes(b"\n".join(_json(event) for event in Stream(1).events(12_000)) + b"\n")
    return path


def _json(event: object) -> bytes:
    import msgspec

    return event if isinstance(event, bytes) else msgspec.json.encode(event)


def arguments(stream: Path, folder: Path) -> list[str]:
    return ["run", str(LONG), str(stream), "-q", "--store", str(folder / "s.db"), "--out", str(folder / "out.jsonl")]


def run(*given: str) -> Result:
    return CliRunner().invoke(cli, given)


def test_killed_again_and_again_it_ends_with_the_same_file(stream: Path, tmp_path: Path) -> None:
    whole = run("run", str(LONG), str(stream), "-q")
    command = [sys.executable, "-m", "groundrules.cli.main", *arguments(stream, tmp_path)]
    chance, killed = random.Random(7), 0
    for _ in range(KILLS):
        process = subprocess.Popen(command)
        out, before = tmp_path / "out.jsonl", _size(tmp_path / "out.jsonl")
        while process.poll() is None and _size(out) <= before:
            time.sleep(0.01)
        time.sleep(chance.random() * 0.3)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
    assert killed
    assert run(*arguments(stream, tmp_path)).exit_code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == whole.stdout_bytes
    assert run(*arguments(stream, tmp_path)).exit_code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == whole.stdout_bytes


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def test_an_input_that_grew_is_read_on(stream: Path, tmp_path: Path) -> None:
    lines = stream.read_bytes().splitlines(keepends=True)[:2500]
    part = tmp_path / "part.jsonl"
    for count in (900, 1700, 2500):
        part.write_bytes(b"".join(lines[:count]))
        assert run(*arguments(part, tmp_path)).exit_code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == run("run", str(LONG), str(part), "-q").stdout_bytes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda part, out: part.write_bytes(b"".join(reversed(part.read_bytes().splitlines(True)))),
            "differs from what was read",
        ),
        (lambda part, out: part.write_bytes(b""), "the input has 0 lines, and 300 were read"),
        (lambda part, out: out.write_bytes(b""), "has 0 bytes, and"),
    ],
)
def test_what_does_not_fit_together_is_told(stream: Path, tmp_path: Path, change: object, message: str) -> None:
    part = tmp_path / "part.jsonl"
    part.write_bytes(b"".join(stream.read_bytes().splitlines(keepends=True)[:300]))
    assert run(*arguments(part, tmp_path)).exit_code == 0
    assert callable(change)
    change(part, tmp_path / "out.jsonl")
    result = run(*arguments(part, tmp_path))
    assert (result.exit_code, message in result.stderr) == (1, True), result.stderr


def test_a_file_of_something_else_is_not_overwritten(stream: Path, tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("mine", encoding="utf-8")
    result = run(*arguments(stream, tmp_path))
    assert (result.exit_code, "from another store" in result.stderr) == (1, True)
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "options", [["--store", "x.db"], ["--out", "x"], ["--store", "x", "--out", "y", "--state", "z"]]
)
def test_options_that_belong_together(stream: Path, options: list[str]) -> None:
    assert run("run", str(LONG), str(stream), *options).exit_code == 2
