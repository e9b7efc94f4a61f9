"""Frames as platforms send them, one per line, with the types of the events that each stands for."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent
PLATFORMS = tuple(sorted(file.stem for file in FOLDER.glob("*.jsonl")))


class Frame(NamedTuple):
    """A frame: `name` tells its line and what it stands for."""

    name: str
    raw: dict[str, Any]
    events: list[str]


@cache
def frames(platform: str) -> tuple[Frame, ...]:
    """The frames of a platform, in the order in which they were sent."""
    lines = (FOLDER / f"{platform}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    names = [f"{number}-{'+'.join(row['events']) or 'none'}" for number, row in enumerate(rows, 1)]
    return tuple(Frame(name, row["frame"], row["events"]) for name, row in zip(names, rows, strict=True))
