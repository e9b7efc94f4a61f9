"""Streams for clusters: a recorded chat, if available, and generated ones over many communities."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from click.testing import CliRunner
from tests.long.memory import Stream

from groundrules.cli.main import cli

ROOT = Path(__file__).parents[2]
RULEBOOK = ROOT / "tests" / "long"
"""Every kind of cell, with short times."""
GITTER = ROOT.parent / "shared" / "data" / "streams" / "gitter.jsonl"
TEAM = ROOT / "examples" / "team-chat"


def made(count: int, communities: int, seed: int = 0) -> Iterator[bytes]:
    """Yield so many events of so many communities, some far more lively than others."""
    chance = random.Random(seed)
    streams = [Stream(number) for number in range(communities)]
    for _ in range(count):
        number = int(communities * chance.random() ** 2)
        [event] = streams[number].events(1)
        yield json.dumps(event | {"community": {"id": f"c{number}"}}).encode()


def log(plan: Path, lines: Sequence[bytes], folder: Path) -> bytes:
    """Return what `groundrules run` writes."""
    events = folder / "run.jsonl"
    events.write_bytes(b"".join(line + b"\n" for line in lines))
    result = CliRunner().invoke(cli, ["run", str(plan), str(events), "--quiet"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def compiled(rulebook: Path, to: Path) -> Path:
    """Compile a rulebook into a plan file."""
    result = CliRunner().invoke(cli, ["compile", str(rulebook), "-o", str(to), "--quiet"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return to


Numbered = tuple[int, bytes | None]


def batches(lines: Sequence[bytes], count: int) -> list[list[Numbered]]:
    """Divide lines, numbered from 1, into so many parts that follow one another."""
    numbered: list[Numbered] = list(enumerate(lines, 1))
    size = -(-len(numbered) // count)
    return [numbered[start : start + size] for start in range(0, len(numbered), size)]


def write(folder: Path, parts: Sequence[Sequence[Numbered]], before: int = 0) -> None:
    """Write a file a part, in an order that Spark follows; each is there as a whole or not at all."""
    folder.mkdir(exist_ok=True)
    for number, part in enumerate(parts, before):
        put(folder, number, [{"position": position, "event": event and event.decode()} for position, event in part])


def put(folder: Path, number: int, rows: Iterable[Mapping[str, object]]) -> None:
    """Write a file of rows, which Spark reads as the next one behind those with lower numbers."""
    file = folder / f".{number}"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    os.utime(file, (1_000_000_000 + number,) * 2)
    file.rename(folder / f"{number:06}.json")
